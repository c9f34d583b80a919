"""Checks of the machine: room, memory, fonts, variables, rights. Facts in, findings out; ``doctor`` gathers them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

from monitor.config.sections import BrowserSection
from monitor.config.settings import Environment
from monitor.doctor.findings import Finding, Level
from monitor.language import gettext as _

_LEAST_FREE_BYTES = 2_000_000_000
_FULL_BYTES = 100_000_000  # a capture or a migration's copy would not fit
_LEAST_SHM_BYTES = 64_000_000
_PROXY_NAMES = frozenset({"http_proxy", "https_proxy", "all_proxy"})


def check_free_space(free_bytes: int) -> Finding:
    """Is there room for evidence?"""
    told = _("{free_bytes:.1f} GB free").format(free_bytes=free_bytes / 1000000000.0)
    if free_bytes < _FULL_BYTES:
        return Finding(
            "disk",
            Level.FAULT,
            _("the disk is full ({told})").format(told=told),
            _("make room: nothing is sent without a record"),
        )
    if free_bytes < _LEAST_FREE_BYTES:
        return Finding("disk", Level.WARNING, told, _("make room: evidence is never thrown away to make some"))
    return Finding("disk", Level.OK, told)


def check_shared_memory(size_bytes: int | None) -> Finding:
    """Is ``/dev/shm`` large enough for a browser?"""
    told = _("missing") if size_bytes is None else _("{size:.0f} MB").format(size=size_bytes / 1e6)
    if size_bytes is None or size_bytes < _LEAST_SHM_BYTES:
        return Finding("shared memory", Level.NOTE, _("{told}; the browser is told to do without").format(told=told))
    return Finding("shared memory", Level.OK, told)


def check_fonts(count: int | None) -> Finding:
    """Can pictures show Russian text?"""
    if count == 0:
        message = _("no font has Cyrillic letters: pictures would show boxes")
        return Finding("fonts", Level.WARNING, message, _("install fonts, for example fonts-dejavu-core"))
    told = _("could not be listed") if count is None else _("{count} with Cyrillic letters").format(count=count)
    return Finding("fonts", Level.OK if count else Level.NOTE, told)


def check_environment(environment: Environment) -> Iterator[Finding]:
    """Is there a variable that changes what the browser or Python does, or lets it print secrets?"""
    debug = environment.variables.get("DEBUG", "")
    if "pw:" in debug or debug == "*":
        yield Finding(
            "environment",
            Level.FAULT,
            _("DEBUG makes the browser's driver print secrets"),
            _("unset DEBUG"),
        )
    names = environment.matching("PLAYWRIGHT_", "PWDEBUG", "PYTHONPATH", "LD_PRELOAD", "NODE_OPTIONS", "PYTHONINSPECT")
    if names:
        message = _("these variables change how the program or the browser works")
        yield Finding("environment", Level.WARNING, message, _("unset them unless you know why"), names)
    proxies = tuple(name for name in environment.variables if name.lower() in _PROXY_NAMES)
    if proxies:
        yield Finding(
            "environment", Level.NOTE, _("a proxy is set; the browser does not use it by itself"), "", proxies
        )


def check_rights(section: BrowserSection, *, is_root: bool) -> Iterator[Finding]:
    """Would a page that breaks out of the browser own the account, or the machine?"""
    if is_root and section.sandbox:
        message = _("running as root: no browser is started, for it would have no sandbox")
        hint = _("use an ordinary user; in a container of its own, set `sandbox = false` under [browser]")
        yield Finding("sandbox", Level.FAULT, message, hint)
    elif not section.sandbox:
        message = _("browser.sandbox is false: the browser runs without its sandbox{more}").format(
            more=_(", and as root") if is_root else ""
        )
        yield Finding("sandbox", Level.WARNING, message, _("use an ordinary user, and remove the setting"))


def shared_memory_bytes() -> int | None:
    """Measures ``/dev/shm``; None where there is none."""
    try:
        return shutil.disk_usage("/dev/shm").total  # noqa: S108 - measured, not written
    except OSError:
        return None


def cyrillic_fonts() -> int | None:
    """Counts the fonts that have Russian letters; None where nobody can say."""
    lister = shutil.which("fc-list")
    if lister is None:
        return None
    done = subprocess.run((lister, ":lang=ru", "family"), capture_output=True, timeout=30, check=False)  # noqa: S603
    return len(done.stdout.splitlines()) if done.returncode == 0 else None
