"""What the reader gave: a folder, or a zip that is read without unpacking it to disk."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from evidence_store.verifier.archive import PIECE, UTF8, Archive, BadArchive, Member, is_common
from evidence_store.verifier.reading import Report

ARCHIVE, FOLDER_GIVEN = "архив", "папка"
LARGEST_FILE = 2**30  # bytes
LARGEST_ALL = 2**31  # bytes; what a browser's tab can still take
LARGEST_READ = 2**28  # bytes of one that is read into memory
MOST_FILES = 50_000
MOST_PACKED, BOMB = 200, 2**24  # no honest file above 16 MiB packs to a two-hundredth
KEPT = (".json", ".jsonl", ".tsr", ".txt")  # read into memory; the rest is only hashed
FILE, FOLDER = stat.S_IFREG, stat.S_IFDIR
NO_FILE_OF_WINDOWS = 0x8 | 0x40 | 0x400  # a disk's label, which unpackers leave out; a device; a link of NTFS
FOLDER_OF_WINDOWS = 0x10
# Controls, and marks that turn the writing direction or begin a line: a name must be read in one way.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

# Of a name's part: what is a device on Windows, or a name that Windows refuses or cuts: it would unpack something else.
UNLIKE_ELSEWHERE = r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?|.*[. ]|.*[<>\"|?*].*"
LONGEST_PART, MOST_PARTS = 255, 40  # bytes of a part; parts of a path


class Material:
    """Digest and size of every file by its path in the bundle, and the bytes of those that are read."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.digests: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.kept: dict[str, bytes] = {}
        self.unread: set[str] = set()
        self.folders: set[str] = set()
        self.total = 0

    def take(self, path: str, content: Iterable[bytes]) -> None:
        """Hashes one file piece by piece, keeping what will be read."""
        hasher, size, pieces = hashlib.sha256(), 0, []
        largest = LARGEST_READ if path.endswith(KEPT) else LARGEST_FILE
        for piece in content:
            hasher.update(piece)
            size += len(piece)
            if path.endswith(KEPT):
                pieces.append(piece)
            if size > largest:
                break
        self.total += size
        if size > largest or self.total > LARGEST_ALL:
            self.unread.add(path)
            self.report.add("too-big", path)
            return
        self.digests[path], self.sizes[path] = "sha256:" + hasher.hexdigest(), size
        if path.endswith(KEPT):
            self.kept[path] = b"".join(pieces)

    def read_folder(self, root: Path) -> None:
        """Reads a folder; a link, or anything that is no file, is named and not opened."""
        files = self._list(root)
        if len(files) + len(self.folders) > MOST_FILES:
            self.report.add("too-big", FOLDER_GIVEN)
            return
        for item in files:
            path = root / item
            if path.is_symlink() or not path.is_file():
                self.report.add("not-a-file", item)
            else:
                self._read_file(path, item)

    def read_zip(self, source: Path) -> None:
        """Reads a zip; what two unpackers could understand differently is named."""
        said: set[tuple[str, str]] = set()
        try:
            with source.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                archive = Archive(stream, size, lambda code, name: said.add((code, name or ARCHIVE)))
                self._read_members(archive)
        except BadArchive:
            said.add(("archive-broken", ARCHIVE))
        except OSError:
            self.report.add("unreadable", ARCHIVE)
        for code, item in sorted(said):
            self.report.add(code, item)

    def _list(self, root: Path) -> list[str]:
        """Returns what is no folder, and keeps the folders; stops where there is more than is read."""
        files: list[str] = []
        waiting = [""]
        while waiting and len(files) + len(self.folders) <= MOST_FILES:
            folder = waiting.pop()
            try:
                entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
            except OSError:
                self.report.add("unreadable", folder or FOLDER_GIVEN)
                continue
            for entry in entries:
                item = f"{folder}/{entry.name}" if folder else entry.name
                if not entry.is_dir(follow_symlinks=False):
                    files.append(item)
                    continue
                self.folders.add(item)
                if item.count("/") < MOST_PARTS:
                    waiting.append(item)
                else:
                    self.report.add("too-big", item)
        return files

    def _read_members(self, archive: Archive) -> None:
        if archive.size > LARGEST_ALL:
            self.report.add("too-big", ARCHIVE)
            return
        members = archive.read_members()
        if len(members) > MOST_FILES or sum(member.size for member in members) > LARGEST_ALL:
            self.report.add("too-big", ARCHIVE)
            return
        root = root_of([member.name for member in members])
        named = [member for member in archive.locate(members) if is_plain(member)]
        if len(named) < len(members):
            self.report.add("archive-name", ARCHIVE)
        for member in named:
            self._read_member(archive, member, root)

    def _read_file(self, path: Path, item: str) -> None:
        try:
            with path.open("rb") as stream:
                self.take(item, iter(lambda: stream.read(PIECE), b""))
        except OSError:
            self.unread.add(item)
            self.report.add("unreadable", item)

    def _read_member(self, archive: Archive, member: Member, root: str) -> None:
        name = member.name
        item = name[len(root) :] if name.startswith(root) else name
        if item in self.digests or item in self.unread or item.rstrip("/") in self.folders:
            self.report.add("archive-twice", item)
        elif is_odd(member):
            self.report.add("not-a-file", item)
        elif not is_common(member):
            self.unread.add(item)
            self.report.add("archive-packing", item)
        elif name.endswith("/"):
            self.folders.update(filter(None, [item.rstrip("/")]))
        elif member.size > BOMB and member.size > MOST_PACKED * member.packed:
            self.unread.add(item)
            self.report.add("too-big", item)
        else:
            for number, mark in enumerate(item):
                if mark == "/":
                    self.folders.add(item[:number])
            self._unpack(archive, member, item)

    def _unpack(self, archive: Archive, member: Member, item: str) -> None:
        try:
            self.take(item, archive.unpack(member))
        except BadArchive:
            self.unread.add(item)
            self.report.add("archive-content", item)


def root_of(names: list[str]) -> str:
    """Returns the one folder in which everything lies, with its slash; empty when there is none."""
    first = names[0].split("/")[0] + "/" if names else ""
    is_bare = "data/bundle.json" in names or not all(name.startswith(first) for name in names)
    return "" if is_bare else first


def is_plain(member: Member) -> bool:
    """Whether a member has a name that every system reads in one way."""
    return not is_unsafe(member.name) and (member.name.isascii() or bool(member.flags & UTF8))


def is_unsafe(name: str) -> bool:
    """Whether a name could lead out of the folder, be read in two ways, or be another one on another disk."""
    parts = name[:-1].split("/") if name.endswith("/") else name.split("/")
    is_odd = any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > LONGEST_PART for part in parts)
    if is_odd or len(parts) > MOST_PARTS or any(mark in "\\:" for mark in name):
        return True
    unlike = (re.fullmatch(UNLIKE_ELSEWHERE, part, re.ASCII | re.IGNORECASE | re.DOTALL) for part in parts)
    return STEERING.search(name) is not None or any(unlike)


def is_odd(member: Member) -> bool:
    """Whether a member is neither a file nor an empty folder: a link, a device, or both at once."""
    kind = stat.S_IFMT(member.attributes >> 16)
    if member.attributes & NO_FILE_OF_WINDOWS:
        return True
    if member.name.endswith("/"):
        return kind not in (0, FOLDER) or member.size > 0
    return kind not in (0, FILE) or bool(member.attributes & FOLDER_OF_WINDOWS)
