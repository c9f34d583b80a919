"""Prints pages to PDF, as a child of ``monitor.outgoing.bundle_printing``: the parent never imports playwright."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from evidence_store.errors import ExportFailed
from evidence_store.pdf_a import as_pdf_a
from flows.browser import BrowserOptions, open_browser
from flows.errors import FlowError
from flows.printing import print_pdf


def main() -> int:
    """Reads ``pages`` and how to get a browser (``path``, ``channel``, ``endpoint``, ``sandbox``); writes the prints.

    Each is a line of JSON: ``pdf`` in base64, and ``unfit``, why it is no PDF/A; empty where it is one.
    """
    wanted = json.load(sys.stdin)
    options = BrowserOptions(
        path=Path(wanted["path"]) if wanted["path"] else None,
        channel=wanted["channel"],
        endpoint=wanted["endpoint"],
        sandbox=wanted["sandbox"],
    )
    try:
        with open_browser(options) as browser:
            prints = [print_pdf(browser, page) for page in wanted["pages"]]
    except FlowError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for printed in prints:
        unfit = ""
        try:
            pdf = as_pdf_a(printed)
        except ExportFailed as error:
            pdf, unfit = printed, str(error)
        sys.stdout.write(json.dumps({"pdf": base64.b64encode(pdf).decode(), "unfit": unfit}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
