"""The seller's own evidence: what a file really is, before it is taken in.

Types are told by content, never by name. Nothing is decoded here, so a bomb stays asleep: sizes and dimensions are read
from headers, and text chunks are not unpacked. Accepted bytes go into the store as they are; what a person should know
about them (other name, place of a photo, trailing data) goes along as notes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from evidence_store.errors import IntakeRefused
from evidence_store.sentences import sentence

MAX_FILE_BYTES = 20 * 1024 * 1024  # bytes
MAX_PIXELS = 50_000_000  # width times height
MAX_PARTS = 10_000  # chunks or segments of one picture

_PNG = b"\x89PNG\r\n\x1a\n"
_EXTENSIONS = {
    "image/png": ("png",),
    "image/jpeg": ("jpeg", "jpg"),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "md", "csv"),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "audio/mp4": ("m4a", "mp4"),
    "message/rfc822": ("eml",),
}
_SOUND_SIGNS = (  # begins with, at place 8, type: ID3v2.4, ISO/IEC 11172-3, RFC 3533, RIFF, ISO/IEC 14496-12
    (b"ID3", b"", "audio/mpeg"),
    (b"\xff\xfb", b"", "audio/mpeg"),
    (b"\xff\xf3", b"", "audio/mpeg"),
    (b"\xff\xf2", b"", "audio/mpeg"),
    (b"OggS", b"", "audio/ogg"),
    (b"RIFF", b"WAVE", "audio/wav"),
    (b"", b"M4A ", "audio/mp4"),
)
_BEHIND = sentence("something stands after the end of the picture")
_EXIF = sentence("carries EXIF data, perhaps a place")
_PNG_NOTES = {
    b"acTL": sentence("animated: a print shows only the first frame"),
    b"eXIf": _EXIF,
}
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")  # /J#61vaScript is the same name as /JavaScript
_PDF_NAME = re.compile(rb"/([A-Za-z]+)")
_PDF_SIGNS = {
    sentence("contains a script"): {b"JavaScript", b"JS"},
    sentence("starts another program when it is opened"): {b"Launch"},
    sentence("does something by itself when it is opened or looked at"): {b"OpenAction", b"AA"},
    sentence("sends data, or fetches it from elsewhere"): {b"SubmitForm", b"ImportData", b"GoToR", b"GoToE"},
    sentence("contains another file"): {b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia"},
    sentence("is encrypted: others may not be able to open it, and what it holds was not looked at"): {b"Encrypt"},
    sentence("has packed parts, which were not looked into"): {b"ObjStm"},
}
_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,9})$")
_OTHER_NAME = sentence("the name does not fit: the content is another kind of file")
_MARKUP = re.compile(r"<(?:!doctype|html|svg|script|iframe|object|embed|\?xml)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_OVERRIDE = re.compile("[\u202d\u202e]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202c\u2066-\u2069]")
Also = Literal["sound", "mail"]
"""What is taken in only where it is asked for: a recording that a person brings, a letter as it was saved."""
ACCEPTED = sentence("PNG, JPEG, WebP, PDF or plain text (UTF-8)")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file is.

    Attributes:
        media_type: By content.
        width: Of a picture, in pixels; None for other files.
        height: Likewise.
        notes: What a person should know before it goes out.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    notes: tuple[str, ...] = ()


def inspect_file(data: bytes, name: str, *, also: Also | None = None) -> Inspected:
    """Tells what a file is, and refuses what must not be taken in.

    Args:
        data: The whole content.
        name: Its name as given; only compared with the content, never used as a path.
        also: What else is taken in here; a letter is sealed unopened, a recording is not listened to.

    Raises:
        IntakeRefused: empty, too big, of no accepted type, of another kind than its name says, broken, or a bomb.
            Nothing was decoded or stored.
    """
    if not data:
        raise _refused(sentence("the file is empty"), name)
    if len(data) > MAX_FILE_BYTES:
        raise _refused(sentence("the file is larger than {most} MB", most=MAX_FILE_BYTES // 1024**2), name)
    found = (_sound_of(data) if also == "sound" else None) or (
        Inspected("message/rfc822") if also == "mail" else _inspector_of(data)(data, name)
    )
    if found.width is not None and found.height is not None and found.width * found.height > MAX_PIXELS:
        of_size = {"width": found.width, "height": found.height, "most": MAX_PIXELS // 1_000_000}
        raise _refused(sentence("{width} x {height} pixels are more than {most} million", **of_size), name)
    named = _ENDING.search(name.lower())
    if named is None or named[1] not in _EXTENSIONS[found.media_type]:
        if not also and named is not None and _contradicts(named[1], found.media_type):
            raise _refused(sentence("it is no {named}: its content is another kind of file", named=named[1]), name)
        found = Inspected(found.media_type, found.width, found.height, (*found.notes, _OTHER_NAME))
    return found


def kind_of(media_type: str) -> str:
    """Returns what people call a type: «PNG»; one that is not taken in, as it is."""
    return _EXTENSIONS[media_type][0].upper() if media_type in _EXTENSIONS else media_type


def _contradicts(ending: str, media_type: str) -> bool:
    """Whether a name speaks of quite another thing than the content: a text called a picture, or a program. Pure."""
    kinds = {known.partition("/")[0] for known, endings in _EXTENSIONS.items() if ending in endings}
    return media_type == "text/plain" or bool(kinds - {media_type.partition("/")[0]})


def _sound_of(data: bytes) -> Inspected | None:
    """Tells what kind of recording it is by its first bytes; None where it is none."""
    for start, brand, media_type in _SOUND_SIGNS:
        if data.startswith(start) and data[8 : 8 + len(brand)] == brand:
            return Inspected(media_type)
    return None


def _inspector_of(data: bytes) -> Callable[[bytes, str], Inspected]:
    if data.startswith(_PNG):
        return _inspect_png
    if data.startswith(b"\xff\xd8\xff"):
        return _inspect_jpeg
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _inspect_webp
    return _inspect_pdf if data.startswith(b"%PDF-") else _inspect_text


def _inspect_png(data: bytes, name: str) -> Inspected:
    width = height = 0
    notes: list[str] = []
    has_pixels = False
    for kind, body, end in _png_chunks(data, name):
        if kind == b"IHDR" and len(body) == 13:
            if width or height:
                raise _refused(sentence("the picture says its size twice"), name)
            width, height = struct.unpack(">II", body[:8])
        elif kind == b"IDAT":
            has_pixels = has_pixels or bool(body)
        elif kind in _PNG_NOTES:
            notes.append(_PNG_NOTES[kind])
        elif kind == b"IEND":
            if end != len(data):
                notes.append(_BEHIND)
            break
    else:
        raise _refused(sentence("the picture is cut off"), name)
    if not width or not height:
        raise _refused(sentence("the picture has no size"), name)
    if not has_pixels:
        raise _refused(sentence("the picture has no pixels"), name)
    return Inspected("image/png", width, height, tuple(notes))


def _png_chunks(data: bytes, name: str) -> Iterator[tuple[bytes, bytes, int]]:
    position = len(_PNG)
    for _ in range(MAX_PARTS):
        if position + 12 > len(data):
            return
        (length,) = struct.unpack(">I", data[position : position + 4])
        end = position + 12 + length
        if end > len(data):
            return
        kind, body = data[position + 4 : position + 8], data[position + 8 : end - 4]
        if struct.pack(">I", zlib.crc32(kind + body)) != data[end - 4 : end]:
            raise _refused(sentence("a part of the picture is damaged"), name)
        yield kind, body, end
        position = end
    raise _refused(sentence("the picture has too many parts"), name)


def _inspect_jpeg(data: bytes, name: str) -> Inspected:
    size: tuple[int, int] | None = None
    notes: list[str] = []
    for marker, body in _jpeg_segments(data, name):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(body) >= 5:
            if size is not None:
                raise _refused(sentence("the picture says its size twice"), name)
            size = struct.unpack(">HH", body[1:5])
        elif marker == 0xE1 and body.startswith(b"Exif\x00"):
            notes.append(_EXIF)
    end = data.rfind(b"\xff\xd9")
    if size is None or end < 0 or not all(size):
        raise _refused(sentence("the picture is cut off"), name)
    if end + 2 != len(data):
        notes.append(_BEHIND)
    return Inspected("image/jpeg", size[1], size[0], tuple(notes))


def _jpeg_segments(data: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """Yields the segments up to the start of the picture's own data."""
    position = 2
    for _ in range(MAX_PARTS):
        if position + 4 > len(data) or data[position] != 0xFF:
            return
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if length < 2 or position + 2 + length > len(data):
            return
        yield marker, data[position + 4 : position + 2 + length]
        if marker == 0xDA:
            return
        position += 2 + length
    raise _refused(sentence("the picture has too many parts"), name)


