"""Archives that two unpackers understand differently, made from a genuine one by somebody who knows the format."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

ACT = "case/data/documents/akt.pdf"
FORGED = b"%PDF-1.4 " + "Подложный акт".encode()


@dataclass(frozen=True)
class Part:
    """One member: what its own header and what the directory say of it, and its bytes."""

    name: bytes
    packed: bytes
    size: int
    sum: int
    method: int = 8
    flags: int = 0
    needed: int = 20
    disk: int = 0
    attributes: int = 0o100600 << 16
    local_fields: bytes = b""
    fields: bytes = b""
    comment: bytes = b""
    local: tuple[tuple[str, object], ...] = ()
    behind: bytes = b""
    is_listed: bool = True

    @property
    def head(self) -> bytes:
        """The header in front of the content."""
        own = replace(self, **dict(self.local)) if self.local else self  # type: ignore[arg-type]
        lengths = (len(own.packed), own.size, len(own.name), len(own.local_fields))
        told = struct.pack("<5H3L2H", own.needed, own.flags, own.method, 0, 33, own.sum, *lengths)
        return b"PK\3\4" + told + own.name + own.local_fields

    def entry(self, offset: int) -> bytes:
        """The entry in the directory."""
        told = struct.pack(
            "<6H3L", 0x314, self.needed, self.flags, self.method, 0, 33, self.sum, len(self.packed), self.size
        )
        lengths = struct.pack(
            "<3H2H2L", len(self.name), len(self.fields), len(self.comment), self.disk, 0, self.attributes, offset
        )
        return b"PK\1\2" + told + lengths + self.name + self.fields + self.comment


def part(name: str, data: bytes, *, method: int = 8) -> Part:
    """One honest member."""
    return Part(name.encode(), deflated(data) if method else data, len(data), zlib.crc32(data), method)


def folder(name: str) -> Part:
    """A folder's own member."""
    return replace(part(name, b"", method=0), attributes=0o040700 << 16 | 0x10)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def packed(parts: list[Part], *, start: bytes = b"", between: bytes = b"") -> bytes:
    """Joins members to an archive.

    Args:
        start: Bytes before the first member, which the offsets count.
        between: Bytes between the last member and the directory.
    """
    body, directory, count = start, b"", 0
    for each in parts:
        if each.is_listed:
            directory += each.entry(len(body))
            count += 1
        body += each.head + each.packed + each.behind
    body += between
    return body + directory + end_record(count, len(directory), len(body))


def end_record(count: int, length: int, offset: int, *, comment: bytes = b"", disk: int = 0) -> bytes:
    return b"PK\5\6" + struct.pack("<4H2LH", disk, disk, count, count, length, offset, len(comment)) + comment


def parts_of(files: dict[str, bytes]) -> list[Part]:
    return [part(f"case/{path}", data) for path, data in files.items()]


Files = dict[str, bytes]
UNTOLD = (("sum", 0), ("packed", b""), ("size", 0))
ZipForgery = Callable[[Files], bytes]
HIDDEN = replace(part(ACT, FORGED), is_listed=False)


def _forged(files: Files) -> Files:
    return {**files, ACT.removeprefix("case/"): FORGED}


def _around(files: Files) -> tuple[list[Part], Part, list[Part]]:
    """The members before the act, the act, and those behind it."""
    parts = parts_of(files)
    (place,) = (number for number, each in enumerate(parts) if each.name.decode() == ACT)
    return parts[:place], parts[place], parts[place + 1 :]


def _with_act(files: Files, *, listed_fields: bytes = b"", **changes: object) -> bytes:
    before, act, after = _around(files)
    return packed([*before, replace(act, fields=listed_fields, **changes), *after])  # type: ignore[arg-type]


def _with_local(files: Files, **changes: object) -> bytes:
    return _with_act(files, local=tuple(changes.items()))


def _hidden_in_deflated(files: Files) -> bytes:
    """Behind the end of one deflated stream, but inside what the directory counts as its bytes, lies another member."""
    before, act, after = _around(files)
    inner = struct.pack("<4s3L", b"PK\7\x08", act.sum, len(act.packed), act.size) + HIDDEN.head + HIDDEN.packed
    longer = replace(act, packed=act.packed + inner, flags=8)
    outer = struct.pack("<4s3L", b"PK\7\x08", act.sum, len(longer.packed), act.size)
    return packed([*before, replace(longer, behind=outer, local=UNTOLD), *after])


