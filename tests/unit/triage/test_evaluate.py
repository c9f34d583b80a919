"""The score of a labelled file, and the bars on the open set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.triage.case_scores import CaseScores
from monitor.triage.errors import EvaluationInvalid
from monitor.triage.evaluate import Evaluation, evaluate, render
from monitor.triage.rules import load_rules
from monitor.triage.scores import Counts, wilson
from tests.unit.triage.judging import NOW


def row(text: str, labels: list[str], **more: Any) -> dict[str, Any]:
    return {"text": text, "rating": 1, "labels": labels, "part": "natural"} | more


def scored(folder: Path, *rows: dict[str, Any]) -> Evaluation:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in rows), encoding="utf-8")
    (scores,) = evaluate([path], load_rules(), now=NOW)
    assert isinstance(scores, Evaluation)
    return scores


def cases(folder: Path, *rows: dict[str, Any], first_sight: bool = False) -> CaseScores:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in rows), encoding="utf-8")
    (scores,) = evaluate([path], load_rules(), now=NOW, first_sight=first_sight)
    assert isinstance(scores, CaseScores)
    return scores


def test_counts_per_label_and_part(tmp_path: Path) -> None:
    evaluation = scored(
        tmp_path,
        row("Полный пиздец", ["obscene"]),
        row("Сумка хорошая", ["obscene"]),
        row("Заебись сумка", ["none"]),
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
    ("wrong", "bar"),
    [
        (row("Полный пиздец", ["factual_defect"]), "fair reviews filed, natural + mined"),
        (row("Полный пиздец", ["none"], part="stress_mined"), "precision obscene, together"),
        (row("Полный пиздец", ["none"], part="stress_synthetic"), "precision obscene, stress_synthetic"),
    ],
)
def test_a_bar_that_is_missed_fails_the_evaluation_in_whatever_part(
    tmp_path: Path, wrong: dict[str, Any], bar: str
) -> None:
    rows = [row("Просто хуйня", ["obscene"], part="stress_mined") for _ in range(30)]
    assert scored(tmp_path, *rows).holds
    evaluation = scored(tmp_path, *rows, *([wrong] * 40))
    assert not evaluation.holds
    assert bar in {found.name for found in evaluation.bars if found.holds is False}
    assert "FAILS" in render([evaluation])


def test_a_price_comparison_that_calls_nobody_is_left_out_of_advertising(tmp_path: Path) -> None:
    evaluation = scored(tmp_path, row("В ашане такие же дешевле, 69 р", ["advertising"], part="stress_mined"))
    assert evaluation.comparisons_left_out == 1
    assert ("stress_mined", "advertising") not in evaluation.by_part
    called = scored(tmp_path, row("Берите в ашане, там дешевле", ["advertising"], part="stress_mined"))
    assert called.comparisons_left_out == 0


def test_a_row_that_is_only_rude_is_left_out_of_obscene(tmp_path: Path) -> None:
    rude = row("Говно полное", ["obscene"], part="stress_mined")
    evaluation = scored(tmp_path, rude, row("Говно полное", ["none"]))
    assert evaluation.rude_left_out == 1
    assert ("stress_mined", "obscene") not in evaluation.by_part
    assert (evaluation.fair_rows, evaluation.fair_filed) == (1, 0)
    sworn = scored(tmp_path, row("Говно полное, пиздец", ["obscene"], part="stress_mined"))
    assert (sworn.rude_left_out, sworn.by_part["stress_mined", "obscene"].hits) == (0, 1)


def case(text: str, want: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "rating": 1, "want": want} | more


FAIR = case("Ткань тонкая, нитки торчат", "do_not_file")
BREACH = case("Полный пиздец", "file", ground="obscene")


@pytest.mark.parametrize(
    ("rows", "bar"),
    [
        ([case("Полный пиздец", "do_not_file")], "fair reviews filed"),
        ([case("Ткань тонкая", "file")] * 40, "breaches filed"),
        ([case("Ткань тонкая", "file")] * 40, "breaches filed or sent to a person"),
        ([case("Полный пиздец", "needs_person")] * 40, "precision of file"),
    ],
)
def test_each_bar_of_a_first_sight_set_fails_by_itself(tmp_path: Path, rows: list[dict[str, Any]], bar: str) -> None:
    good = [FAIR] * 120 + [BREACH] * 40
    assert cases(tmp_path, *good, first_sight=True).holds
    scores = cases(tmp_path, *good, *(rows * (1 + 5 * (bar == "fair reviews filed"))), first_sight=True)
    assert bar in {found.name for found in scores.bars if found.holds is False}


def test_the_upper_bound_of_fair_reviews_filed_counts_too(tmp_path: Path) -> None:
    scores = cases(tmp_path, *([FAIR] * 50), first_sight=True)
    assert scores.fair_filed == 0
    assert not scores.holds  # none of fifty may still be seven of a hundred


def test_a_further_verdict_that_is_fine_counts_as_right(tmp_path: Path) -> None:
    scores = cases(tmp_path, case("Полный пиздец", "needs_person", also_ok=["file"]), case("Плохо", "file"))
    assert (scores.total, scores.right, scores.filed_right) == (2, 1, 1)
    assert not scores.holds
    assert "Плохо" in render([scores])


def test_reliability_says_how_often_a_stated_confidence_was_right(tmp_path: Path) -> None:
    scores = cases(tmp_path, BREACH, case("Полный пиздец", "do_not_file"))
    assert any("right 0.500" in line for line in scores.reliability.lines())


@pytest.mark.parametrize("line", ["{", "[]", '{"text": 1, "rating": 1, "labels": [], "part": "x"}', '{"text": "a"}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row("а", ["none"])) + "\n" + line, encoding="utf-8")
    with pytest.raises(EvaluationInvalid, match=":2"):
        evaluate([path], load_rules(), now=NOW)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (case("a", "zzz"), 'want holds "zzz"; it may be file, do_not_file, needs_person'),
        (case("a", "file", also_ok=["maybe"]), 'also_ok holds "maybe"; it may be file'),
        (case("a", "file", ground="zzz"), 'ground holds "zzz"; it may be obscene'),
        ({"text": "a", "want": "file"}, "rating is missing; give 1 to 5, or null"),
        (case("a", "file") | {"rating": 9}, "rating is 9; it may be 1 to 5"),
        (case("a", "file") | {"rating": "один"}, "rating is 'один'"),
        (case("a", "file") | {"rating": True}, "rating is True"),
        (row("a", ["advert"]), 'labels holds "advert"; it may be obscene'),
        (row("a", ["none"], part="zzz"), 'part holds "zzz"; it may be natural'),
        (row("a", ["none"], uncertain=["zzz"]), 'uncertain holds "zzz"'),
        ({"text": "a", "rating": 1}, "neither labels"),
        ({"rating": 1, "want": "file"}, "text is missing"),
        ("{", "no JSON"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_its_place_and_what_is_allowed(
    tmp_path: Path, wrong: dict[str, Any] | str, told: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(wrong if isinstance(wrong, str) else json.dumps(wrong), encoding="utf-8")
    with pytest.raises(EvaluationInvalid) as refused:
        evaluate([path], load_rules(), now=NOW)
    assert told in str(refused.value)
    assert str(refused.value).count("rows.jsonl:1") == 1
    assert "Error(" not in str(refused.value)
    assert refused.value.hint


def test_a_byte_order_mark_is_passed_over_and_an_unknown_rating_is_null(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(case("Ткань тонкая", "do_not_file") | {"rating": None}), encoding="utf-8-sig")
    (scores,) = evaluate([path], load_rules(), now=NOW)
    assert isinstance(scores, CaseScores)
    assert scores.total == 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationInvalid, match="nowhere"):
        evaluate([tmp_path / "nowhere"], load_rules(), now=NOW)


def test_wilson_interval_of_a_known_case() -> None:
    interval = wilson(8, 10)
    assert interval.value == 0.8
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.49, 0.943)
    assert wilson(0, 0).value is None
