"""How commands run visits: progress on standard error, questions at the terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import typer
from rich.console import Console
from rich.text import Text

from monitor.bootstrap import Installation
from monitor.cli import asking, output
from monitor.cli.exits import ExitCode
from monitor.cli.reporting import report_end
from monitor.config.finding import find_home
from monitor.config.sections import AccountSection
from monitor.engine.supervisor import Listener
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.language import gettext as _
from monitor.language.plain_text import show
from monitor.visit_protocol import EndKind, Progress, Question, VisitEnd, VisitKind

_WENT_WRONG = frozenset({EndKind.BUG, EndKind.KILLED, EndKind.ENVIRONMENT, EndKind.STORAGE})
"""Ends of which the visit's own log says more than the message."""

_BETWEEN_TRIES = 3.0  # seconds
_LONGEST_PROGRESS = 1_000  # characters: what a site says may be longer, a next step never is


def terminal_listener() -> Listener:
    """Shows progress on standard error and asks at the terminal, where there is one."""
    console = output.talk()
    return Listener(report=lambda progress: _tell(console, progress), ask=_ask)


@dataclass(frozen=True)
class _PatientRunner(VisitRunner):
    """Runs visits; one whose account somebody else works on is tried again for as long as ``--wait`` says.

    A visit that ends so has begun nothing; what it had under way, where there was anything, is never tried again.
    """

    patience: timedelta = timedelta(0)

    def run(self, account: AccountSection, kind: VisitKind, details: VisitDetails | None = None) -> VisitEnd:
        """Runs one visit to its end; see the base."""
        clock = self.installation.clock
        until = clock.boottime() + self.patience.total_seconds()
        end = super().run(account, kind, details)
        while end.kind is EndKind.BUSY and not end.unknown and (left := until - clock.boottime()) > 0:
            output.say(_("{message}; waiting for it").format(message=end.message))
            time.sleep(min(_BETWEEN_TRIES, left))
            end = super().run(account, kind, details)
        return end


def visit_runner(installation: Installation) -> VisitRunner:
    """Runs visits for the person at the terminal."""
    name = installation.settings.operator.name or "operator"
    return _PatientRunner(installation, terminal_listener(), operator=f"operator:{name}", patience=output.patience())


def leave_with(end: VisitEnd) -> None:
    """Says how a visit ended; leaves the command unless it ended well."""
    if end.kind is EndKind.DONE and not end.unknown:
        if end.message:
            output.say(end.message, style="green")
        for problem in end.problems:
            output.say(f"  - {problem}")
        return
    code = report_end(end)
    if code is not ExitCode.OK:
        if end.kind in _WENT_WRONG:
            output.say(
                _("What happened in the visit: {visit_log}").format(visit_log=find_home(output.given_home()).visit_log)
            )
        raise typer.Exit(code)


def _tell(console: Console, progress: Progress) -> None:
    counted = f" [{progress.done}/{progress.total}]" if progress.total else ""
    text = show(output.as_pasted(progress.text), one_line=True, limit=_LONGEST_PROGRESS)
    console.print(Text(output.in_width(f"  {text}{counted}", sys.stderr), style="dim"))


def _ask(question: Question) -> str | None:
    if not sys.stdin.isatty():
        output.say(_("Nobody can be asked here: {prompt}").format(prompt=question.prompt))
        return None
    try:
        answer = asking.prompt(show(question.prompt, one_line=True), default="", show_default=False)
    except typer.Abort:  # the terminal is gone, or Ctrl-D: an answer that will not come, not one that is waited for
        return None
    return str(answer).strip() or None
