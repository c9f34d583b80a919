"""Files that a person, or somebody else, puts in our way: refused with a word, at once, and nothing is half done."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config.file import read_config
from monitor.custody.backup_contents import is_member
from monitor.errors import BackupDamaged, SecretDamaged, SettingsError
from monitor.files.private import read_passphrase, read_plain, write_private
from tests.installation.test_backup import restore
from tests.unit.monitor.case_world import World, make_world

posix_only = pytest.mark.skipif(os.name == "nt", reason="no modes, pipes or devices there")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def readable_by_all(path: Path) -> None:
    path.write_text("correct horse battery staple")
    path.chmod(0o644)


def link(path: Path) -> None:
    target = path.with_name("target")
    target.write_text("correct horse battery staple")
    target.chmod(0o600)
    path.symlink_to(target)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


HOSTILE: dict[str, Callable[[Path], None]] = {
    "readable by all": readable_by_all,
    "a link": link,
    "a link to a device without an end": device,
    "a pipe": lambda path: os.mkfifo(path, 0o600),
    "a folder": lambda path: path.mkdir(0o700),
    "far too long": lambda path: write_private(path, b"x" * 1_000_000),
    "no text": lambda path: write_private(path, b"\xff\xfe\x00"),
}


@posix_only
@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_passphrase_file_that_is_not_its_owners_alone_is_refused(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "passphrase"
    make(path)
    with pytest.raises((SecretDamaged, SettingsError)) as caught:
        read_passphrase(path)
    assert str(path) in caught.value.where


@posix_only
@pytest.mark.timeout(20)
def test_the_device_itself_is_refused_too() -> None:
    with pytest.raises((SecretDamaged, SettingsError)):
        read_passphrase(Path("/dev/zero"))
    with pytest.raises(SettingsError, match="plain file"):
        read_plain(Path("/dev/zero"), max_bytes=10)


@posix_only
@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["a pipe", "a link", "a folder"])
def test_own_evidence_and_attachments_are_plain_files(world: World, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "chat.txt"
    HOSTILE[kind](path)
    before = sorted(world.installation.artifacts.digests())
    with pytest.raises(SettingsError):
        world.run("evidence", "add", world.case.id, path)
    assert sorted(world.installation.artifacts.digests()) == before


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 50_000) + " = 1\n",
        "[" + ".".join("a" * 40_000) + "]\n",
        "".join(f"a.{'b.' * 20}c{number} = 1\n" for number in range(2000)),
        "a = " + "[" * 20_000 + "\n",
        "[operator]\nname = " + '"' + "x" * 30_000 + '"\n',
    ],
)
def test_a_configuration_that_would_keep_the_parser_busy_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SettingsError) as caught:
        read_config(path)
    assert str(path) in caught.value.where


def test_names_of_devices_are_no_members_of_a_backup() -> None:
    assert is_member("secrets/account.sealed")
    for name in ("con", "nul", "com1", "lpt9", "aux"):
        assert not is_member(f"secrets/{name}.sealed")
        assert not is_member(f"secrets/{name}/account.sealed")


def changed_list(**values: object) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        contents = json.loads(members["backup.json"]) | values
        return members | {"backup.json": json.dumps(contents).encode()}

    return change


HOSTILE_BACKUPS: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a number without an end": changed_list(mark=10**30),
    "a size without an end": changed_list(members=[{"path": "config.toml", "sha256": "0" * 64, "size": 10**30}]),
    "another installation than the state's": changed_list(installation="0" * 32),
    "no state": lambda members: members | {"state.sqlite3": b"no database"},
    "nested beyond measure": lambda members: members | {"backup.json": b"[" * 500_000},
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("change", HOSTILE_BACKUPS.values(), ids=HOSTILE_BACKUPS.keys())
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "packed"])
def test_a_hostile_backup_is_refused_and_leaves_no_half_home(
    world: World, tmp_path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]], packing: int
) -> None:
    world.run("backup", "create", tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "changed", "w", packing) as archive:
        for name, data in change(members).items():
            archive.writestr(name, data)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupDamaged):
        restore(world, tmp_path / "changed", tmp_path / "restored")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.timeout(60)
def test_a_packed_backup_is_refused_before_it_is_unpacked(world: World, tmp_path: Path) -> None:
    world.run("backup", "create", tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("evidence/bomb", b"\0" * 50_000_000)
    with pytest.raises(BackupDamaged, match="packed"):
        restore(world, tmp_path / "bomb", tmp_path / "restored")
