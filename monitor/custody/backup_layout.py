"""Every byte of a backup belongs to a member of its directory: nothing hides where only other unpackers look."""

from __future__ import annotations

import struct
import zipfile
from typing import BinaryIO

from monitor.errors import BackupDamaged
from monitor.language import gettext as _

_LOCAL_BYTES, _ENTRY_BYTES, _END_BYTES = 30, 46, 22
_LARGE_END_BYTES = 56 + 20 + _END_BYTES  # with the records of ZIP64
_SIZES_BEHIND = 2**32 - 1  # "they stand in the ZIP64 field"


def require_no_hidden_bytes(archive: zipfile.ZipFile, stream: BinaryIO, where: str) -> None:
    """Follows the members from the first byte to the last.

    Args:
        archive: The backup, opened for reading.
        stream: The same file.
        where: What errors call it.

    Raises:
        BackupDamaged: bytes lie before, between or behind the members, or a member's own header says something else.
    """
    place = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset != place:
            raise BackupDamaged(
                _("bytes before {filename} belong to no file of its list").format(filename=entry.filename)[:200],
                where=where,
            )
        place = _content_of(entry, stream, where) + entry.compress_size
    directory = sum(_entry_bytes(entry) for entry in archive.infolist())
    end = stream.seek(0, 2) - place - directory
    stream.seek(place)
    is_directory = place == archive.start_dir and archive.comment == b""
    stream.seek(place + directory)
    is_large = stream.read(12) == b"PK\6\6" + struct.pack("<Q", 44) and end == _LARGE_END_BYTES
    if not is_directory or not (end == _END_BYTES or is_large):
        raise BackupDamaged(_("bytes behind its last file belong to no file of its list"), where=where)


def _content_of(entry: zipfile.ZipInfo, stream: BinaryIO, where: str) -> int:
    """Returns where a member's content begins, once its own header agrees with the directory."""
    stream.seek(entry.header_offset)
    head = stream.read(_LOCAL_BYTES)
    if len(head) < _LOCAL_BYTES:
        raise BackupDamaged(
            _("{filename} is not where the directory says").format(filename=entry.filename)[:200], where=where
        )
    flags, method = struct.unpack("<2H", head[6:10])
    told = struct.unpack("<3L", head[14:26])
    length, further = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
    name, fields = stream.read(length), stream.read(further)
    sizes = (entry.compress_size, entry.file_size)
    if told[1:] == (_SIZES_BEHIND, _SIZES_BEHIND):
        is_same = fields == struct.pack("<2H2Q", 1, 16, entry.file_size, entry.compress_size)
    else:
        is_same = told[1:] == sizes and not fields
    header = (name, flags, method, told[0])
    if not is_same or header != (entry.filename.encode(), entry.flag_bits, entry.compress_type, entry.CRC):
        raise BackupDamaged(
            _("the two descriptions of {filename} differ").format(filename=entry.filename)[:200], where=where
        )
    return entry.header_offset + _LOCAL_BYTES + length + further


def _entry_bytes(entry: zipfile.ZipInfo) -> int:
    return _ENTRY_BYTES + len(entry.filename.encode()) + len(entry.extra) + len(entry.comment)
