from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from evidence_store.canonical import UtcTime, canonical_bytes, parse_canonical, parse_strict
from evidence_store.errors import Malformed, NotCanonicalizable

KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=8)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(VALUES)
def test_reading_the_canonical_form_gives_the_value_back(value: object) -> None:
    assert parse_canonical(canonical_bytes(value)) == value


@given(VALUES)
def test_other_spellings_of_the_same_value_are_not_canonical(value: object) -> None:
    spaced = json.dumps(value, indent=1).encode()
    if spaced != canonical_bytes(value):
        with pytest.raises(Malformed):
            parse_canonical(spaced)


def test_keys_are_sorted_and_text_is_not_normalised_or_escaped() -> None:
    composed, decomposed = "\u0439", "\u0438\u0306"
    assert canonical_bytes({"b": composed, "a": decomposed, "B": 1}) == (
        b'{"B":1,"a":"' + decomposed.encode() + b'","b":"' + composed.encode() + b'"}'
    )


@pytest.mark.parametrize(
    "value", [1.0, math.nan, math.inf, 2**53, {"ключ": 1}, {"": 1}, {1: 1}, "\ud800", b"x", {1, 2}]
)
def test_a_value_without_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalizable):
        canonical_bytes({"a": [value]})


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b"NaN",
        b"-Infinity",
        b"1.5",
        b"1e3",
        b"-0",
        b"9007199254740992",
        b"1" * 5000,
        b'"\\ud800"',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"[" * 60 + b"]" * 60,
        b'{"a"',
        b"",
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_strict(data)


def test_moments_are_written_in_utc_with_microseconds() -> None:
    class Timed(BaseModel):
        at: UtcTime

    moment = datetime(2026, 1, 1, 2, 0, tzinfo=timezone(timedelta(hours=3)))
    assert canonical_bytes(Timed(at=moment)) == b'{"at":"2025-12-31T23:00:00.000000Z"}'
