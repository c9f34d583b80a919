"""Reviews and counts as text for other programs: CSV and JSON Lines, with formulas made harmless.

A spreadsheet runs a cell that begins with =, +, - or @, and a buyer may write such a text; an apostrophe before it
makes it text. JSON Lines is for programs, which run nothing, and keeps the text as it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from monitor.errors import UsageError
from monitor.language import gettext as _

Plain = str | int | float | bool | None
Cell = Plain | tuple[str, ...]
"""What stands in a column; several words are a list for a program, and one text for a spreadsheet."""
_STARTS_FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff\"']*[=+\-@＝＋－＠]|[\t\r\n]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Format(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


def neutral(value: Plain) -> Plain:
    """A value that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and _STARTS_FORMULA.match(value):
        return f"'{value}"
    return value


def for_spreadsheet(cell: Cell) -> Plain:
    """A cell as a spreadsheet takes it: one value, harmless, without the characters that XML cannot hold."""
    value = " ".join(cell) if isinstance(cell, tuple) else cell
    return neutral(_NOT_IN_XML.sub("", value) if isinstance(value, str) else value)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yields the lines of a CSV file (RFC 4180, with the mark by which spreadsheets know UTF-8)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        yield _taken(buffer)
        writer.writerow(["" if cell is None else for_spreadsheet(cell) for cell in row])
    yield _taken(buffer)


def write_jsonl(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yields one JSON object a line; several words are a list."""
    for row in rows:
        yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=True) + "\n"


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def format_of(name: str, chosen: str | None) -> Format:
    """The format that was asked for, or that a file's name ends in.

    Raises:
        UsageError: neither says one.
    """
    asked = (chosen or name.rpartition(".")[2]).lower()
    if asked not in set(Format):
        raise UsageError(
            _("{asked!r} is no format").format(asked=asked[:20]),
            field="format" if chosen else "out",
            hint=_("One of: {value}.").format(value=", ".join(Format)),
        )
    return Format(asked)
