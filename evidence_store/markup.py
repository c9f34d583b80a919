"""Putting foreign words into a page: nothing of them is markup, and nothing steers how the rest is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from html import escape

# Controls of terminals and of writing direction; the joiners that emoji and scripts need are not among them.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")

POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    'img-src data:">'
)
"""Goes into every page that is made here: no script, no request, no form, whatever got in."""


def sentence(text: str) -> str:
    """Returns words that open a line with a capital."""
    return text[:1].upper() + text[1:]


def shown(text: str) -> str:
    """Returns foreign text as HTML: escaped, steering characters made visible, line breaks kept."""
    visible = _STEERING.sub(lambda mark: f"‹U+{ord(mark[0]):04X}›", text.replace("\r\n", "\n"))
    return f"<bdi>{escape(visible)}</bdi>".replace("\n", "<br>")


def table(head: Iterable[str], rows: Iterable[Iterable[str]], *, short: Collection[int] = ()) -> str:
    """Returns a table of cells that are HTML already; those of the ``short`` columns are never broken."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "\n".join(
        "<tr>" + "".join(_cell(cell, place in short) for place, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f"<table>\n<tr>{top}</tr>\n{body}\n</table>"


def _cell(html: str, is_short: bool) -> str:
    return f"<td class=short>{html}</td>" if is_short else f"<td>{html}</td>"


def bullets(items: Iterable[str], otherwise: str) -> str:
    """Returns a list of foreign texts, or one plain sentence when there are none."""
    lines = "".join(f"<li>{shown(sentence(item))}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else f"<p>{escape(otherwise)}</p>"
