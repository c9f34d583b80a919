"""What came of asking support, read from the dialogue as the support commands keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.closed_lists.contact_kinds import Direction, Saying, Way
from monitor.state.contacts import ContactRecord
from monitor.support.asked import asked_support
from monitor.support.dialogue import follow_dialogue
from monitor.support.law.ladder import Standing
from tests.unit.monitor.support.test_dialogue import START, contact

IN, OUT = Direction.IN, Direction.OUT
PROMISED = START + timedelta(hours=10)
ASKED = contact(0, OUT)


@pytest.mark.parametrize(
    ("contacts", "standing"),
    [
        ([], None),
        ([ASKED], Standing.WAITS),
        ([ASKED, contact(1, IN)], Standing.OURS),
        ([ASKED, contact(1, IN, says=Saying.PASSED_ON)], Standing.WAITS),
        ([ASKED, contact(1, IN, says=Saying.REFUSED)], Standing.REFUSED),
        ([ASKED, contact(1, IN, says=Saying.UPHELD)], Standing.UPHELD),
        ([ASKED, contact(1, IN, says=Saying.REFUSED), contact(2, OUT)], Standing.WAITS),
        ([ASKED, contact(1, IN, says=Saying.REFUSED), contact(2, OUT, number="2")], Standing.WAITS),
        ([ASKED, contact(1, IN, says=Saying.REFUSED), contact(2, IN, number="2")], Standing.OURS),
        ([replace(ASKED, due_at=PROMISED)], Standing.WAITS),
        ([ASKED, replace(contact(1, IN, says=Saying.REFUSED), struck_at=START)], Standing.WAITS),
        ([contact(0, OUT, way=Way.LETTER)], None),
    ],
)
def test_how_a_question_stands(contacts: list[ContactRecord], standing: Standing | None) -> None:
    found = asked_support(follow_dialogue(contacts), now=START + timedelta(hours=9), zone="Europe/Moscow")
    assert found.standing is standing
    assert bool(found.lines) == (standing is not None)


def test_a_line_names_way_number_days_answer_and_an_overdue_promise() -> None:
    asked = contact(0, OUT, number="73712587")
    passed = replace(contact(2, IN, number="73712587", says=Saying.PASSED_ON), due_at=PROMISED)
    dialogue = follow_dialogue([asked, passed])
    found = asked_support(dialogue, now=START + timedelta(hours=10), zone="Europe/Moscow")
    assert found.standing is Standing.OVERDUE
    (line,) = found.lines
    assert line.startswith("чат № 73712587, спросили 01.12.2026 12:00, последний ответ 01.12.2026 14:00: передано")
    assert line.endswith("обещали до 01.12.2026 22:00, срок прошёл")
