"""Where the home of an installation lies; light, because the language of ``--help`` is looked for there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from monitor.config.home import Home
from monitor.errors import SettingsError
from monitor.language import gettext as _

ENV_PREFIX = "FAIRREVIEW_"


def find_home(explicit: Path | None = None) -> Home:
    """Finds the home directory: the one asked for, else ``FAIRREVIEW_HOME``, else the platform's data directory.

    Raises:
        SettingsError: the environment names no home directory.
    """
    chosen = explicit or _path_from_environment(f"{ENV_PREFIX}HOME")
    root = (chosen or _platform_data_directory() / "fairreview").absolute()
    if "?" in str(root):
        raise SettingsError(
            _("a home cannot have a question mark in its path: the state's address would end there"),
            where=str(root),
            hint=_("Choose another home. What an older program stored there lies in {partition}.").format(
                partition=str(root).partition("?")[0]
            ),
        )
    return Home(root)


def _path_from_environment(name: str) -> Path | None:
    value = os.environ.get(name, "")
    return Path(value) if value else None


def _platform_data_directory() -> Path:
    if sys.platform == "win32":
        chosen = _path_from_environment("LOCALAPPDATA")
    elif sys.platform == "darwin":
        chosen = _user_home() / "Library" / "Application Support"
    else:
        chosen = _path_from_environment("XDG_DATA_HOME") or _user_home() / ".local" / "share"
    if chosen is None:
        raise SettingsError(
            _("LOCALAPPDATA is not set"), hint=_("set {env_prefix}HOME or name the home").format(env_prefix=ENV_PREFIX)
        )
    return chosen


def _user_home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise SettingsError(
            _("there is no home directory"),
            hint=_("set {env_prefix}HOME, or name the home folder").format(env_prefix=ENV_PREFIX),
        ) from error
