"""The five stages: a term runs from an act of the stage before, in its own court, and is kept by a paper of its own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from monitor.errors import SettingsError
from monitor.support.law.calendar import load_calendar
from monitor.support.law.court import CourtEntry, StageRow, follow
from monitor.support.law.fees import Court
from monitor.support.law.rules import Event, Stage, load_law
from tests.unit.monitor.case_world import REVIEW, make_world

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def entry(stage: Stage, day: date, event: Event | None = None, *, court: Court = Court.ARBITRAZH) -> CourtEntry:
    return CourtEntry(court=court, stage=stage, event=event, is_filed=event is None, day=day, by="Анна", at=AT)


def stages(*entries: CourtEntry, court: Court = Court.ARBITRAZH) -> dict[Stage, StageRow]:
    return {row.stage: row for row in follow(entries, court, book=load_law(), days=load_calendar())}


def test_a_term_runs_from_the_act_of_the_stage_before() -> None:
    rows = stages(entry(Stage.CLAIM, date(2027, 1, 31), Event.ADOPTED))
    assert [one.last_day for one in rows[Stage.APPEAL].deadlines] == [date(2027, 3, 1)]
    assert rows[Stage.CLAIM].deadlines == ()
    assert rows[Stage.CASSATION].deadlines == ()


def test_each_court_has_its_own_terms() -> None:
    act = entry(Stage.APPEAL, date(2027, 1, 11), Event.REASONED, court=Court.GENERAL)
    assert stages(act)[Stage.CASSATION].deadlines == ()
    (day,) = stages(act, court=Court.GENERAL)[Stage.CASSATION].deadlines
    assert (day.rule, day.last_day) == ("gpk-376-1", date(2027, 4, 12))  # 11 April is a Sunday


def test_an_act_that_starts_another_term_starts_none() -> None:
    assert stages(entry(Stage.CLAIM, date(2027, 1, 31), Event.IN_FORCE))[Stage.APPEAL].deadlines == ()


def test_the_later_act_of_a_kind_counts() -> None:
    rows = stages(
        entry(Stage.CLAIM, date(2027, 2, 1), Event.ADOPTED), entry(Stage.CLAIM, date(2027, 1, 11), Event.ADOPTED)
    )
    assert [one.event for one in rows[Stage.APPEAL].deadlines] == [date(2027, 2, 1)]


def test_a_paper_of_ones_own_keeps_the_term() -> None:
    act = entry(Stage.CLAIM, date(2027, 1, 31), Event.ADOPTED)
    assert stages(act)[Stage.APPEAL].filed_on is None
    assert stages(act, entry(Stage.APPEAL, date(2027, 2, 20)))[Stage.APPEAL].filed_on == date(2027, 2, 20)


def test_what_is_not_established_is_said() -> None:
    assert stages()[Stage.SUPERVISION].unknown == ("срок надзорной жалобы: не установлено",)
    late = stages(entry(Stage.CLAIM, date(2027, 12, 20), Event.ADOPTED))[Stage.APPEAL]
    assert late.deadlines == ()
    assert "calendar of 2028" in late.unknown[0]


def test_the_commands_keep_show_and_remind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world(tmp_path)
    claim = ("law", "court", "note", REVIEW, "--stage", "claim", "--on", "2026-06-30")
    world.run(*claim, "--event", "adopted", "--note", "А40-1/2026")
    assert "law.court" in world.actions()
    assert world.run("evidence", "verify") == 0
    capsys.readouterr()
    world.run("law", "court", "show", REVIEW, "--ics", tmp_path / "c.ics")
    shown = capsys.readouterr().out
    assert "30.06.2026 день принятия решения: А40-1/2026" in shown
    assert "последний день 30.07.2026 (АПК РФ, ст. 259)" in shown
    assert len(Calendar.from_ical((tmp_path / "c.ics").read_bytes()).walk("VEVENT")) == 1
    world.run("law", "court", "note", REVIEW, "--stage", "appeal", "--on", "2026-07-31", "--filed")
    capsys.readouterr()
    world.run("law", "court", "show", REVIEW, "--ics", tmp_path / "c.ics")
    assert "подано позже: 31.07.2026" in capsys.readouterr().out
    assert Calendar.from_ical((tmp_path / "c.ics").read_bytes()).walk("VEVENT") == []
    world.run("law", "court", "show", REVIEW, "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["stage"]["stage"] for row in rows] == [stage.value for stage in Stage]
    tomorrow = world.installation.clock.now() + timedelta(days=2)
    with pytest.raises(SettingsError, match="has not come"):
        world.run("law", "court", "note", REVIEW, "--stage", "claim", "--on", f"{tomorrow:%Y-%m-%d}", "--filed")
    with pytest.raises(SettingsError, match="nothing to keep"):
        world.run(*claim)
    with pytest.raises(SettingsError) as caught:
        world.run("law", "court", "note", REVIEW, "--stage", "claim", "--on", "завтра", "--filed")
    assert caught.value.where == "--on"
