from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_store.digests import Digest
from evidence_store.findings import FindingKind, Severity, is_sound
from evidence_store.store import ArtifactStore

K = FindingKind
A, B = b"alpha" * 100, b"beta" * 100


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    store = ArtifactStore(tmp_path / "store")
    for data in (A, B, b""):
        store.put(data)
    return store


def name_of(data: bytes) -> str:
    digest = Digest.of(data)
    return f"sha256/{digest.hex[:2]}/{digest.hex}"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[7] ^= 1
    path.write_bytes(data)


def exchange(a: Path, b: Path) -> None:
    data = a.read_bytes()
    a.write_bytes(b.read_bytes())
    b.write_bytes(data)


def to_link(path: Path) -> None:
    target = path.with_name(".aside")
    path.rename(target.parent.parent.parent.parent / "aside")
    path.symlink_to(target.parent.parent.parent.parent / "aside")


def to_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def test_a_clean_store_gives_no_finding(store: ArtifactStore) -> None:
    assert store.fsck() == []
    assert store.fsck(store.digests()) == []


DAMAGES: list[tuple[Callable[[Path], object], FindingKind]] = [
    (flip, K.CHANGED),
    (lambda path: os.truncate(path, 10), K.CHANGED),
    (lambda path: os.truncate(path, 0), K.ZERO_SIZE),
    (lambda path: path.write_bytes(b"\0" * len(A)), K.CHANGED),
    (lambda path: path.write_bytes(A + b"x"), K.CHANGED),
    (lambda path: path.unlink(), K.MISSING),
    (lambda path: path.rename(path.with_name("x.png")), K.MISSING),
    (lambda path: path.chmod(0o644), K.WRONG_MODE),
    (to_link, K.SYMLINK),
    (to_fifo, K.NOT_A_FILE),
    (lambda path: os.truncate(path, 2**40), K.TOO_LARGE),
    (lambda path: path.with_name("second").hardlink_to(path), K.HARD_LINK),
]


@pytest.mark.parametrize(("damage", "kind"), DAMAGES)
def test_each_damage_is_named_with_its_item(
    store: ArtifactStore, damage: Callable[[Path], object], kind: FindingKind
) -> None:
    expected = list(store.digests())
    damage(store.path_of(Digest.of(A)))
    findings = store.fsck(expected)
    assert (kind, name_of(A)) in [(finding.kind, finding.item) for finding in findings]
    assert not is_sound(findings)
    assert name_of(B) not in [finding.item for finding in findings]


def test_two_items_that_changed_places_are_named_both(store: ArtifactStore) -> None:
    exchange(store.path_of(Digest.of(A)), store.path_of(Digest.of(B)))
    found = [(finding.kind, finding.item) for finding in store.fsck()]
    assert found == [(K.SWAPPED, name) for name in sorted([name_of(A), name_of(B)])]


@pytest.mark.parametrize("new_name", ["x.png", "0" * 64, Digest.of(A).hex.upper(), Digest.of(A).hex[:2] + "0" * 62])
def test_a_renamed_item_is_found_under_both_names(store: ArtifactStore, new_name: str) -> None:
    expected = list(store.digests())
    path = store.path_of(Digest.of(A))
    path.rename(path.with_name(new_name))
    found = {(finding.kind, finding.item) for finding in store.fsck(expected)}
    assert found == {(K.MISSING, name_of(A)), (K.WRONG_NAME, f"sha256/{path.parent.name}/{new_name}")}


def test_a_file_with_a_name_of_its_own_is_extra(store: ArtifactStore) -> None:
    (store.root / "readme").write_text("hello")
    found = store.fsck(store.digests())
    assert [(finding.kind, finding.item) for finding in found] == [(K.EXTRA, "readme")]
    assert not is_sound(found)


def test_an_intact_item_that_nothing_names_is_told_and_no_damage(store: ArtifactStore) -> None:
    expected = [digest for digest in store.digests() if digest != Digest.of(B)]
    found = store.fsck(expected)
    assert [(finding.kind, finding.item) for finding in found] == [(K.UNREFERENCED, name_of(B))]
    assert is_sound(found)


def test_a_leftover_is_noted_and_is_no_damage(store: ArtifactStore) -> None:
    store.path_of(Digest.of(A)).with_name(".tmp-1-aa").write_bytes(b"half")
    findings = store.fsck(store.digests())
    assert [finding.kind for finding in findings] == [K.LEFTOVER]
    assert is_sound(findings)


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EACCES, errno.EIO])
def test_a_failed_read_is_never_called_damage(store: ArtifactStore, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    expected = list(store.digests())
    real_open = os.open

    def failing_open(path: object, *rest: object, **named: object) -> int:
        if str(path).endswith(Digest.of(A).hex):
            raise OSError(code, os.strerror(code))
        return real_open(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("os.open", failing_open)
    (finding,) = store.fsck(expected)
    assert (finding.kind, finding.item, finding.severity) == (K.UNREADABLE, name_of(A), Severity.CANNOT_JUDGE)


def test_a_check_changes_nothing_on_disk(store: ArtifactStore) -> None:
    flip(store.path_of(Digest.of(A)))
    before = {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in store.root.rglob("*")}
    assert store.fsck()
    assert {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in store.root.rglob("*")} == before
