"""The commands in the order of work, in groups, as ``--help`` shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup

PANELS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "Begin": ("init", "doctor", "login", "session", "secrets", "demo"),
        "Watch": ("product", "account", "poll", "watch", "reviews", "plan", "health", "service", "notify", "source"),
        "Judge and appeal": ("triage", "capture", "case", "appeal", "probe", "rules", "law", "support"),
        "Prove": ("evidence", "log", "backup", "home"),
        "Learn": ("insight", "change"),
        "When something is wrong": ("logs", "bug-report", "upgrade"),
        "Several machines": ("worker", "cluster"),
        "Test and describe sites": ("mock", "flow", "record", "replay", "selectors", "catalog"),
    }
)
_REST = "More"
_PLACES = {name: place for place, name in enumerate(name for names in PANELS.values() for name in names)}
_PANEL_OF = {name: panel for panel, names in PANELS.items() for name in names}


class InOrderOfWork(TyperGroup):
    """A group that lists its commands in the order in which they are needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Returns the names of the commands; the context's class moved between versions of typer."""
        return sorted(super().list_commands(ctx), key=lambda name: (_PLACES.get(name, len(_PLACES)), name))


def arrange(app: typer.Typer) -> None:
    """Puts every command and group of the program into its panel."""
    for command in app.registered_commands:
        command.rich_help_panel = _PANEL_OF.get(str(command.name), _REST)
    for group in app.registered_groups:
        group.rich_help_panel = _PANEL_OF.get(str(group.name), _REST)
