"""How the end of a command or visit is told to the person, and which exit code it has."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from monitor.cli import output
from monitor.cli.application import command_tree
from monitor.cli.exits import ExitCode
from monitor.language import gettext as _
from monitor.visit_protocol import EndKind, VisitEnd

EXIT_OF_END: dict[EndKind, ExitCode] = {
    EndKind.DONE: ExitCode.OK,
    EndKind.FINDINGS: ExitCode.FINDINGS,
    EndKind.WALL: ExitCode.WALL,
    EndKind.SIGN_IN_REQUIRED: ExitCode.WALL,
    EndKind.BUSY: ExitCode.BUSY,
    EndKind.UNKNOWN_OUTCOME: ExitCode.UNKNOWN_OUTCOME,
    EndKind.ENVIRONMENT: ExitCode.ENVIRONMENT,
    EndKind.SECRETS: ExitCode.SECRETS,
    EndKind.STORAGE: ExitCode.STORAGE,
    EndKind.USAGE: ExitCode.USAGE,
    EndKind.KILLED: ExitCode.FINDINGS,
    EndKind.INTERRUPTED: ExitCode.INTERRUPTED,
    EndKind.BUG: ExitCode.BUG,
}


def exit_code_of(end: VisitEnd) -> ExitCode:
    """Returns the exit code of a visit's end: 8 before any other when an outcome is not known."""
    return ExitCode.UNKNOWN_OUTCOME if end.unknown else EXIT_OF_END[end.kind]


PARAMETERS = {"files": "attach"}
"""Fields whose parameter has another name."""


def name_of_field(field: str, words: Sequence[str]) -> str:
    """Returns what a field is called in the command that was typed: its option or argument; else the field's name."""
    command: object = command_tree(words)
    for word in words:
        command = getattr(command, "commands", {}).get(word, command)
    for parameter in getattr(command, "params", ()):
        if parameter.name in {field, PARAMETERS.get(field)}:
            is_option = parameter.param_type_name == "option"
            return max(parameter.opts, key=len) if is_option else (parameter.metavar or field).upper()
    return "--home" if field == "home" else field


def report_end(end: VisitEnd) -> ExitCode:
    """Tells the person how something ended that did not end well, and returns its exit code."""
    code = exit_code_of(end)
    if end.message and code is not ExitCode.OK:
        place = f"{name_of_field(end.field, sys.argv[1:])}: " if end.field else ""
        output.say(f"fairreview: {place}{end.message}", style="bold red")
    for problem in end.problems:
        if problem != end.message:
            output.say(f"  - {problem}")
    if end.hint:
        output.say(end.hint)
    if end.kind is EndKind.BUG:
        output.say(_("Run the command again with --debug: what it prints shows where."))
    return code
