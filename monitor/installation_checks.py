"""What ``doctor`` says of an installation as it lies there: who holds its store, whose it is, who may read it.

Nothing is changed here but by ``mend``, which takes rights from others and does nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.catalog.layers import Layers
from flows.catalog.loader import site_names
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.doctor import Finding, Level
from monitor.state.migrating import SCHEMA_HEAD

_FOLDER, _FILE = 0o700, 0o600


@dataclass(frozen=True)
class OpenFile:
    """A file or folder of the installation that others may read; ``mode`` is what it should have."""

    path: Path
    found: int
    mode: int


def examine_installation(home: Home, settings: Settings) -> tuple[Finding, ...]:
    """Runs every check of the installation itself."""
    is_local = not settings.state.url
    return (
        *(check_store(home.database) if is_local else ()),
        *check_open_files(home),
        *check_sites(home, settings),
        *check_channels(home, settings),
    )


def check_store(database: Path) -> Iterator[Finding]:
    """Does another program hold the store, or has a newer one written it?"""
    if not database.is_file():
        return
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as store:
            revision = store.execute("SELECT version_num FROM alembic_version").fetchone()
            store.isolation_level = None
            store.execute("BEGIN IMMEDIATE")
            store.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            yield Finding(
                "store", Level.FAULT, f"{database} cannot be used: {error}", "Look at its rights and its disk."
            )
            return
        holders = ", ".join(holders_of(database)) or "a program of another user"
        yield Finding("store", Level.WARNING, f"held right now by {holders}", "Wait for it, or end it; then run again.")
        return
    except sqlite3.DatabaseError as error:
        hint = "Stop using it and restore a backup: `fairreview backup restore`."
        yield Finding("store", Level.FAULT, f"{database} is no sound database: {error}", hint)
        return
    found = str(revision[0]) if revision else "none"
    if found > SCHEMA_HEAD:
        message = f"a newer program wrote the store (schema {found}; this one knows {SCHEMA_HEAD})"
        yield Finding("store", Level.FAULT, message, "Update this program. Nothing was changed.")
    else:
        yield Finding("store", Level.OK, f"free, schema {found}")


def holders_of(path: Path) -> list[str]:
    """Names the processes of this user that have a file open: number and program."""
    found = []
    for process in psutil.process_iter(("pid", "name")):
        try:
            is_open = process.pid != os.getpid() and any(Path(one.path) == path for one in process.open_files())
        except (psutil.Error, OSError):
            continue  # another user's, or gone meanwhile
        if is_open:
            found.append(f"process {process.pid} ({process.info['name']})")
    return found


def open_files(home: Home) -> list[OpenFile]:
    """Finds what other users of the machine may read or change; on Windows the profile's rights protect it."""
    if os.name == "nt" or not home.root.is_dir():
        return []
    looked_at = (home.root, home.config, home.database, home.secrets, home.evidence, home.action_log, home.logs)
    found = []
    for path in (*looked_at, *(home.secrets.rglob("*") if home.secrets.is_dir() else ())):
        try:
            status = path.lstat()
        except OSError:
            continue
        if stat.S_ISLNK(status.st_mode) or not status.st_mode & 0o077:
            continue
        wanted = _FOLDER if stat.S_ISDIR(status.st_mode) else _FILE
        found.append(OpenFile(path, stat.S_IMODE(status.st_mode), wanted))
    return found


def check_open_files(home: Home) -> Iterator[Finding]:
    """Can others read the settings, the store, the secrets or the evidence?"""
    found = [one for one in open_files(home) if one.path != home.root]  # the home itself has a check of its own
    if found:
        told = ", ".join(f"{one.path.relative_to(home.root)} ({one.found:04o})" for one in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        hint = "`fairreview doctor --fix` takes these rights away, after asking."
        yield Finding("rights", Level.WARNING, f"others can get at {told}{more}", hint)


def mend(found: OpenFile) -> None:
    """Takes the rights of others from a file or folder.

    Raises:
        OSError: it belongs to somebody else, or is gone.
    """
    found.path.chmod(found.mode)


def check_sites(home: Home, settings: Settings) -> Iterator[Finding]:
    """Is there a catalog for each account's site?"""
    for account in settings.account:
        known = site_names(layers=Layers(home.catalogs, account.name))
        if account.site not in known:
            message = f"account {account.name}: there is no catalog of a site {account.site!r}"
            yield Finding("site", Level.FAULT, message, f"Known: {', '.join(known)}.")


def check_channels(home: Home, settings: Settings) -> Iterator[Finding]:
    """Was the address of each channel that the settings name ever kept? Only names are looked at."""
    named = {
        "[notify] seller": settings.notify.seller,
        "[notify] operator": settings.notify.operator,
        "[evidence] anchor_channels": settings.evidence.anchor_channels,
    }
    kept = {path.name.partition(".")[0] for path in (home.secrets / "notify").glob("*")}
    for place, names in named.items():
        for name in names:
            if name not in kept:
                hint = f"`fairreview notify set {name}` keeps its address."
                yield Finding("channel", Level.FAULT, f"{place} names {name}, and nobody ever set its address", hint)
