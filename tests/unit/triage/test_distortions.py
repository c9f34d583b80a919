"""Abuse is found behind every kind of disguise, and ordinary words are not taken for it."""

from __future__ import annotations

import pytest

from tests.unit.triage.distortions import CLEAN, INSULTS, KINDS, OBSCENE, disguise
from tests.unit.triage.judging import seen_signal, sure_signal

LEAST = {
    "star_one": 0.97, "star_several": 0.95, "dot_out": 0.9, "separate": 0.97, "insert_mark": 0.9, "split_in_two": 0.85,
    "look_alike": 0.97, "look_alike_wide": 0.93, "digits": 0.93, "latin_sound": 0.95, "transliterate": 0.85,
    "stretch": 0.97, "drop_vowels": 0.5, "mix_case": 0.99, "misspell": 0.7, "swap": 0.35, "slip": 0.25,
    "lose_letter": 0.3,
}  # fmt: skip
"""What a slip of a finger hides is found only for unmistakable words, hence the low figures at the end."""
KEEP_SIGHT = ("mix_case", "misspell", "look_alike", "stretch", "transliterate")
"""Disguises that turn no ordinary word into an abusive one; a star in any word makes it suspect."""


def is_abuse(word: str) -> bool:
    text = f"Вот это {word}, так и знайте"
    return any(seen_signal(text, kind) for kind in ("obscene", "insult"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_disguised_word_is_seen_through(kind: str) -> None:
    words = disguise(kind, (*OBSCENE, *INSULTS), each=1)
    assert sum(map(is_abuse, words)) / len(words) >= LEAST[kind]


@pytest.mark.parametrize("kind", KEEP_SIGHT)
def test_an_ordinary_word_written_oddly_stays_ordinary(kind: str) -> None:
    known = {"blyaha"}  # «бляха» in Latin letters begins like the abusive word
    assert [word for word in disguise(kind, CLEAN, each=1) if is_abuse(word) and word not in known] == []


def test_ordinary_words_are_left_alone() -> None:
    close: tuple[str, ...] = (
        "креатин",
        "гордон",
        "курами",
        "годик",
        "залп",
        "драки",
        "мураками",
        "подарила",
        "у блюдок",
        "хулиган",
    )
    close += ("придирки", "перки", "пиров", "санный", "попонка", "мордоворот")
    assert [word for word in (*CLEAN, *close) if is_abuse(word)] == []


@pytest.mark.parametrize("text", ["Батарейка сдохла", "Растения подохли в дороге"])
def test_dead_things_are_no_insult(text: str) -> None:
    assert sure_signal(text, "insult") is None


@pytest.mark.parametrize("text", ["сдохни, продавец", "Чтоб вы там сдохли", "убейся об стену", "повесьтесь там все"])
def test_wishing_death_is_an_insult(text: str) -> None:
    assert sure_signal(text, "insult") is not None
