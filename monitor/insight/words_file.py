"""Files of words: those that come with the program and a seller's own, checked with the place of each fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from flows.plain_toml import TomlRefused, read_toml
from monitor.errors import SettingsError
from monitor.language import gettext as _

_MOST_BYTES = 256 * 1024
_WORD = re.compile(r"[а-яёa-z*-]+(?:,? [а-яёa-z*-]+)*")
_LISTS = ("names", "hints", "parts", "complaints", "praises", "phrases")
_WORD_LISTS = ("negations", "absences", "breaks", "good", "bad", "not_forms")
_ONE_WORD = frozenset({"breaks", "not_forms"})

Entry = Annotated[
    str, BeforeValidator(lambda typed: " ".join(typed.lower().split()) if isinstance(typed, str) else typed)
]
"""A word or phrase as somebody copied it from a review: letters' size and spare blanks mean nothing."""

Team = Literal["packing", "cards", "purchasing", "supplier", "support"]


class Aspect(BaseModel):
    """One thing that buyers complain of; the lists are explained at the head of the file of words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=60)
    about: Literal["goods", "service"] = "goods"
    team: Team = "purchasing"
    names: tuple[Entry, ...] = ()
    hints: tuple[Entry, ...] = ()
    parts: tuple[Entry, ...] = ()
    complaints: tuple[Entry, ...] = ()
    praises: tuple[Entry, ...] = ()
    phrases: tuple[Entry, ...] = ()
    yields_to: tuple[str, ...] = ()
    absence: Literal["praise", "complaint"] = "complaint"


class Words(BaseModel):
    """The words beside what is spoken of; explained at the head of the file of words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    negations: tuple[Entry, ...] = ()
    absences: tuple[Entry, ...] = ()
    breaks: tuple[Entry, ...] = ()
    good: tuple[Entry, ...] = ()
    bad: tuple[Entry, ...] = ()
    same: dict[str, str] = Field(default_factory=dict)
    not_forms: tuple[Entry, ...] = ()


class WordsFile(BaseModel):
    """One file, whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Words = Words()
    aspects: dict[str, Aspect] = Field(default_factory=dict)


def read_words_file(path: Path) -> WordsFile:
    """Reads a file of words.

    Raises:
        SettingsError: it cannot be read, or holds something else.
    """
    hint = _("docs/insight.md shows such a file.")
    try:
        found = WordsFile.model_validate(read_toml(path, max_bytes=_MOST_BYTES))
    except TomlRefused as error:
        told = _("the file of words {error}").format(error=error)
        raise SettingsError(told, where=f"{path}{error.at}", hint=hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{place}: {first['msg']}", where=str(path), hint=hint) from error
    for place, name, entry in _entries(found):
        if fault := _fault_of(name, entry):
            raise SettingsError(f"{place}: {fault}", where=str(path), hint=hint)
    return found


def joined(one: WordsFile, more: WordsFile) -> WordsFile:
    """Adds a seller's own words: lists of an aspect that is there already grow, new aspects are new."""
    aspects = dict(one.aspects)
    for code, aspect in more.aspects.items():
        known = aspects.get(code)
        aspects[code] = (
            aspect
            if known is None
            else known.model_copy(update={name: (*getattr(known, name), *getattr(aspect, name)) for name in _LISTS})
        )
    words = {name: (*getattr(one.words, name), *getattr(more.words, name)) for name in _WORD_LISTS}
    return WordsFile(words=Words(**words, same=one.words.same | more.words.same), aspects=aspects)


def _entries(file: WordsFile) -> Iterator[tuple[str, str, str]]:
    """Every entry with its place and its list."""
    for code, aspect in file.aspects.items():
        for name in _LISTS:
            yield from ((f"aspects.{code}", name, entry) for entry in getattr(aspect, name))
    for name in _WORD_LISTS:
        yield from (("words", name, entry) for entry in getattr(file.words, name))


def _fault_of(name: str, entry: str) -> str:
    """Why an entry would never be found; empty where it would be."""
    if not _WORD.fullmatch(entry):
        return _("{entry!r} is not a word").format(entry=entry)
    if "*" in entry and name != "phrases":
        return _("{entry!r} has a star, which only phrases may have: here all forms of a word are found").format(
            entry=entry
        )
    if " " in entry and name in _ONE_WORD:
        return _("{entry!r} is more than one word, which {name} cannot hold").format(entry=entry, name=name)
    return ""
