"""Writing a backup: settings, state, log, evidence and, sealed, the keys.

The state is copied by the database's own means, so a backup may be made while visits run. Evidence is copied after it:
what the state names is in the store before the state names it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence_store.canonical import format_utc
from evidence_store.layout import item_path
from evidence_store.placing import while_held
from monitor.config.settings import state_url
from monitor.custody.backup_contents import LIST_NAME, Contents, Keys, Member, is_member
from monitor.custody.checkpoints import make_checkpoint
from monitor.custody.context import CustodyContext
from monitor.custody.notes import person_of
from monitor.errors import SecretsUnavailable
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.secrets.stores import SecretStore, create_store
from monitor.state import INSTALLATION, Action, copy_database

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A backup that is there."""

    path: Path
    contents: Contents
    digest: str


def create_backup(
    installation: CustodyContext, target: Path, *, passphrase: str | None = None, leaves_keys_out: bool = False
) -> Made:
    """Writes a backup to a new file.

    Args:
        installation: The installation.
        target: The new file.
        passphrase: Seals the keys anew, for the backup only; needed where they are in the system's keyring.
        leaves_keys_out: Take no secrets along: sessions, code secrets and the signing key are then lost with the disk.

    Raises:
        SettingsError: something is under this name, nobody is named as operator, or the state is in PostgreSQL.
        SecretsUnavailable: the keys cannot go along as asked.
        OSError: the file could not be written; nothing is left of it.
    """
    require_target(target, field="file")
    keys = _choose_keys(installation.secrets, passphrase, leaves_keys_out=leaves_keys_out)
    actor = person_of(installation.settings)
    make_checkpoint(installation)
    with installation.state.transaction() as tx:
        inputs = {"name": target.name, "keys": keys}
        tx.journal.record(INSTALLATION, Action("backup.create", actor=actor, inputs=inputs))
    installation.state.flush_mirror()
    workshop = Path(tempfile.mkdtemp(prefix=".fairreview-", dir=target.parent))
    try:
        contents = _pack(installation, workshop, keys, passphrase)
        digest = _digest_of(workshop / "backup")
        while_held(lambda: (workshop / "backup").rename(target))
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return Made(target, contents, digest)


def _choose_keys(secrets: SecretStore, passphrase: str | None, *, leaves_keys_out: bool) -> Keys:
    if leaves_keys_out:
        return "left_out"
    if passphrase is not None:
        return "backup_passphrase"
    if secrets.kind == "file":
        return "own_passphrase"
    raise SecretsUnavailable(
        _("the key of the secret store is in the system's keyring, which no backup holds"),
        hint=_("Name a passphrase file to seal the secrets for the backup, or leave them out."),
    )


def _pack(installation: CustodyContext, workshop: Path, keys: Keys, passphrase: str | None) -> Contents:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(workshop / "backup", flags, 0o600), "wb") as stream:
        # Evidence is compressed already, for the most part; and a damaged byte then damages one file only.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            members = [
                _add(archive, name, path)
                for name, path in _files(installation, workshop, keys, passphrase)
                if is_member(name)
            ]
            with installation.state.read() as tx:
                row = tx.installation.get()
            contents = Contents(
                created=format_utc(installation.clock.now()),
                installation=row.installation_id,
                mark=row.mark,
                epoch=row.epoch,
                keys=keys,
                members=tuple(members),
            )
            archive.writestr(LIST_NAME, contents.model_dump_json(indent=1))
        stream.flush()
        os.fsync(stream.fileno())
    return contents


def _files(
    installation: CustodyContext, workshop: Path, keys: Keys, passphrase: str | None
) -> Iterator[tuple[str, Path]]:
    home = installation.home
    yield "config.toml", home.config
    for path in sorted(home.action_log.glob("*.jsonl")):
        yield f"action-log/{path.name}", path
    for path in sorted(home.catalogs.rglob("*.toml")):
        if is_member(name := f"catalogs/{path.relative_to(home.catalogs).as_posix()}") and path.is_file():
            yield name, path
    copy_database(state_url(installation.settings, home), workshop / "state.sqlite3")
    yield "state.sqlite3", workshop / "state.sqlite3"
    for digest in installation.artifacts.digests():
        yield f"evidence/{item_path(digest)}", installation.artifacts.path_of(digest)
    secrets = home.secrets if keys == "own_passphrase" else workshop / "secrets"
    if keys == "backup_passphrase":
        sealed = create_store(secrets, "file", passphrase=passphrase)
        for name in installation.secrets.names():
            found = installation.secrets.load(name)
            if found is not None:
                sealed.save(name, found.value)
    if keys != "left_out":
        for path in sorted(path for path in secrets.rglob("*") if path.is_file()):
            yield f"secrets/{path.relative_to(secrets).as_posix()}", path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    hasher, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o600 << 16
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
        while piece := source.read(_PIECE_BYTES):
            hasher.update(piece)
            size += len(piece)
            sink.write(piece)
    return Member(path=name, sha256=hasher.hexdigest(), size=size)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
