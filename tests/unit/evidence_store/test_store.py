from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence_store.digests import Digest
from evidence_store.errors import ArtifactDamaged, ArtifactMissing, StorageFull, StorageUnavailable
from evidence_store.store import ArtifactStore


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "evidence" / "store")


def test_bytes_come_back_by_their_digest(store: ArtifactStore) -> None:
    digest = store.put(b"picture")
    assert digest == Digest.of(b"picture")
    assert store.read(digest) == b"picture"
    assert store.path_of(digest).read_bytes() == b"picture"
    assert list(store.digests()) == [digest]


def test_the_same_bytes_twice_are_one_untouched_item(store: ArtifactStore) -> None:
    digest = store.put(b"picture")
    before = store.path_of(digest).stat()
    assert store.put(b"picture") == digest
    assert store.path_of(digest).stat() == before


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_and_directories_are_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        store = ArtifactStore(tmp_path / "a" / "b")
        digest = store.put(b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(store.path_of(digest).stat().st_mode) == 0o600
    directories = [tmp_path / "a", store.root, *(p for p in store.root.rglob("*") if p.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in directories} == {0o700}


def test_a_missing_item_is_missing(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactMissing):
        store.read(Digest.of(b"never stored"))


def test_changed_bytes_are_never_given_out_and_never_overwritten(store: ArtifactStore) -> None:
    path = store.path_of(store.put(b"picture"))
    path.write_bytes(b"pictura")
    with pytest.raises(ArtifactDamaged):
        store.read(Digest.of(b"picture"))
    with pytest.raises(ArtifactDamaged):
        store.put(b"picture")
    assert path.read_bytes() == b"pictura"


def test_a_link_in_place_of_an_item_is_not_followed(store: ArtifactStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"picture")
    path = store.path_of(store.put(b"picture"))
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(ArtifactDamaged):
        store.read(Digest.of(b"picture"))


def test_a_link_in_place_of_a_directory_is_not_followed(store: ArtifactStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    shard = store.path_of(Digest.of(b"picture")).parent
    shard.symlink_to(outside, target_is_directory=True)
    with pytest.raises(StorageUnavailable):
        store.put(b"picture")
    assert list(outside.iterdir()) == []


def test_a_fifo_in_place_of_an_item_does_not_block(store: ArtifactStore) -> None:
    path = store.path_of(store.put(b"picture"))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ArtifactDamaged):
        store.read(Digest.of(b"picture"))


@pytest.mark.parametrize(
    ("code", "error"), [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, StorageUnavailable)]
)
def test_a_failed_write_leaves_nothing_behind(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception]
) -> None:
    def fail(_fd: int) -> None:
        raise OSError(code, os.strerror(code))

    shard = store.path_of(store.put(b"first")).parent
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(error):
        store.put(b"second")
    monkeypatch.undo()
    assert [p for p in store.root.rglob("*") if p.is_file()] == [shard / Digest.of(b"first").hex]
    assert store.put(b"second") == Digest.of(b"second")


def test_leftovers_of_dead_writers_are_swept_by_age(store: ArtifactStore) -> None:
    digest = store.put(b"picture")
    leftover = store.path_of(digest).with_name(".tmp-1-aa")
    leftover.write_bytes(b"pic")
    now = datetime.now(UTC)
    assert store.sweep_leftovers(before=now - timedelta(hours=1)) == 0
    assert store.sweep_leftovers(before=now + timedelta(hours=1)) == 1
    assert not leftover.exists()
    assert store.read(digest) == b"picture"
