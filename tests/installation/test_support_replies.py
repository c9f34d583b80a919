"""Replies by mail: filed once by the letter or case they name, sealed unopened, read within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.digests import Digest
from monitor.custody.checking import check_evidence
from monitor.errors import UsageError
from monitor.support.replies import LARGEST, read_reply
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, World, make_world

REPLY = """From: =?utf-8?b?0J/QvtC00LTQtdGA0LbQutCw?= <support@platform.test>
Message-ID: <1@platform.test>
In-Reply-To: {answers}
Subject: {subject}
Date: Tue, 01 Dec 2020 10:00:00 +0300
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<img src=http://tracker.test/x><script>alert(1)</script>
--b
Content-Type: text/plain; charset=utf-8

Не нашли нарушений
--b
Content-Type: application/zip; name=a.zip
Content-Disposition: attachment; filename=a.zip
Content-Transfer-Encoding: base64

UEsDBA==
--b--
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_a_reply_is_filed_by_the_letter_it_answers_sealed_unopened_and_once(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.run("support", "letter", "draft", REVIEW, "--to", "support@platform.test")
    with world.installation.state.read() as tx:
        (letter,) = tx.letters.of_account(ACCOUNT)
    file = tmp_path / "reply.eml"
    file.write_text(REPLY.format(answers="", subject=world.case.id).replace("<1@platform.test>", letter.message_id))
    with pytest.raises(UsageError, match="your own letter"):
        world.run("support", "reply", file)
    file.write_text(REPLY.format(answers=letter.message_id, subject="Re"))
    capsys.readouterr()
    world.run("support", "reply", file)
    seen = capsys.readouterr()
    assert "may mean: отказ" in seen.err
    assert "Поддержка <support@platform.test> (по заголовку письма)\nat: 2020-12-01 10:00\n" in seen.out
    with world.installation.state.read() as tx:
        contact = tx.contacts.of_case(world.case.id)[-1]
    assert "Не нашли нарушений" in contact.text
    assert "вложение не открыто: a.zip, 4 байт" in contact.text
    assert "tracker" not in contact.text
    assert (contact.says, contact.direction) == ("", "in")
    assert world.installation.artifacts.read(_digest(contact.files)) == file.read_bytes()
    with pytest.raises(UsageError, match="filed already"):
        world.run("support", "reply", file)
    assert check_evidence(world.installation).damage == ()


def test_another_letter_under_a_filed_message_id_is_filed_and_says_so(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, text = tmp_path / "reply.eml", REPLY.format(answers="", subject=world.case.id)
    file.write_text(text)
    world.run("support", "reply", file)
    file.write_text(text.replace("Не нашли нарушений", "Отзыв снят"))
    capsys.readouterr()
    world.run("support", "reply", file)
    with world.installation.state.read() as tx:
        first, second = tx.contacts.of_case(world.case.id)
    assert "раньше подшито другое письмо" in second.text
    assert "подшито" not in first.text
    with pytest.raises(UsageError, match="filed already"):
        world.run("support", "reply", file)
    file.write_text(text.replace("Message-ID: <1@platform.test>\n", ""))
    assert world.run("support", "reply", file) == 0, "RFC 5322 only asks for a Message-ID"
    assert check_evidence(world.installation).damage == ()


@pytest.mark.parametrize(
    ("date", "told"), [("Tue, 01 Dec 2037 10:00:00 +0300", "в будущем: 01.12"), ("x", "не читается")]
)
def test_a_reply_whose_date_tells_nothing_says_so(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], date: str, told: str
) -> None:
    file = tmp_path / "reply.eml"
    text = REPLY.format(answers="", subject=world.case.id)
    file.write_text(text.replace("Tue, 01 Dec 2020 10:00:00 +0300", date))
    world.run("support", "reply", file)
    assert f"[дата в письме {told}" in capsys.readouterr().out


def test_a_reply_that_is_too_large_says_how_it_can_be_filed(world: World, tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    with file.open("wb") as made:
        made.truncate(LARGEST + 1)
    with pytest.raises(UsageError, match="larger than") as found:
        world.run("support", "reply", file)
    assert "support note REVIEW --way mail --direction in" in found.value.hint


def test_a_reply_is_matched_by_the_case_in_its_subject_or_asks_whose_it_is(world: World, tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    file.write_text(REPLY.format(answers="<other@x>", subject="Ответ"))
    with pytest.raises(UsageError, match="names no letter"):
        world.run("support", "reply", file)
    file.write_text(REPLY.format(answers="", subject=f"Re: [дело {world.case.id}]"))
    assert world.run("support", "reply", file) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff" * 50,
        b"Subject: x\n\nhello",
        b"From: a@b\nMessage-ID: <1@b>\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 200,
        b"Content-Type: multipart/mixed; boundary=b\n\n" * 500,
        b"From: a@b\nMessage-ID: <1@b>\nDate: nonsense\nContent-Type: text/plain; charset=klingon\n\nx",
    ],
)
def test_hostile_letters_are_refused_or_read_within_bounds(data: bytes) -> None:
    try:
        found = read_reply(data)
    except UsageError:
        return
    assert found.text.endswith("x")


def _digest(files: object) -> Digest:
    assert isinstance(files, list)
    return Digest("sha256", files[0]["sha256"])
