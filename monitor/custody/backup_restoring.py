"""The way back from a backup: into an empty place, every byte hashed on the way, and never silently.

The installation that comes back does not know what was sent after the backup was made. So the mark that lies outside
of it is raised first: at its first start it finds itself restored, begins a new epoch, and sends nothing until each
open appeal is reconciled with the site (``monitor.appeals.restore``).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from evidence_store.placing import while_held
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.custody.backup_contents import LARGEST_LIST, LIST_NAME, Contents, Member, parse_contents
from monitor.custody.backup_layout import require_no_hidden_bytes
from monitor.errors import BackupDamaged, SettingsError
from monitor.language import gettext as _
from monitor.state import Mark, Watermark

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Unpacked:
    """A backup that lies where the installation was, not opened yet."""

    home: Home
    contents: Contents


def unpack_backup(source: Path, home: Home) -> Unpacked:
    """Puts a backup where no installation is.

    Raises:
        SettingsError: there is an installation already, or the backup cannot be read.
        BackupDamaged: the file was changed, cut or made by something else; nothing was put anywhere.
        OSError: it could not be written; nothing is left of it.
    """
    if home.root.exists() and any(home.root.iterdir()):
        raise SettingsError(
            _("there is an installation here already"),
            where=str(home.root),
            hint=_("Move it away first, and keep it: it may know what was sent after the backup."),
        )
    if source.exists() and not source.is_file():  # a pipe would be waited for without an end
        raise SettingsError(_("is not a plain file"), where=str(source))
    home.root.parent.mkdir(parents=True, exist_ok=True)
    staging = home.root.with_name(f".{home.root.name}.restoring-{secrets.token_hex(4)}")
    try:
        contents = _unpack(source, staging)
        _prove(contents, staging, str(source))
        # First the mark, then the name: a kill in between leaves nothing that could be opened unnoticed.
        Watermark(home.watermark).raise_to(Mark(contents.installation, contents.mark + 1))
        if home.root.exists():
            home.root.rmdir()
        while_held(lambda: staging.rename(home.root))
    except BaseException:  # Ctrl-C too: no half restored home may stay; raised on
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return Unpacked(home, contents)


def _prove(contents: Contents, staging: Path, where: str) -> None:
    """Looks whether what was unpacked is an installation: settings that can be read, and the state the list names.

    Raises:
        BackupDamaged: it is not; nothing was put anywhere.
    """
    try:
        load_settings(Home(staging))
        with closing(sqlite3.connect(staging / "state.sqlite3")) as database:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            row = database.execute("SELECT installation_id, mark, epoch FROM installation").fetchone()
    except SettingsError as error:
        raise BackupDamaged(_("its settings cannot be used: {error}").format(error=error), where=where) from error
    except sqlite3.Error as error:
        raise BackupDamaged(_("its state cannot be read: {error}").format(error=error), where=where) from error
    # What was done while the backup was made may be in the list and not in the copy of the state, never the reverse.
    is_ours = row is not None and row[0] == contents.installation
    if verdict != "ok" or not is_ours or row[1] > contents.mark or row[2] > contents.epoch:
        raise BackupDamaged(_("its state is not the one that its list names"), where=where)


def _unpack(source: Path, staging: Path) -> Contents:
    try:
        with source.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            contents = _read_list(archive, str(source))
            require_no_hidden_bytes(archive, stream, str(source))
            staging.mkdir(mode=0o700)
            for member in contents.members:
                _extract(archive, member, staging, str(source))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, NotImplementedError, RuntimeError) as error:
        raise BackupDamaged(_("it is no whole backup"), where=str(source)) from error
    except OSError as error:
        if error.filename is not None and Path(str(error.filename)) == source:
            raise SettingsError(
                _("cannot be read: {strerror}").format(strerror=error.strerror), where=str(source)
            ) from error
        raise
    return contents


def _read_list(archive: zipfile.ZipFile, where: str) -> Contents:
    if archive.getinfo(LIST_NAME).file_size > LARGEST_LIST:
        raise BackupDamaged(_("its list of contents is too long"), where=where)
    # A backup is stored as it is: whatever is packed was made by something else, and may unpack to anything.
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 0x1 for entry in archive.infolist()):
        raise BackupDamaged(_("it is packed, and a backup never is"), where=where)
    contents = parse_contents(archive.read(LIST_NAME), where)
    listed = {LIST_NAME, *(member.path for member in contents.members)}
    names = archive.namelist()
    if len(names) != len(listed) or set(names) != listed:
        odd = next(iter(sorted(set(names) ^ listed)), "a name twice")
        raise BackupDamaged(_("files and list differ: {odd!r}").format(odd=odd)[:200], where=where)
    for member in contents.members:
        if archive.getinfo(member.path).file_size != member.size:
            raise BackupDamaged(_("{path} has another size than the list says").format(path=member.path), where=where)
    return contents


def _extract(archive: zipfile.ZipFile, member: Member, staging: Path, where: str) -> None:
    path = staging / PurePosixPath(member.path)
    for parent in reversed(path.relative_to(staging).parents[:-1]):
        (staging / parent).mkdir(mode=0o700, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with archive.open(member.path) as packed, os.fdopen(fd, "wb") as sink:
        while size <= member.size and (piece := packed.read(_PIECE_BYTES)):
            hasher.update(piece)
            size += len(piece)
            sink.write(piece)
        sink.flush()
        os.fsync(sink.fileno())
    if (hasher.hexdigest(), size) != (member.sha256, member.size):
        raise BackupDamaged(_("{path} is not as it was backed up").format(path=member.path), where=where)
