"""Installs Playwright's own Chromium when no browser was found. Imports no browser itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

INSTALL_TIMEOUT_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class ProvisionReport:
    """What the installation said: success, and the last lines of its output for a person."""

    succeeded: bool
    command: tuple[str, ...]
    output: str


def provision_browser(*, timeout_seconds: float = INSTALL_TIMEOUT_SECONDS) -> ProvisionReport:
    """Runs ``playwright install chromium`` and reports how it ended; never raises for a failed download."""
    command = (sys.executable, "-m", "playwright", "install", "chromium")
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command of this very interpreter
            command, capture_output=True, text=True, timeout=timeout_seconds, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return ProvisionReport(succeeded=False, command=command, output=str(error))
    tail = (done.stdout + done.stderr).strip().splitlines()[-8:]
    return ProvisionReport(succeeded=done.returncode == 0, command=command, output="\n".join(tail))
