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

Cell = str | int | float | bool | None
_STARTS_FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff\"']*[=+\-@＝＋－＠]|[\t\r\n]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Format(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


def neutral(value: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and _STARTS_FORMULA.match(value):
        return f"'{value}"
    return value


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yields the lines of a CSV file (RFC 4180, with the mark by which spreadsheets know UTF-8)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        yield _taken(buffer)
        writer.writerow(["" if cell is None else neutral(cleaned(cell)) for cell in row])
    yield _taken(buffer)


def write_jsonl(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yields one JSON object a line."""
    for row in rows:
        yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=True) + "\n"


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def cleaned(cell: Cell) -> Cell:
    """A cell without the characters that XML, and so a sheet, cannot hold."""
    return _NOT_IN_XML.sub("", cell) if isinstance(cell, str) else cell


def format_of(name: str, chosen: str | None) -> Format:
    """The format that was asked for, or that a file's name ends in.

    Raises:
        UsageError: neither says one.
    """
    asked = (chosen or name.rpartition(".")[2]).lower()
    if asked not in set(Format):
        raise UsageError(
            f"{asked[:20]!r} is no format", field="format" if chosen else "out", hint=f"One of: {', '.join(Format)}."
        )
    return Format(asked)
