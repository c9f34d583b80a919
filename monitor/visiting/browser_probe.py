"""Tries every browser candidate and prints what became of each as JSON: ``doctor`` runs this as a child process.

A child, because the parent never imports playwright and because a browser that hangs must not hang the parent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from flows.browser import BrowserOptions, open_browser, report_candidates
from flows.errors import BrowserMissing
from monitor.language import gettext as _


def main() -> None:
    """Reads what to try from standard input, writes what became of it to standard output, both as JSON.

    In: ``path`` and ``channel`` as configured (or null), ``sandbox``, ``only_first`` to stop at the first that starts.
    Out: a list of ``label``, ``version`` (null when it did not start) and ``failure``.
    """
    wanted = json.load(sys.stdin)
    options = BrowserOptions(
        path=Path(wanted["path"]) if wanted["path"] else None, channel=wanted["channel"], sandbox=wanted["sandbox"]
    )
    try:
        told = _first(options) if wanted.get("only_first") else _all(options)
    except BrowserMissing as error:
        failure = f"{error}; {error.hint}" if error.hint else str(error)
        told = [{"label": _("any browser"), "version": None, "failure": failure}]
    json.dump(told, sys.stdout)


def _first(options: BrowserOptions) -> list[dict[str, str | None]]:
    with open_browser(options) as handle:
        return [{"label": handle.label, "version": handle.version, "failure": None}]


def _all(options: BrowserOptions) -> list[dict[str, str | None]]:
    return [
        {"label": report.choice.label, "version": report.version, "failure": report.failure}
        for report in report_candidates(options)
    ]


if __name__ == "__main__":
    main()
