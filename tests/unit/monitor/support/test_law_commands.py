"""The law on the command line: lists, last days, what a person read, what they state, and what follows."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

from monitor.custody.readings import manifests_of
from monitor.errors import LawUnknown, SettingsError, UsageError
from monitor.outgoing.court_reminders import put_court_reminders
from monitor.use_cases.law import stated_facts
from monitor.use_cases.law_court import court_entries
from tests.appeal_world import ACCOUNT, approved
from tests.installation.test_evidence_export import judge
from tests.unit.monitor.case_world import REVIEW, World, make_world


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An installation for tests that state nothing about its case."""
    return make_world(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def run_json(world: World, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert world.run("law", *arguments, "--json") == 0
    out = capsys.readouterr().out
    try:
        return [json.loads(out)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in out.splitlines()]


def test_rules_are_listed_by_body_and_term(shared: World, capsys: pytest.CaptureFixture[str]) -> None:
    rows = run_json(shared, capsys, "list", "--before", "general", "--deadlines")
    assert {row["rule"]["id"] for row in rows} == {"gpk-321", "gpk-376-1", "gpk-390-3", "gpk-391-2"}  # type: ignore[index]


def test_pasted_words_are_kept_with_who_and_when_and_lift_no_doubt(
    shared: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(
        "5. Если сведения оказались доступны в сети, гражданин вправе требовать…\r\n", encoding="utf-8-sig"
    )
    shared.run("law", "paste", "gk-152-5", "--file", article, "--source", "редакция от 01.09.2026")
    assert "law.paste" in shared.actions()
    (row,) = run_json(shared, capsys, "show", "gk-152-5")
    assert row["rule"]["mark"] == "?"  # type: ignore[index]
    assert row["pasted"]["text"].startswith("5. Если сведения")  # type: ignore[index]
    assert row["pasted"]["by"] == "Анна Примерова"  # type: ignore[index]
    shared.run("law", "show", "gk-152-5")
    shown = capsys.readouterr().out
    assert "не установлено" in shown
    assert "текст внесён: Анна Примерова" in shown


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("paste", "gk-152-5", "--source", "x"), "--text"),
        (("paste", "gk-152-5", "--source", "x", "--text", "a", "--file", "b"), "--text"),
        (("paste", "gk-152-5", "--source", "x", "--text", "  "), "text"),
        (("paste", "gk-152-5", "--source", " ", "--text", "a"), "source"),
        (("paste", "gk-152-5", "--source", "x", "--file", "nowhere.txt"), "--file"),
        (("paste", "gk-999", "--source", "x", "--text", "a"), "gk-999"),
        (("deadline", "apk-259", "--from", "31.01.2027"), "--from"),
        (("fee", "arbitrazh", "--price", "много"), "--price"),
        (("fee", "arbitrazh", "--price", "-5"), "--price"),
        (("fee", "arbitrazh", "--price", "nan"), "--price"),
        (("facts", REVIEW, "--set", "luck=yes"), "--set"),
        (("facts", REVIEW, "--set", "threat"), "--set"),
        (("ladder", REVIEW, "--done", "prayer"), "--done"),
        (("ladder", "nobody"), "REVIEW"),
    ],
)
def test_wrong_input_names_its_place_and_a_next_step(shared: World, arguments: tuple[str, ...], where: str) -> None:
    with pytest.raises((SettingsError, LawUnknown)) as caught:
        shared.run("law", *arguments)
    assert caught.value.where == where
    assert caught.value.hint


