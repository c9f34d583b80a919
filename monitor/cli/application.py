"""The root of the command line: global options, command groups, and how errors end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.exits import ExitCode, exit_code_of
from monitor.cli.global_options import Globals, globals_first
from monitor.cli.panels import InOrderOfWork
from monitor.config.settings import find_home
from monitor.endings import end_of
from monitor.engine.interrupts import heard_as_interrupts
from monitor.engine.visits import VisitInterrupted
from monitor.errors import SettingsError
from monitor.stand_ins import adapt_streams
from monitor.visit_protocol import EndKind, VisitEnd

_MOST_LINES = 60  # of a visit's log, under --debug

app = typer.Typer(
    name="fairreview",
    cls=InOrderOfWork,
    help="Watch a seller's reviews, keep evidence that stands, and appeal the ones that break the rules: once.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(value: bool) -> None:
    if value:
        output.print_text(f"fairreview {version('fairreview')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    *,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", help="Folder of this installation (default: FAIRREVIEW_HOME, or the user's data folder)."
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    wide: Annotated[bool, typer.Option("--wide", help="Lists show whole ids and wrap nothing.")] = False,
    columns: Annotated[str, typer.Option("--columns", help="The only columns of a list: review,stars,text.")] = "",
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Reads the options of every command; they may stand before it or after it."""
    del show_version
    named = tuple(name.strip() for name in columns.split(",") if name.strip())
    output.speak(output.Manner(home=str(home) if home else "", is_wide=wide, columns=named))
    context.obj = Globals(home=home, is_debugging=debug)


def main() -> None:
    """Entry point of the ``fairreview`` command; the only place that exits."""
    adapt_streams()
    is_debugging = "--debug" in sys.argv[1:]
    began = time.time()
    with heard_as_interrupts():
        code = _run(is_debugging=is_debugging)
    if is_debugging and code:
        _show_visits(began)
    sys.exit(int(code or 0))


def _run(*, is_debugging: bool) -> int:
    try:
        code: int | None = app(args=globals_first(sys.argv[1:]), standalone_mode=False)
        if code == ExitCode.INTERRUPTED:  # the library turns Ctrl-C outside of a visit into this, without a word
            output.say("Interrupted.")
    except typer.Abort:
        output.say("Interrupted at a question: what was asked about was not done.")
        code = ExitCode.INTERRUPTED
    except typer.TyperException as error:
        if told := error.format_message():  # without arguments the help itself was printed
            output.say(f"fairreview: {told}", style="bold red")
            output.say("Try `fairreview --help`.")
        code = error.exit_code
    except VisitInterrupted as interruption:
        code = report_end(interruption.end)
    except BrokenPipeError:
        # The reader of our output has left (`| head`): be quiet, and keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    except Exception as error:  # the last line of defence: every error becomes an exit code
        if is_debugging:
            raise
        code = report_end(end_of(error))
    return int(code or 0)


def _show_visits(began: float) -> None:
    """Prints what visits wrote since the command began: their tracebacks are in their own process's log."""
    try:
        log = find_home(output.given_home()).visit_log
        if log.stat().st_mtime >= began - 1:  # some disks keep whole seconds
            lines = log.read_text("utf-8", "replace").splitlines()[-_MOST_LINES:]
            output.say(f"The end of {log}:\n" + "\n".join(lines))
    except (OSError, SettingsError):
        return  # no visit was made, or there is no home


def command_tree() -> object:
    """Returns the commands as the library sees them: groups, commands, their parameters."""
    return typer.main.get_command(app)


PARAMETERS = {"files": "attach"}
"""Fields whose parameter has another name."""


def name_of_field(field: str, words: Sequence[str]) -> str:
    """Returns what a field is called in the command that was typed: its option or argument; else the field's name."""
    command: object = command_tree()
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
        output.say("Run the command again with --debug: what it prints shows where.")
    return code
