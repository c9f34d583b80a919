"""A zip of which every byte belongs to a file that its directory names, so that every unpacker makes the same of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

PIECE = 2**20  # bytes read at once
LOCAL, CENTRAL, END, DESCRIPTOR = b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\7\x08"
LOCATOR = b"PK\6\7"  # of a ZIP64 record
LONGEST_COMMENT = 2**16 - 1
# Times, owners and Java's mark, with the bytes they take at most. Others can give a file a second name or size.
PLAIN_FIELDS = {0x000A: 32, 0x5455: 13, 0x5855: 12, 0x7875: 24, 0xCAFE: 0}
AFTER, UTF8 = 0x8, 0x800  # flags: sum and sizes stand behind the content; the name is UTF-8
KNOWN_FLAGS = AFTER | UTF8 | 0x6  # and how hard a deflated file was packed
NEWEST = 45  # version needed to unpack; a newer one, or one that does not exist, is skipped by some unpackers
FULL, FULL_LONG = 2**16 - 1, 2**32 - 1  # "the value stands in a ZIP64 record"


class BadArchive(Exception):
    """It cannot be read on."""


class Member(NamedTuple):
    """One file as the directory tells of it; ``data`` is where its content begins, 0 until the layout was read."""

    name: str
    raw: bytes
    needed: int
    flags: int
    method: int
    sum: int
    packed: int
    size: int
    attributes: int
    offset: int
    data: int


class Archive:
    """A zip that is being read.

    Args:
        stream: The file.
        size: Its length.
        say: Takes the code of each rule that is broken, and the member it is about, empty for the archive itself.
    """

    def __init__(self, stream: BinaryIO, size: int, say: Callable[[str, str], None]) -> None:
        self.stream = stream
        self.size = size
        self.say = say
        self.start = 0  # of the directory
        self.shift = 0  # what stands before the archive moves everything

    def read_members(self) -> list[Member]:
        """Reads the directory.

        Raises:
            BadArchive: there is none, or it cannot be read.
        """
        tail_start = max(0, self.size - 22 - LONGEST_COMMENT)
        tail = self._read(tail_start, self.size - tail_start)
        place = tail.rfind(END, 0, max(0, len(tail) - 18))
        if place < 0:
            raise BadArchive
        disk, first_disk, here, count, length, offset, comment = struct.unpack("<4H2LH", tail[place + 4 : place + 22])
        is_large = count == FULL or FULL_LONG in (length, offset) or tail[max(0, place - 20) : place][:4] == LOCATOR
        if disk or first_disk or here != count or is_large:
            self.say("archive-form", "")
            raise BadArchive
        if comment:
            self.say("archive-comment", "")
        end = tail_start + place
        if end + 22 + comment != self.size:
            self.say("archive-behind", "")
        self.start = end - length
        self.shift = self.start - offset
        if self.shift < 0:
            raise BadArchive
        members = self._directory(self._read(self.start, length))
        if len(members) != count:
            raise BadArchive
        return members

    def locate(self, members: list[Member]) -> list[Member]:
        """Finds where the contents lie, and says what the members do not account for.

        Raises:
            BadArchive: no member begins where the directory says.
        """
        found: dict[int, Member] = {}
        place = 0
        for number in sorted(range(len(members)), key=lambda number: members[number].offset):
            member = members[number]
            at = member.offset + self.shift
            if at != place:
                self.say("archive-between" if found else "archive-before", "")
            data = self._check_local(member, at)
            place = data + member.packed
            if member.flags & AFTER:
                place = self._check_descriptor(member, place)
            found[number] = member._replace(data=data)
        if place != self.start:
            self.say("archive-between", "")
        return [found[number] for number in range(len(members))]

    def unpack(self, member: Member) -> Iterator[bytes]:
        """Yields a member's content piece by piece.

        Raises:
            BadArchive: it is not what was packed.
        """
        size = total = 0
        packed = self._pieces(member)
        for piece in packed if member.method == 0 else inflated(packed):
            size += len(piece)
            total = zlib.crc32(piece, total)
            if size > member.size:
                raise BadArchive
            yield piece
        if (size, total) != (member.size, member.sum):
            raise BadArchive

    def _directory(self, data: bytes) -> list[Member]:
        members = []
        place = 0
        while place < len(data):
            head = data[place : place + 46]
            if head[:4] != CENTRAL or len(head) < 46:
                raise BadArchive
            needed, flags, method, _, total, packed, size = struct.unpack("<3H4L", head[6:28])
            *lengths, disk = struct.unpack("<4H", head[28:36])
            attributes, offset = struct.unpack("<2L", head[38:46])
            raw = data[place + 46 : place + 46 + lengths[0]]
            place += 46 + sum(lengths)
            if place > len(data):
                raise BadArchive
            name = decoded(raw, flags)
            if lengths[2]:
                self.say("archive-comment", "")
            self._check_fields(name, data[place - lengths[2] - lengths[1] : place - lengths[2]])
            if disk or FULL_LONG in (packed, size, offset):
                self.say("archive-form", "")
                raise BadArchive
            members.append(Member(name, raw, needed, flags, method, total, packed, size, attributes, offset, 0))
        return members

    def _check_local(self, member: Member, at: int) -> int:
        head = self._read(at, 30)
        if head[:4] != LOCAL:
            raise BadArchive
        needed, flags, method = struct.unpack("<3H", head[4:10])
        told = struct.unpack("<3L", head[14:26])
        length, further = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:], "little")
        is_same = told == (member.sum, member.packed, member.size) or (flags & AFTER and told == (0, 0, 0))
        raw = self._read(at + 30, length)
        if needed > NEWEST or not is_same or (raw, flags, method) != (member.raw, member.flags, member.method):
            self.say("archive-local", member.name)
        self._check_fields(member.name, self._read(at + 30 + length, further))
        return at + 30 + length + further

    def _check_descriptor(self, member: Member, at: int) -> int:
        if member.method != 8:  # nobody could tell where it ends
            self.say("archive-form", "")
            raise BadArchive
        if self._read(at, 16) != DESCRIPTOR + struct.pack("<3L", member.sum, member.packed, member.size):
            self.say("archive-local", member.name)
        return at + 16

    def _check_fields(self, name: str, data: bytes) -> None:
        place = 0
        seen: set[int] = set()
        while place + 4 <= len(data):
            kind, length = struct.unpack("<2H", data[place : place + 4])
            if kind in seen or length > PLAIN_FIELDS.get(kind, -1):
                break
            seen.add(kind)
            place += 4 + length
        if place != len(data):
            self.say("archive-field", name)

    def _pieces(self, member: Member) -> Iterator[bytes]:
        for at in range(member.data, member.data + member.packed, PIECE):
            yield self._read(at, min(PIECE, member.data + member.packed - at))

    def _read(self, at: int, length: int) -> bytes:
        self.stream.seek(at)
        data = self.stream.read(length)
        if len(data) != length:
            raise BadArchive
        return data


def is_common(member: Member) -> bool:
    """Whether a member is packed in a way that everybody can unpack."""
    return not member.flags & ~KNOWN_FLAGS and member.method in (0, 8) and member.needed <= NEWEST


def decoded(raw: bytes, flags: int) -> str:
    """Returns a name as text; one that is not marked as UTF-8 is taken byte by byte."""
    try:
        return raw.decode("utf-8" if flags & UTF8 else "latin-1")
    except UnicodeDecodeError as error:
        raise BadArchive from error


def inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields what was deflated.

    Raises:
        BadArchive: it is broken, or does not end where the last piece ends.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            if inflater.eof:
                raise BadArchive
            rest = piece
            while rest and not inflater.eof:
                yield inflater.decompress(rest, PIECE)
                rest = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise BadArchive from error
    if not inflater.eof or inflater.unused_data:
        raise BadArchive
