"""Names and versions of what did the work, for manifests and the action log."""

from __future__ import annotations

import locale
import platform
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from evidence_store.manifest import Machine


@lru_cache(maxsize=1)
def own_version() -> str:
    """Returns the version of fairreview, ``0+unknown`` when it runs uninstalled."""
    try:
        return version("fairreview")
    except PackageNotFoundError:
        return "0+unknown"


@lru_cache(maxsize=1)
def playwright_version() -> str:
    """Returns the version of Playwright without importing it."""
    try:
        return version("playwright")
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def software_versions() -> dict[str, str]:
    """Returns what an entry of the action log says about the software."""
    python = ".".join(map(str, sys.version_info[:3]))
    return {"fairreview": own_version(), "playwright": playwright_version(), "python": python}


def describe_machine() -> Machine:
    """Returns what a manifest says about this machine. The machine's own name is not personal data of a buyer."""
    return Machine(
        name=platform.node() or "unnamed",
        system=f"{platform.system()} {platform.release()}",
        locale=".".join(part for part in locale.getlocale() if part) or "C",
    )
