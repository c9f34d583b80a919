"""Last days in court are told a week and a day before, each once, and no more once our paper is out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.outgoing.cards import make_card
from monitor.outgoing.court_reminders import put_court_reminders
from monitor.state.outbox import OutboxRecord
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, World, make_world

# A decision of the first instance adopted on 31 January 2027: a month, to 28 February, a Sunday, moved to 1 March.
ADOPTED, LAST = "2027-01-31", date(2027, 3, 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = make_world(tmp_path)
    found.run("law", "court", "note", REVIEW, "--stage", "claim", "--event", "adopted", "--on", ADOPTED)
    return found


def told(world: World, *days: date) -> list[OutboxRecord]:
    for today in days:
        put_court_reminders(world.installation.state, world.installation.artifacts, [ACCOUNT], today=today)
    with world.installation.state.read() as tx:
        return [one for one in tx.outbox.all(ACCOUNT) if one.event == "court.last_day"]


def test_a_last_day_is_told_a_week_and_a_day_before_and_each_once(world: World) -> None:
    assert told(world, date(2027, 2, 21)) == []
    assert len(told(world, *(date(2027, 2, day) for day in (22, 22, 23, 27)))) == 1
    assert len(told(world, date(2027, 2, 28), LAST, LAST)) == 2
    assert len(told(world, date(2027, 3, 2))) == 2
    first = make_card(world.installation.state, world.installation.settings, told(world)[0])

    assert first.title == "Скоро последний день в суде"
    assert "последний день 01.03.2027" in first.body
    assert "АПК РФ, ст. 259" in first.body
    assert f"law court show {REVIEW}" in first.body


def test_a_machine_that_was_off_until_the_last_day_tells_once(world: World) -> None:
    assert len(told(world, LAST)) == 1


def test_what_was_filed_is_not_reminded_of(world: World) -> None:
    world.run("law", "court", "note", REVIEW, "--stage", "appeal", "--on", "2027-02-20", "--filed")

    assert told(world, date(2027, 2, 22), LAST) == []
