"""The ladder on twelve cases: the right steps offered, the wrong ones refused with the reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.support.law.ladder import (
    FACTS,
    Advice,
    Asked,
    Case,
    Fact,
    Standing,
    climb,
    load_ladder,
    opinion_in,
    read_ladder,
)
from monitor.support.law.rules import DATA, load_law

DAY = date(2026, 11, 30)
REVIEW = "Прислали  чужой товар, я его не заказывал. Продавец мошенник. По-моему, чайник ужасный."
FALSE = {Fact.FALSE_FACT: "прислали чужой товар", Fact.PROOF_FALSE: "накладная 12 и фото упаковки"}
DAMAGE = {Fact.DAMAGE: "120 000 ₽, отчёт о продажах", Fact.ABOUT_BUSINESS: "о магазине"}
PARTY = {Fact.CONTRACT_PARTY: "договор 7", Fact.CLAIM_ADDRESS: "Москва, из договора"}
PERSON = {Fact.ABOUT_PERSON: "о директоре Анне Примеровой"}
DONE = ("report", "support")

CASES: dict[str, tuple[dict[Fact, str], tuple[str, ...], set[str]]] = {
    # name: what is stated, what is over, what must be offered
    "a fair review": ({Fact.REPORT_LEFT: "да"}, (), set()),
    "an opinion": (
        {Fact.FALSE_FACT: "По-моему, чайник ужасный", Fact.PROOF_FALSE: "отзывы", **DAMAGE, **PARTY},
        DONE,
        set(),
    ),
    "a false fact without damage": ({**FALSE, **PARTY, Fact.RULE_BROKEN: "other"}, DONE, set()),
    "a false fact with damage": (
        {**FALSE, **DAMAGE, **PARTY, Fact.RULE_BROKEN: "other"},
        DONE,
        {"operator_complaint", "claim"},
    ),
    "a false fact with damage, claim refused": (
        {**FALSE, **DAMAGE, **PARTY, Fact.RULE_BROKEN: "other"},
        (*DONE, "operator_complaint", "claim"),
        {"arbitrazh"},
    ),
    "an insult of a person": ({Fact.RULE_BROKEN: "insult", Fact.INSULT: "мошенник"}, DONE, set()),
    "a false fact about a person": ({**FALSE, **PERSON}, DONE, {"general_court"}),
    "a threat": ({Fact.THREAT: "приеду и сожгу", Fact.RULE_BROKEN: "threat"}, (), {"police", "support"}),
    "extortion": (
        {Fact.EXTORTION: "верните 5000, удалю", Fact.RULE_BROKEN: "extortion", Fact.REPORT_LEFT: "да"},
        (),
        {"report", "police"},
    ),
    "a competitor unnamed": (
        {**FALSE, Fact.COMPETITOR_PROOF: "похожий текст", Fact.AUTHOR_KNEW: "переписка"},
        DONE,
        set(),
    ),
    "a competitor named": (
        {
            **FALSE,
            Fact.COMPETITOR_NAMED: "ООО «Другой»",
            Fact.COMPETITOR_PROOF: "ответ суда",
            Fact.AUTHOR_KNEW: "переписка",
        },
        DONE,
        {"competition", "police"},
    ),
    "the applicant's own data": ({Fact.DATA_OF_APPLICANT: "мой телефон"}, (), {"regulator"}),
    "expired windows": ({Fact.RULE_BROKEN: "advert"}, (), {"support"}),
    "nothing left": ({Fact.RULE_BROKEN: "advert"}, DONE, set()),
}


def advise(facts: dict[Fact, str], done: tuple[str, ...] = ()) -> Advice:
    return climb(
        Case(facts=facts, done=frozenset(done), review_text=REVIEW), ladder=load_ladder(), book=load_law(), day=DAY
    )


@pytest.mark.parametrize("name", CASES)
def test_the_right_steps_are_offered_and_no_others(name: str) -> None:
    facts, done, offered = CASES[name]
    advice = advise(facts, done)
    assert {rung.id for rung in advice.rungs if rung.status == "offered"} == offered
    for rung in advice.rungs:
        assert rung.status != "lacking" or rung.lacks
        assert rung.status != "later" or rung.first
    assert (advice.next_step is None) == (not offered)
    assert advice.sentence.startswith("Следующий шаг:" if offered else "Остановитесь")


def test_every_fact_has_its_words() -> None:
    assert set(FACTS) == set(Fact)


def test_after_support_the_default_is_to_stop() -> None:
    assert advise({Fact.RULE_BROKEN: "advert"}, DONE).next_step is None


@pytest.mark.parametrize(
    ("standing", "status", "next_step", "words"),
    [
        (None, "offered", "support", "Следующий шаг: Обращение в поддержку"),
        (Standing.WAITS, "under_way", None, "Дождитесь ответа"),
        (Standing.OVERDUE, "under_way", "support", "не ответила в срок, который назвала сама"),
        (Standing.OURS, "under_way", "support", "Ход за вами"),
        (Standing.UPHELD, "under_way", None, "согласилась"),
        (Standing.REFUSED, "done", None, "Остановитесь"),
    ],
)
def test_the_ladder_begins_with_what_support_was_asked_and_answered(
    standing: Standing | None, status: str, next_step: str | None, words: str
) -> None:
    asked = Asked(standing=standing, lines=("чат № 7, спросили 01.12.2026",) if standing else ())
    case = Case(facts={Fact.RULE_BROKEN: "advert"}, asked=asked, review_text=REVIEW)
    advice = climb(case, ladder=load_ladder(), book=load_law(), day=DAY)
    support = next(rung for rung in advice.rungs if rung.id == "support")
    assert (support.status, support.told, advice.next_step) == (status, asked.lines, next_step)
    assert words in advice.sentence


def test_a_refusal_of_support_opens_what_comes_after_and_waiting_does_not() -> None:
    facts = {**FALSE, **DAMAGE, **PARTY, Fact.RULE_BROKEN: "other"}
    found = {}
    for standing in (Standing.WAITS, Standing.REFUSED):
        case = Case(facts=facts, asked=Asked(standing=standing), review_text=REVIEW)
        rungs = climb(case, ladder=load_ladder(), book=load_law(), day=DAY).rungs
        found[standing] = {rung.id: rung.status for rung in rungs}["claim"]
    assert found == {Standing.WAITS: "later", Standing.REFUSED: "offered"}


def test_a_threat_does_not_wait_for_support() -> None:
    case = Case(
        facts={Fact.RULE_BROKEN: "threat", Fact.THREAT: "приеду"},
        asked=Asked(standing=Standing.WAITS),
        review_text=REVIEW,
    )
    advice = climb(case, ladder=load_ladder(), book=load_law(), day=DAY)
    assert advice.next_step == "police"
    assert advice.sentence == "Дождитесь ответа поддержки. Можно и сейчас: Заявление в полицию."


def test_a_threat_goes_to_the_police_first_and_rests_on_no_defamation() -> None:
    facts = {Fact.THREAT: "приеду и сожгу", Fact.EXTORTION: "верните 5000, удалю", Fact.DATA_OF_APPLICANT: "телефон"}
    advice = advise(facts, ())
    police = next(rung for rung in advice.rungs if rung.id == "police")
    assert advice.next_step == "police"
    assert not any("128.1" in one for one in police.basis)
    assert ["об угрозе" in one or "о вымогательстве" in one for one in police.unknown] == [True, True]


def test_defamation_is_named_where_a_false_statement_is_stated() -> None:
    facts, done, _ = CASES["a false fact with damage"]
    police = next(rung for rung in advise({**facts, Fact.THREAT: "приеду"}, done).rungs if rung.id == "police")
    assert any("128.1" in one for one in police.basis)


def test_an_opinion_is_told_from_a_fact_with_the_sentence_quoted() -> None:
    facts, done, _ = CASES["an opinion"]
    claim = next(rung for rung in advise(facts, done).rungs if rung.id == "claim")
    assert any("«По-моему, чайник ужасный» – мнение (слово «по-моему»)" in one for one in claim.lacks)


def test_a_quotation_must_stand_in_the_review() -> None:
    facts = {**FALSE, Fact.FALSE_FACT: "прислали пустую коробку", **PERSON}
    court = next(rung for rung in advise(facts, DONE).rungs if rung.id == "general_court")
    assert court.status == "lacking"
    assert "не стоит в отзыве дословно" in court.lacks[0]


def test_police_and_court_warn_first_of_a_knowingly_false_report() -> None:
    warned = {rung.id for rung in advise({}).rungs if "УК РФ, ст. 306" in rung.warning}
    assert warned == {"police", "arbitrazh", "general_court"}


def test_what_nobody_has_seen_is_said_to_be_unknown_and_never_cited() -> None:
    facts, done, _ = CASES["a false fact with damage"]
    complaint = next(rung for rung in advise(facts, done).rungs if rung.id == "operator_complaint")
    assert complaint.unknown == ("распространяется ли закон на решение площадки об отзыве: не установлено",)
    assert not any(one.startswith("распространяется") for one in complaint.basis)
    assert any("распространяется ли закон на решение площадки об отзыве, не установлено" in o for o in complaint.basis)
    assert any("по вторичному источнику, проверьте" in one for one in complaint.basis)


def test_before_its_day_a_law_is_no_basis() -> None:
    facts, done, _ = CASES["a false fact with damage"]
    early = climb(
        Case(facts=facts, done=frozenset(done), review_text=REVIEW),
        ladder=load_ladder(),
        book=load_law(),
        day=date(2026, 9, 30),
    )
    complaint = next(rung for rung in early.rungs if rung.id == "operator_complaint")
    assert complaint.basis == ()


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Считаю, что обманули", "считаю"),
        ("плохо", "плох"),
        ("Это  ПО-МОЕМУ  подделка", "по-моему"),
        ("Товар пришёл 5 марта без коробки", ""),
        ("Пересчитаю ещё раз", ""),
    ],
)
def test_opinions(sentence: str, word: str) -> None:
    assert opinion_in(sentence, load_ladder()) == word


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('after = ["report"]', 'after = ["police"]'), "does not stand above"),
        (('needs = ["data_of_applicant"]', ""), "needs nothing"),
        (('needs = ["data_of_applicant"]', 'needs = ["luck"]'), "luck"),
    ],
)
def test_a_ladder_that_leads_nowhere_is_refused(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    text = (DATA / "ladder.toml").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "ladder.toml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_ladder(tmp_path / "ladder.toml")
