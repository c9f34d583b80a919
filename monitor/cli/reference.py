"""Writes the reference of all commands as Markdown, from the commands themselves, so that it cannot drift.

``python3 run.py docs`` writes it to ``docs/cli.md``; a test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from monitor.cli import command_tree

_HEAD = """\
# Commands

Every command, as `--help` tells it. Written by `python3 run.py docs`; do not edit by hand.
"""


def render_reference() -> str:
    """Renders every command of the program with its options."""
    root = command_tree()
    lines = [_HEAD]
    for path, command in walk_commands("fairreview", root):
        lines += [f"## {path}", "", *_render_text(command), *_render_parameters(command)]
    return "\n".join(lines).rstrip() + "\n"


def walk_commands(path: str, command: object) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Yields a command and all below it, each with its full name, groups first and otherwise by name."""
    if isinstance(command, TyperCommand | TyperGroup) and not command.hidden:
        yield path, command
        if isinstance(command, TyperGroup):
            for name, child in sorted(command.commands.items()):
                yield from walk_commands(f"{path} {name}", child)


def _render_text(command: TyperCommand | TyperGroup) -> Iterator[str]:
    for line in (command.help or "").replace("\b", "").strip().splitlines():
        example = line.strip().removeprefix("Example:").strip()
        yield f"    {example}" if line.strip().startswith("Example:") else line.strip()
    yield ""


def _render_parameters(command: TyperCommand | TyperGroup) -> Iterator[str]:
    shown = [each for each in command.params if isinstance(each, TyperArgument | TyperOption) and not each.hidden]
    for each in shown:
        is_option = isinstance(each, TyperOption)
        name = ", ".join((*each.opts, *each.secondary_opts)) if is_option else (each.metavar or each.name or "").upper()
        notes = [each.help or "", "Required." if is_option and each.required else ""]
        yield f"- `{name}`: {' '.join(filter(None, notes))}".rstrip(": ")
    if shown:
        yield ""


if __name__ == "__main__":
    sys.stdout.write(render_reference())
