"""The policy: each refusal fires by exactly one change to a review that would otherwise be filed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.closed_lists.states import Decision
from monitor.triage.models import Evidence, TriageInput
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage
from tests.unit.triage.judging import NOW, judge_text

CLEAR = "Полный пиздец, а не сумка"
WEAK = "Звоните 903 123-45-67"


def test_a_clear_breach_is_proposed_for_filing_with_its_quote() -> None:
    verdict = judge_text(CLEAR)
    assert (verdict.decision, verdict.ground) == (Decision.FILE, "obscene")
    assert [span.text for span in verdict.spans] == ["пиздец"]
    assert [reason.code for reason in verdict.reasons] == ["ground_shown"]
    assert verdict.policy_version == load_rules().policy_version


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"already_reported": True}, "already_reported"),
        ({"window_closes_at": NOW - timedelta(seconds=1)}, "window_closed"),
        ({"attempts_left": 0}, "no_attempts_left"),
        ({"rating": 4, "text": "Сумка порвалась по шву"}, "review_is_favourable"),
        ({"asserted_ground": "competitor"}, "evidence_thin"),
        ({"asserted_ground": "witchcraft"}, "ground_unknown"),
        ({"text": "Сумка порвалась по шву"}, "no_rule_broken"),
    ],
)
def test_one_change_turns_filing_into_a_refusal(change: dict[str, Any], code: str) -> None:
    verdict = judge_text(**({"text": CLEAR} | change))
    assert verdict.decision is Decision.DO_NOT_FILE
    assert verdict.reasons[0].code == code
    assert verdict.what_would_change


def test_a_breach_with_good_stars_is_a_persons_choice_unless_it_leads_buyers_away() -> None:
    verdict = judge_text(CLEAR, rating=5)
    assert (verdict.decision, verdict.reasons[0].code) == (Decision.NEEDS_PERSON, "favourable_breach")
    assert judge_text("Лучше закажите на авито, там дешевле", rating=5).decision is Decision.FILE
    assert judge_text("Звоните мне 8 903 123-45-67", rating=5).decision is Decision.FILE


@pytest.mark.parametrize(
    "same", [{"window_closes_at": NOW}, {"attempts_left": 1}, {"rating": 3}, {"rating": None}, {"attempts_left": None}]
)
def test_the_nearest_harmless_value_still_files(same: dict[str, Any]) -> None:
    assert judge_text(CLEAR, **same).decision is Decision.FILE


def test_the_last_attempt_is_not_spent_on_a_weak_ground() -> None:
    assert judge_text(WEAK).decision is Decision.FILE
    verdict = judge_text(WEAK, attempts_left=1)
    assert (verdict.decision, verdict.reasons[0].code) == (Decision.NEEDS_PERSON, "one_chance_weak_ground")


def test_an_accusation_of_competition_needs_a_document() -> None:
    refused = judge_text("Берите другой бренд", asserted_ground="competitor")
    assert refused.reasons[0].code == "evidence_thin"
    document = Evidence(kind="document", reference="doc-1", note="Выписка из реестра.")
    allowed = judge_text("Сумка порвалась", asserted_ground="competitor", evidence=(document,))
    assert allowed.reasons[0].code != "evidence_thin"


def test_a_ground_known_from_articles_only_goes_to_a_person() -> None:
    verdict = judge_text("Коробка мятая, курьер опоздал")
    assert (verdict.decision, verdict.reasons[0].code) == (Decision.NEEDS_PERSON, "off_topic_unverified")


def test_a_fair_review_is_refused_and_told_why() -> None:
    verdict = judge_text("Ткань тонкая, нитки торчат")
    assert verdict.decision is Decision.DO_NOT_FILE
    assert [reason.code for reason in verdict.reasons] == ["no_rule_broken", "fair_claim"]
    assert "answer_publicly" in {change.code for change in verdict.what_would_change}


@pytest.mark.parametrize(
    ("text", "rating", "code"),
    [("Мошенники!", 1, "accusation_made"), ("Отличная шапка, рекомендую", 1, "text_against_rating")],
)
def test_what_only_a_person_can_weigh(text: str, rating: int, code: str) -> None:
    verdict = judge_text(text, rating=rating)
    assert (verdict.decision, verdict.reasons[0].code) == (Decision.NEEDS_PERSON, code)


def test_an_empty_text_is_named() -> None:
    assert "text_empty" in {reason.code for reason in judge_text("").reasons}


def test_a_text_read_in_part_says_so() -> None:
    assert "text_not_fully_read" in {reason.code for reason in judge_text("слово " * 10_000).reasons}


def test_the_verdict_depends_on_nothing_but_its_input() -> None:
    review = TriageInput(review_id="r", text=CLEAR, rating=1)
    assert triage(review, load_rules(), now=NOW) == triage(review, load_rules(), now=NOW)


def test_every_reason_is_a_russian_sentence() -> None:
    for text in (CLEAR, WEAK, "", "Коробка мятая", "Ткань тонкая"):
        for reason in judge_text(text).reasons:
            assert reason.text.endswith(".")
            assert "{" not in reason.text
