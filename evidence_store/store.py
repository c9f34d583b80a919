"""The write-once store: bytes go in, a digest comes out, and the digest is the only name there is.

Layout: ``<root>/sha256/<first two hex digits>/<64 hex digits>``, files 0600 in directories 0700. Nothing from a web
page ever becomes part of a name. What ``put`` has returned for survives a kill and a power cut; what it has not is at
most a ``.tmp-*`` leftover, never a half-written item.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.errors import ArtifactDamaged, ArtifactMissing
from evidence_store.findings import Finding
from evidence_store.fsck import StoreCheck
from evidence_store.layout import ALGORITHM, MAX_ITEM_BYTES, is_item_name, is_shard_name, item_path, shard_name
from evidence_store.private_dir import TEMP_PREFIX, PrivateDir, classified, make_private_root


class ArtifactStore:
    """A content-addressed, write-once store of artifacts under one directory.

    Args:
        root: The store's directory; made (0700) when it is not there.
        may_create: False for reading only: nothing is made, and a store that is not there holds nothing.

    Raises:
        StorageFull: no room for the directories.
        StorageUnavailable: the directory cannot be made or used.
    """

    def __init__(self, root: Path, *, may_create: bool = True) -> None:
        self.root = root
        self._synced_shards: set[str] = set()
        if may_create:
            make_private_root(root)
            with PrivateDir.open_root(root) as top:
                top.make_child(ALGORITHM)

    def put(self, data: bytes) -> Digest:
        """Stores bytes durably and returns their digest. Storing the same bytes again changes nothing.

        Raises:
            ArtifactDamaged: an item of this name is there with other bytes; it is left untouched.
            StorageFull: no room. Nothing was stored.
            StorageUnavailable: the disk or the rights failed. Nothing can be said to be stored.
        """
        digest = Digest.of(data)
        with self._shard(digest, create=True) as shard:
            if self._holds(shard, digest):
                # The writer before us may have died between the rename and this call.
                shard.sync()
            else:
                shard.write_durably(digest.hex, data)
        return digest

    def read(self, digest: Digest) -> bytes:
        """Returns the bytes of an item after hashing them again.

        Raises:
            ArtifactMissing: there is no such item.
            ArtifactDamaged: the bytes are not those that were stored, or it is no regular file.
            StorageUnavailable: they could not be read; says nothing about them.
        """
        if not self.root.exists():
            raise ArtifactMissing("no such item in the store", where=str(digest))
        try:
            with self._shard(digest, create=False) as shard:
                data = self._read_raw(shard, digest)
        except FileNotFoundError as error:
            raise ArtifactMissing("no such item in the store", where=str(digest)) from error
        if Digest.of(data) != digest:
            raise _damaged(digest)
        return data

    def path_of(self, digest: Digest) -> Path:
        """Returns where an item lies (or would lie); for opening, not for writing."""
        return self.root / item_path(digest)

    def digests(self) -> Iterator[Digest]:
        """Yields the digest of every item by its name, in order. Does not look at the bytes: ``fsck`` does."""
        with PrivateDir.open_root(self.root) as top, top.open_child(ALGORITHM) as items:
            for name in filter(is_shard_name, items.names()):
                with items.open_child(name) as shard:
                    yield from (Digest(ALGORITHM, item) for item in shard.names() if is_item_name(item, name))

    def fsck(
        self, expected: Iterable[Digest] | None = None, *, tell: Callable[[int, int], None] | None = None
    ) -> list[Finding]:
        """Reads everything again and names each item that is not as it was stored. Repairs nothing.

        Args:
            expected: What must be here, from the manifests; None when only the store itself is to be checked (then
                a deleted item cannot be seen).
            tell: Hears how many folders of how many were read; it may raise to end the check.

        Raises:
            StorageUnavailable: the store's directory itself cannot be read.
        """
        return StoreCheck(self.root, None if expected is None else frozenset(expected), tell).run()

    def remove(self, digest: Digest) -> bool:
        """Removes an item for good, as a purge orders it; see ``purge`` for what must be in the log before.

        Returns:
            Whether it was there.

        Raises:
            StorageUnavailable: it could not be removed.
        """
        try:
            with self._shard(digest, create=False) as shard:
                shard.lstat(digest.hex)
                shard.remove(digest.hex)
                shard.sync()
        except FileNotFoundError:
            return False
        return True

    def sweep_leftovers(self, *, before: datetime) -> int:
        """Removes temporary files of writers that died before the given moment.

        Returns:
            How many were removed.
        """
        removed = 0
        with PrivateDir.open_root(self.root) as top, top.open_child(ALGORITHM) as items:
            for name in filter(is_shard_name, items.names()):
                with items.open_child(name) as shard:
                    removed += _sweep(shard, before.timestamp())
        return removed

    def _shard(self, digest: Digest, *, create: bool) -> PrivateDir:
        name = shard_name(digest)
        with PrivateDir.open_root(self.root) as top, top.open_child(ALGORITHM) as items:
            if create and name not in self._synced_shards:
                # Also when the directory is there: whoever made it may have died before syncing its name.
                items.make_child(name)
                self._synced_shards.add(name)
            return items.open_child(name)

    def _holds(self, shard: PrivateDir, digest: Digest) -> bool:
        try:
            data = self._read_raw(shard, digest)
        except FileNotFoundError:
            return False
        if Digest.of(data) != digest:
            raise _damaged(digest)
        return True

    def _read_raw(self, shard: PrivateDir, digest: Digest) -> bytes:
        path = shard.path / digest.hex
        try:
            status = shard.lstat(digest.hex)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ITEM_BYTES:
                raise _damaged(digest)
            fd = shard.open_file(digest.hex, os.O_RDONLY)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise classified(error, path) from error
        with os.fdopen(fd, "rb") as stream:
            try:
                return stream.read(MAX_ITEM_BYTES + 1)
            except OSError as error:
                raise classified(error, path) from error


def _damaged(digest: Digest) -> ArtifactDamaged:
    return ArtifactDamaged(
        "the bytes under this name are not the ones that were stored",
        where=str(digest),
        hint="Nothing was changed. Compare with a backup: evidence verify names every damaged item.",
    )


def _sweep(shard: PrivateDir, before: float) -> int:
    removed = 0
    for name in shard.names():
        if name.startswith(TEMP_PREFIX):
            status = shard.lstat(name)
            if stat.S_ISREG(status.st_mode) and status.st_mtime < before:
                shard.remove(name)
                removed += 1
    return removed