def test_a_deadline_is_printed_and_written_as_a_calendar(
    shared: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    capsys.readouterr()
    shared.run("law", "deadline", "apk-259", "--from", "2027-01-31", "--ics", tmp_path / "a.ics")
    assert "последний день: 01.03.2027" in capsys.readouterr().out
    (entry,) = Calendar.from_ical((tmp_path / "a.ics").read_bytes()).walk("VEVENT")
    assert entry.decoded("dtstart") == date(2027, 3, 1)


def test_facts_are_kept_taken_back_and_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.run("law", "facts", REVIEW, "--set", "threat=приеду", "--set", "damage=5000, чек")
    world.run("law", "facts", REVIEW, "--set", "damage=")
    assert world.actions().count("law.facts") == 2
    capsys.readouterr()
    world.run("law", "facts", REVIEW)
    shown = capsys.readouterr().out
    assert "приеду" in shown
    assert "5000" not in shown


def test_the_ladder_knows_the_verdict_and_the_stated_facts(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    (before,) = run_json(world, capsys, "ladder", REVIEW)
    assert {r["id"]: r["status"] for r in before["advice"]["rungs"]}["police"] == "lacking"  # type: ignore[index]
    world.run("law", "facts", REVIEW, "--set", "threat=приеду")
    (after,) = run_json(world, capsys, "ladder", REVIEW)
    assert {r["id"]: r["status"] for r in after["advice"]["rungs"]}["police"] == "offered"  # type: ignore[index]
    capsys.readouterr()
    world.run("law", "ladder", REVIEW)
    shown = capsys.readouterr().out
    assert "Сначала прочтите" in shown
    assert shown.index("Сначала прочтите") < shown.index("основание:")


@pytest.mark.usefixtures("unprinted")
def test_stated_facts_leave_no_bundle_and_the_bundle_holds_under_its_key(world: World, tmp_path: Path) -> None:
    world.run("law", "facts", REVIEW, "--set", "threat=КАНАРЕЙКА")
    assert world.run("evidence", "verify") == 0
    world.run("evidence", "export", world.case.id, "--out", tmp_path / "bundle")
    files = [path for path in (tmp_path / "bundle").rglob("*") if path.is_file()]
    assert files
    assert not any("КАНАРЕЙКА".encode() in path.read_bytes() for path in files)
    code, words = judge(tmp_path / "bundle")
    assert code == 0, words


def test_a_purge_removes_what_was_stated_and_stops_nothing(world: World) -> None:
    world.run("law", "facts", REVIEW, "--set", "threat=КАНАРЕЙКА")
    act = ("law", "court", "note", REVIEW, "--stage", "claim", "--on", "2026-06-30", "--event", "adopted")
    world.run(*act, "--note", "КАНАРЕЙКА")
    kept = world.installation.home.evidence
    assert any("КАНАРЕЙКА".encode() in path.read_bytes() for path in kept.rglob("*") if path.is_file())
    assert world.run("evidence", "purge", world.case.id, "--yes") == 0
    assert not any("КАНАРЕЙКА".encode() in path.read_bytes() for path in kept.rglob("*") if path.is_file())
    assert world.run("evidence", "verify") == 0
    store = world.installation.state, world.installation.artifacts
    put_court_reminders(*store, [ACCOUNT], today=date(2026, 7, 29))
    assert stated_facts(*store, world.case) == {}
    assert court_entries(*store, world.case) == ()
    for command in (("facts",), ("ladder",), ("court", "show")):
        world.run("law", *command, REVIEW)


def test_a_case_with_a_last_day_in_court_is_not_purged(world: World) -> None:
    today = f"{world.installation.clock.now():%Y-%m-%d}"
    world.run("law", "court", "note", REVIEW, "--stage", "claim", "--on", today, "--event", "adopted")
    with pytest.raises(UsageError, match="is not over") as refused:
        world.run("evidence", "purge", world.case.id, "--yes")
    assert f"law court show {REVIEW}`" in refused.value.hint
    world.run("law", "court", "show", REVIEW)
    world.run("law", "court", "note", REVIEW, "--stage", "appeal", "--on", today, "--filed")
    assert world.run("evidence", "purge", world.case.id, "--yes") == 0


@pytest.mark.parametrize(("channel", "over"), [("support_ticket", "support"), ("order_appeal", "report")])
def test_a_refusal_ends_the_step_that_its_kind_of_channel_is(
    world: World, capsys: pytest.CaptureFixture[str], channel: str, over: str
) -> None:
    approved(world.installation.state, REVIEW)
    with sqlite3.connect(world.installation.home.database) as store:
        store.execute("UPDATE appeals SET moderation = 'rejected', channel = ?", (channel,))
    (told,) = run_json(world, capsys, "ladder", REVIEW)
    assert [rung["id"] for rung in told["advice"]["rungs"] if rung["status"] == "done"] == [over]  # type: ignore[index]


def test_the_ladder_and_the_pack_tell_what_support_was_asked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.run("support", "note", REVIEW, "--way", "chat", "--direction", "out", "--number", "73712587", "--text", "а")
    (told,) = run_json(world, capsys, "ladder", REVIEW)
    support = next(rung for rung in told["advice"]["rungs"] if rung["id"] == "support")  # type: ignore[index]
    assert support["status"] == "under_way"
    assert support["told"][0].startswith("чат № 73712587, спросили ")
    world.run("law", "ladder", REVIEW)
    assert "идёт: Обращение в поддержку" in capsys.readouterr().out


def test_the_chronology_holds_what_happened_and_not_our_work_on_papers(world: World, tmp_path: Path) -> None:
    world.run("law", "facts", REVIEW, "--set", "threat=приеду")
    world.run("law", "pack", REVIEW, "--out", tmp_path / "pack", "--no-bundle", "--inn", "7707083893")
    told = (tmp_path / "pack" / "01-hronologiya.html").read_text("utf-8")
    assert "Снимок страницы сохранён" in told
    assert "назвал обстоятельства" not in told


def test_the_claim_names_the_address_that_its_exhibit_names(world: World, tmp_path: Path) -> None:
    first = manifests_of(world.installation.state, world.installation.artifacts, ACCOUNT, REVIEW)[0]
    world.run("law", "pack", REVIEW, "--out", tmp_path / "pack", "--no-bundle", "--inn", "7707083893")
    claim = (tmp_path / "pack" / "03-pretenziya.html").read_text("utf-8")
    assert f"<bdi>{first.url}</bdi>" in claim
