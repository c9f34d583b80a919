"""What the script in the parked page hands over: plain or packed, and never more than it may."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from flows.library import polling

ANSWERS = '[{"body": "Пришло не то «»\\u0000"}]'


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


@pytest.mark.parametrize("told", [ANSWERS, packed(ANSWERS)], ids=["plain", "packed"])
def test_plain_and_packed_are_the_same(told: str) -> None:
    assert json.loads(polling.unpack(told)) == json.loads(ANSWERS)


@pytest.mark.parametrize(
    "told",
    ["", "{}", "Привет", "QUJD", packed(ANSWERS)[:-16], base64.b64encode(b"\x1f\x8b\x08junk").decode()],
    ids=["empty", "no list", "no base64", "no gzip", "cut", "broken"],
)
def test_what_is_neither_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match=r"page handed over|base64|ASCII"):
        polling.unpack(told)


def test_a_little_that_unpacks_to_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "MOST_BYTES", len(ANSWERS.encode()))
    assert polling.unpack(packed(ANSWERS)) == ANSWERS.encode()
    with pytest.raises(ValueError, match="more than it may"):
        polling.unpack(packed(ANSWERS + " " * 1_000_000))
