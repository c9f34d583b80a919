"""The program's command line inside the process of a test: the tree of all commands is made once.

The library makes it anew at each call, which takes four fifths of a short command's time.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    from typer.core import TyperGroup


@cache
def whole_tree() -> TyperGroup:
    """Returns the tree of all commands."""
    from monitor.cli import command_tree  # noqa: PLC0415 - a world's patches may have to stand before it

    return command_tree()


def run_in_process(*words: str | Path) -> int:
    """Runs a command line; errors are raised.

    Returns:
        Its exit code, 0 when it simply ended.
    """
    tree = whole_tree()
    with patch("monitor.cli.application.command_tree", lambda *_: tree):
        return int(tree.main(list(map(str, words)), prog_name="fairreview", standalone_mode=False) or 0)
