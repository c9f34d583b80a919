"""Products as people name them: numbers, links with words around them, many in one paste, or a file of any of these."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.catalog.addresses import ProductAddress, read_product, read_products
from flows.catalog.models import Site
from monitor.errors import SettingsError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.watching.roster import how_to_name

_LARGEST_FILE = 4_000_000  # bytes: twenty thousand long links
_MOST_PROBLEMS = 5  # told one by one
_CELLS = re.compile(r"[;|\t]|,(?=\s*\S*/)")
_DIVIDERS = "\t;|,"
_COLUMNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r"(ozon |озон )?(sku|скю)( id| ozon| озон)?", r"артикул( ozon| озон)?\*?", r"(код|номер|id) товара")
)
"""What a column of products' numbers is called, the surest first: in a seller's tables «Артикул» may be their own."""
_LINKS = re.compile(r"(ссылк|адрес|url|link).*", re.IGNORECASE)
_LABELLED = re.compile(r"\b(?:артикул|арт|sku)\b[\s.:№#]*([1-9][0-9]{4,9})(?![0-9])", re.IGNORECASE)
_ALONE = re.compile(r"(?<![0-9+(-])[1-9][0-9]{8,9}(?![0-9-])")
"""A product's number among other words: it is called so, or no other long number and no telephone stands there."""
_LIKELY = re.compile(r"[1-9][0-9]{5,9}")
"""A product's number in a table without names of columns: no price, no telephone, no bar code."""


@dataclass(frozen=True)
class Unread:
    """A line that looks like a product and is none; ``why`` goes on after «<line> is»."""

    line: str
    why: str

    @property
    def told(self) -> str:
        """The line with what is wrong about it."""
        return _("{given} is {problem}").format(given=self.line[:200], problem=in_language(self.why))


@dataclass(frozen=True)
class NamedProducts:
    """Products found in what a person gave.

    Attributes:
        by_sku: Each once, as settings keep it: its canonical address, or its number where only that was given.
        unread: Lines that were not understood.
    """

    by_sku: Mapping[str, str]
    unread: tuple[Unread, ...]

    @property
    def told(self) -> str:
        """The first lines that were not understood, and how many more there are."""
        more = len(self.unread) - _MOST_PROBLEMS
        shown = "; ".join(one.told for one in self.unread[:_MOST_PROBLEMS])
        return shown + (_("; and {more} more").format(more=more) if more > 0 else "")


def find_products(site: Site, given: str) -> NamedProducts:
    """Finds the products in a text, or in the file that it names: a line that speaks of none is passed over."""
    found: dict[str, str] = {}
    unread: dict[str, Unread] = {}
    column: int | None = None
    for line in _text_of(given).splitlines():
        cells = _cells_of(line)
        if _names_columns(cells):
            column = _number_column(cells)
            continue
        try:
            named = _in_line(site, line, cells, column)
        except ValueError as error:
            if _may_mean_a_product(line) or (column is not None and any(cells)):
                unread[line.strip()] = Unread(line.strip(), error.args[0])
        else:
            for one in named:
                found.setdefault(one.sku, one.url if one.slug else one.sku)
    return NamedProducts(found, tuple(unread.values()))


def take_products(site: Site, given: str, *, where: str = "") -> NamedProducts:
    """Returns the products in a text or file; lines that were not understood stand beside them and stop none.

    Raises:
        SettingsError: nothing in it is a product of the site.
    """
    named = find_products(site, given)
    if not named.by_sku:
        raise _refused(site, named, given, where)
    return named


def require_products(site: Site, given: str, *, where: str = "") -> Mapping[str, str]:
    """Returns the products in a text or file by their number: all of them, or none where one cannot be used.

    Raises:
        SettingsError: something in it is no product of the site, or nothing in it is one.
    """
    named = find_products(site, given)
    if named.unread or not named.by_sku:
        raise _refused(site, named, given, where)
    return named.by_sku


def _refused(site: Site, named: NamedProducts, given: str, where: str) -> SettingsError:
    return SettingsError(
        named.told or _("{given!r} names no product").format(given=given[:200]),
        where=where,
        hint=_("{how_to_name} A file with many of them can be named as well.").format(how_to_name=how_to_name(site)),
    )


def _in_line(site: Site, line: str, cells: Sequence[str], column: int | None) -> Iterable[ProductAddress]:
    """Reads a line: an address in it counts before any number; of a table's numbers, that of its column.

    Raises:
        ValueError: it names none that is clear.
    """
    of_column = cells[column] if column is not None and 1 < len(cells) > column else None
    if of_column is not None and "/" not in line:
        return [read_product(site, of_column)]
    try:
        return read_products(site, _CELLS.sub(" ", line))
    except ValueError:
        likely = [cell for cell in cells if _LIKELY.fullmatch(cell)] if len(cells) > 1 and site.skus == "digits" else []
        if of_column is None and len(likely) != 1:
            if among := _among_words(line) if site.skus == "digits" else []:
                return [read_product(site, number) for number in among]
            raise
        return [read_product(site, of_column or likely[0])]


def _among_words(line: str) -> list[str]:
    """Returns the numbers that a sentence calls a product's, or its one long number."""
    if found := _LABELLED.findall(line):
        return list(found)
    alone = _ALONE.findall(line)
    return alone if len(alone) == 1 and "тел" not in line.lower() and "/" not in line else []


def _cells_of(line: str) -> list[str]:
    """Divides a line of a table as spreadsheets save it."""
    divider = next((sign for sign in _DIVIDERS if sign in line), None)
    if divider is None:
        return [line.strip()]
    try:
        return [cell.strip() for row in csv.reader([line], delimiter=divider) for cell in row]
    except csv.Error:  # a cell of more than 100,000 characters
        return [line.strip()]


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a line is the head of a table: one of its cells is what a column of products is called."""
    names = (*_COLUMNS, _LINKS)
    return any(name.fullmatch(cell) for cell in cells for name in names) and not any(map(str.isdigit, "".join(cells)))


def _number_column(cells: Sequence[str]) -> int | None:
    found = (at for name in _COLUMNS for at, cell in enumerate(cells) if name.fullmatch(cell))
    return next(found, None)


def _text_of(given: str) -> str:
    """Returns the text itself, or that of the file with this name."""
    path = Path(given.strip().strip("\"'"))
    try:
        if not given.strip() or "\n" in given or not path.is_file():
            return given
    except (OSError, ValueError):  # longer than a file's name may be, or with a null character
        return given
    return text_of_file(read_plain(path, max_bytes=_LARGEST_FILE), where=str(path))


def text_of_file(content: bytes, *, where: str) -> str:
    """Returns the text of a file as Excel and the editors of Windows and others save it.

    Raises:
        SettingsError: it is no text.
    """
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SettingsError(_("is no text"), where=where, hint=_("Save it as text in UTF-8, one address a line."))


def _may_mean_a_product(line: str) -> bool:
    return "/" in line or "ozon" in line.lower() or any(character.isdigit() for character in line)
