"""Renders a story book as one HTML file: no script, no outside request, hostile text inert.

Review texts come from strangers. The page is autoescaped, carries a policy that forbids scripts and every
connection, and embeds its pictures.
"""

from __future__ import annotations

import base64
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.language.plain_text import show
from monitor.outgoing.story import CaseStory, Picture, StoryBook


def render(book: StoryBook) -> str:
    """Returns the page as HTML text."""
    environment = Environment(
        loader=PackageLoader("monitor.outgoing"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    zone = ZoneInfo(book.zone)
    environment.filters["moment"] = lambda value: _moment(value, zone)
    environment.filters["source"] = _data_url
    environment.filters["show"] = show
    return environment.get_template("story.html").render(book=book, pieces=pieces)


def pieces(case: CaseStory) -> list[tuple[str, str]]:
    """Cuts the review's text into (text, why) pieces; ``why`` is empty for unmarked text."""
    cuts: list[tuple[str, str]] = []
    position = 0
    for mark in sorted(case.marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start < position or mark.end > len(case.review_text):
            continue  # an overlapping mark is told in the reasons; the text itself is marked once
        cuts.append((case.review_text[position : mark.start], ""))
        cuts.append((case.review_text[mark.start : mark.end], mark.why))
        position = mark.end
    cuts.append((case.review_text[position:], ""))
    return [cut for cut in cuts if cut[0]]


def _moment(value: datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone)
    return f"{local:%d.%m.%Y %H:%M:%S} ({zone.key}, UTC{local:%z})"


def _data_url(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
