"""Looks over the machine and the installation and says what would go wrong, before it does.

Each check takes facts as values and returns findings; ``examine`` gathers the facts. Nothing is changed, nothing is
repaired, and the browser is tried in a child process.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath

from flows.catalog.layers import STANDING_HINTS, Layers, Standing
from flows.catalog.loader import examine_layers, load_site, site_names
from flows.catalog.models import Site
from flows.catalog.names import find_name_problems
from flows.errors import CatalogError
from flows.privileges import runs_as_root
from monitor.config.home import Home
from monitor.config.sections import AccountSection, BrowserSection
from monitor.config.settings import Settings, default_settings, read_environment
from monitor.config.sites import find_misfits, load_configured_site
from monitor.doctor.findings import Finding, Level
from monitor.doctor.machine import (
    check_environment,
    check_fonts,
    check_free_space,
    check_rights,
    check_shared_memory,
    cyrillic_fonts,
    shared_memory_bytes,
)
from monitor.errors import SettingsError
from monitor.language import gettext, in_language, ngettext
from monitor.language.days import tell_second
from monitor.language.words import named
from monitor.secrets.data_keys import KeyringProbe, probe_keyring
from monitor.state.engine import is_wal_safe
from monitor.watching.roster import how_to_name, read_roster

OLDEST_PLAUSIBLE_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""No copy of this program is older; a clock before it would put wrong times into evidence."""

_OLDEST_PYTHON = (3, 11)
_PROBE_SECONDS = 180.0
_SYNCED = ("dropbox", "onedrive", "google drive", "googledrive", "yandex.disk", "yandexdisk", "icloud", "nextcloud",
           "mobile documents", "pcloud", "mega", "облако mail.ru", "яндекс.диск")  # fmt: skip
_NETWORK_TYPES = ("nfs", "cifs", "smb", "9p", "afs", "fuse.sshfs", "fuse.rclone", "davfs", "glusterfs", "ceph")


@dataclass(frozen=True)
class BrowserCandidate:
    """One browser that was tried: its version, or why it did not start."""

    label: str
    version: str | None
    failure: str | None


def examine(home: Home, settings: Settings | None, *, tries_browser: bool = True) -> tuple[Finding, ...]:
    """Runs every check.

    Args:
        home: The installation.
        settings: Its settings; None when they could not be read (the caller says so itself).
        tries_browser: Whether to start each browser candidate, which takes seconds.
    """
    return tuple(_examine(home, settings or default_settings(), tries_browser=tries_browser))


def _examine(home: Home, settings: Settings, *, tries_browser: bool) -> Iterator[Finding]:
    yield check_python(sys.version_info[:3])
    is_root = runs_as_root()
    yield from check_rights(settings.browser, is_root=is_root)
    if tries_browser and not (is_root and settings.browser.sandbox):
        yield check_browser(try_browsers(settings.browser))
    yield check_keyring(probe_keyring())
    yield from check_home(home)
    if not settings.state.url.startswith("postgresql"):
        yield check_sqlite(sqlite3.sqlite_version_info)
    yield check_clock(datetime.now(UTC), settings.installation.zone)
    yield from check_catalogs(Layers(home.catalogs), settings.account)
    yield from check_products(home, settings)
    yield check_free_space(shutil.disk_usage(_existing(home.root)).free)
    if sys.platform == "linux":
        yield check_shared_memory(shared_memory_bytes())
        yield check_fonts(cyrillic_fonts())
    yield from check_environment(read_environment())


def check_python(version: tuple[int, ...]) -> Finding:
    """Is this Python new enough?"""
    told = ".".join(map(str, version))
    if version[:2] < _OLDEST_PYTHON:
        return Finding(
            "python",
            Level.FAULT,
            gettext("Python {told} is too old").format(told=told),
            gettext("install Python 3.11 or newer"),
        )
    return Finding("python", Level.OK, f"Python {told}")


def check_browser(candidates: tuple[BrowserCandidate, ...]) -> Finding:
    """Did any browser start?"""
    details = tuple(f"{tried.label}: {tried.version or tried.failure}" for tried in candidates)
    for tried in candidates:
        if tried.version:
            return Finding(
                "browser",
                Level.OK,
                gettext("{label}, version {version}").format(label=tried.label, version=tried.version),
                details=details,
            )
    hint = gettext("install Chromium or Chrome, run `playwright install chromium`, or set browser.path in config.toml")
    return Finding("browser", Level.FAULT, gettext("no browser could be started"), hint, details)


