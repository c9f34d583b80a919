"""Tries every browser candidate and prints what became of each as JSON: ``doctor`` runs this as a child process.

A child, because the parent never imports playwright and because a browser that hangs must not hang the parent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from flows.browser import BrowserOptions, report_candidates


def main() -> None:
    """Reads ``{"path": …, "channel": …}`` from standard input, writes a list of candidates to standard output."""
    wanted = json.load(sys.stdin)
    options = BrowserOptions(path=Path(wanted["path"]) if wanted["path"] else None, channel=wanted["channel"])
    reports = [
        {"label": report.choice.label, "version": report.version, "failure": report.failure}
        for report in report_candidates(options)
    ]
    json.dump(reports, sys.stdout)


if __name__ == "__main__":
    main()
