"""What ``doctor`` says of an installation as it lies there: who holds its store, whose it is, who may read it.

Nothing is changed here but by ``mend``, which takes rights from others and does nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.catalog.layers import Layers
from flows.catalog.loader import site_names
from flows.catalog.seen import marks_in_force, read_seen
from flows.errors import CatalogError
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.config.sites import load_configured_site
from monitor.doctor.checking import tell_counts
from monitor.doctor.findings import Finding, Level
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language import in_language
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
        *check_seen(home, settings),
    )


def check_seen(home: Home, settings: Settings) -> Iterator[Finding]:
    """What did each account see of its site itself, and does it still count?"""
    for account in settings.account:
        layers = Layers(home.catalogs, account.name)
        try:
            seen = read_seen(layers, account.site)
            site = load_configured_site(settings, account.site, layers=layers) if seen is not None else None
        except (CatalogError, SettingsError) as error:
            yield Finding(
                "survey",
                Level.FAULT,
                _("account {account}: {error}").format(account=account.name, error=in_language(error.args[0])),
                in_language(error.hint),
                (error.where,),
            )
            continue
        if seen is not None and site is not None:
            marks = Counter(marks_in_force(site, seen).values())
            void = len(seen.entry) - marks.total()
            told = _("account {account}: entries of {site}: {when}").format(
                account=account.name, site=account.site, when=tell_counts(marks) or "none"
            )
            told += (
                _("; {void} marks no longer count: the catalog changed, or the site lies elsewhere").format(void=void)
                if void
                else ""
            )
            yield Finding("survey", Level.NOTE if void else Level.OK, told, _("`fairreview survey run` looks again"))


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
                "store",
                Level.FAULT,
                _("{database} cannot be used: {error}").format(database=database, error=error),
                _("Look at its rights and its disk."),
            )
            return
        holders = ", ".join(holders_of(database)) or _("a program of another user")
        yield Finding(
            "store",
            Level.WARNING,
            _("held right now by {holders}").format(holders=holders),
            _("Wait for it, or end it; then run again."),
        )
        return
    except sqlite3.DatabaseError as error:
        hint = _("Stop using it and restore a backup: `fairreview backup restore FILE`.")
        yield Finding(
            "store",
            Level.FAULT,
            _("{database} is no sound database: {error}").format(database=database, error=error),
            hint,
        )
        return
    found = str(revision[0]) if revision else "none"
    if found > SCHEMA_HEAD:
        message = _("a newer program wrote the store (schema {found}; this one knows {schema_head})").format(
            found=found, schema_head=SCHEMA_HEAD
        )
        yield Finding("store", Level.FAULT, message, _("Update this program. Nothing was changed."))
    else:
        yield Finding("store", Level.OK, _("free, schema {found}").format(found=found))


def holders_of(path: Path) -> list[str]:
    """Names the processes of this user that have a file open: number and program."""
    found = []
    for process in psutil.process_iter(("pid", "name")):
        try:
            is_open = process.pid != os.getpid() and any(Path(one.path) == path for one in process.open_files())
        except (psutil.Error, OSError):
            continue  # another user's, or gone meanwhile
        if is_open:
            found.append(_("process {pid} ({name})").format(pid=process.pid, name=process.info["name"]))
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
        more = _(" and {count} more").format(count=len(found) - 5) if len(found) > 5 else ""
        hint = _("`fairreview doctor --fix` takes these rights away, after asking.")
        yield Finding("rights", Level.WARNING, _("others can get at {told}{more}").format(told=told, more=more), hint)


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
            message = _("account {account}: there is no catalog of a site {site!r}").format(
                account=account.name, site=account.site
            )
            yield Finding("site", Level.FAULT, message, _("Known: {known}.").format(known=", ".join(known)))


def kept_channels(home: Home) -> frozenset[str]:
    """The names of the channels whose address was kept; nothing is opened."""
    return frozenset(path.name.partition(".")[0] for path in (home.secrets / "notify").glob("*"))


def check_channels(home: Home, settings: Settings) -> Iterator[Finding]:
    """Was the address of each channel that the settings name ever kept? Only names are looked at."""
    named = {**settings.named_channels(), "[evidence] anchor_channels": settings.evidence.anchor_channels}
    kept = kept_channels(home)
    for place, names in named.items():
        for name in names:
            if name not in kept:
                hint = _("`fairreview notify set {name}` keeps its address.").format(name=name)
                yield Finding(
                    "channel",
                    Level.FAULT,
                    _("{place} names {name}, and nobody ever set its address").format(place=place, name=name),
                    hint,
                )
    is_named = any(settings.digest.teams.values())
    if is_named != (settings.digest.at is not None):
        message = (
            _("[digest] names channels and no time: no digest goes out")
            if is_named
            else _("[digest] has a time and no team's channel: no digest goes out")
        )
        hint = _('Write both, for example at = "0 8 * * mon" and packing = ["NAME"].')
        yield Finding("channel", Level.WARNING, message, hint)
