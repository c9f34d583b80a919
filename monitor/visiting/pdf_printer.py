"""Prints a page to PDF, as a child of ``monitor.outgoing.bundle_printing``: the parent never imports playwright."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from flows.browser import BrowserOptions, open_browser
from flows.errors import FlowError
from flows.printing import print_pdf


def main() -> int:
    """Reads ``html`` and how to get a browser (``path``, ``channel``, ``endpoint``, ``sandbox``); writes a PDF."""
    wanted = json.load(sys.stdin)
    options = BrowserOptions(
        path=Path(wanted["path"]) if wanted["path"] else None,
        channel=wanted["channel"],
        endpoint=wanted["endpoint"],
        sandbox=wanted["sandbox"],
    )
    try:
        with open_browser(options) as browser:
            printed = print_pdf(browser, wanted["html"])
    except FlowError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(printed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
