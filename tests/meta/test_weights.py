"""The stored weights of triage's second opinion are those that ``python3 run.py train`` makes."""

from __future__ import annotations

from monitor.triage.signals.second_opinion import WEIGHTS
from tests.triage_sets.train import TEXTS, train


def test_the_stored_weights_are_those_that_training_makes() -> None:
    assert train(TEXTS) == WEIGHTS.read_text("utf-8")