def check_keyring(probe: KeyringProbe) -> Finding:
    """Does the keyring give back what it is given?"""
    if probe.is_usable:
        return Finding(
            "keyring", Level.OK, gettext("{backend} keeps and returns a value").format(backend=probe.backend)
        )
    hint = gettext("unlock it, or keep secrets under a passphrase: `fairreview init --secrets file`")
    return Finding("keyring", Level.WARNING, f"{probe.backend}: {probe.problem}", hint)


def check_home(home: Home, *, mounts: str | None = None) -> Iterator[Finding]:
    """Is the home directory this user's alone, on a disk of this machine, and not synced to elsewhere?"""
    root = home.root
    if not root.exists():
        yield Finding(
            "home", Level.NOTE, gettext("{root} is not there yet").format(root=root), gettext("run `fairreview init`")
        )
        return
    status = root.lstat()
    if os.name != "nt" and stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077:
        message = gettext("others can look into {root} (mode {S_IMODE:04o})").format(
            root=root, S_IMODE=stat.S_IMODE(status.st_mode)
        )
        yield Finding("home", Level.WARNING, message, f"chmod 700 {shlex.quote(str(root))}")
    elif not stat.S_ISDIR(status.st_mode):
        yield Finding(
            "home", Level.WARNING, gettext("{root} is not a plain folder (a link, perhaps)").format(root=root)
        )
    else:
        yield Finding("home", Level.OK, gettext("{root} is yours alone").format(root=root))
    if service := synced_by(root.resolve()):
        message = gettext("the home directory seems to be copied elsewhere by {service}").format(service=service)
        yield Finding(
            "home", Level.WARNING, message, gettext("a database copied while in use breaks: choose another home")
        )
    kind = filesystem_of(root.resolve(), _read_mounts() if mounts is None else mounts)
    if kind.startswith(_NETWORK_TYPES):
        message = gettext("the home directory is on a network drive ({kind})").format(kind=kind)
        yield Finding(
            "home", Level.WARNING, message, gettext("SQLite needs a local disk: choose another home, or PostgreSQL")
        )


def synced_by(path: PurePath) -> str | None:
    """Names the part of a path that looks like the folder of a sync service."""
    for part in path.parts:
        if any(part.lower().startswith(name) or part.lower() == f"com~apple~{name}" for name in _SYNCED):
            return part
    return None


def filesystem_of(path: PurePath, mounts: str) -> str:
    """Finds the type of the file system that holds the path, in the words of ``/proc/mounts``; empty if unknown."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def check_sqlite(version: tuple[int, ...]) -> Finding:
    """Which journal can this SQLite be trusted with?"""
    told = ".".join(map(str, version))
    if is_wal_safe(version):
        return Finding("sqlite", Level.OK, gettext("SQLite {told}, write-ahead log").format(told=told))
    message = gettext(
        "SQLite {told} has a fault in its write-ahead log; the rollback journal is used, which is slower"
    ).format(told=told)
    return Finding("sqlite", Level.NOTE, message)


def check_clock(now: datetime, zone: str) -> Finding:
    """Can the clock be right?"""
    if now < OLDEST_PLAUSIBLE_NOW:
        message = gettext("the clock says {now:%Y-%m-%d}, before this program was made").format(now=now)
        return Finding("clock", Level.FAULT, message, gettext("set the clock; evidence would carry wrong times"))
    return Finding("clock", Level.OK, f"{tell_second(now, zone)} ({zone})")


def check_catalogs(layers: Layers | None = None, accounts: Sequence[AccountSection] = ()) -> Iterator[Finding]:
    """What is known about each site from having seen it, what is only believed, and what is said otherwise here?"""
    names = site_names(layers=layers)
    for account in accounts:
        if account.site not in names:
            told = gettext("account {account} is of the site {site!r}, which has no catalog").format(
                account=account.name, site=account.site
            )
            hint = gettext(
                "correct `site`, or take a site of your own: `fairreview catalog adopt`; known: {names}"
            ).format(names=", ".join(names))
            yield Finding("catalog", Level.FAULT, told, hint)
            continue
        with suppress(CatalogError):  # told below
            site = load_site(account.site, layers=layers)
            for misfit in find_misfits(site, account):
                yield Finding("catalog", Level.FAULT, str(misfit), misfit.hint, (misfit.where,))
        if layers is not None:
            yield from _check_layers(replace(layers, account=account.name), account)
    for name in names:
        try:
            site = load_site(name, layers=layers)
        except CatalogError as error:
            yield Finding(
                "catalog", Level.FAULT, f"{name}: {in_language(error.args[0])}", in_language(error.hint), (error.where,)
            )
            continue
        yield from _check_names(site)
        table = site.model_dump(exclude_none=True)
        marks = dict(list_marks(table))
        words = Counter(mark for _, mark in list_marks(table, key="words_verified"))
        told = gettext("markup and facts: {when}").format(when=tell_counts(Counter(marks.values())))
        if words:
            told += gettext("; words known from elsewhere than their markup: {when}").format(when=tell_counts(words))
        guesses = tuple(place for place, mark in sorted(marks.items()) if mark in {"guess", "article"})
        level = Level.NOTE if guesses else Level.OK
        yield Finding("catalog", level, f"{name}: {told}", gettext("not seen on the live site: see the list"), guesses)


def _check_names(site: Site) -> Iterator[Finding]:
    """Does a site of one's own, taken by an earlier program, say what nobody reads or lack what is needed?"""
    problems = [f"{one.where}: {one.problem}" for one in find_name_problems(site)] if site.is_own else []
    if problems:
        told = ngettext("{site}: {count} name to see to", "{site}: {count} names to see to", len(problems)).format(
            site=site.name, count=len(problems)
        )
        hint = gettext(
            "It is read as before. Correct them in your own folder, then `fairreview catalog adopt --folder FOLDER`."
        )
        yield Finding("catalog", Level.WARNING, told, hint, tuple(problems))


