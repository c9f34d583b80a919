"""What Russian grammar says of a word: lemma, part of speech, case, number, person; and whether two words agree.

The dictionary is slow to load and to ask, so a signal asks it only about the words round a candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

_UNLIKELY = 0.06
"""Readings of a word below this share are left out."""
_OF_GRAMMAR = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ"})
_ADJECTIVES = frozenset({"ADJF", "PRTF"})


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a word form; the grammemes are those of OpenCorpora, empty where they do not apply."""

    lemma: str
    part: str
    case: str
    number: str
    gender: str
    person: str
    mood: str
    tense: str
    is_animate: bool
    is_name: bool


@lru_cache(maxsize=50_000)
def forms_of(word: str) -> tuple[Form, ...]:
    """The likely readings of a folded word, the likeliest first."""
    return tuple(
        Form(
            parse.normal_form.replace("ё", "е"),
            str(parse.tag.POS or ""),
            str(parse.tag.case or ""),
            str(parse.tag.number or ""),
            str(parse.tag.gender or ""),
            str(parse.tag.person or ""),
            str(parse.tag.mood or ""),
            str(parse.tag.tense or ""),
            "anim" in parse.tag,
            bool({"Name", "Surn", "Patr", "Geox"} & parse.tag.grammemes),
        )
        for parse in _analyzer().parse(word)
        if parse.score >= _UNLIKELY
    )


@lru_cache(maxsize=50_000)
def tags_of(word: str) -> frozenset[str]:
    """Which of Name, Surn, Patr and Geox the dictionary gives a word in any reading."""
    wanted = {"Name", "Surn", "Patr", "Geox"}
    return frozenset(tag for parse in _analyzer().parse(word) for tag in wanted & parse.tag.grammemes)


@lru_cache(maxsize=50_000)
def names_somebody(word: str) -> bool:
    """Whether a word is a first name, patronymic or surname of one person in any reading, and no word of grammar.

    «Из» is a form of «Иза» and «Ли» a surname in the dictionary; so long as they are prepositions and particles in
    nearly every text, nobody is named by them.
    """
    readings = _analyzer().parse(word)
    if readings[0].tag.POS in _OF_GRAMMAR or "Apro" in readings[0].tag:
        return False
    return any({"Name", "Surn", "Patr"} & one.tag.grammemes and "plur" not in one.tag for one in readings)


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Whether the dictionary holds the word itself and does not guess it."""
    return bool(_analyzer().word_is_known(word))


def lemmas_of(word: str) -> frozenset[str]:
    """The dictionary forms a word may belong to."""
    return frozenset(form.lemma for form in forms_of(word))


def is_future_of_self(word: str) -> bool:
    """«удалю», «напишем»: what the author says he will do."""
    return any(form.person == "1per" and form.tense in {"futr", "pres"} for form in forms_of(word))


def is_request(word: str) -> bool:
    """«верните», «вернёте», «пришли»: put to somebody, by command or in the second person."""
    return any(form.mood == "impr" or (form.person == "2per" and form.part == "VERB") for form in forms_of(word))


def is_command(word: str) -> bool:
    """«берите», «иди», «заходите»: a verb that may be an imperative."""
    readings = forms_of(word)
    return bool(readings) and readings[0].part == "VERB" and any(form.mood == "impr" for form in readings)


def is_they_did(word: str) -> bool:
    """«прислали», «кладут»: a verb whose subject may be left out because everybody knows who is meant."""
    return any(
        form.part == "VERB" and form.number == "plur" and (form.tense == "past" or form.person == "3per")
        for form in forms_of(word)
    )


def is_adjective(word: str) -> bool:
    """Whether the likeliest reading is an adjective or participle."""
    readings = forms_of(word)
    return bool(readings) and readings[0].part in {"ADJF", "ADJS", "PRTF", "PRTS"}


def is_noun(word: str) -> bool:
    """Whether any likely reading is a noun."""
    return any(form.part == "NOUN" for form in forms_of(word))


def agree(adjective: str, noun: str) -> bool:
    """Whether an adjective may belong to a noun: same number and case, and gender in the singular."""
    return any(
        one.part in _ADJECTIVES
        and two.part == "NOUN"
        and one.case == two.case
        and one.number == two.number
        and (one.number == "plur" or one.gender == two.gender)
        for one in forms_of(adjective)
        for two in forms_of(noun)
    )


def noun_forms(word: str) -> tuple[Form, ...]:
    """The readings of a word as a noun."""
    return tuple(form for form in forms_of(word) if form.part == "NOUN")


@lru_cache(maxsize=1)
def _analyzer() -> MorphAnalyzer:
    # The dictionaries take a third of a second and 15 MB; a text without a candidate word does not need them.
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415

    return MorphAnalyzer()
