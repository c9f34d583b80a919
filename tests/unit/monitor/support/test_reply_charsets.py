"""A reply whose charset is named wrongly is read where it can be, and says so; a letter is never silently garbled."""

from __future__ import annotations

import pytest

from monitor.support.replies import read_reply

WORDS = "Отказано, отзыв не нарушает правил"


def mail(charset: str, body: bytes) -> bytes:
    fields = ("From: a@example.test", "Message-ID: <1@example.test>", f"Content-Type: text/plain; charset={charset}")
    return "\r\n".join((*fields, "Content-Transfer-Encoding: 8bit", "", "")).encode() + body


@pytest.mark.parametrize(
    ("charset", "written_in"), [("utf-8", "utf-8"), ("windows-1251", "windows-1251"), ("koi8-r", "koi8-r")]
)
def test_what_is_named_rightly_is_read_without_a_word(charset: str, written_in: str) -> None:
    assert read_reply(mail(charset, WORDS.encode(written_in))).text == WORDS


@pytest.mark.parametrize(("charset", "written_in"), [("utf-8", "windows-1251"), ("x-klingon", "utf-8")])
def test_what_is_named_wrongly_is_read_and_said(charset: str, written_in: str) -> None:
    text = read_reply(mail(charset, WORDS.encode(written_in))).text
    assert text == f"[Кодировка названа в письме неверно ({charset}), прочитано как {written_in}.]\n{WORDS}"


def test_what_cannot_be_read_says_that_something_is_lost() -> None:
    text = read_reply(mail("utf-8", b"\x98\xff ok")).text
    assert text.startswith("[Кодировка письма не разобрана (utf-8): часть знаков потеряна.]")
