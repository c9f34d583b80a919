"""A backup comes back whole or not at all, and what comes back knows that it is old."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_store.digests import Digest
from monitor.appeals.ledger import Ledger
from monitor.bootstrap import Installation, open_installation
from monitor.clock import SystemClock
from monitor.config.home import Home
from monitor.config.settings import default_settings
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import load_signing_key
from monitor.errors import BackupDamaged, MustReconcile, OtherHome, SecretsUnavailable, SettingsError, UsageError
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import SealedFiles, StoreKind, open_store
from monitor.secrets.vault import load_or_create_signing_key
from monitor.state import INSTALLATION
from tests.appeal_world import ACCOUNT, LIST_TERMS, OPERATOR, approved, lease_of
from tests.unit.monitor.case_world import PASSPHRASE, World, make_world, told


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def restore(world: World, backup: Path, home: Path, *more: str) -> Installation:
    """Restores by the command and opens what came back."""
    moved = World(open_installation_at(home), world.case)
    assert moved.run("backup", "restore", backup, *more) == 0
    return open_installation(home)


def open_installation_at(home: Path) -> Installation:
    """An installation that is not there yet; only its place matters."""
    return Installation(Home(home), default_settings(), SystemClock())


def test_evidence_log_settings_state_and_keys_come_back(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = load_signing_key(world.installation.secrets).public_key
    assert world.run("backup", "create", tmp_path / "b") == 0
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    back = restore(world, tmp_path / "b", tmp_path / "restored", "--verify")
    assert "0 findings of damage" in told(capsys)
    assert back.home.config.read_bytes() == world.installation.home.config.read_bytes()
    assert load_signing_key(back.secrets).public_key == key
    assert sorted(back.artifacts.digests()) == sorted(world.installation.artifacts.digests())
    with back.state.read() as tx:
        assert [case.id for case in tx.cases.all(ACCOUNT)] == [world.case.id]
        installation = tx.journal.rows(tx.journal.heads()[INSTALLATION].chain)
    assert [row.action for row in installation] == ["backup.create", "store.restored", "backup.restore"]
    assert check_evidence(back).damage == ()
    folders = [path for path in (tmp_path / "restored").rglob("*") if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_after_a_restore_nothing_is_sent_before_reconciliation(world: World, tmp_path: Path) -> None:
    appeal = approved(world.installation.state, "r1")
    world.run("backup", "create", tmp_path / "b")
    back = restore(world, tmp_path / "b", tmp_path / "restored")
    with back.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
        assert tx.installation.get().epoch == 1
    assert account is not None
    assert account.must_reconcile_since is not None
    lease = lease_of(back.state)
    with pytest.raises(OtherHome):
        Ledger(back.state).take_intent(appeal.id, lease, LIST_TERMS)
    back.state.claim_life(actor=OPERATOR)
    with pytest.raises(MustReconcile):
        Ledger(back.state).take_intent(appeal.id, lease, LIST_TERMS)


def test_an_old_copy_put_back_by_hand_is_noticed_by_the_mark_outside(world: World, tmp_path: Path) -> None:
    appeal = approved(world.installation.state, "r1")
    home = world.installation.home.root
    world.installation.state.close()
    shutil.copytree(home, tmp_path / "old")
    Ledger(world.installation.state).take_intent(appeal.id, lease_of(world.installation.state), LIST_TERMS)
    world.installation.state.close()
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "old", home)
    with open_installation(home).state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
        assert tx.installation.get().epoch == 1
    assert account is not None
    assert account.must_reconcile_since is not None


def test_nothing_is_restored_over_an_installation(world: World, tmp_path: Path) -> None:
    world.run("backup", "create", tmp_path / "b")
    with pytest.raises(SettingsError, match="there is an installation here already"):
        world.run("backup", "restore", tmp_path / "b")
    with pytest.raises(UsageError, match="is there already"):
        world.run("backup", "create", tmp_path / "b")


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda members: members | {first(members, "evidence/"): flip(members[first(members, "evidence/")])},
        lambda members: members | {"state.sqlite3": flip(members["state.sqlite3"])},
        lambda members: {name: data for name, data in members.items() if name != first(members, "evidence/")},
        lambda members: members | {"evidence/readme.txt": b"hello"},
        lambda members: members | {"../escaped": b"hello"},
        lambda members: {name: data for name, data in members.items() if name != "backup.json"},
        lambda members: relisted(members, "../escaped"),
        lambda members: relisted(members, "/tmp-escaped"),
        lambda members: relisted(members, f"evidence/sha256/{'0' * 2}/{'0' * 64}"),
    ],
)
def test_a_changed_backup_is_refused_and_puts_nothing_anywhere(
    world: World, tmp_path: Path, damage: Callable[[dict[str, bytes]], dict[str, bytes]]
) -> None:
    world.run("backup", "create", tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "changed", "w") as archive:
        for name, data in damage(members).items():
            archive.writestr(name, data)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupDamaged):
        restore(world, tmp_path / "changed", tmp_path / "restored")
    assert sorted(tmp_path.iterdir()) == before


def first(members: dict[str, bytes], prefix: str) -> str:
    return next(name for name in members if name.startswith(prefix))


def relisted(members: dict[str, bytes], name: str) -> dict[str, bytes]:
    """Adds a file with a name that leads somewhere else, and lists it properly."""
    contents = json.loads(members["backup.json"])
    contents["members"].append({"path": name, "sha256": Digest.of(b"hello").hex, "size": 5})
    return {**members, name: b"hello", "backup.json": json.dumps(contents).encode()}


def test_a_cut_backup_is_refused(world: World, tmp_path: Path) -> None:
    world.run("backup", "create", tmp_path / "b")
    whole = (tmp_path / "b").read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut").write_bytes(whole[:size])
        with pytest.raises(BackupDamaged):
            restore(world, tmp_path / "cut", tmp_path / "restored")


@pytest.mark.parametrize(
    "hide",
    [
        lambda whole: b"#!/bin/sh\n" + whole,
        lambda whole: whole + b"\n",
        lambda whole: whole + whole,
        lambda whole: whole.replace(b"PK\1\2", hidden() + b"PK\1\2", 1),
        lambda whole: whole.replace(b"PK\3\4", hidden() + b"PK\3\4", 1),
        lambda whole: whole[:-2] + b"\5\0hello",
        lambda whole: whole.replace(b"config.toml", b"config.tomm", 1),
        lambda whole: whole.replace(b"PK\3\4\x2d\0\0\0", b"PK\3\4\x2d\0\0\x08", 1),
    ],
)
def test_what_only_other_unpackers_would_find_in_a_backup_is_refused(
    world: World, tmp_path: Path, hide: Callable[[bytes], bytes]
) -> None:
    world.run("backup", "create", tmp_path / "b")
    whole = (tmp_path / "b").read_bytes()
    (tmp_path / "hiding").write_bytes(hide(whole))
    assert hide(whole) != whole
    with pytest.raises(BackupDamaged):
        restore(world, tmp_path / "hiding", tmp_path / "restored")


def hidden() -> bytes:
    """A member that no directory names: settings of somebody else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("config.toml", "operator = 'Forger'")
    return buffer.getvalue().partition(b"PK\1\2")[0]


