"""Printing our own pages to PDF in a child process: the parent never loads a browser's driver."""

from __future__ import annotations

import json
import subprocess
import sys

from monitor.config.sections import BrowserSection
from monitor.config.settings import environment_for_children
from monitor.errors import PrintingFailed

_LIMIT_SECONDS = 120.0


def print_page(section: BrowserSection, html: str) -> bytes:
    """Returns the page as PDF.

    Raises:
        PrintingFailed: there is no browser, or it did not print; the page itself is still good.
    """
    order = {
        "path": str(section.path) if section.path else None,
        "channel": section.channel,
        "endpoint": section.connect or None,
        "sandbox": section.sandbox,
        "html": html,
    }
    command = (sys.executable, "-P", "-m", "monitor.visiting.pdf_printer")
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=_LIMIT_SECONDS,
            check=False,
            env=environment_for_children(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrintingFailed(f"the page could not be printed: {error}") from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no output"])[-1]
        raise PrintingFailed(f"the page could not be printed: {last}", hint="`fairreview doctor` tries the browsers.")
    return done.stdout
