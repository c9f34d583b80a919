"""Whose turn it is, until when, and what worked: from contacts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.closed_lists.contact_kinds import Direction, Saying, Speaker, Turn, Way, turn_after
from monitor.state.contacts import ContactRecord
from monitor.support.dialogue import Waiting, answer_times, find_contacts, follow_dialogue
from monitor.support.routing import count_ways, load_routing
from monitor.support.sayings import load_sayings, propose_saying

START = datetime(2026, 12, 1, 9, tzinfo=UTC)


def contact(
    after: int,
    direction: Direction,
    *,
    way: Way = Way.CHAT,
    number: str = "1",
    says: Saying = Saying.NOTHING,
    case: str = "case_1",
) -> ContactRecord:
    """A contact so many hours after the start."""
    at = START + timedelta(hours=after)
    return ContactRecord(
        id=f"contact_{after}",
        account_id="main",
        case_id=case,
        review_id="r1",
        way=way,
        direction=direction,
        speaker=Speaker.UNKNOWN,
        number=number,
        earlier_number="",
        who="",
        address="",
        text="",
        says=says,
        turn=turn_after(direction, says, has_promise=False),
        promised="",
        due_at=None,
        seconds=None,
        files=[],
        source="person",
        source_id="",
        happened_at=at,
        noted_at=at,
        noted_by="Анна",
    )


@pytest.mark.parametrize(
    ("direction", "says", "has_promise", "turn"),
    [
        (Direction.OUT, Saying.NOTHING, False, Turn.THEIRS),
        (Direction.IN, Saying.NOTHING, False, Turn.OURS),
        (Direction.IN, Saying.NOTHING, True, Turn.THEIRS),
        (Direction.IN, Saying.ASKS, True, Turn.OURS),
        (Direction.IN, Saying.PASSED_ON, False, Turn.THEIRS),
        (Direction.IN, Saying.REFUSED, False, Turn.OURS),
        (Direction.IN, Saying.UPHELD, False, Turn.NOBODY),
        (Direction.IN, Saying.CLOSED, False, Turn.OURS),
    ],
)
def test_the_turn_after_a_contact(direction: Direction, says: Saying, has_promise: bool, turn: Turn) -> None:
    assert turn_after(direction, says, has_promise=has_promise) is turn


def test_the_last_contact_of_a_ticket_gives_the_turn_whatever_the_order_of_noting() -> None:
    sent, asked = contact(0, Direction.OUT), contact(2, Direction.IN, says=Saying.ASKS)
    assert follow_dialogue([asked, sent]).turn is Turn.OURS
    assert follow_dialogue([asked, sent, contact(3, Direction.OUT)]).turn is Turn.THEIRS


def test_one_ticket_that_waits_for_us_outweighs_another_that_waits_for_them() -> None:
    told = follow_dialogue([contact(0, Direction.OUT, number="1"), contact(1, Direction.IN, number="2")])
    assert told.turn is Turn.OURS
    assert told.waits_for == ("№ 2",)


def test_a_new_ticket_takes_the_turn_from_the_one_it_goes_on_with() -> None:
    closed = contact(0, Direction.IN, number="1", says=Saying.CLOSED)
    new = replace(contact(1, Direction.OUT, number="2"), earlier_number="1")
    assert follow_dialogue([closed, new]).turn is Turn.THEIRS
    late = contact(2, Direction.IN, number="1")
    assert follow_dialogue([closed, new, late]).turn is Turn.OURS


def test_what_was_struck_out_stays_and_counts_for_nothing() -> None:
    sent = contact(0, Direction.OUT)
    wrong = replace(contact(1, Direction.IN, says=Saying.ASKS), struck_at=START)
    told = follow_dialogue([sent, wrong])
    assert told.turn is Turn.THEIRS
    assert [one.id for one in told.contacts] == ["contact_0", "contact_1"]


def test_the_clock_is_the_earliest_of_whoever_has_the_turn() -> None:
    near, far = START + timedelta(days=1), START + timedelta(days=3)
    first = replace(contact(0, Direction.OUT, number="1"), due_at=far, promised="ответ")
    second = replace(contact(1, Direction.OUT, number="2"), due_at=near, promised="звонок")
    told = follow_dialogue([first, second])
    assert (told.due_at, told.promised) == (near, "звонок")
    assert not told.is_overdue(near - timedelta(seconds=1))
    assert told.is_overdue(near)


def test_a_broken_promise_stays_in_sight_when_something_else_makes_it_our_turn() -> None:
    until = START + timedelta(hours=1)
    call = replace(contact(0, Direction.OUT, says=Saying.NOTHING), way=Way.CALL, due_at=until, promised="перезвонят")
    told = follow_dialogue([call, contact(1, Direction.IN, number="7", says=Saying.ASKS)])
    assert (told.turn, told.due_at) == (Turn.OURS, None)
    assert [one.promised for one in told.promises] == ["перезвонят"]
    assert (told.is_overdue(until), told.is_turn_overdue(until)) == (True, False)
    kept = replace(contact(2, Direction.IN), way=Way.CALL)
    assert follow_dialogue([*told.contacts, kept]).promises == ()


def test_a_question_of_the_site_about_an_appeal_is_our_turn_with_its_own_clock() -> None:
    until = START + timedelta(hours=5)
    waiting = (Waiting("обращение 7", Turn.THEIRS, START), Waiting("вопрос", Turn.OURS, START, until))
    told = follow_dialogue([contact(0, Direction.OUT)], waiting)
    assert (told.turn, told.waits_for, told.due_at) == (Turn.OURS, ("вопрос",), until)


def test_nothing_that_happened_is_nobodys_turn() -> None:
    told = follow_dialogue([])
    assert (told.turn, told.since) == (Turn.NOBODY, None)


def test_answer_times_are_measured_from_the_first_message_that_waits() -> None:
    entries = [contact(0, Direction.OUT), contact(1, Direction.OUT), contact(5, Direction.IN), contact(9, Direction.IN)]
    assert answer_times(entries) == {"chat": [timedelta(hours=5)]}


def test_all_words_must_stand_somewhere_and_yo_is_e() -> None:
    one = replace(contact(0, Direction.IN, number="73712587"), text="Отчёт принят", who="Ольга")
    assert find_contacts([one], "ольга отчет 737") == [one]
    assert find_contacts([one], "ольга отказ") == []
    assert find_contacts([one], " ") == []


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        (
            "Мы проверили ваш запрос. К сожалению, предоставленных доказательств недостаточно",
            Saying.INSUFFICIENT,
        ),
        ("Мы не нашли нарушений в карточке", Saying.REFUSED),
        ("Скрыли товар 123", Saying.UPHELD),
        ("Обращение закрыто. Если есть вопрос, создайте новое обращение", Saying.CLOSED),
        ("Не нашли товар с SKU 5 в вашем магазине", Saying.WRONG_INPUT),
        ("Направили ваше обращение коллегам", Saying.PASSED_ON),
        ("Пришлите SKU вашего товара", Saying.ASKS),
        ("Ваше обращение передано коллегам. Ответим до 03.12.2026.", Saying.PASSED_ON),
        ("Передала Ваше обращение коллегам", Saying.PASSED_ON),
        ("Нарушений в отзыве мы не нашли.", Saying.REFUSED),
        ("Нарушения не обнаружены", Saying.REFUSED),
        ("Мы проверили отзыв: нарушение не подтвердилось. Скрывать его не будем.", Saying.REFUSED),
        ("Нарушение подтвердили, отзыв скрыт", Saying.UPHELD),
        ("Отзыв №5 не скрыли товар", Saying.NOTHING),
        ("Недостаточно доказательств", Saying.INSUFFICIENT),
        ("Здравствуйте!", Saying.NOTHING),
        ("", Saying.NOTHING),
    ],
)
def test_an_answer_proposes_a_saying(text: str, saying: Saying) -> None:
    assert propose_saying(text, load_sayings())[0] is saying


def test_ways_are_counted_by_class_and_shares_need_ten() -> None:
    entries = [
        contact(0, Direction.OUT, case="a"),
        contact(1, Direction.IN, case="a", says=Saying.UPHELD),
        contact(0, Direction.OUT, case="b"),
        contact(1, Direction.IN, case="b", says=Saying.REFUSED),
        contact(0, Direction.OUT, case="c"),
        replace(contact(1, Direction.IN, case="c", says=Saying.UPHELD), struck_at=START),
        contact(0, Direction.OUT, case="unclassed"),
    ]
    counted = count_ways(entries, {"a": "x", "b": "x", "c": "x"})["x", Way.CHAT]
    assert (counted.tried, counted.answered, counted.upheld, counted.refused) == (3, 2, 1, 1)
    assert not counted.tells_a_rate
    many = [contact(0, Direction.OUT, case=str(number)) for number in range(10)]
    assert count_ways(many, {str(number): "x" for number in range(10)})["x", Way.CHAT].tells_a_rate


def test_the_routing_prints_no_number_and_names_each_ground_once() -> None:
    routing = load_routing()
    assert not any(sign.isdecimal() and sign != "8" for one in routing.circulating for sign in one.what.split()[0])
    grounds = [ground for route in routing.route for ground in route.grounds]
    assert len(grounds) == len(set(grounds))
    assert {"insult", "untrue"} <= set(grounds)
