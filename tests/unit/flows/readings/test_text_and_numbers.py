"""The one normalisation of text, and counters and prices with every kind of space."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.catalog import load_site
from flows.readings.numbers import Count, read_count
from flows.readings.text import MAX_TEXT, comparable, decode, normalise

WORDS = load_site("ozon").dates


@pytest.mark.parametrize(
    ("raw", "text", "flags"),
    [
        ("плохо", "плохо", ()),
        ("a\0b", "a\ufffdb", ("nul",)),
        ("a\ud800b", "a\ufffdb", ("lone_surrogate",)),
        ("a\ufffeb\U0001ffff", "a\ufffdb\ufffd", ("noncharacter",)),
        ("a\r\nb\rc", "a\nb\nc", ()),
        ("\u00a0 текст \n", "текст", ()),
        ("и\u0306", "и\u0306", ()),
        ("\u202eabc", "\u202eabc", ()),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧", ()),
        ("   ", "", ()),
        ("\0\ud800", "\ufffd\ufffd", ("lone_surrogate", "nul")),
    ],
)
def test_normalisation_changes_only_what_it_says(raw: str, text: str, flags: tuple[str, ...]) -> None:
    assert normalise(raw) == (text, flags)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_every_text_can_be_stored_after_normalisation_and_stays_the_same(raw: str) -> None:
    clean = normalise(raw).text

    assert normalise(clean) == (clean, ())
    stored = sqlite3.connect(":memory:").execute("select ?", (clean,)).fetchone()[0]
    assert stored == clean == json.loads(json.dumps(clean))
    assert "\0" not in clean


def test_a_text_beyond_the_limit_is_cut_and_says_so() -> None:
    clean = normalise("я" * (MAX_TEXT + 1))

    assert (len(clean.text), clean.flags) == (MAX_TEXT, ("text_cut",))


def test_bytes_that_are_not_utf8_are_replaced_and_flagged() -> None:
    assert decode("да".encode() + b"\xff") == ("да\ufffd", ("invalid_utf8",))
    assert decode(b"\xef\xbb\xbfok") == ("ok", ())


def test_two_showings_of_one_text_compare_equal() -> None:
    assert comparable("Не\u00a0 берите,\r\nбрак\u200b") == comparable("Не берите,\nбрак ")
    assert comparable("и\u0306") == comparable("й")
    assert comparable("не берите") != comparable("берите")


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("3368", Count(3368, is_exact=True)),
        ("3\u00a0368 отзывов", Count(3368, is_exact=True)),
        ("3\u202f368 отзывов", Count(3368, is_exact=True)),
        ("4.9 • 3368 отзывов", None),
        ("Отзывы 40", Count(40, is_exact=True)),
        ("1,2 тыс.", Count(1200, is_exact=False)),
        ("1.2 тыс. отзывов", Count(1200, is_exact=False)),
        ("3 тыс", Count(3000, is_exact=False)),
        ("2,5 млн", Count(2_500_000, is_exact=False)),
        ("0", Count(0, is_exact=True)),
        ("4,7", None),
        ("-5", None),
        ("", None),
        ("нет", None),
        ("٣", None),
        ("12345678901234567890", None),
        ("1 2 3", Count(1, is_exact=True)),
    ],
)
def test_counters(raw: str, count: Count | None) -> None:
    assert read_count(raw, WORDS) == count


@given(st.text(max_size=80))
def test_no_text_makes_the_number_reader_fail(raw: str) -> None:
    count = read_count(raw, WORDS)

    assert count is None or count.value >= 0
