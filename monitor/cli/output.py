"""How commands speak: data to standard output, talk to standard error, nothing of a stranger's text obeyed."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from monitor.cli.tables import lay_out
from monitor.plain_text import show
from monitor.stand_ins import fitting

_MOST_OF_A_KIND = 100
_WIDTH_OF_FILES = 160  # columns, where no terminal says its own


def talk() -> Console:
    """Returns the console for people (standard error)."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str, *, style: str = "") -> None:
    """Prints one sentence for the person at the terminal."""
    talk().print(Text(show(text), style=style))


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
    width = shutil.get_terminal_size((_WIDTH_OF_FILES, 25)).columns
    heading, lines = lay_out(columns, texts, width)
    if heading:
        Console(highlight=False, soft_wrap=True).print(Text(heading, style="bold"))
    sys.stdout.writelines(f"{line}\n" for line in lines)


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
    shown += [("", kind, f"and {count:,} more", "--json lists all") for kind, count in more]
    print_table(columns, shown)


def print_text(text: str) -> None:
    """Prints text on standard output, made safe to show."""
    sys.stdout.write(show(text) + "\n")
