"""Drafts quote the review, claim only what is shown, fit the channel and do not repeat each other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.closed_lists.states import Decision
from monitor.triage.concealing import hide
from monitor.triage.drafts import Claim, Clause, write_appeal
from monitor.triage.errors import ClaimWithoutEvidence, DraftImpossible
from monitor.triage.letters import write_letter, write_reply
from monitor.triage.models import TYPED, Evidence, TriageInput, Verdict
from monitor.triage.rows import FILE_LABELS
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage
from tests.unit.triage.judging import NOW

BREACH = {
    "obscene": "Полный пиздец, а не сумка",
    "insult": "Продавец идиот, прислал не то",
    "personal_data": "Звоните мне 8(903)123-45-67",
    "advertising": "Лучше закажите на авито, там вдвое дешевле",
    "extortion": "Если сделаете скидку, уберу негативный отзыв",
}
RULES = load_rules()


def judged(text: str, number: int = 0) -> tuple[TriageInput, Verdict]:
    review = TriageInput(
        review_id=f"r-{number}",
        text=text,
        rating=1,
        product_title=f"Сумка модель {number}",
        published=NOW - timedelta(days=number),
        evidence=(Evidence(kind="document", reference="doc-1"),),
    )
    return review, triage(review, RULES, now=NOW)


@pytest.mark.parametrize("ground", FILE_LABELS)
@pytest.mark.parametrize("channel", ["public_report", "order_appeal", "cabinet_complaint"])
def test_an_appeal_names_product_date_and_the_sites_own_option(ground: str, channel: str) -> None:
    review, verdict = judged(BREACH[ground])
    if (ground, channel) == ("extortion", "order_appeal"):  # that list has no option for it, and none is invented
        with pytest.raises(DraftImpossible):
            write_appeal(review, verdict, RULES, channel=channel)
        return
    draft = write_appeal(review, verdict, RULES, channel=channel)
    limits, rule = RULES.channel(channel), RULES.ground(ground)
    assert limits is not None
    assert rule is not None
    assert len(draft.text) <= limits.max_chars
    assert review.product_title in draft.text
    assert "01.11.2026" in draft.text
    assert f"«{rule.reasons[channel]}»" in draft.text
    assert draft.reason_label == rule.reasons[channel]


def test_obscene_words_and_personal_data_are_not_repeated_in_full() -> None:
    for ground, secret in (("obscene", "пиздец"), ("personal_data", "123-45-67")):
        review, verdict = judged(BREACH[ground])
        assert secret not in write_appeal(review, verdict, RULES, channel="public_report").text
    assert hide("слово") == "с***о"
    assert hide("8 903 123-45-67") == "8 *** ***-**-67"
    assert hide("п и з д е ц") == "п * * * * *"
    assert hide("квартира 7") == "к******а *"


def test_a_long_review_is_quoted_within_the_limit_and_whole_sentences_stay() -> None:
    review, verdict = judged("очень " * 400 + ". Дадите скидку - удалю отзыв, " + "очень " * 40)
    draft = write_appeal(review, verdict, RULES, channel="public_report")
    assert len(draft.text) <= 500
    assert draft.text.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "Лучше закажите на shop.example.org, промокод ПРИМЕР30 даёт скидку 30%, пишите @primer_shop_test.",
        "Пришло битое.Берите в магазине shop.example.com, там дешевле вдвое, промокод ПРИМЕР30.",
    ],
)
def test_a_breach_is_quoted_once_and_an_address_is_not_cut_at_its_dots(text: str) -> None:
    review, verdict = judged(text)

    draft = write_appeal(review, verdict, RULES, channel="order_appeal").text

    quoted = re.findall("«([^»]*)»", draft)[1:-1]  # the goods stand before, the site's own option after
    assert len(quoted) == 1, draft
    assert quoted[0] in text
    assert quoted[0].startswith(("Лучше", "Берите"))


def test_two_hundred_appeals_on_one_ground_are_all_different() -> None:
    earlier: list[str] = []
    for number in range(200):
        review, verdict = judged(BREACH["insult"], number)
        earlier.append(write_appeal(review, verdict, RULES, channel="order_appeal", earlier=earlier[-20:]).text)
    assert len(set(earlier)) == 200
    shared = [one.split(".")[0] == two.split(".")[0] for one, two in pairwise(earlier)]
    assert sum(shared) == 0


def test_a_claim_needs_evidence_that_is_at_hand() -> None:
    review, verdict = judged(BREACH["insult"])
    shown = Claim(text="Заказ доставлен в срок.", evidence="doc-1")
    assert "в срок" in write_appeal(review, verdict, RULES, channel="order_appeal", claims=[shown]).text
    with pytest.raises(ClaimWithoutEvidence) as caught:
        write_appeal(review, verdict, RULES, channel="order_appeal", claims=[Claim(text="Конкурент.", evidence="")])
    assert caught.value.hint


def test_a_fair_review_gets_a_reply_and_no_appeal() -> None:
    review, verdict = judged("Ткань тонкая, нитки торчат")
    with pytest.raises(DraftImpossible):
        write_appeal(review, verdict, RULES, channel="public_report")
    with pytest.raises(DraftImpossible):
        write_letter(review, verdict, RULES)
    reply = write_reply(review, verdict)
    assert "«Ткань тонкая, нитки торчат»" in reply.text
    assert (reply.cause, bool(reply.department)) == ("goods", True)
    assert len(reply.text) <= 1000


def test_a_channel_without_the_reason_is_refused_and_a_letter_needs_none() -> None:
    review, verdict = judged("Товар так и не пришёл, коробка мятая")
    assert verdict.ground == "off_topic"
    assert write_appeal(review, verdict, RULES, channel="support_ticket").reason_label == ""
    with pytest.raises(DraftImpossible):
        write_appeal(review, verdict, RULES, channel="pigeon")


def test_the_letter_to_support_says_which_review_what_is_in_it_and_asks_one_question() -> None:
    review, verdict = judged(BREACH["insult"])
    letter = write_letter(review, verdict, RULES, wish="Оскорблений наших сотрудников.")
    for part in ("r-0", "Сумка модель 0", "01.11.2026", "и***т", "doc-1", "Оскорблений наших сотрудников."):
        assert part in letter
    assert letter.count("?") == 1
    assert "мало" not in letter


def test_a_letter_keeps_our_own_doubts_at_home() -> None:
    review, verdict = judged("Найду ваш склад и сожгу вместе с вами")
    assert verdict.decision is Decision.NEEDS_PERSON
    letter = write_letter(review, verdict, RULES)
    assert "угр" in letter.lower()
    assert not any(reason.text in letter for reason in verdict.reasons)


def test_a_letter_names_the_files_that_go_with_it() -> None:
    review, verdict = judged(BREACH["insult"])
    alone = replace(review, evidence=())
    assert "Приложений нет" in write_letter(alone, verdict, RULES)
    told = write_letter(alone, verdict, RULES, files=["box.png", "чат с покупателем.png"])
    assert "Приложено: box.png; чат с покупателем.png." in told
    assert "Приложений нет" not in told


def test_a_rule_of_the_site_is_cited_only_when_a_person_pasted_it() -> None:
    review, verdict = judged(BREACH["insult"])
    clause = Clause(ground="insult", text="Нельзя оскорблять людей", source="правила отзывов", date="01.11.2026")
    cited = write_letter(review, verdict, RULES, clauses=[clause])
    assert "«Нельзя оскорблять людей» (правила отзывов, прочитано 01.11.2026)" in cited
    assert "моими словами" not in cited
    assert "моими словами" in write_letter(review, verdict, RULES)
    appeal = write_appeal(review, verdict, RULES, channel="support_ticket", clauses=[clause]).text
    assert "«Нельзя оскорблять людей»" in appeal


def test_every_ground_that_the_chosen_reason_covers_is_named() -> None:
    review, verdict = judged("Продавец идиот. Полный пиздец, а не сумка. Пишите мне в телеграм @primer_77")
    assert set(verdict.grounds) == {"obscene", "insult", "personal_data"}
    both = write_appeal(review, verdict, RULES, channel="order_appeal").text
    assert "и***т" in both
    assert "п****ц" in both
    assert "@" not in both


@pytest.mark.parametrize("text", ["У ребёнка сыпь от пелёнки", "Зарядка загорелась ночью", "Отравились этим сыром", ""])
def test_where_health_a_child_or_danger_is_at_stake_a_person_answers(text: str) -> None:
    with pytest.raises(DraftImpossible):
        write_reply(*judged(text))


def test_a_reply_quotes_whole_clauses_and_promises_nothing() -> None:
    review, verdict = judged("Не работает кнопка, а так ничего")
    assert "«Не работает кнопка" in write_reply(review, verdict).text
    for number in range(40):
        reply = write_reply(*judged("Ручка отвалилась, ткань тонкая", number)).text.lower()
        assert not any(word in reply for word in ("передали", "проверим", "исправим", "разберёмся", "вернём", "усилим"))


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Продавец в чате обозвал меня тупой курицей, платье порвалось по шву.", "«платье порвалось по шву»"),
        ("Звонила в магазин, Тверская 12, и на 8-800-555-35-35, фен не включается.", "«фен не включается»"),
        ("Назвали коровой, молния сломалась", "«молния сломалась»"),
        ("Ткань тонкая, дурой меня ещё никто не звал", "«Ткань тонкая»"),
        ("Анна Смирнова сказала ждать, а крышка сломалась", "«а крышка сломалась»"),
        ("Заказ 79261234567-0001, крышка сломалась", "«крышка сломалась»"),
        ("Служба 600-70-80 молчит, экран тусклый", "«экран тусклый»"),
        ("Улица Ленина дом 4 квартира 7, посуда с трещиной", "«посуда с трещиной»"),
        ("Стирала при 30 градусах, ткань села на 2 размера", "«Стирала при 30 градусах, ткань села на 2 размера»"),
        ("Телефон сервиса 8 812 600 70 80 на коробке стёрт", ""),
        ("Обозвали нищебродом за то что ткань тонкая", ""),
    ],
)
def test_a_public_reply_repeats_no_insult_number_address_or_name(text: str, quoted: str) -> None:
    reply = write_reply(*judged(text)).text
    assert quoted in reply
    assert ("«" in reply) == bool(quoted)
    repeated = ("куриц", "коров", "дур", "нищеброд", "Тверск", "Ленина", "Смирнов", "800", "812", "600", "7926")
    assert not any(word in reply for word in repeated)


@pytest.mark.parametrize("rating", [5, None])
def test_praise_is_thanked_for_and_has_no_cause(rating: int | None) -> None:
    review, _ = judged("Всё отлично, чайник не шумит, не течёт, спасибо!")
    review = replace(review, rating=rating)
    reply = write_reply(review, triage(review, RULES, now=NOW))
    assert (reply.cause, reply.department) == ("none", "")
    assert not any(word in reply.text for word in ("Жаль", "жаль", "Сожалеем", "чат", "«"))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Чайник сломался через неделю, кнопка не нажимается. Продавец не вернул деньги.", "technical"),
        ("Молния разошлась, ткань порвалась, верните деньги, продавец молчит", "goods"),
        ("Продавец не отвечает и не возвращает деньги", "service"),
        ("Продавец отличный, но ручка отвалилась", "goods"),
    ],
)
def test_the_goods_that_failed_are_the_cause_before_the_service(text: str, cause: str) -> None:
    assert write_reply(*judged(text)).cause == cause


def test_the_most_private_of_several_data_is_named_in_letter_and_appeal() -> None:
    review, verdict = judged(
        "Продавец Иванов Иван Иванович, телефон 8 903 123-45-67, почта primer@example.com, живёт на Лесной 5 кв 7, "
        "паспорт 4510 123456, карта 2202 2012 3456 7890 Сбербанк"
    )
    appeal = write_appeal(review, verdict, RULES, channel="public_report").text
    for text in (write_letter(review, verdict, RULES), appeal):
        assert "«2*** **** **** **90», «******* 4*** ****56», «8 *** ***-**-67»" in text


def test_a_letter_about_a_typed_text_has_no_number() -> None:
    review, verdict = judged(BREACH["insult"])
    letter = write_letter(replace(review, review_id=TYPED), verdict, RULES)
    assert letter.startswith("Тема: отзыв на товар «Сумка модель 0», прошу проверить")
    assert TYPED not in letter
    assert "№" not in letter
    bare = replace(review, review_id=TYPED, rating=None, product_title="", published=None)
    assert "Отзыв:" not in write_letter(bare, verdict, RULES)


def test_a_reason_is_cut_between_words() -> None:
    text = "Если сделаете скидку на следующую покупку в магазине, уберу негативный отзыв с единицей"
    _, verdict = judged(text)
    detail = verdict.reasons[0].text.split("«")[-1].split("»")[0]
    assert detail.endswith("…")
    assert text.startswith(detail[:-1] + " ")


def test_a_breach_that_was_appealed_before_still_gets_its_letter() -> None:
    review, _ = judged(BREACH["insult"])
    again = replace(review, already_reported=True)
    verdict = triage(again, RULES, now=NOW)

    letter = write_letter(again, verdict, RULES)

    assert verdict.decision is Decision.DO_NOT_FILE
    assert "и***т" in letter


def test_a_limit_too_small_for_any_sentence_is_told() -> None:
    review, verdict = judged(BREACH["insult"])
    narrow = RULES.model_copy(
        update={"channels": tuple(channel.model_copy(update={"max_chars": 10}) for channel in RULES.channels)}
    )
    with pytest.raises(DraftImpossible, match="10 characters"):
        write_appeal(review, verdict, narrow, channel="public_report")
