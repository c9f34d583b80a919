"""The score of a labelled file, and the bars on the open set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.triage import load_rules
from monitor.triage.errors import EvaluationInvalid
from monitor.triage.evaluate import Counts, Evaluation, evaluate, wilson
from tests.unit.triage.judging import NOW


def row(text: str, labels: list[str], **more: Any) -> dict[str, Any]:
    return {"text": text, "rating": 1, "labels": labels, "part": "natural"} | more


def scored(folder: Path, *rows: dict[str, Any]) -> Evaluation:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in rows), encoding="utf-8")
    return evaluate(path, load_rules(), now=NOW)


def test_counts_per_label_and_part(tmp_path: Path) -> None:
    evaluation = scored(
        tmp_path,
        row("Полный пиздец", ["obscene"]),
        row("Сумка хорошая", ["obscene"]),
        row("Говно полное", ["none"]),
    )
    counts = evaluation.by_part["natural", "obscene"]
    assert (counts.hits, counts.misses, counts.false_alarms) == (1, 1, 1)
    assert evaluation.by_part["natural + mined", "obscene"].positives == 2
    assert (evaluation.fair_rows, evaluation.fair_filed) == (1, 1)


def test_an_uncertain_label_is_left_out(tmp_path: Path) -> None:
    evaluation = scored(tmp_path, row("Полный пиздец", ["vague"], uncertain=["obscene"]))
    assert ("natural", "obscene") not in evaluation.by_part
    assert evaluation.fair_filed == 0
    assert evaluation.file_verdicts.false_alarms == 0


def test_toxic_rows_count_for_recall_only(tmp_path: Path) -> None:
    evaluation = scored(
        tmp_path,
        row("Говно", ["none"], part="toxicity"),
        row("Дебил", ["toxic"], part="toxicity", distorted=True),
    )
    assert evaluation.by_part["toxicity", "toxic"].recall.value == 1
    assert evaluation.distorted.positives == 1
    assert evaluation.file_verdicts == Counts()


@pytest.mark.parametrize(
    ("labels", "text", "bar"),
    [
        (["factual_defect"], "Полный пиздец", "file verdicts on fair natural rows"),
        (["none"], "Полный пиздец", "precision obscene, natural + mined"),
    ],
)
def test_a_bar_that_is_missed_fails_the_evaluation(tmp_path: Path, labels: list[str], text: str, bar: str) -> None:
    rows = [row("Просто говно", ["obscene"], part="stress_mined") for _ in range(30)]
    evaluation = scored(tmp_path, *rows, *(row(text, labels) for _ in range(3)))
    assert not evaluation.holds
    assert bar in {found.name for found in evaluation.bars if found.holds is False}


def test_too_few_rows_are_reported_without_a_verdict(tmp_path: Path) -> None:
    evaluation = scored(tmp_path, *(row("Сумка", ["obscene"], part="stress_mined") for _ in range(29)))
    assert next(bar for bar in evaluation.bars if bar.name == "recall obscene, mined").holds is None
    assert not scored(tmp_path, *(row("Сумка", ["obscene"], part="stress_mined") for _ in range(30))).holds


@pytest.mark.parametrize("line", ["{", "[]", '{"text": 1, "rating": 1, "labels": [], "part": "x"}', '{"text": "a"}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row("а", ["none"])) + "\n" + line, encoding="utf-8")
    with pytest.raises(EvaluationInvalid, match=":2"):
        evaluate(path, load_rules(), now=NOW)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationInvalid, match="nowhere"):
        evaluate(tmp_path / "nowhere", load_rules(), now=NOW)


def test_wilson_interval_of_a_known_case() -> None:
    interval = wilson(8, 10)
    assert interval.value == 0.8
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.49, 0.943)
    assert wilson(0, 0).value is None