def _another_directory(files: Files) -> bytes:
    """A ZIP64 record names a directory of its own, the plain end record the genuine one."""
    forged = packed(parts_of(_forged(files)))
    genuine = packed(parts_of(files), start=forged)
    place = genuine.rindex(b"PK\5\6")
    count, length = struct.unpack("<HL", forged[-12:-6])
    offset = struct.unpack("<L", forged[-6:-2])[0]
    record = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, count, count, length, offset)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, place, 1)
    return genuine[:place] + record + locator + genuine[place:]


def _unicode_path(name: str, of: bytes) -> bytes:
    """The field with which a member has another name for those who know it."""
    body = b"\1" + struct.pack("<L", zlib.crc32(of)) + name.encode()
    return struct.pack("<2H", 0x7075, len(body)) + body


def _renamed_by_field(files: Files) -> bytes:
    """What everybody else calls a note is the act to those who read the field."""
    note = part("case/data/documents/zayavlenie.html", FORGED)
    field = _unicode_path(ACT, note.name)
    return packed([*parts_of(files), replace(note, fields=field, local_fields=field)])


def _described_later(files: Files, *, told: int | None = None) -> list[Part]:
    """As a stream is packed: sum and sizes stand behind the content."""
    return [
        replace(
            each,
            flags=8,
            behind=struct.pack("<4s3L", b"PK\7\x08", each.sum if told is None else told, len(each.packed), each.size),
            local=UNTOLD,
        )
        for each in parts_of(files)
    ]


def _stored_stream(files: Files) -> bytes:
    """Stored content of which only a descriptor says where it ends: the content holds another descriptor."""
    before, act, after = _around(files)
    data = FORGED + struct.pack("<4s3L", b"PK\7\x08", zlib.crc32(FORGED), len(FORGED), len(FORGED))
    raw = files[ACT.removeprefix("case/")]
    stored = replace(act, packed=raw, method=0, flags=8)
    behind = struct.pack("<4s3L", b"PK\7\x08", act.sum, len(raw), len(raw))
    return packed(
        [*before, replace(stored, behind=behind, local_fields=b""), *after, replace(part("x", data), is_listed=False)]
    )


def _fewer_than_listed(files: Files) -> bytes:
    """The end record counts one member less than the directory has."""
    parts = [*parts_of(files), part(ACT, FORGED)]
    whole = packed(parts)
    place = whole.rindex(b"PK\5\6")
    length, offset = struct.unpack("<2L", whole[place + 12 : place + 20])
    return whole[:place] + end_record(len(parts) - 1, length, offset)


def _half_a_directory(files: Files) -> bytes:
    """The end record points into the directory, behind an entry that only older readers see."""
    parts = [part(ACT, FORGED), *parts_of(files)]
    whole = packed(parts)
    place = whole.rindex(b"PK\5\6")
    length, offset = struct.unpack("<2L", whole[place + 12 : place + 20])
    first = len(parts[0].entry(0))
    return whole[:place] + end_record(len(parts) - 1, length - first, offset + first)


def _commented(files: Files, comment: bytes) -> bytes:
    whole = packed(parts_of(files))
    return whole[:-2] + struct.pack("<H", len(comment)) + comment


def _with_alias(files: Files) -> bytes:
    """Two entries of the directory share one header: what one unpacker calls the act is another one's note."""
    whole = packed(parts_of(files))
    place = whole.rindex(b"PK\5\6")
    count, length, offset = struct.unpack("<H2L", whole[place + 10 : place + 20])
    alias = replace(part(ACT, b""), name=b"case/data/documents/note.html").entry(0)
    return whole[:place] + alias + end_record(count + 1, length + len(alias), offset)


def _on_disks(files: Files) -> bytes:
    whole = packed(parts_of(files))
    place = whole.rindex(b"PK\5\6")
    count, length, offset = struct.unpack("<H2L", whole[place + 10 : place + 20])
    return whole[:place] + end_record(count, length, offset, disk=1)


