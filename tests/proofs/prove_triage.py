"""The verdicts on labelled real reviews: ``python3 run.py prove triage --data FOLDER``.

The reviews have no licence and are in no package, so the ordinary tests cannot use them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from monitor.triage.campaigns import find_copies
from monitor.triage.evaluate import evaluate, render
from monitor.triage.models import Neighbour
from monitor.triage.rules import load_rules
from tests.unit.triage.judging import NOW


@pytest.fixture
def data(pytestconfig: pytest.Config) -> Path:
    folder = pytestconfig.getoption("--data")
    if folder is None:
        pytest.fail("say where the labelled reviews lie: --data FOLDER", pytrace=False)
    return Path(folder)


def test_the_open_set_meets_every_bar(data: Path) -> None:
    (evaluation,) = evaluate([data / "eval_open.jsonl"], load_rules(), now=NOW)

    report = render([evaluation])
    sys.stdout.write(report)
    assert evaluation.holds, report
    assert {bar.name: bar.holds for bar in evaluation.bars if bar.holds is not None}.keys() >= {
        "precision obscene, natural + mined",
        "precision personal_data, together",
        "precision advertising, together",
        "precision extortion, together",
        "recall obscene, mined",
        "recall obscene or insult, distorted",
        "fair reviews filed, natural + mined",
    }
    assert report.splitlines()[-1].startswith("file-verdict: precision=")


def test_the_cases_are_judged_right(data: Path) -> None:
    (scores,) = evaluate([data / "triage_cases.jsonl"], load_rules(), now=NOW)

    report = render([scores])
    sys.stdout.write(report)
    assert scores.holds, report


def test_natural_near_duplicates_make_no_campaign(data: Path) -> None:
    lines = (data / "near_duplicates_natural.jsonl").read_text("utf-8").splitlines()
    reviews = [
        Neighbour(review_id=review_id, text=text, author_id=review_id)
        for row in map(json.loads, lines)
        for review_id, text in zip(row["ids"], row["texts"], strict=True)
    ]

    assert sum(group.is_campaign for group in find_copies(reviews)) == 0