def check_products(home: Home, settings: Settings) -> Iterator[Finding]:
    """Does each line of each account's products name a product?"""
    for account in settings.account:
        try:
            site = load_configured_site(settings, account.site, layers=Layers(home.catalogs, account.name))
        except (CatalogError, SettingsError) as error:
            yield Finding(
                "products",
                Level.FAULT,
                gettext("account {account}: {error}").format(account=account.name, error=in_language(error.args[0])),
                in_language(error.hint),
                (error.where,),
            )
            continue
        roster = read_roster(account, site)
        for line in roster.unread:
            yield Finding("products", Level.FAULT, line.tell(home.config), how_to_name(site))
        if not roster.unread:
            count = len(roster.products)
            told = ngettext("{count} product", "{count} products", count) if count else gettext("no products yet")
            yield Finding(
                "products",
                Level.OK,
                gettext("account {account}: {told}").format(account=account.name, told=told.format(count=count)),
            )


def _check_layers(layers: Layers, account: AccountSection) -> Iterator[Finding]:
    try:
        load_site(account.site, layers=layers)
        found = examine_layers(account.site, layers=layers)
    except CatalogError as error:
        yield Finding(
            "catalog",
            Level.FAULT,
            gettext("account {account}: {error}").format(account=account.name, error=in_language(error.args[0])),
            error.hint,
            (error.where,),
        )
        return
    for one in found:
        placed = one.placed
        told = gettext("account {account}: {name} ({layer}, by {who}): {standing}").format(
            account=account.name,
            name=placed.name,
            layer=placed.layer,
            who=placed.override.who,
            standing=named(one.standing.value),
        )
        is_settled = one.standing in {Standing.IN_FORCE, Standing.CAUGHT_UP}
        yield Finding("catalog", Level.NOTE if is_settled else Level.WARNING, told, STANDING_HINTS[one.standing])


def tell_counts(counts: Mapping[str, int]) -> str:
    """Tells how many marks there are of each kind."""
    return ", ".join(f"{count} {named(mark)}" for mark, count in sorted(counts.items()))


def list_marks(value: object, place: str = "", *, key: str = "verified") -> Iterator[tuple[str, str]]:
    """Yields each mark of a catalog with the place where it stands: ``verified``, or another key of marks."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == key and isinstance(item, str):
                yield place, item
            else:
                yield from list_marks(item, f"{place}.{name}" if place else str(name), key=key)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from list_marks(item, f"{place}[{index}]", key=key)


def try_browsers(section: BrowserSection) -> tuple[BrowserCandidate, ...]:
    """Starts each browser candidate in a child process and says what became of it."""
    wanted = json.dumps(
        {
            "path": str(section.path) if section.path else None,
            "channel": section.channel,
            "sandbox": section.sandbox,
        }
    )
    command = (sys.executable, "-P", "-m", "monitor.visiting.browser_probe")
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=wanted, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=True
        )
        return tuple(BrowserCandidate(**tried) for tried in json.loads(done.stdout))
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or [gettext("no output")])[-1]
        return (BrowserCandidate(gettext("the probe"), None, last),)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return (BrowserCandidate(gettext("the probe"), None, str(error)),)


def _existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _read_mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8", "replace")
    except OSError:
        return ""
