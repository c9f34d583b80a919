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

# A decision of the first instance adopted on 30 June 2026: a month, to 30 July.
ADOPTED, LAST = "2026-06-30", date(2026, 7, 30)


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
    assert told(world, date(2026, 7, 22)) == []
    assert len(told(world, *(date(2026, 7, day) for day in (23, 23, 24, 28)))) == 1
    assert len(told(world, date(2026, 7, 29), LAST, LAST)) == 2
    assert len(told(world, date(2026, 7, 31))) == 2
    first = make_card(world.installation.state, world.installation.settings, told(world)[0])

    assert first.title == "Скоро последний день в суде"
    assert "последний день 30.07.2026" in first.body
    assert "АПК РФ, ст. 259" in first.body
    assert f"law court show {REVIEW}" in first.body


def test_a_machine_that_was_off_until_the_last_day_tells_once(world: World) -> None:
    assert len(told(world, LAST)) == 1


def test_what_was_filed_is_not_reminded_of(world: World) -> None:
    world.run("law", "court", "note", REVIEW, "--stage", "appeal", "--on", "2026-07-20", "--filed")

    assert told(world, date(2026, 7, 23), LAST) == []
