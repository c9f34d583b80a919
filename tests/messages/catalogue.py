"""Reads, renews, compiles and checks the catalogue of a language."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from monitor.language import CATALOGUES, DOMAIN, RUSSIAN
from tests.messages import collecting

FOLDER = CATALOGUES / RUSSIAN / "LC_MESSAGES"
SOURCE, COMPILED = FOLDER / f"{DOMAIN}.po", FOLDER / f"{DOMAIN}.mo"
FORMS = 3  # of a Russian plural: 1 отзыв, 2 отзыва, 5 отзывов

_FIELD = re.compile(r"\{\{|\}\}|\{[^{}]*\}")


def read(source: Path = SOURCE) -> Catalog:
    """Reads the translations as a person wrote them."""
    with source.open("rb") as file:
        return read_po(file, locale=RUSSIAN, domain=DOMAIN, abort_invalid=True)


def renew(catalogue: Catalog, wanted: Mapping[str, collecting.Message]) -> Catalog:
    """Returns a catalogue of exactly the messages that are wanted, with the translations that are known."""
    new = Catalog(
        locale=RUSSIAN,
        domain=DOMAIN,
        project=DOMAIN,
        header_comment=catalogue.header_comment,
        creation_date=catalogue.creation_date,
        revision_date=catalogue.revision_date,
        fuzzy=False,
    )
    for one, message in sorted(wanted.items()):
        known = catalogue.get(one)
        told = known.string if known is not None and isinstance(known.id, tuple) == bool(message.many) else None
        empty: str | tuple[str, ...] = ("",) * FORMS if message.many else ""
        files = [(file, None) for file in sorted(message.files)]
        new.add((one, message.many) if message.many else one, told or empty, locations=files)  # type: ignore[arg-type]
    return new


def write(catalogue: Catalog) -> None:
    """Writes the source and what the program reads of it."""
    with SOURCE.open("wb") as file:
        write_po(file, catalogue, width=116, include_lineno=False, omit_header=False)
    COMPILED.write_bytes(compiled(catalogue))


def compiled(catalogue: Catalog) -> bytes:
    """Returns what the standard library reads."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def told_by(data: bytes) -> dict[object, str]:
    """Returns every message of a compiled catalogue, its header left out."""
    known: dict[object, str] = vars(gettext.GNUTranslations(io.BytesIO(data)))["_catalog"]
    return {name: words for name, words in known.items() if name}


def problems(catalogue: Catalog, wanted: Mapping[str, collecting.Message]) -> Iterator[str]:
    """Yields what is wrong with a catalogue: messages that lack or are left over, and entries that cannot be used."""
    entries = {_one(entry): entry for entry in catalogue if entry.id}
    yield from (f"missing: {one!r}" for one in wanted if one not in entries)
    yield from (f"nobody says it any more: {one!r}" for one in entries if one not in wanted)
    for one, entry in entries.items():
        yield from (f"{reason}: {one!r}" for reason in _faults(entry))


def share(wanted: Set[str], heard: Set[str]) -> tuple[int, list[str]]:
    """Returns how many per cent of the messages were heard, rounded down, and those that were not."""
    missed = sorted(wanted - heard)
    return (100 * (len(wanted) - len(missed)) // len(wanted) if wanted else 100), missed


def _faults(entry: Message) -> Iterator[str]:
    english, russian = _forms(entry.id), _forms(entry.string)
    if entry.fuzzy:
        yield "fuzzy"
    if not all(russian):
        yield "not translated"
        return
    if len(russian) != (FORMS if len(english) > 1 else 1):
        yield f"{len(russian)} forms"
    if any(_fields(words) != _fields(english[-1]) for words in russian):
        yield "other {fields} than in English"
    if any(_edges(words) != _edges(english[-1]) for words in russian):
        yield "begins or ends with another space"


def _forms(words: object) -> tuple[str, ...]:
    return tuple(map(str, words)) if isinstance(words, tuple | list) else (str(words or ""),)


def _fields(words: str) -> list[str]:
    return sorted(_FIELD.findall(words))


def _edges(words: str) -> tuple[bool, bool]:
    return words[:1].isspace(), words[-1:].isspace()


def _one(entry: Message) -> str:
    return _forms(entry.id)[0]
