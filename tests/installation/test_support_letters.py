"""Letters by mail, counted at a real server: once, with proof, and unknown where nothing proves it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.bootstrap import open_installation
from monitor.cli.exits import ExitCode
from monitor.closed_lists.contact_kinds import LetterState
from monitor.custody.checking import check_evidence
from monitor.custody.notes import person_of
from monitor.custody.purging import purge_case
from monitor.errors import (
    AppealError,
    DeliveryFailed,
    IllegalTransition,
    LeaseLost,
    NotApproved,
    UsageError,
)
from monitor.state.letters import LetterRecord
from monitor.support.letters import abandon_letters, release_letter, take_letter
from monitor.support.smtp import MailServer, Said, post
from monitor.use_cases import letters as use_cases
from tests.appeal_world import ACCOUNT
from tests.installation.mail_server import PASSWORD, USER, MailServerOfTest, mail_server
from tests.unit.monitor.case_world import REVIEW, World, make_world, picture
from tests.unit.monitor.notify_world import mailbox

TO = "support@platform.test"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[MailServerOfTest]:
    with mail_server(folder) as server:
        yield server


@pytest.fixture
def server(running: MailServerOfTest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> MailServerOfTest:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "server.pem"))
    running.fault = ""
    running.taken.clear()
    return running


@pytest.fixture
def world(tmp_path: Path, server: MailServerOfTest) -> World:
    made = make_world(tmp_path)
    config = made.installation.home.config
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsender = "{USER}"\n'
    config.write_text(config.read_text().replace("[mail]\n", mail, 1))
    world = World(open_installation(made.installation.home.root), made.case)
    world.installation.secrets.save("mail/password", PASSWORD.encode())
    return world


def drafted(world: World, *more: str | Path) -> LetterRecord:
    world.run("support", "letter", "draft", REVIEW, "--to", TO, *more)
    with world.installation.state.read() as tx:
        return tx.letters.of_account(ACCOUNT)[-1]


def approved(world: World, *more: str | Path) -> LetterRecord:
    letter = drafted(world, *more)
    world.run("support", "letter", "approve", letter.id, "--hash", letter.letter_hash)
    return now(world, letter)


def now(world: World, letter: LetterRecord) -> LetterRecord:
    with world.installation.state.read() as tx:
        found = tx.letters.get(letter.id)
    assert found is not None
    return found


def send(world: World, letter: LetterRecord) -> int:
    return world.run("support", "letter", "send", letter.id)


def mail_of(server: MailServerOfTest) -> MailServer:
    return MailServer("127.0.0.1", server.port, "tls", USER, PASSWORD)


def test_a_letter_is_complete_says_what_is_unknown_and_arrives_once_as_approved(
    world: World, server: MailServerOfTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shot = tmp_path / "box.png"
    shot.write_bytes(picture())
    letter = approved(world, "--file", shot)
    assert "не установлено (название товара)" in letter.text
    assert "1. box.png" in letter.text
    assert "не установлено: название товара" in capsys.readouterr().err
    assert send(world, letter) == 0
    (arrived,) = server.letters()
    assert arrived["Message-ID"] == letter.message_id
    assert world.case.id in arrived["Subject"]
    body = arrived.get_body()
    assert body is not None
    assert body.get_content().splitlines() == letter.text.splitlines()
    (attached,) = arrived.iter_attachments()
    assert attached.get_content() == picture()
    with pytest.raises(IllegalTransition):
        send(world, letter)
    assert len(server.taken) == 1
    with world.installation.state.read() as tx:
        (contact,) = tx.contacts.of_case(world.case.id)
    assert (contact.way, contact.source_id, contact.turn) == ("mail", letter.message_id, "theirs")
    assert check_evidence(world.installation).damage == ()


def test_nothing_goes_without_approval_and_a_changed_row_is_not_sent(world: World, server: MailServerOfTest) -> None:
    letter = drafted(world)
    with pytest.raises(IllegalTransition):
        send(world, letter)
    with pytest.raises(NotApproved):
        world.run("support", "letter", "approve", letter.id, "--hash", "0" * 64)
    with pytest.raises(UsageError, match="no hash was given"):  # a shell's variable that is not set
        world.run("support", "letter", "approve", letter.id, "--hash", "")
    assert now(world, letter).state is LetterState.DRAFT
    world.run("support", "letter", "approve", letter.id, "--hash", letter.letter_hash)
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("UPDATE letters SET to_address = 'other@example.test'")
    with pytest.raises(NotApproved):
        send(world, letter)
    assert server.taken == []
    assert any("letters letter_" in one.item for one in check_evidence(world.installation).damage)


def refuses(world: World, letter: LetterRecord, told: MailServer) -> None:
    installation = world.installation
    with pytest.raises(DeliveryFailed, match="nothing was sent"):
        use_cases.send_letter(installation.state, installation.home, installation.artifacts, letter, told, sender=USER)
    assert now(world, letter).state is LetterState.APPROVED


@pytest.mark.parametrize("fault", ["rcpt", "password", "trust", "away"])
def test_what_fails_before_the_data_sends_nothing_and_leaves_it_approved(
    world: World, server: MailServerOfTest, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    letter, told = approved(world), mail_of(server)
    server.fault = fault
    if fault == "password":
        told = replace(told, password="wrong-password")
    elif fault == "trust":
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    elif fault == "away":
        told = replace(told, port=1)
    refuses(world, letter, told)
    assert server.taken == []


def test_a_server_without_tls_gets_nothing(world: World) -> None:
    with mailbox() as (port, letters):
        refuses(world, approved(world), MailServer("127.0.0.1", port, "starttls", USER, PASSWORD))
        assert letters == []


@pytest.mark.parametrize(
    ("fault", "ends"),
    [
        ("data", (LetterState.REFUSED, ExitCode.FINDINGS, 0)),
        ("lost", (LetterState.UNKNOWN, ExitCode.UNKNOWN_OUTCOME, 1)),
    ],
)
def test_the_servers_own_word_decides_and_a_lost_one_is_unknown_and_never_sent_again(
    world: World, server: MailServerOfTest, fault: str, ends: tuple[LetterState, int, int]
) -> None:
    state, code, taken = ends
    letter = approved(world)
    server.fault = fault
    assert send(world, letter) == code
    assert now(world, letter).state is state
    server.fault = ""
    with pytest.raises(AppealError):
        send(world, letter)
    world.run("support", "letter", "settle")
    assert now(world, letter).state is state
    assert len(server.taken) == taken
    assert check_evidence(world.installation).damage == ()


class Died(BaseException):
    """The process is gone: nothing of it runs on."""


def die(*_: object, **__: object) -> None:
    raise Died


def dying_post(point: str) -> Callable[..., Said]:
    """Hands a letter over as the product does, and dies at a point of it."""

    def post_and_die(*args: Any, release: Callable[[], None], **more: Any) -> Said:
        def release_and_die() -> None:
            if point == "after the release":
                release()
            raise Died

        if point == "after the intent":
            raise Died
        post(*args, release=release if point == "after the answer" else release_and_die, **more)
        raise Died

    return post_and_die


@pytest.mark.parametrize(
    ("point", "ends"),
    [
        ("before the intent", (LetterState.APPROVED, 0)),
        ("after the intent", (LetterState.APPROVED, 0)),
        ("before the release", (LetterState.APPROVED, 0)),
        ("after the release", (LetterState.UNKNOWN, 0)),
        ("after the answer", (LetterState.UNKNOWN, 1)),
    ],
)
def test_a_command_killed_at_each_step_sends_at_most_once_and_says_what_is_unknown(
    world: World, server: MailServerOfTest, monkeypatch: pytest.MonkeyPatch, point: str, ends: tuple[LetterState, int]
) -> None:
    state, taken = ends
    letter, told = approved(world), mail_of(server)

    store, home, artifacts = world.installation.state, world.installation.home, world.installation.artifacts
    with monkeypatch.context() as patched:
        if point == "before the intent":
            patched.setattr(use_cases, "take_letter", die)
        patched.setattr(type(store), "release", lambda *_: None)  # a killed process gives no lock back
        with pytest.raises(Died):
            use_cases.send_letter(store, home, artifacts, letter, told, sender=USER, post_one=dying_post(point))
    with sqlite3.connect(world.installation.home.database) as db:  # its lock has run out
        db.execute("UPDATE account_locks SET expires_at = '2000-01-01 00:00:00.000000'")
    world.run("support", "letter", "settle")
    assert now(world, letter).state is state
    assert len(server.taken) == taken
    assert check_evidence(world.installation).damage == ()


def test_control_without_unknown_a_lost_answer_would_be_sent_twice(world: World, server: MailServerOfTest) -> None:
    letter = approved(world)
    server.fault = "lost"
    send(world, letter)
    with world.installation.state.transaction() as tx:
        tx.letters.change(now(world, letter), state="approved")  # what a careless program would do
    server.fault = ""
    send(world, letter)
    assert len(server.taken) == 2


def test_a_worker_whose_lease_is_over_releases_nothing(world: World) -> None:
    letter, state = approved(world), world.installation.state
    lease = state.acquire(ACCOUNT, "one", use_cases._LONGEST_SENDING)
    taken = take_letter(state, letter.id, lease)
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("UPDATE account_locks SET expires_at = '2000-01-01 00:00:00.000000'")
    other = state.acquire(ACCOUNT, "two", use_cases._LONGEST_SENDING)
    assert [one.state for one in abandon_letters(state, other)] == [LetterState.APPROVED]
    with pytest.raises(LeaseLost):
        release_letter(state, taken, lease)
    assert now(world, letter).state is LetterState.APPROVED


def test_a_persons_word_ends_an_unknown_letter_and_not_sent_needs_a_new_approval(
    world: World, server: MailServerOfTest
) -> None:
    letter = approved(world)
    server.fault = "lost"
    send(world, letter)
    with pytest.raises(AppealError, match="unknown"):
        purge_case(world.installation, world.case, rule="x", actor=person_of(world.installation.settings))
    world.run("support", "letter", "resolve", letter.id, "--not-sent", "--note", "в отправленных нет")
    assert now(world, letter).state is LetterState.DRAFT
    with pytest.raises(IllegalTransition):
        send(world, letter)
    assert check_evidence(world.installation).damage == ()


def test_a_saved_letter_is_the_approved_one_and_is_not_sent_by_the_program(
    world: World, server: MailServerOfTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = approved(world)
    world.run("support", "letter", "save", letter.id, "--out", tmp_path / "letter.eml")
    assert letter.message_id.encode() in (tmp_path / "letter.eml").read_bytes()
    with pytest.raises(IllegalTransition):
        send(world, letter)
    world.run("support", "letter", "resolve", letter.id, "--sent", "--note", "отправила сама")
    assert now(world, letter).state is LetterState.SENT
    assert "Отправлено, со слов человека. That is your word." in capsys.readouterr().err
    assert server.taken == []
    assert check_evidence(world.installation).damage == ()


@pytest.mark.parametrize("is_approved", [False, True])
def test_what_was_not_sent_can_be_dropped_with_a_reason_and_goes_nowhere(
    world: World, server: MailServerOfTest, *, is_approved: bool
) -> None:
    letter = approved(world) if is_approved else drafted(world)
    with pytest.raises(UsageError, match="say why"):
        world.run("support", "letter", "drop", letter.id, "--why", " ")
    world.run("support", "letter", "drop", letter.id, "--why", "адрес не тот")
    assert (now(world, letter).state, now(world, letter).answer) == (LetterState.DROPPED, "адрес не тот")
    for command in ("send", "approve", "drop"):
        more = {"approve": ("--hash", letter.letter_hash), "drop": ("--why", "ещё раз")}.get(command, ())
        with pytest.raises(IllegalTransition):
            world.run("support", "letter", command, letter.id, *more)
    assert server.taken == []
    assert world.actions()[-1] == "letter.dropped"
    assert check_evidence(world.installation).damage == ()


def test_settle_says_what_it_found_and_names_what_is_unknown(
    world: World, server: MailServerOfTest, capsys: pytest.CaptureFixture[str]
) -> None:
    world.run("support", "letter", "settle")
    assert "nothing had to be settled" in capsys.readouterr().err
    letter = approved(world)
    server.fault = "lost"
    send(world, letter)
    with pytest.raises(IllegalTransition):
        world.run("support", "letter", "drop", letter.id, "--why", "пропало")
    capsys.readouterr()
    world.run("support", "letter", "settle")
    seen = capsys.readouterr()
    assert letter.id in seen.out
    assert f"support letter resolve {letter.id} --sent" in seen.err


@pytest.mark.parametrize("to", ["", "support", "a@b", "a b@c.test", "a@c.test,b@c.test", "a@c.test\nBcc: x@y.test"])
def test_an_addressee_is_one_address(world: World, to: str) -> None:
    with pytest.raises(UsageError, match="not one address"):
        world.run("support", "letter", "draft", REVIEW, "--to", to)


@pytest.mark.usefixtures("server")
def test_a_purge_takes_the_words_of_letters_and_seals_what_is_left(world: World) -> None:
    letter = approved(world, "--text", "канарейка-в-письме")
    send(world, letter)
    purge_case(world.installation, world.case, rule="x", actor=person_of(world.installation.settings))
    assert now(world, letter).text == ""
    assert check_evidence(world.installation).damage == ()
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("UPDATE letters SET state = 'draft'")
    assert any("letters of r1" in one.item for one in check_evidence(world.installation).damage)
