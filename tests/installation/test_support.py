"""The dialogue of a case by the command line: noted, told, searched, sealed, purged, shared without its words."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from evidence_store.errors import IntakeRefused
from evidence_store.findings import FindingKind
from monitor.closed_lists.states import Decision
from monitor.custody.checking import check_evidence
from monitor.custody.notes import person_of, require_case
from monitor.custody.purging import purge_case
from monitor.errors import UsageError
from monitor.outgoing.cards import make_card
from monitor.outgoing.contact_reminders import put_due_reminders
from monitor.state.text import JsonValue
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, World, make_world, picture

CANARY = "канарейка-в-разговоре"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def tell(world: World, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, object]:
    capsys.readouterr()
    assert world.run("support", *arguments, "--json") == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def convict(world: World) -> None:
    """Stores a verdict that names a ground of the site's rules."""
    with world.installation.state.transaction() as tx:
        reasons: list[JsonValue] = [{"reasons": [{"code": "insult", "text": "Автор оскорбляет людей."}]}]
        tx.verdicts.add(
            world.case.id, review_version=1, kind=Decision.FILE, ground="insult", reasons=reasons, decided_by="triage"
        )


def note(world: World, direction: str, *more: str | Path, way: str = "chat") -> None:
    assert world.run("support", "note", REVIEW, "--way", way, "--direction", direction, *more) == 0


