"""How commands run visits: progress on standard error, questions at the terminal."""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from rich.text import Text

from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.exits import ExitCode
from monitor.cli.reporting import report_end
from monitor.config.settings import find_home
from monitor.engine.supervisor import Listener
from monitor.engine.visits import VisitRunner
from monitor.plain_text import show
from monitor.visit_protocol import EndKind, Progress, Question, VisitEnd

_WENT_WRONG = frozenset({EndKind.BUG, EndKind.KILLED, EndKind.ENVIRONMENT, EndKind.STORAGE})
"""Ends of which the visit's own log says more than the message."""


def terminal_listener() -> Listener:
    """Shows progress on standard error and asks at the terminal, where there is one."""
    console = output.talk()
    return Listener(report=lambda progress: _tell(console, progress), ask=_ask)


def visit_runner(installation: Installation) -> VisitRunner:
    """Runs visits for the person at the terminal."""
    name = installation.settings.operator.name or "operator"
    return VisitRunner(installation, terminal_listener(), operator=f"operator:{name}")


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
            output.say(f"What happened in the visit: {find_home(output.given_home()).visit_log}")
        raise typer.Exit(code)


def _tell(console: Console, progress: Progress) -> None:
    counted = f" [{progress.done}/{progress.total}]" if progress.total else ""
    console.print(Text(f"  {show(progress.text, one_line=True, limit=300)}{counted}", style="dim"))


def _ask(question: Question) -> str | None:
    if not sys.stdin.isatty():
        output.say(f"Nobody can be asked here: {question.prompt}")
        return None
    try:
        answer = typer.prompt(show(question.prompt, one_line=True), err=True, default="", show_default=False)
    except typer.Abort:  # the terminal is gone, or Ctrl-D: an answer that will not come, not one that is waited for
        return None
    return str(answer).strip() or None