def test_keys_can_be_left_out_and_the_command_says_so(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.run("backup", "create", tmp_path / "b", "--without-keys") == 0
    assert "LEFT OUT" in told(capsys)
    back = restore(world, tmp_path / "b", tmp_path / "restored", "--verify")
    assert not back.home.secrets.exists()
    assert PASSPHRASE.encode() not in (tmp_path / "b").read_bytes()


def test_keys_of_a_keyring_go_along_under_a_passphrase_of_their_own(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = load_signing_key(world.installation.secrets).raw
    really = SealedFiles.__init__

    def as_keyring(self: SealedFiles, directory: Path, _kind: StoreKind, key: bytes, redactor: Redactor) -> None:
        really(self, directory, "keyring", key, redactor)

    monkeypatch.setattr(SealedFiles, "__init__", as_keyring)
    with pytest.raises(SecretsUnavailable, match="keyring"):
        world.run("backup", "create", tmp_path / "b")
    (tmp_path / "pass").write_text("another long passphrase\n")
    (tmp_path / "pass").chmod(0o600)
    assert world.run("backup", "create", tmp_path / "b", "--passphrase-file", tmp_path / "pass") == 0
    assert raw not in (tmp_path / "b").read_bytes()
    back = restore(world, tmp_path / "b", tmp_path / "restored")
    secrets = open_store(back.home.secrets, ask_passphrase=lambda: "another long passphrase")
    assert load_or_create_signing_key(secrets) == raw
