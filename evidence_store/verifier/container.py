"""What the reader gave: a folder, or a zip that is read without unpacking it to disk."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Any

from evidence_store.verifier.reading import Report

ARCHIVE = "архив"
LARGEST_FILE = 2**30  # bytes
LARGEST_ALL = 2**31  # bytes; what a browser's tab can still take
LARGEST_READ = 2**28  # bytes of one that is read into memory
MOST_FILES = 50_000
MOST_PACKED, BOMB = 200, 2**24  # no honest file above 16 MiB packs to a two-hundredth
PIECE = 2**20  # bytes read at once
KEPT = (".json", ".jsonl", ".tsr", ".txt")  # read into memory; the rest is only hashed
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


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

    def take(self, path: str, stream: Any) -> None:
        """Hashes one file piece by piece, keeping what will be read."""
        hasher, size, pieces = hashlib.sha256(), 0, []
        largest = LARGEST_READ if path.endswith(KEPT) else LARGEST_FILE
        while size <= largest:
            piece = stream.read(PIECE)
            if not piece:
                break
            hasher.update(piece)
            size += len(piece)
            if path.endswith(KEPT):
                pieces.append(piece)
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
        for folder, folders, names in os.walk(str(root)):
            for name in sorted(folders + names):
                path = Path(folder) / name
                item = path.relative_to(root).as_posix()
                if path.is_dir() and not path.is_symlink():
                    self.folders.add(item)
                elif path.is_symlink() or not path.is_file():
                    self.report.add("not-a-file", item)
                else:
                    self._read_file(path, item)

    def read_zip(self, source: Path) -> None:
        """Reads a zip; what two unpackers could understand differently is named."""
        try:
            with zipfile.ZipFile(str(source)) as archive:
                infos = archive.infolist()
                if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > LARGEST_ALL:
                    self.report.add("too-big", ARCHIVE)
                    return
                root = root_of([info.filename for info in infos])
                for info in infos:
                    self._read_member(archive, info, root)
        except BROKEN:
            self.report.add("archive-broken", ARCHIVE)

    def _read_file(self, path: Path, item: str) -> None:
        try:
            with path.open("rb") as stream:
                self.take(item, stream)
        except OSError:
            self.unread.add(item)
            self.report.add("unreadable", item)

    def _read_member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, root: str) -> None:
        name = info.filename
        item = name[len(root) :] if name.startswith(root) else name
        if info.orig_filename != name or is_unsafe(name) or not (name.isascii() or info.flag_bits & 0x800):
            self.report.add("archive-name", ARCHIVE)
        elif item in self.digests or item.rstrip("/") in self.folders:
            self.report.add("archive-twice", item)
        elif name.endswith("/"):
            self.folders.update(filter(None, [item.rstrip("/")]))
        elif stat.S_ISLNK(info.external_attr >> 16):
            self.report.add("not-a-file", item)
        elif info.file_size > BOMB and info.file_size > MOST_PACKED * info.compress_size:
            self.unread.add(item)
            self.report.add("too-big", item)
        else:
            for number, mark in enumerate(item):
                if mark == "/":
                    self.folders.add(item[:number])
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile("a way of packing that not everybody can read")
            with archive.open(info) as stream:
                self.take(item, stream)


def root_of(names: list[str]) -> str:
    """Returns the one folder in which everything lies, with its slash; empty when there is none."""
    first = names[0].split("/")[0] + "/" if names else ""
    is_bare = "data/bundle.json" in names or not all(name.startswith(first) for name in names)
    return "" if is_bare else first


def is_unsafe(name: str) -> bool:
    """Whether a name could lead out of the folder, or be read in two ways."""
    parts = name[:-1].split("/") if name.endswith("/") else name.split("/")
    return any(part in ("", ".", "..") for part in parts) or any(mark in "\\:" or ord(mark) < 32 for mark in name)