def _inspect_webp(data: bytes, name: str) -> Inspected:
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise _refused(sentence("the picture is cut off"), name)
    kind, body = data[12:16], data[20:40]
    if kind == b"VP8X" and len(body) >= 10:
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
    elif kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and len(body) >= 10:
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    else:
        raise _refused(sentence("not a picture that can be read"), name)
    notes = (_EXIF,) if b"EXIF" in data else ()
    return Inspected("image/webp", width, height, notes)


def _inspect_pdf(data: bytes, name: str) -> Inspected:
    if b"%%EOF" not in data[-2048:]:
        raise _refused(sentence("the document is cut off"), name)
    names = set(_PDF_NAME.findall(_PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)))
    return Inspected("application/pdf", notes=tuple(note for note, signs in _PDF_SIGNS.items() if names & signs))


def _inspect_text(data: bytes, name: str) -> Inspected:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(sentence("not of an accepted type"), name) from error
    if _MARKUP.search(text):
        raise _refused(sentence("a page or a drawing can carry a script; take a picture of it instead"), name)
    if _CONTROL.search(text):
        raise _refused(sentence("not of an accepted type: it holds control characters"), name)
    if _OVERRIDE.search(text):
        raise _refused(sentence("it holds marks that make text read in another order than it is written"), name)
    told = (
        (sentence("holds invisible marks of direction, as some chats export them"),) if _DIRECTION.search(text) else ()
    )
    return Inspected("text/plain", notes=told)


def _refused(reason: str, name: str) -> IntakeRefused:
    shown = "".join(mark if mark.isprintable() else "?" for mark in name)[:100]
    return IntakeRefused(
        sentence("not taken in: {reason}", reason=reason),
        where=shown,
        hint=sentence("Accepted: {accepted}.", accepted=ACCEPTED),
    )
