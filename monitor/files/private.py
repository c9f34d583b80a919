"""Files and folders for their owner alone: created with their final mode, replaced atomically, refused when open.

The mode is given at creation and never corrected later, so there is no moment in which somebody else could read.
On Windows the user's profile protects them; modes are not looked at there.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shlex
import stat
import sys
from pathlib import Path

from evidence_store.placing import while_held
from monitor.errors import SecretDamaged, SettingsError
from monitor.language import gettext as _
from monitor.language import tell_number

_HAS_MODES = os.name != "nt"
_LARGEST_PASSPHRASE = 4096  # bytes
_READS_PLAIN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)


def make_private_directory(path: Path) -> None:
    """Creates a folder with mode 0700, or checks that an existing one is nobody else's.

    Raises:
        SecretDamaged: the folder exists and others can enter it, or it is not a folder.
        OSError: it cannot be created.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        return
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise SecretDamaged(_("is not a folder"), where=str(path))
    _refuse_open_mode(path, status, "700")


def write_private(path: Path, content: bytes) -> None:
    """Writes or replaces a file so that a reader, or a power cut, meets the old or the new content, never a mix.

    Raises:
        OSError: it cannot be written; the old content is intact.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        while_held(lambda: partial.replace(path))
    except BaseException as error:  # Ctrl-C too: no partial file may stay; raised on
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # writing tells none, and nobody knows the partial one
        raise
    sync_directory(path.parent)


def read_private(path: Path, *, max_bytes: int) -> bytes:
    """Reads a file that only its owner may read.

    Raises:
        FileNotFoundError: there is none.
        SecretDamaged: it is a link, not a plain file, somebody else's, open to others, or too large.
        OSError: it cannot be read.
    """
    if path.is_symlink():
        raise SecretDamaged(_("is a symbolic link"), where=str(path))
    # Not blocking: a FIFO in this place must be refused, not waited for.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SecretDamaged(_("is not a plain file"), where=str(path))
        if status.st_size > max_bytes:
            raise SecretDamaged(
                _("is larger than {max_bytes} bytes").format(max_bytes=tell_number(max_bytes)), where=str(path)
            )
        _refuse_open_mode(path, status, "600")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(max_bytes)
    finally:
        os.close(handle)


def read_passphrase(path: Path) -> str:
    """Reads a passphrase from a file that only its owner can read.

    Raises:
        SecretDamaged: it is a link, no plain file, open to others, larger than 4 KB, or not UTF-8.
        SettingsError: there is none, or it cannot be read.
    """
    try:
        return read_private(path, max_bytes=_LARGEST_PASSPHRASE).decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        raise SecretDamaged(_("is not UTF-8"), where=str(path)) from error
    except OSError as error:
        raise SettingsError(
            _("the passphrase file cannot be read: {strerror}").format(strerror=error.strerror), where=str(path)
        ) from error


def read_plain(path: Path, *, max_bytes: int) -> bytes:
    """Reads a file that a person named: a plain file, of bounded size, by its own name.

    Raises:
        SettingsError: it is a link, no plain file (a pipe would never end), too large, or cannot be read.
    """
    try:
        if path.is_symlink():
            raise SettingsError(_("is a symbolic link"), where=str(path), hint=_("Name the file itself."))
        handle = os.open(path, _READS_PLAIN)
    except OSError as error:
        raise SettingsError(_("cannot be read: {strerror}").format(strerror=error.strerror), where=str(path)) from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SettingsError(_("is not a plain file"), where=str(path))
        if status.st_size > max_bytes:
            raise SettingsError(
                _("is larger than {max_bytes} bytes").format(max_bytes=tell_number(max_bytes)), where=str(path)
            )
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(max_bytes + 1)[: max_bytes + 1]
    except OSError as error:
        raise SettingsError(_("cannot be read: {strerror}").format(strerror=error.strerror), where=str(path)) from error
    finally:
        os.close(handle)


def is_device_name(name: str) -> bool:
    """Whether Windows would open a device and no file under this name, whatever its ending."""
    return _DEVICE.fullmatch(name.partition(".")[0].rstrip()) is not None


def sync_directory(path: Path) -> None:
    """Makes a rename durable. Windows has no handle for a folder and needs none."""
    if not _HAS_MODES:
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_open_mode(path: Path, status: os.stat_result, wanted: str) -> None:
    if not _HAS_MODES:
        return
    if status.st_mode & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise SecretDamaged(
            _("others can get at it (mode {mode:04o})").format(mode=mode),
            where=str(path),
            hint=_("chmod {wanted} {path}, and change what it held").format(wanted=wanted, path=shlex.quote(str(path))),
        )
    if sys.platform != "win32" and status.st_uid not in {os.geteuid(), 0}:
        raise SecretDamaged(_("belongs to another user"), where=str(path))
