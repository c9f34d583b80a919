"""One sheet of a spreadsheet (XLSX) by XlsxWriter: a text is written as a text, and can become no formula or link."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from monitor.errors import UsageError
from monitor.insight.exporting import Cell, for_spreadsheet
from monitor.language import gettext as _

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""Rows of a sheet, its heading among them (Microsoft's published limits of Excel)."""
LONGEST_CELL = 32_767
"""Characters that a cell holds, likewise; a longer text ends in an ellipsis."""


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Writes a sheet with a heading that stays in view.

    Rows wait in a private folder beside the file, not in the system's folder for temporary files: they are buyers'
    words, and what a killed process leaves must lie where its owner looks.

    Raises:
        UsageError: there are more rows than a sheet holds.
        OSError: the file cannot be written.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - loaded where a sheet is written, not where one could be
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - see above

    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as waiting:
        options = {"constant_memory": True, "tmpdir": waiting, "strings_to_urls": False, "strings_to_formulas": False}
        book = Workbook(str(path), options)
        sheet = book.add_worksheet("fairreview")
        sheet.freeze_panes(1, 0)
        _write(sheet, 0, columns)
        for number, row in enumerate(rows, start=1):
            if number >= MOST_ROWS:
                raise UsageError(
                    _("a sheet holds {most_rows} rows").format(most_rows=MOST_ROWS - 1),
                    where=str(path),
                    hint=_("Write CSV, or take a shorter time."),
                )
            _write(sheet, number, row)
        try:
            book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else None
            told = _("the sheet cannot be written: {error}").format(error=error)
            raise (cause or OSError(errno.EIO, told, str(path))) from error


def _write(sheet: Worksheet, row: int, cells: Sequence[Cell]) -> None:
    for column, cell in enumerate(map(for_spreadsheet, cells)):
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(row, column, cell)
        elif cell is not None:
            sheet.write_string(row, column, _fitting(cell))


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
