"""Deals and adverts are recognised by how they are built, and honest sentences with the same words are not."""

from __future__ import annotations

import pytest

from tests.unit.triage.judging import sure_signal
from tests.unit.triage.phrasings import ADVERTISING, EXTORTION, FAIR_DEALS, FAIR_MENTIONS


@pytest.mark.parametrize(("kind", "texts"), [("extortion", EXTORTION), ("advertising", ADVERTISING)])
def test_most_phrasings_are_recognised(kind: str, texts: list[str]) -> None:
    missed = [text for text in texts if sure_signal(text, kind) is None]
    assert len(missed) <= len(texts) * 0.2, missed


@pytest.mark.parametrize(("kind", "texts"), [("extortion", FAIR_DEALS), ("advertising", FAIR_MENTIONS)])
def test_honest_sentences_are_left_alone(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if sure_signal(text, kind)] == []