def _in_folder(files: Files, folder: str) -> bytes:
    return packed([replace(part(f"{folder}/{path}", data), flags=0x800) for path, data in files.items()])


def _reordered(files: Files) -> bytes:
    offset, entries = 0, []
    body = b""
    for each in parts_of(files):
        entries.append(each.entry(offset))
        body += each.head + each.packed
        offset = len(body)
    directory = b"".join(reversed(entries))
    return body + directory + end_record(len(entries), len(directory), len(body))


ZIP_FORGERIES: dict[str, ZipForgery] = {
    "a hidden member among the others": lambda files: packed(
        [*_around(files)[0], HIDDEN, *parts_of(files)[len(_around(files)[0]) :]]
    ),
    "a hidden member behind the last": lambda files: packed([*parts_of(files), HIDDEN]),
    "a hidden member before the first": lambda files: packed([HIDDEN, *parts_of(files)]),
    "a hidden member of another name": lambda files: packed(
        [*parts_of(files), replace(part("case/data/zz.txt", FORGED), is_listed=False)]
    ),
    "a forged archive before the genuine one": lambda files: packed(parts_of(_forged(files))) + packed(parts_of(files)),
    "the same with offsets that count it": lambda files: packed(
        parts_of(files), start=packed(parts_of(_forged(files)))
    ),
    "a forged archive behind the genuine one": lambda files: packed(parts_of(files)) + packed(parts_of(_forged(files))),
    "the genuine archive twice": lambda files: packed(parts_of(files)) * 2,
    "bytes before": lambda files: b"#!/bin/sh\n" + packed(parts_of(files)),
    "bytes before that the offsets count": lambda files: packed(parts_of(files), start=b"#!/bin/sh\n"),
    "bytes before the directory": lambda files: packed(parts_of(files), between=b"\0" * 7),
    "bytes between two members": lambda files: packed([replace(each, behind=b"\0") for each in parts_of(files)]),
    "bytes behind": lambda files: packed(parts_of(files)) + b"\n",
    "a comment": lambda files: packed(parts_of(files))[:-2] + b"\5\0hello",
    "a forged archive as the comment": lambda files: _commented(files, packed([part(ACT, FORGED)])),
    "a comment at a member": lambda files: _with_act(files, comment=b"hello"),
    "another name in the header": lambda files: _with_local(files, name=ACT.replace("akt", "aktt").encode()),
    "another name of the same length in the header": lambda files: _with_local(
        files, name=ACT.replace("akt", "alt").encode()
    ),
    "another way of packing in the header": lambda files: _with_local(files, method=0),
    "another sum in the header": lambda files: _with_local(files, sum=1),
    "another size in the header": lambda files: _with_local(files, size=1),
    "another packed size in the header": lambda files: _with_local(files, packed=b""),
    "other flags in the header": lambda files: _with_local(files, flags=0x800),
    "a second name in a field of both": _renamed_by_field,
    "a second name in a field of the header": lambda files: _with_act(
        files, local_fields=_unicode_path("case/x", ACT.encode())
    ),
    "an unknown field in the directory": lambda files: _with_act(files, listed_fields=b"\x99\x99\0\0"),
    "a field that is cut": lambda files: _with_act(files, listed_fields=b"UT\x09\0\1"),
    "a field longer than its kind": lambda files: _with_act(files, listed_fields=b"UT\x40\0" + bytes(0x40)),
    "a ZIP64 field": lambda files: _with_act(files, local_fields=struct.pack("<2H2Q", 1, 16, 1, 1)),
    "a ZIP64 record with another directory": _another_directory,
    "a member behind the end of a deflated stream": _hidden_in_deflated,
    "a description behind that differs": lambda files: packed(_described_later(files, told=1)),
    "no description behind where one is told": lambda files: packed(
        [replace(each, behind=b"") for each in _described_later(files)]
    ),
    "a stored stream": _stored_stream,
    "one member less counted than listed": _fewer_than_listed,
    "an entry before the directory": _half_a_directory,
    "one header for two entries": _with_alias,
    "parts on several disks": _on_disks,
    "a folder with content": lambda files: packed([*parts_of(files), part("case/data/", FORGED)]),
    "a folder without a slash": lambda files: _with_act(files, attributes=0o040700 << 16 | 0x10),
    "a folder of another system without a slash": lambda files: _with_act(files, attributes=0x10),
    "a pipe": lambda files: _with_act(files, attributes=0o010600 << 16),
    "a link": lambda files: _with_act(files, attributes=0o120777 << 16),
    "a disk's label": lambda files: _with_act(files, attributes=0x8),
    "a device of Windows": lambda files: _with_act(files, attributes=0x40),
    "a link of NTFS": lambda files: _with_act(files, attributes=0x420),
    "a version that nobody can unpack": lambda files: _with_act(files, needed=0xFFFF),
    "such a version in the header alone": lambda files: _with_local(files, needed=0xFFFF),
    "a member on another disk": lambda files: _with_act(files, disk=1),
    "a common folder that turns the writing": lambda files: _in_folder(files, "ca\u202ese"),
    "a common folder with a control of terminals": lambda files: _in_folder(files, "ca\x9bse"),
    "a common folder that is a device of Windows": lambda files: _in_folder(files, "CON"),
    "a common folder that is a device with an ending": lambda files: _in_folder(files, "lpt².case"),
    "a common folder that ends with a dot": lambda files: _in_folder(files, "case."),
    "a common folder that ends with a space": lambda files: _in_folder(files, "case "),
    "a common folder with a quotation mark": lambda files: _in_folder(files, 'ca"se'),
    "a common folder that no disk takes": lambda files: _in_folder(files, "д" * 128),
    "a path of too many parts": lambda files: packed([*parts_of(files), part("case/" + "x/" * 2_000, b"")]),
    "a field twice": lambda files: _with_act(files, listed_fields=b"UT\5\0\1good" + b"UT\5\0\1evil"),
    "an encrypted member": lambda files: _with_act(files, flags=1),
    "the act twice": lambda files: packed([*parts_of(files), part(ACT, FORGED)]),
    "the act twice, the genuine one last": lambda files: packed([part(ACT, FORGED), *parts_of(files)]),
    "a cut end": lambda files: packed(parts_of(files))[:-1],
}


