"""Before and after a change of the program: what it would do to this installation, and the way back.

Nothing is asked of the network: a new version is looked at as the file that was downloaded.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from email.parser import HeaderParser
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from pydantic import AwareDatetime

from monitor.errors import UsageError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.software import own_version
from monitor.state.engine import sqlite_path
from monitor.state.migrating import SCHEMA_HEAD
from monitor.state.upgrading import EarlierStore, find_earlier_stores, look_at_schema, put_back
from monitor.use_cases.models import Answer, Value

_MOST_BYTES = 100_000_000  # a wheel of this program has about one
_MOST_METADATA = 1_000_000
_REVISION = re.compile(r"monitor/state/migrations/versions/(\d{4})_\w+\.py")


class ProgramFile(Value):
    """A version of this program as a wheel file.

    Attributes:
        sha256: Of the file, to be compared with the one that the release names.
        schema_known: The newest revision of a store that it knows.
        opens_store: Whether it can work with the store as it is now; null where there is none yet.
    """

    program: str
    sha256: str
    schema_known: str
    opens_store: bool | None


class EarlierCopy(Value):
    """A copy of the store that a migration made before it began."""

    path: str
    revision: str
    made_at: AwareDatetime


class UpgradeCheck(Answer):
    """What a change of the program means for this installation.

    Attributes:
        schema_stored: The revision of the store; null where there is none yet.
        steps: The revisions that the next command of this program takes the store through.
        is_newer: The store was written by a newer program than this one.
        copy_bytes: What the copy that is made first takes; null where none is made (PostgreSQL).
        free_bytes: What is free where it is made.
        earlier: Copies that are there, the newest revision first.
        file: The version that was asked about; null where none was.
    """

    program: str
    schema_known: str
    schema_stored: str | None
    steps: tuple[str, ...]
    is_newer: bool
    copy_bytes: int | None
    free_bytes: int | None
    earlier: tuple[EarlierCopy, ...]
    file: ProgramFile | None


def check_upgrade(url: str, wheel: Path | None) -> UpgradeCheck:
    """Says what this program, or the one in a wheel file, would do to a store. Nothing is changed.

    Args:
        url: The store.
        wheel: A version of this program, as a file.

    Raises:
        UsageError: the file is no wheel of this program.
        SettingsError: it cannot be read.
        StorageError: the store cannot be read.
    """
    schema = look_at_schema(url)
    path = sqlite_path(url)
    return UpgradeCheck(
        program=own_version(),
        schema_known=SCHEMA_HEAD,
        schema_stored=schema.stored,
        steps=schema.steps,
        is_newer=schema.is_newer,
        copy_bytes=schema.size if schema.steps else None,
        free_bytes=schema.free if schema.steps else None,
        earlier=tuple(map(_as_model, find_earlier_stores(path))) if path is not None else (),
        file=_read_wheel(wheel, schema.stored) if wheel is not None else None,
    )


def find_way_back(url: str) -> tuple[Path, EarlierStore]:
    """Returns the store and the copy that the last migration made of it.

    Raises:
        UsageError: there is none.
    """
    path = sqlite_path(url)
    if path is None:
        raise UsageError(
            _("of a PostgreSQL store no copy is made"),
            hint=_("Put its own backup back (pg_restore), then install the earlier program."),
        )
    earlier = find_earlier_stores(path)
    if not earlier:
        raise UsageError(
            _("no migration left a copy here"), where=str(path.parent), hint=_("There is nothing to go back to.")
        )
    return path, earlier[0]


def go_back(path: Path, earlier: EarlierStore) -> Path:
    """Makes the store what it was before its last migration; returns the copy of what it was until now.

    Raises:
        StorageError: it is in use, something was logged since, or the copy is damaged; nothing was changed.
    """
    return put_back(path, earlier)


def _as_model(one: EarlierStore) -> EarlierCopy:
    return EarlierCopy(path=str(one.path), revision=one.revision, made_at=one.made_at)


def _read_wheel(wheel: Path, stored: str | None) -> ProgramFile:
    data = read_plain(wheel, max_bytes=_MOST_BYTES)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            (about,) = (name for name in names if re.fullmatch(r"[\w.+-]+\.dist-info/METADATA", name))
            with archive.open(about) as member:
                told = HeaderParser().parsestr(member.read(_MOST_METADATA).decode("utf-8"))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _no_wheel(wheel) from error
    revisions = [found[1] for name in names if (found := _REVISION.fullmatch(name))]
    if told["Name"] != "fairreview" or not told["Version"] or not revisions:
        raise _no_wheel(wheel)
    known = max(revisions)
    return ProgramFile(
        program=str(told["Version"]),
        sha256=sha256(data).hexdigest(),
        schema_known=known,
        opens_store=None if stored is None else stored <= known,
    )


def _no_wheel(wheel: Path) -> UsageError:
    return UsageError(
        _("{wheel} is no wheel of fairreview").format(wheel=wheel),
        field="wheel",
        hint=_("Give the downloaded file, fairreview-VERSION-py3-none-any.whl."),
    )
