"""The second opinion may only send to a person what the rules let pass, and its weights come from their texts."""

from __future__ import annotations

import json
import sys
from unittest.mock import patch

import pytest

from monitor.closed_lists.states import Decision
from tests.triage_sets.train import WRITTEN
from tests.unit.triage.judging import judge_text


def verdicts() -> list[tuple[str, Decision]]:
    rows = [json.loads(line) for path in WRITTEN for line in path.read_text("utf-8").splitlines()]
    return [(row["kind"], judge_text(row["text"], rating=row["stars"]).decision) for row in rows]


@pytest.fixture(scope="module")
def helped() -> list[tuple[str, Decision]]:
    return verdicts()


@pytest.fixture(scope="module")
def alone() -> list[tuple[str, Decision]]:
    """What the rules decide without it."""
    with patch.object(sys.modules["monitor.triage.triage"], "find_second_opinion", lambda _: None):
        return verdicts()


def test_it_only_raises_and_never_files(helped: list[tuple[str, Decision]], alone: list[tuple[str, Decision]]) -> None:
    changed = [(before, after) for (_, before), (_, after) in zip(alone, helped, strict=True) if before is not after]
    assert set(changed) == {(Decision.DO_NOT_FILE, Decision.NEEDS_PERSON)}


def test_without_it_fewer_breaches_are_seen(
    helped: list[tuple[str, Decision]], alone: list[tuple[str, Decision]]
) -> None:
    def seen(found: list[tuple[str, Decision]]) -> int:
        return sum(kind != "fair" and decision is not Decision.DO_NOT_FILE for kind, decision in found)

    assert seen(alone) < seen(helped)


@pytest.mark.parametrize("text", ["Плохо работает", "Маломерит", "Аллергия от них жуткая!"])
def test_too_short_a_text_is_not_asked_about(text: str) -> None:
    assert judge_text(text).decision is Decision.DO_NOT_FILE


def test_its_reason_names_the_words_that_weigh_most() -> None:
    text = "Сканируйте кьюар на моём фото, там рецепты и платный курс всего 490 руб"
    verdict = judge_text(text)
    (reason,) = [reason for reason in verdict.reasons if reason.code == "second_opinion"]
    assert verdict.decision is Decision.NEEDS_PERSON
    assert verdict.ground is None
    assert verdict.spans
    assert all(span.text in reason.text and span.text in text for span in verdict.spans)
