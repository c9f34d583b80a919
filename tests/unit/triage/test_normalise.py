"""Folding makes disguised texts comparable and never loses a character's place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.triage.normalise import MAX_CHARS, other_readings, prepare, squeeze


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ЁЛКА", "елка"),
        ("сло\u200bво", "слово"),
        ("с\u0336л\u0336о\u0336в\u0336о", "слово"),
        ("ｓｈｏｐ", "shop"),
        ("a\x00b", "ab"),
        ("\u202eслово", "слово"),
        (unicodedata.normalize("NFD", "мой"), "мой"),
    ],
)
def test_disguises_fold_to_the_plain_word(written: str, folded: str) -> None:
    assert prepare(written).folded == folded


def test_latin_look_alikes_are_read_as_cyrillic_only_among_cyrillic() -> None:
    words = prepare("шaпкa shop").words
    assert [word.plain for word in words] == ["шапка", "shop"]


def test_stretched_letters_are_squeezed() -> None:
    assert squeeze("плооооохо", longest=2) == "плохо"
    assert squeeze("касса", longest=2) == "касса"
    assert "плохо" in other_readings("плооохо")


def test_a_text_beyond_the_limit_is_marked_as_cut() -> None:
    prepared = prepare("а" * (MAX_CHARS + 1))
    assert prepared.is_cut
    assert len(prepared.folded) == MAX_CHARS


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_every_word_points_back_to_the_text_it_came_from(text: str) -> None:
    prepared = prepare(text)
    for word in prepared.words:
        span = prepared.span_of(word)
        assert text[span.start : span.end] == span.text
        assert span.text
