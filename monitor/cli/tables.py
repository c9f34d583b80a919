"""How rows are laid out in lines: words are wrapped and never broken, so that an id can be copied at any width.

Columns share the width; where even the longest words do not fit beside each other, each row becomes a block of lines,
one a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len

_GAP = 2
_COMMAND, _HELD = re.compile(r"`[^`\n]*`"), "\0"
_MOMENT, _JOINED = re.compile(r"(\d{4}-\d\d-\d\d) (?=\d\d:\d\d)"), "\ue000"  # one cell wide, and in no text of ours
_WIDEST_WORD = 64  # a SHA-256 in hexadecimal; longer ones (addresses) are not what decides a column
_LEAST = 12  # a column of text is not squeezed below this while there is room elsewhere


def lay_out(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> tuple[str, Iterator[str]]:
    """Returns the heading line and the lines of a table.

    Args:
        columns: Their names; all empty for a list of names and values.
        rows: The cells, safe to show.
        width: How many cells of a terminal a line may take; a single longer word takes more.

    Returns:
        The heading, empty where no column has a name or each row is a block; then the lines below it.
    """
    rows = [[_MOMENT.sub(rf"\1{_JOINED}", cell) for cell in row] for row in rows]
    widths = share_width(columns, rows, width)
    heading = "" if widths is None else "\n".join(_lines([columns], widths)).strip("\n")
    lines = _blocks(columns, rows, width) if widths is None else _lines(rows, widths)
    return heading, (line.replace(_JOINED, " ") for line in lines)


def share_width(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Returns how wide each column is, or None where the longest words do not fit beside each other."""
    cells = [[name, *(row[place] for row in rows)] for place, name in enumerate(columns)]
    natural = [max(cell_len(line) for cell in column for line in [*cell.split("\n"), ""]) for column in cells]
    words = [max(cell_len(word) for cell in column for word in [*cell.split(), ""]) for column in cells]
    words[-1] = _longest_beside(cells[-1], width)
    least = [max(min(word, _WIDEST_WORD), min(most, _LEAST)) for word, most in zip(words, natural, strict=True)]
    spare = width - sum(least) - _GAP * (len(columns) - 1)
    if spare < 0:
        return None
    widths = list(least)
    by_need = sorted(range(len(columns)), key=lambda place: natural[place] - least[place])
    for count, place in enumerate(by_need):
        given = min(natural[place] - least[place], spare // (len(by_need) - count))
        widths[place] += max(given, 0)
        spare -= max(given, 0)
    return widths


def _longest_beside(column: Sequence[str], width: int) -> int:
    """The longest word of the last column that counts: one of more than half a line pushes nothing away there."""
    return max(size for cell in column for word in [*cell.split(), ""] if (size := cell_len(word)) <= width // 2)


def wrap_words(text: str, width: int) -> list[str]:
    """Wraps a text between its words; a word that is longer than the line stands on a line of its own, whole."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and cell_len(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def wrap_prose(text: str, width: int) -> str:
    """Wraps sentences between their words, each line as far in as it began; a quoted command stays on one line."""
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), text)
    lines: list[str] = []
    for line in whole.split("\n"):
        plain = line.lstrip(" -?")
        indent = len(line) - len(plain)
        first, *more = wrap_words(plain, max(width - indent, 1))
        lines += [line[:indent] + first, *(" " * indent + one for one in more)]
    return "\n".join(lines).replace(_HELD, " ")


def _lines(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for row in rows:
        cells = [wrap_words(cell, room) for cell, room in zip(row, widths, strict=True)]
        for pieces in zip_longest(*cells, fillvalue=""):
            yield _line(pieces, widths)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * max(room - cell_len(cell), 0) for cell, room in zip(cells, widths, strict=True)]
    return (" " * _GAP).join(padded).rstrip()


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    # The longest name that leaves room for a value decides; a longer one stands on a line of its own.
    roomy = [cell_len(name) for name in columns if cell_len(name) + _GAP + _LEAST <= width]
    indent = max(roomy, default=0) + _GAP
    for count, row in enumerate(rows):
        if count and any(columns):
            yield ""
        for place, (name, cell) in enumerate(zip(columns, row, strict=True)):
            is_name = not place and not any(columns)  # of a list of names and values, the name itself
            first, *more = wrap_words(cell, max(width - (0 if is_name else indent), _LEAST))
            if cell:
                if not is_name and cell_len(name) + _GAP > indent:
                    yield name
                    name = ""  # noqa: PLW2901 - it has been said
                yield first if is_name else f"{name}{' ' * (indent - cell_len(name))}{first}"
                yield from (line if is_name else " " * indent + line for line in more)
