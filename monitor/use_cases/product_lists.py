"""Products as people name them: numbers, links with words around them, many in one paste, or a file of any of these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.catalog.addresses import read_products
from flows.catalog.models import Site
from monitor.errors import SettingsError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.watching.roster import how_to_name

_LARGEST_FILE = 4_000_000  # bytes: twenty thousand long links
_MOST_PROBLEMS = 5  # told one by one
_CELLS = re.compile(r"[;|\t]|,(?=\s*\S*/)")


@dataclass(frozen=True)
class NamedProducts:
    """Products found in what a person gave.

    Attributes:
        by_sku: Each once, as settings keep it: its canonical address, or its number where only that was given.
        problems: What looks like a product and is none, each with why.
    """

    by_sku: Mapping[str, str]
    problems: tuple[str, ...]


def find_products(site: Site, given: str) -> NamedProducts:
    """Finds the products in a text, or in the file that it names: a line that speaks of none is passed over."""
    found: dict[str, str] = {}
    problems: dict[str, None] = {}
    for line in _text_of(given).splitlines():
        spaced = _CELLS.sub(" ", line)
        try:
            named = read_products(site, spaced)
        except ValueError as error:
            if _may_mean_a_product(spaced):
                problems[
                    _("{given} is {problem}").format(given=line.strip()[:200], problem=in_language(error.args[0]))
                ] = None
        else:
            for one in named:
                found.setdefault(one.sku, one.url if one.slug else one.sku)
    return NamedProducts(found, tuple(problems))


def require_products(site: Site, given: str, *, where: str = "") -> Mapping[str, str]:
    """Returns the products in a text or file by their number: all of them, or none where one cannot be used.

    Raises:
        SettingsError: something in it is no product of the site, or nothing in it is one.
    """
    named = find_products(site, given)
    if named.problems or not named.by_sku:
        more = len(named.problems) - _MOST_PROBLEMS
        shown = "; ".join(named.problems[:_MOST_PROBLEMS]) + (
            _("; and {more} more").format(more=more) if more > 0 else ""
        )
        raise SettingsError(
            shown or _("{given!r} names no product").format(given=given[:200]),
            where=where,
            hint=_("{how_to_name} A file with many of them can be named as well.").format(
                how_to_name=how_to_name(site)
            ),
        )
    return named.by_sku


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
