"""The cases of the tree: each fault that was mended, and the sets that were once seen for the first time."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.triage.case_scores import CaseScores
from monitor.triage.evaluate import evaluate, render
from monitor.triage.rules import load_rules
from tests.unit.triage.judging import NOW

SETS = Path(__file__).parents[2] / "triage_sets"


def scored(name: str, *, first_sight: bool = False) -> CaseScores:
    (scores,) = evaluate([SETS / name], load_rules(), now=NOW, first_sight=first_sight)
    assert isinstance(scores, CaseScores)
    return scores


def test_the_mended_faults_stay_mended() -> None:
    scores = scored("cases.jsonl")
    assert scores.holds, render([scores])


@pytest.mark.parametrize("name", [f"first_sight_{number}.jsonl" for number in range(1, 9)])
def test_a_set_that_was_once_new_is_judged_well_now_that_it_is_known(name: str) -> None:
    scores = scored(name, first_sight=True)
    assert scores.holds, render([scores])
