"""What stands for a character that an encoding does not have."""

from __future__ import annotations

import io
import sys

import pytest

from monitor.language.stand_ins import adapt_streams, fitting

TEXT = "Отзыв №5 «ёж» – 3\u202f000 ₽ ★★ → 👍🏽 é 中 👨\u200d👩 …"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1251", "Отзыв №5 «ёж» – 3\u00a0000 руб. ** -> (thumbs up sign) e <U+4E2D> (man)(woman) …"),
        ("cp866", 'Отзыв №5 "ёж" - 3\u00a0000 руб. ** -> (thumbs up sign) e <U+4E2D> (man)(woman) ...'),
        ("ascii", 'Otzyv No.5 "yozh" - 3 000 rub. ** -> (thumbs up sign) e <U+4E2D> (man)(woman) ...'),
        ("utf-8", TEXT),
    ],
)
def test_what_an_encoding_lacks_is_shown_by_something_readable(encoding: str, shown: str) -> None:
    assert fitting(TEXT, encoding) == shown
    assert shown.encode(encoding).decode(encoding) == shown


def test_every_character_there_is_can_be_written_in_every_code_page_of_russian_windows() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    for encoding in ("cp1251", "cp866", "ascii", "koi8-r"):
        fitting(everything[:0x2800] + everything[0xD800:0xD810] + everything[0x1F300:0x1FA00], encoding)


def test_a_stream_that_refuses_writes_stand_ins_once_it_is_adapted(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="cp866", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(UnicodeEncodeError):  # the control: this is what a redirected command met
        stream.write("«»")
    adapt_streams()
    stream.write("«»")
    stream.flush()
    assert written.getvalue() == b'""'
