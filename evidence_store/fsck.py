"""Reading a whole store again. Looks, names what is wrong, and leaves every byte as it is."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.errors import StorageUnavailable
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.layout import ALGORITHM, MAX_ITEM_BYTES, is_item_name, is_shard_name, item_path
from evidence_store.private_dir import DIR_MODE, FILE_MODE, TEMP_PREFIX, PrivateDir
from evidence_store.sentences import sentence

_PIECE_BYTES = 1024 * 1024  # read at once
_CHECKS_MODES = os.name == "posix"


class StoreCheck:
    """One check of one store; ``run`` may be called once."""

    def __init__(
        self, root: Path, expected: frozenset[Digest] | None, tell: Callable[[int, int], None] | None = None
    ) -> None:
        self._root = root
        self._expected = expected
        self._tell = tell
        self._findings: list[Finding] = []
        self._contents: dict[str, Digest] = {}  # relative path -> digest of what is really there
        self._sound: set[Digest] = set()
        self._unread: set[str] = set()

    def run(self) -> list[Finding]:
        """Returns the findings, in order of the items' paths.

        Raises:
            StorageUnavailable: the root itself cannot be read.
        """
        if self._root.exists():  # where nothing was ever stored, everything expected is missing
            self._walk()
        self._judge_contents()
        self._judge_expected()
        return sorted(self._findings, key=lambda finding: (finding.item, finding.kind))

    def _walk(self) -> None:
        with PrivateDir.open_root(self._root) as top:
            self._check_dir_mode(".", self._root.stat())
            for name in top.names():
                if name == ALGORITHM:
                    self._enter(top, name, name, self._check_items)
                else:
                    self._stray(top, name, name)

    def _check_items(self, items: PrivateDir, path: str) -> None:
        names = list(items.names())
        for at, name in enumerate(names, start=1):
            if is_shard_name(name):
                self._enter(items, name, f"{path}/{name}", self._check_shard)
                if self._tell is not None:
                    self._tell(at, len(names))
            else:
                self._stray(items, name, f"{path}/{name}")

    def _check_shard(self, shard: PrivateDir, path: str) -> None:
        for name in shard.names():
            self._check_item(shard, name, f"{path}/{name}")

    def _enter(self, parent: PrivateDir, name: str, path: str, check: Callable[[PrivateDir, str], None]) -> None:
        try:
            status = parent.lstat(name)
            if stat.S_ISLNK(status.st_mode):
                self._add(FindingKind.SYMLINK, path, "a link where a directory should be; not followed")
                return
            if not stat.S_ISDIR(status.st_mode):
                self._add(FindingKind.NOT_A_FILE, path, "something else where a directory should be")
                return
            with parent.open_child(name) as child:
                self._check_dir_mode(path, status)
                check(child, path)
        except (OSError, StorageUnavailable) as error:
            self._cannot_read(path, error)

    def _check_item(self, shard: PrivateDir, name: str, path: str) -> None:
        try:
            status = shard.lstat(name)
            if name.startswith(TEMP_PREFIX) and stat.S_ISREG(status.st_mode):
                self._add(FindingKind.LEFTOVER, path, "left by a writer that died; not evidence", Severity.NOTE)
            elif self._is_plain_file(path, status):
                self._check_file_mode(path, status)
                self._hash_item(shard, name, path)
        except FileNotFoundError:
            return  # went while we looked: a temporary file, or a purge; what must be here is judged at the end
        except OSError as error:
            self._cannot_read(path, error)

    def _is_plain_file(self, path: str, status: os.stat_result) -> bool:
        if stat.S_ISLNK(status.st_mode):
            self._add(FindingKind.SYMLINK, path, "a link where an item should be; not followed")
        elif not stat.S_ISREG(status.st_mode):
            self._add(FindingKind.NOT_A_FILE, path, "not a regular file")
        elif status.st_size > MAX_ITEM_BYTES:
            self._add(FindingKind.TOO_LARGE, path, sentence("claims {st_size} bytes; not read", st_size=status.st_size))
        else:
            return True
        return False

    def _hash_item(self, shard: PrivateDir, name: str, path: str) -> None:
        fd = shard.open_file(name, os.O_RDONLY)
        try:
            digest, size = _hash_of(fd)
        finally:
            os.close(fd)
        self._contents[path] = digest
        if size == 0 and name != digest.hex:
            self._add(FindingKind.ZERO_SIZE, path, "the file is empty")

    def _judge_contents(self) -> None:
        named = {path.rsplit("/", 1)[-1] for path in self._contents}
        zero = {finding.item for finding in self._findings if finding.kind is FindingKind.ZERO_SIZE}
        for path, content in self._contents.items():
            name = path.rsplit("/", 1)[-1]
            if path == item_path(content):
                self._sound.add(content)
            elif path not in zero:
                self._judge_wrong_content(path, name, content, content.hex in named)

    def _judge_wrong_content(self, path: str, name: str, content: Digest, is_named_elsewhere: bool) -> None:
        if not is_item_name(name, path.split("/")[1]):
            self._add(
                FindingKind.WRONG_NAME,
                path,
                sentence("no item has such a name here; the content is {content}", content=content),
            )
        elif self._expected is not None and Digest(ALGORITHM, name) not in self._expected:
            self._add(
                FindingKind.WRONG_NAME,
                path,
                sentence("no manifest names this item; the content is {content}", content=content),
            )
        elif is_named_elsewhere:
            self._add(
                FindingKind.SWAPPED, path, sentence("holds the content of another item, {content}", content=content)
            )
        else:
            self._add(FindingKind.CHANGED, path, sentence("the content is now {content}", content=content))

    def _judge_expected(self) -> None:
        if self._expected is None:
            return
        present = {path.rsplit("/", 1)[-1] for path in self._contents} | self._unread
        named = {finding.item.rsplit("/", 1)[-1] for finding in self._findings}
        for digest in self._expected - self._sound:
            if digest.hex not in present and digest.hex not in named:
                self._add(FindingKind.MISSING, item_path(digest), "no such file")
        for digest in self._sound - self._expected:
            # Bytes are stored first and noted after; what was never noted is nobody's evidence, and no damage.
            detail = "intact, but nothing names it: a writer stopped, or is just writing, before it was noted"
            self._add(FindingKind.UNREFERENCED, item_path(digest), detail, Severity.NOTE)

    def _stray(self, parent: PrivateDir, name: str, path: str) -> None:
        try:
            status = parent.lstat(name)
        except FileNotFoundError:
            return
        except OSError as error:
            self._cannot_read(path, error)
            return
        if name.startswith(TEMP_PREFIX) and stat.S_ISREG(status.st_mode):
            self._add(FindingKind.LEFTOVER, path, "left by a writer that died; not evidence", Severity.NOTE)
        else:
            self._add(FindingKind.EXTRA, path, "nothing of the store has such a name")

    def _check_dir_mode(self, path: str, status: os.stat_result) -> None:
        if _CHECKS_MODES and stat.S_IMODE(status.st_mode) != DIR_MODE:
            self._add(
                FindingKind.WRONG_MODE,
                path,
                sentence("mode {mode:o}, not {dir_mode:o}", mode=stat.S_IMODE(status.st_mode), dir_mode=DIR_MODE),
            )

    def _check_file_mode(self, path: str, status: os.stat_result) -> None:
        if _CHECKS_MODES and stat.S_IMODE(status.st_mode) != FILE_MODE:
            self._add(
                FindingKind.WRONG_MODE,
                path,
                sentence("mode {mode:o}, not {file_mode:o}", mode=stat.S_IMODE(status.st_mode), file_mode=FILE_MODE),
            )
        if status.st_nlink > 1:
            self._add(FindingKind.HARD_LINK, path, "the same file has a second name somewhere")

    def _cannot_read(self, path: str, error: Exception) -> None:
        # A failed read says nothing about the bytes: never reported as damage.
        self._unread.add(path.rsplit("/", 1)[-1])
        self._add(FindingKind.UNREADABLE, path, str(error), Severity.CANNOT_JUDGE)

    def _add(self, kind: FindingKind, path: str, detail: str, severity: Severity = Severity.DAMAGE) -> None:
        self._findings.append(Finding(kind, path, detail, severity))


def _hash_of(fd: int) -> tuple[Digest, int]:
    hasher, size = hashlib.sha256(), 0
    while piece := os.read(fd, _PIECE_BYTES):
        hasher.update(piece)
        size += len(piece)
    return Digest(ALGORITHM, hasher.hexdigest()), size