HONEST: dict[str, ZipForgery] = {
    "deflated": lambda files: packed(parts_of(files)),
    "stored": lambda files: packed([part(f"case/{path}", data, method=0) for path, data in files.items()]),
    "packed as a stream": lambda files: packed(_described_later(files)),
    "with times": lambda files: packed(
        [
            replace(each, fields=b"UT\5\0\1" + bytes(4), local_fields=b"UT\x09\0\3" + bytes(8))
            for each in parts_of(files)
        ]
    ),
    "with folders": lambda files: packed([folder("case/"), folder("case/data/"), *parts_of(files)]),
    "the directory in another order": _reordered,
    "a common folder in Russian": lambda files: _in_folder(files, "Дело 5, отзыв"),
    "with blocks of nothing": lambda files: _with_act(
        files, packed=b"\0\0\0\xff\xff" * 99 + deflated(files[ACT.removeprefix("case/")])
    ),
    "without a common folder": lambda files: packed([part(path, data) for path, data in files.items()]),
}


def streamed(data: bytes) -> Files:
    """Unpacks as a reader that sees the archive only once, from its first byte: member by member, directory unread.

    What lies between two members is skipped, as `unzip` and others do when they look for lost members.
    """
    found: Files = {}
    place = data.find(b"PK\3\4")
    while place >= 0:
        flags, method = struct.unpack("<2H", data[place + 6 : place + 10])
        size, _, length, further = struct.unpack("<2L2H", data[place + 18 : place + 30])
        name = data[place + 30 : place + 30 + length].decode(errors="replace")
        start = place + 30 + length + further
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(data[start:]) if method == 8 else data[start : start + size]
        except zlib.error:
            content = b""
        found[name] = content
        end = len(data) - len(inflater.unused_data) if flags & 8 and method == 8 else start + size
        place = data.find(b"PK\3\4", end)
    return found
