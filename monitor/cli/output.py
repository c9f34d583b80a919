"""How commands speak: data to standard output, talk to standard error, nothing of a stranger's text obeyed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from monitor.cli.tables import lay_out, wrap_prose
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language import tell_number
from monitor.language.plain_text import show
from monitor.language.stand_ins import fitting

if TYPE_CHECKING:
    from pydantic import BaseModel

_MOST_OF_A_KIND = 100
_NO_END = 1_000_000  # columns: a wide list wraps nothing
_COMMAND = re.compile(r"`fairreview (?!--home)")
_WIDTH_OF_FILES = 160  # columns, where no terminal says its own


@dataclass(frozen=True)
class Manner:
    """How this command speaks, and how patient it is.

    Attributes:
        home: The home that was given before the command; hints repeat it, so that they work as they are pasted.
        is_wide: Whether lists show whole ids and wrap nothing.
        columns: The only columns that lists show; empty for all.
        patience: How long a visit waits for an account that somebody else works on.
    """

    home: str = ""
    is_wide: bool = False
    columns: tuple[str, ...] = ()
    patience: timedelta = timedelta(0)


_manner = Manner()


def speak(manner: Manner) -> None:
    """Sets how this command speaks, from its options on."""
    global _manner  # noqa: PLW0603 - one process is one command, and its threads speak as it does
    _manner = manner


def given_home() -> Path | None:
    """Returns the home that was given to this command, where one was."""
    return Path(_manner.home) if _manner.home else None


def patience() -> timedelta:
    """Returns how long a visit waits for an account that somebody else works on."""
    return _manner.patience


def is_wide() -> bool:
    """Whether lists show whole ids."""
    return _manner.is_wide


def talk() -> Console:
    """Returns the console for people (standard error)."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str, *, style: str = "") -> None:
    """Prints one sentence for the person at the terminal."""
    talk().print(Text(in_width(show(as_pasted(text)), sys.stderr), style=style))


def as_pasted(text: str) -> str:
    """Returns a hint whose commands reach the home that this command was given."""
    if not _manner.home:
        return text
    named = subprocess.list2cmdline([_manner.home]) if sys.platform == "win32" else shlex.quote(_manner.home)
    return _COMMAND.sub(lambda _found: f"`fairreview --home {named} ", text)


def print_json(value: BaseModel) -> None:
    """Prints one answer as a JSON document."""
    sys.stdout.write(json.dumps(value.model_dump(mode="json"), ensure_ascii=True, indent=2) + "\n")


def print_lines(values: Iterable[BaseModel]) -> None:
    """Prints a list as JSON Lines: one value a line, so that it can be read as it comes."""
    for value in values:
        sys.stdout.write(json.dumps(value.model_dump(mode="json"), ensure_ascii=True) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints rows as a table on standard output; every cell is made safe to show."""
    encoding = getattr(sys.stdout, "encoding", None)
    texts = [[fitting(show(cell).replace("\t", " "), encoding) for cell in row] for row in rows]
    columns, texts = _choose_columns(columns, texts)
    columns = [fitting(name, encoding) for name in columns]
    width = _NO_END if _manner.is_wide else shutil.get_terminal_size((_WIDTH_OF_FILES, 25)).columns
    heading, lines = lay_out(columns, texts, width)
    if heading:
        Console(highlight=False, soft_wrap=True).print(Text(heading, style="bold"))
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _choose_columns(columns: Sequence[str], rows: list[list[str]]) -> tuple[Sequence[str], list[list[str]]]:
    """Names the columns in the language that is spoken, and keeps those that were asked for, in that order.

    Either language is understood; the zone in a column's name need not be written.
    """
    heads = [_head(name) for name in columns]
    if not _manner.columns or not any(columns):
        return heads, rows
    pairs = zip(columns, heads, strict=True)
    named = [(name.partition(" (")[0], name, head.partition(" (")[0], head) for name, head in pairs]
    places = {name: place for place, names in enumerate(named) for name in names}
    if unknown := [name for name in _manner.columns if name not in places]:
        raise SettingsError(
            _("no column is called {name!r}").format(name=unknown[0][:40]),
            where="--columns",
            hint=_("There are: {names}.").format(names=", ".join(filter(None, heads))),
        )
    chosen = [places[name] for name in _manner.columns]
    return [heads[place] for place in chosen], [[row[place] for place in chosen] for row in rows]


def _head(name: str) -> str:
    plain, bracket, zone = name.partition(" (")
    return _(plain) + bracket + zone


def print_findings(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints findings as a table: of each kind (the second column) the first hundred, then how many more there are.

    A hostile file can have as many as it has lines, and nobody reads the thousandth.
    """
    counts: Counter[str] = Counter()
    shown: list[Sequence[str]] = []
    for row in rows:
        counts[row[1]] += 1
        if counts[row[1]] <= _MOST_OF_A_KIND:
            shown.append(row)
    more = ((kind, count - _MOST_OF_A_KIND) for kind, count in counts.items() if count > _MOST_OF_A_KIND)
    shown += [
        ("", kind, _("and {count} more").format(count=tell_number(count)), _("--json lists all"))
        for kind, count in more
    ]
    print_table(columns, shown)


def print_text(text: str) -> None:
    """Prints text on standard output, made safe to show."""
    sys.stdout.write(show(text) + "\n")


def print_prose(text: str) -> None:
    """Prints sentences on standard output, made safe to show; on a terminal they are wrapped between their words."""
    sys.stdout.write(in_width(show(text), sys.stdout) + "\n")


def in_width(text: str, stream: TextIO) -> str:
    """Wraps sentences where a person reads them at a terminal: a file keeps a sentence a line."""
    if _manner.is_wide or not stream.isatty():
        return text
    return wrap_prose(fitting(text, stream.encoding), shutil.get_terminal_size().columns)
