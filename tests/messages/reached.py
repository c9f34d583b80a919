"""Which messages a run of tests looked up: ``pytest -p tests.messages.reached …`` says how many of the catalogue's.

A message that is looked up while its module is loaded counts as reached; what another process looks up does not. So the
figure is a guide to what no test has ever said, not a proof that somebody read the rest.
"""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path

import pytest

from monitor import language as spoken

REPORT = Path("build", "messages-not-reached.txt")
"""The messages that no test looked up, a line each."""


class Listening(NullTranslations):
    """A catalogue that says everything in English and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def gettext(self, message: str) -> str:
        """Returns the message as it is."""
        self.heard.add(message)
        return message

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Returns the form that English has for the count."""
        self.heard.add(one)
        return one if count == 1 else many


HEARD = Listening()
_LOAD = spoken._load


def _load(language: str) -> NullTranslations:
    return HEARD if language == spoken.ENGLISH else _LOAD(language)


spoken._catalogue, spoken._load = HEARD, _load  # each command loads it anew


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says the share at the end of the run."""
    from tests.messages import catalogue, collecting  # noqa: PLC0415 - they load commands, which come after ``HEARD``

    percent, missed = catalogue.share(set(collecting.collect()), HEARD.heard)
    terminalreporter.write_line(f"messages reached: {percent} %, {len(missed)} not")
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(map(repr, missed)) + "\n", "utf-8")
