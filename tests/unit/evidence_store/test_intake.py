from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evidence_store.errors import IntakeRefused
from evidence_store.intake import MAX_FILE_BYTES, inspect_file


def picture(kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), (200, 10, 10)).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int, *extra: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", b"\0") + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (picture("PNG"), "chat.png", "image/png"),
        (picture("JPEG"), "photo.JPG", "image/jpeg"),
        (picture("JPEG", progressive=True), "photo.jpeg", "image/jpeg"),
        (picture("WEBP"), "photo.webp", "image/webp"),
        (picture("WEBP", lossless=True), "photo.webp", "image/webp"),
        (PDF, "contract.pdf", "application/pdf"),
        ("Здравствуйте\n".encode(), "letter.txt", "text/plain"),
    ],
)
def test_what_a_file_is_told_by_its_content(data: bytes, name: str, media_type: str) -> None:
    found = inspect_file(data, name)
    assert (found.media_type, found.notes) == (media_type, ())
    if media_type.startswith("image/"):
        assert (found.width, found.height) == (40, 30)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (picture("JPEG"), "the name does not fit"),
        (picture("PNG") + b"<script>", "stands after the end"),
        (picture("JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"), "EXIF"),
        (png_claiming(4, 4, chunk(b"acTL", b"\0" * 8)), "animated"),
    ],
)
def test_what_a_person_should_know_goes_along_as_a_note(data: bytes, note: str) -> None:
    assert any(note in text for text in inspect_file(data, "a.png").notes)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"a" * (MAX_FILE_BYTES + 1), "larger than 20 MB"),
        (png_claiming(30_000, 30_000), "pixels"),
        (png_claiming(0, 10), "no size"),
        (picture("PNG")[:-20], "cut off"),
        (picture("PNG")[:60] + b"\xff" + picture("PNG")[61:], "damaged"),
        (picture("JPEG")[:200], "cut off"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "script"),
        (b"<!DOCTYPE html><p>", "script"),
        (b"PK\x03\x04" + b"\0" * 50, "accepted type"),
        (b"MZ\x90\x00\x03", "accepted type"),
        (b"\xff\xfe\x00h", "accepted type"),
        (PDF[:20], "cut off"),
        (b"RIFF\xff\xff\xff\x7fWEBPVP8 ", "cut off"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"") * 10_001, "too many parts"),
    ],
)
def test_what_must_not_be_taken_in_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(IntakeRefused, match=reason):
        inspect_file(data, "a.png")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"not a png", "fake.png"),
        (b"import os", "drv.py"),
        (PDF, "act.jpg"),
        (picture("JPEG"), "contract.pdf"),
        (picture("PNG"), "chat.TXT"),
    ],
)
def test_a_file_that_is_quite_another_thing_than_its_name_says_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(IntakeRefused, match=f"it is no {name.rpartition('.')[2].lower()}: its content"):
        inspect_file(data, name)


@pytest.mark.parametrize("name", ["letter.md", "переписка 30.11", "letter", "chat.log"])
def test_a_text_whose_name_says_nothing_else_is_taken(name: str) -> None:
    assert inspect_file(b"hello", name).media_type == "text/plain"


def test_a_text_bomb_inside_a_picture_is_never_unpacked() -> None:
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 200_000_000, 1))
    assert inspect_file(png_claiming(4, 4, bomb), "a.png").media_type == "image/png"


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x08\0\0\0WEBPVP8X", b"%PDF-"]),
)
def test_no_bytes_whatever_bring_the_inspection_down(tail: bytes, head: bytes) -> None:
    with suppress(IntakeRefused):
        assert inspect_file(head + tail, "x").media_type


def _twice_sized_jpeg() -> bytes:
    data = picture("JPEG")
    start = data.index(b"\xff\xc0")
    length = int.from_bytes(data[start + 2 : start + 4], "big") + 2
    return data[:start] + data[start : start + length] + data[start:]


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (png_claiming(9, 9, chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))), "a.png", "twice"),
        (_twice_sized_jpeg(), "a.jpg", "twice"),
        (png_claiming(9, 9).replace(chunk(b"IDAT", b"\0"), b""), "a.png", "no pixels"),
        (b"chat\n" + b"x" * 5000 + b"<ScRiPt>alert(1)</script>", "a.txt", "script"),
        ("цена \u202e001 руб".encode(), "a.txt", "another order"),
        ("строка \x1b[2J".encode(), "a.txt", "control"),
        ("строка \x9b2J".encode(), "a.txt", "control"),
    ],
)
def test_what_hides_something_is_refused(data: bytes, name: str, why: str) -> None:
    with pytest.raises(IntakeRefused, match=why):
        inspect_file(data, name)


@pytest.mark.parametrize(
    ("inside", "note"),
    [
        (b"/JavaScript 1", "contains a script"),
        (b"/S /Launch /F (cmd.exe)", "starts another program"),
        (b"/S /J#61vaScript", "contains a script"),
        (b"/S /#4aS", "contains a script"),
        (b"/AA << /O 3 0 R >>", "does something by itself"),
        (b"/Type /ObjStm", "has packed parts"),
    ],
)
def test_what_a_document_does_is_told_also_in_disguise(inside: bytes, note: str) -> None:
    found = inspect_file(PDF.replace(b"<<>>", b"<< " + inside + b" >>", 1), "a.pdf")
    assert any(told.startswith(note) for told in found.notes)


def test_a_chats_marks_of_direction_are_taken_and_told() -> None:
    assert inspect_file("\u200eАнна: добрый день".encode(), "chat.txt").notes
