"""The root of the command line: global options, command groups, and how errors end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from monitor.cli import output
from monitor.cli.command_table import ENTRIES, PANELS, load_commands
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals, globals_first
from monitor.cli.spoken import SpokenCommand, SpokenGroup, command_of, complaint, speak_everywhere
from monitor.engine.interrupts import VisitInterrupted, heard_as_interrupts
from monitor.errors import SettingsError
from monitor.language import LANGUAGES, known_language
from monitor.language import gettext as _
from monitor.language.stand_ins import adapt_streams
from monitor.schedule.durations import parse_duration

_MOST_LINES = 60  # of a visit's log, under --debug


class _Unread(SpokenCommand):
    """A command whose module is not loaded: it has a line in ``--help``, and nothing else."""


class CommandsOnDemand(SpokenGroup):
    """The group of all commands, in the order of work; the modules of one are loaded when it is named."""

    def __init__(self, *, commands: dict[str, Any], **settings: Any) -> None:
        known: dict[str, Any] = {name: _Unread(name, help=entry.line) for name, entry in ENTRIES.items()} | commands
        for panel, entries in PANELS.items():
            for name in entries:
                known[name].rich_help_panel = _(panel)
        super().__init__(commands=known, **settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Loads what is named, and finds it as every group does (the types moved between versions of the library)."""
        for name in args[:1]:
            # A group that is known already may be half of one: another command's module imported a part of it.
            if name in ENTRIES:
                self.commands[name] = command_tree([" ".join(args[:2])]).commands[name]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="fairreview",
    cls=CommandsOnDemand,
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


def _check_language(value: str | None) -> str | None:
    if value is not None and known_language(value) is None:
        raise typer.BadParameter(_("there are: {names}").format(names=", ".join(LANGUAGES)))
    return value


def _check_wait(value: str) -> str:
    try:
        parse_duration(value or "0s")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return value


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
    lang: Annotated[
        str | None, typer.Option("--lang", callback=_check_language, help="Language of what is printed: en or ru.")
    ] = None,
    wait: Annotated[
        str, typer.Option("--wait", callback=_check_wait, help="Wait this long for an account that is busy: 10m.")
    ] = "",
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Reads the options of every command; they may stand before it or after it."""
    del show_version
    named = tuple(name.strip() for name in columns.split(",") if name.strip())
    output.speak(output.Manner(str(home) if home else "", wide, named, parse_duration(wait) if wait else timedelta(0)))
    # The language was chosen before anything was loaded; what was said is passed on for `init` to keep.
    context.obj = Globals(home=home, is_debugging=debug, language=known_language(lang or ""))


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
            output.say(_("Interrupted."))
    except typer.Abort:
        output.say(_("Interrupted at a question: what was asked about was not done."))
        code = ExitCode.INTERRUPTED
    except typer.TyperException as error:
        if error.format_message():  # without arguments the help itself was printed
            output.say(f"fairreview: {complaint(error)}", style="bold red")
            output.say(_("Try `{command} --help`.").format(command=command_of(error)))
        code = error.exit_code
    except VisitInterrupted as interruption:
        code = _report(interruption)
    except BrokenPipeError:
        # The reader of our output has left (`| head`): be quiet, and keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    except Exception as error:  # the last line of defence: every error becomes an exit code
        if is_debugging:
            raise
        code = _report(error)
    return int(code or 0)


def _report(error: Exception | VisitInterrupted) -> ExitCode:
    from monitor.cli.reporting import report_end  # noqa: PLC0415 - takes as long to load as all of `--help`
    from monitor.endings import end_of  # noqa: PLC0415 - see above

    return report_end(error.end if isinstance(error, VisitInterrupted) else end_of(error))


def _show_visits(began: float) -> None:
    """Prints what visits wrote since the command began: their tracebacks are in their own process's log."""
    from monitor.config.finding import find_home  # noqa: PLC0415 - only under --debug

    try:
        log = find_home(output.given_home()).visit_log
        if log.stat().st_mtime >= began - 1:  # some disks keep whole seconds
            lines = log.read_text("utf-8", "replace").splitlines()[-_MOST_LINES:]
            output.say(_("The end of {log}:").format(log=log) + "\n" + "\n".join(lines))
    except (OSError, SettingsError):
        return  # no visit was made, or there is no home


def command_tree(names: Collection[str] = ENTRIES.keys()) -> TyperGroup:
    """Returns the commands as the library sees them: groups, commands, their parameters.

    Args:
        names: What has to be whole, as ``load_commands`` takes it; without it all.
    """
    load_commands(names)
    speak_everywhere(app)
    return cast("TyperGroup", typer.main.get_command(app))
