"""``fairreview`` and ``python -m monitor``: where the program begins."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor import language
from monitor.loading import loading

_FOREIGN = re.compile(r"(?P<name>monitor|flows|mock_site|qa)-(?P<version>[^-]+)\.(?:dist|egg)-info", re.IGNORECASE)
"""What an installer leaves of somebody else's package that has the name of a folder of ours: docs/adr/0001."""


def main() -> None:
    """Loads the command line and runs it."""
    refuse_shared_environment(sys.path)
    language.begin(language.choose(sys.argv[1:], _config()))
    with loading():
        from monitor.cli import main as run  # noqa: PLC0415 - what takes so long to load is loaded here
    run()


def _config() -> Path | None:
    """Returns where the settings are, if they are: the whole of them is read much later."""
    from monitor.config.finding import find_home  # noqa: PLC0415 - not before the language of its words is known
    from monitor.errors import SettingsError  # noqa: PLC0415 - see above

    named = language.said_option(sys.argv[1:], "--home")
    try:
        return find_home(Path(named) if named else None).config
    except SettingsError:
        return None


def refuse_shared_environment(places: Sequence[str]) -> None:
    """Ends the program where another package was installed into its folders: what would run is a mixture of both.

    Folder names are read, and not ``importlib.metadata``, which takes as long to load as all the rest of ``--help``.

    Args:
        places: The folders in which modules are looked for.

    Raises:
        SystemExit: with 3, and a sentence on standard error.
    """
    for place in filter(None, places):
        folder = Path(place)
        for entry in folder.iterdir() if folder.is_dir() else ():
            if found := _FOREIGN.fullmatch(entry.name):
                sys.stderr.write(
                    f'The package "{found["name"]}" {found["version"]} is installed in {folder}; it writes into a '
                    "folder of fairreview, and what would run is a mixture of both.\n"
                    "Install fairreview into an environment of its own: python -m venv, pipx or uv tool install.\n"
                )
                raise SystemExit(3)


if __name__ == "__main__":
    main()