def test_a_dialogue_is_one_timeline_with_files_turn_and_clock(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shot = tmp_path / "chat.png"
    shot.write_bytes(picture())
    note(world, "out", "--number", "73712587", "--text", "Прошу проверить отзыв", "--file", shot)
    note(
        world, "in", "--number", "73712587", "--speaker", "person", "--who", "Ольга", "--says", "asks", "--text", "Где?"
    )
    world.run("support", "call", REVIEW, "--minutes", "2.5", "--promised", "ответят", "--until", "2030-01-02 12:00")
    told = tell(world, capsys, "show", REVIEW)
    contacts = told["contacts"]
    assert isinstance(contacts, list)
    assert [one["way"] for one in contacts] == ["chat", "chat", "call"]
    assert contacts[0]["files"][0]["name"] == "chat.png"
    assert contacts[2]["seconds"] == 150
    assert contacts[2]["due_at"] == "2030-01-02T12:00:00+03:00"
    assert (told["turn"], told["waits_for"]) == ("ours", ["№ 73712587"])
    assert check_evidence(world.installation).damage == ()
    world.run("case", "show", REVIEW)
    shown = capsys.readouterr().out
    assert "Chat with the support: from the platform, it asks" in shown
    assert "It is our turn" in shown
    assert world.actions().count("contact.noted") == 3


def test_open_dialogues_are_listed_overdue_first_and_closed_ones_only_when_asked(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    note(world, "out", "--text", "вопрос", "--at", "2026-01-01 10:00", "--until", "2026-01-02 10:00")
    told = tell(world, capsys, "list")
    assert (told["turn"], told["is_overdue"]) == ("theirs", True)
    note(world, "in", "--text", "сделано", "--says", "upheld")
    capsys.readouterr()
    world.run("support", "list", "--json")
    assert capsys.readouterr().out == ""
    assert tell(world, capsys, "list", "--all")["turn"] == "nobody"


def test_a_broken_promise_stays_in_the_lists_whatever_comes_in_by_another_way(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ("--at", "2026-01-01 10:00", "--promised", "перезвонят", "--until", "2026-01-02 10:00")
    world.run("support", "call", REVIEW, "--minutes", "1", *said)
    note(world, "in", "--number", "7", "--text", "Пришлите фото", "--says", "asks")
    told = tell(world, capsys, "list")
    assert (told["turn"], told["is_overdue"], told["promised"]) == ("ours", True, "перезвонят")
    assert str(told["promised_until"]).startswith("2026-01-02T10:00")
    world.run("support", "call", REVIEW, "--minutes", "1", "--text", "Звоню снова, не перезвонили")
    world.run("support", "due")
    assert "OVERDUE 2026-01-02 10:00" in " ".join(capsys.readouterr().out.split())
    world.run("support", "call", REVIEW, "--incoming", "--text", "Перезвонили")
    assert tell(world, capsys, "show", REVIEW)["promised_until"] is None


def test_a_ticket_goes_on_only_with_one_that_somebody_has_seen(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="has number 73712587") as found:
        note(world, "out", "--number", "73712588", "--continues", "№ 73712587", "--text", "ещё раз")
    assert "contact.noted" not in world.actions()
    assert "note it first" in found.value.hint
    note(world, "out", "--number", "№73712587", "--text", "вопрос")
    note(world, "out", "--number", "73712588", "--continues", "№ 73712587", "--text", "ещё раз")
    told = tell(world, capsys, "show", REVIEW)
    assert (told["numbers"], told["waits_for"]) == (["73712587", "73712588"], ["№ 73712588"])


def test_the_timeline_shows_to_whom_how_long_and_what_an_answer_may_mean(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.run("support", "call", REVIEW, "--dialled", "8 800 000-00-00", "--minutes", "2.5", "--text", "Спросили")
    note(world, "in", "--text", "Нарушений в отзыве не нашли")
    capsys.readouterr()
    world.run("support", "show", REVIEW)
    seen = capsys.readouterr()
    assert "8 800 000-00-00" in " ".join(seen.out.split())
    assert "2m30s" in seen.out
    assert "may mean: отказ" in seen.err


def test_a_promised_day_lasts_to_its_end(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.run("support", "call", REVIEW, "--minutes", "1", "--promised", "ответят", "--until", "02.01.2030")
    assert str(tell(world, capsys, "show", REVIEW)["due_at"]).startswith("2030-01-02T23:59")


@pytest.mark.parametrize("minutes", ["nan", "inf", "-1", "2000"])
def test_a_call_of_no_length_is_refused(world: World, minutes: str) -> None:
    with pytest.raises(UsageError, match="a call takes up to a day"):
        world.run("support", "call", REVIEW, f"--minutes={minutes}")
    assert "contact.noted" not in world.actions()


def test_a_text_only_proposes_and_a_persons_word_counts(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    note(world, "in", "--text", "Предоставленных доказательств недостаточно")
    seen = capsys.readouterr()
    contact = seen.out.partition(":")[0]
    assert f"support judge {contact} --says insufficient" in seen.err
    assert tell(world, capsys, "search", "доказательств")["says"] is None
    world.run("support", "judge", contact, "--says", "refused", "--turn", "nobody")
    told = tell(world, capsys, "search", "доказательств")
    assert (told["says"], told["turn"]) == ("refused", "nobody")
    assert check_evidence(world.installation).damage == ()


def test_a_wrong_entry_is_struck_out_and_stays(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    note(world, "in", "--text", "не то дело")
    contact = capsys.readouterr().out.partition(":")[0]
    world.run("support", "strike", contact, "--why", "другое дело")
    told = tell(world, capsys, "show", REVIEW)
    assert told["turn"] == "nobody"
    assert told["contacts"][0]["struck_why"] == "другое дело"  # type: ignore[index]
    assert check_evidence(world.installation).damage == ()
    with pytest.raises(UsageError, match="struck out already"):
        world.run("support", "strike", contact, "--why", "ещё раз")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "says nothing"),
        (("--text", "x" * 20_001), "at most 20000"),
        (("--text", "x", "--at", "2999-01-01 10:00"), "still to come"),
        (("--text", "x", "--at", "вчера"), "is no moment"),
        (("--text", "x", "--at", "2026-01-02", "--until", "2026-01-01"), "before the contact"),
        (("--number", "5", "--continues", "5"), "go on with itself"),
        (("--text", "x", "--until", "9999-12-31T23:59-12:00"), "is no moment"),
        (("--text", "x", "--at", "0001-01-01"), "is no moment"),
        (("--text", "x", "--until", "2999-01-01"), "five years ahead"),
    ],
)
def test_what_cannot_be_a_contact_is_refused_and_stores_nothing(
    world: World, arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    shot = tmp_path / "chat.png"
    shot.write_bytes(picture())
    files = ("--file", str(shot)) if arguments else ()
    with pytest.raises(UsageError, match=message):
        note(world, "in", *arguments, *files)
    assert "contact.noted" not in world.actions()
    assert "evidence.add" not in world.actions()


def test_a_recording_is_sealed_with_how_it_was_made_and_only_as_one(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = tmp_path / "call.mp3"
    sound.write_bytes(b"ID3\x04\x00\x00" + b"\x00" * 64)
    with pytest.raises(UsageError, match="go together"):
        world.run("support", "call", REVIEW, "--minutes", "1", "--recording", sound)
    with pytest.raises(IntakeRefused):
        world.run("evidence", "add", world.case.id, sound)
    world.run("support", "call", REVIEW, "--minutes", "1", "--recording", sound, "--made", "1 декабря, офис, Анна")
    assert "lawyer's question" in capsys.readouterr().err
    with world.installation.state.read() as tx:
        (row,) = [one for one in tx.artifacts.of_review(ACCOUNT, REVIEW) if one.media_type == "audio/mpeg"]
    assert "1 декабря, офис, Анна" in str(row.notes)
    assert check_evidence(world.installation).damage == ()


CHANGES = {
    "way": "call",
    "direction": "out",
    "speaker": "bot",
    "number": "1",
    "earlier_number": "2",
    "who": "Пётр",
    "address": "другой",
    "text": "другое",
    "says": "upheld",
    "turn": "nobody",
    "promised": "ничего",
    "due_at": "2031-01-01 00:00:00.000000",
    "seconds": 5,
    "files": "[]",
    "source": "mail",
    "source_id": "x",
    "happened_at": "2025-01-01 00:00:00.000000",
    "noted_at": "2025-01-01 00:00:00.000000",
    "noted_by": "Пётр",
    "struck_at": "2025-01-01 00:00:00.000000",
    "review_id": "r2",
    "account_id": "other",
}


def test_every_column_of_a_contact_is_compared_with_the_log(world: World, tmp_path: Path) -> None:
    shot = tmp_path / "chat.png"
    shot.write_bytes(picture())
    note(world, "in", "--text", "ответ", "--until", "2030-01-02 12:00", "--file", shot)
    assert check_evidence(world.installation).damage == ()
    for column, value in CHANGES.items():
        with sqlite3.connect(world.installation.home.database) as db:
            (before,) = db.execute(f"SELECT {column} FROM contacts").fetchone()
            db.execute(f"UPDATE contacts SET {column} = ?", (value,))
        found = check_evidence(world.installation).damage
        with sqlite3.connect(world.installation.home.database) as db:
            db.execute(f"UPDATE contacts SET {column} = ?", (before,))
        assert any("contacts contact_" in one.item for one in found), column
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("DELETE FROM contacts")
    assert [one.kind for one in check_evidence(world.installation).damage] == [FindingKind.ROW_DIFFERS]


def test_a_purge_takes_the_words_of_a_dialogue_and_seals_what_is_left(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    note(world, "in", "--number", "7", "--text", CANARY, "--who", CANARY, "--promised", CANARY)
    installation = world.installation
    purge_case(
        installation,
        require_case(installation.state, world.case.id),
        rule="по просьбе",
        actor=person_of(installation.settings),
    )
    assert check_evidence(installation).damage == ()
    told = tell(world, capsys, "show", REVIEW)
    assert CANARY not in json.dumps(told, ensure_ascii=False)
    assert told["numbers"] == ["7"]
    names = [
        path.name
        for path in installation.home.root.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
    assert [name for name in names if not name.startswith("state.sqlite3")] == []
    with sqlite3.connect(installation.home.database) as db:
        db.execute("UPDATE contacts SET number = '8'")
    assert any("contacts of r1" in one.item for one in check_evidence(installation).damage)
    with sqlite3.connect(installation.home.database) as db:
        db.execute("UPDATE contacts SET number = '7'")
    note(world, "out", "--text", "новое")
    assert check_evidence(installation).damage == ()


@pytest.mark.usefixtures("unprinted")
def test_a_bundle_has_the_dialogue_and_a_shareable_one_says_that_it_has_not(world: World, tmp_path: Path) -> None:
    convict(world)
    note(world, "in", "--text", CANARY)
    world.run("evidence", "export", world.case.id, "--out", tmp_path / "full.zip")
    world.run("evidence", "export", world.case.id, "--out", tmp_path / "shared.zip", "--shareable")
    with zipfile.ZipFile(tmp_path / "full.zip") as full:
        assert CANARY in full.read("full/data/documents/perepiska.html").decode()
        assert "full/data/documents/perepiska.docx" in full.namelist()
    with zipfile.ZipFile(tmp_path / "shared.zip") as shared:
        assert not any("perepiska" in name for name in shared.namelist())
        contents = b"".join(shared.read(name) for name in shared.namelist())
    assert CANARY.encode() not in contents
    assert "переписки с площадкой нет" in contents.decode(errors="ignore")


def test_a_promise_is_reminded_of_once_at_its_time_and_not_when_it_was_kept(world: World) -> None:
    state = world.installation.state
    note(world, "out", "--text", "вопрос", "--at", "2026-01-01 10:00", "--until", "2026-01-02 10:00", "--number", "7")
    note(world, "out", "--text", "ещё", "--at", "2026-01-01 11:00", "--until", "2026-01-02 10:00", "--number", "8")
    note(world, "in", "--text", "ответ", "--at", "2026-01-01 12:00", "--number", "8")
    note(world, "out", "--text", "потом", "--at", "2026-01-01 12:00", "--until", "2029-01-02 10:00", "--number", "9")
    for _ in range(2):
        put_due_reminders(state, [ACCOUNT])
    with state.read() as tx:
        messages = [one for one in tx.outbox.all(ACCOUNT) if one.event == "contact.due"]
    (message,) = messages
    card = make_card(state, world.installation.settings, message)
    assert "№ 7" in card.body
    assert "02.01.2026 10:00" in card.body
    assert f"support show {REVIEW}" in card.body


def test_numbers_are_kept_with_their_picture_and_none_is_shipped(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shot = tmp_path / "cabinet.png"
    shot.write_bytes(picture())
    world.run("support", "number", "add", "8 800 000-00-00", "--question", "отзывы", "--picture", shot)
    world.run("support", "number", "add", "8 800 000-00-01", "--question", "Отзывы", "--picture", shot)
    capsys.readouterr()
    world.run("support", "number", "list", "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["number"] for row in rows] == ["8 800 000-00-01", None, None]
    assert rows[0]["picture_sha256"]
    assert {row["mark"] for row in rows[1:]} == {"?"}
    assert check_evidence(world.installation).damage == ()
    text = tmp_path / "cabinet.txt"
    text.write_text("8 800")
    with pytest.raises(UsageError, match="no picture"):
        world.run("support", "number", "add", "8 800", "--question", "отзывы", "--picture", text)


def test_a_call_sheet_holds_facts_numbers_and_one_question_and_is_in_the_log(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    convict(world)
    shot = tmp_path / "cabinet.png"
    shot.write_bytes(picture())
    world.run("support", "number", "add", "8 800 000-00-00", "--question", "отзывы", "--picture", shot)
    note(world, "out", "--text", "<script>alert(1)</script>", "--number", "73712587")
    told = tell(
        world, capsys, "sheet", REVIEW, "--out", tmp_path / "sheet.html", "--question", "Почему <b>отказано</b>?"
    )
    page = (tmp_path / "sheet.html").read_text()
    assert told["numbers"] == ["8 800 000-00-00"]
    assert all(words in page for words in ("8 800 000-00-00", "73712587", REVIEW, "ООО «Пример»", "не ведёт"))
    assert "<b>отказано</b>" not in page
    assert "<script" not in page
    assert "support.sheet" in world.actions()
    with pytest.raises(UsageError, match="already"):
        world.run("support", "sheet", REVIEW, "--out", tmp_path / "sheet.html")


def test_routes_show_counts_of_this_sellers_own_cases(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    convict(world)
    note(world, "out", "--text", "вопрос")
    note(world, "in", "--text", "да", "--says", "upheld")
    capsys.readouterr()
    world.run("support", "routes", "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    tried = [(row["id"], way) for row in rows for way in row["ways"] if way["tried"]]
    assert [(name, way["way"], way["upheld"], way["upheld_share"]) for name, way in tried] == [
        ("review_rules", "chat", 1, None)
    ]
    assert all(row["handler"] is None for row in rows)
