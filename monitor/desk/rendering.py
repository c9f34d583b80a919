"""Turns what use cases return into pages: templates with escaping on, and how moments and lengths are said."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.desk.calls import Calls
from monitor.desk.entering import Door, Visitor
from monitor.language import spoken

HERE = Path(__file__).parent
_MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


class Change(NamedTuple):
    """A part of two texts: in both, only in the earlier, or only in the later one."""

    how: Literal["same", "out", "in"]
    text: str


@cache
def templates() -> Environment:
    """Returns the templates of the desk; a name that a page was not given is an error, never an empty place."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(spoken=spoken)  # what the program itself says stands in the language of the installation
    environment.filters.update(
        dated=tell_dates, clock=tell_clock, day=tell_day, moment=tell_moment, spaced=spaced, span=tell_span
    )
    return environment


class Pages:
    """Renders pages with what every page shows.

    Args:
        calls: The use cases.
        door: Who has entered.
    """

    def __init__(self, calls: Calls, door: Door) -> None:
        self._calls, self._door = calls, door

    def render(
        self, request: Request, visitor: Visitor, template: str, values: Mapping[str, object], *, status: int = 200
    ) -> HTMLResponse:
        """Returns a page for somebody who entered."""
        page = templates().get_template(template)
        return HTMLResponse(
            page.render(
                visitor=visitor,
                people=self._door.people,
                toast=visitor.take_toast(),
                undo_last=visitor.done[-1] if visitor.done else "",
                sending=self._calls.sending(),
                damage=self._calls.damage(),
                waiting=self._calls.count_waiting(),
                theme=theme_of(request),
                keys_on=request.cookies.get("desk_keys") != "off",
                here=request.url.path,
                now=self._calls.now(),
                zone=self._calls.zone,
                as_of=self._calls.waiting.as_of(),
                work=self._calls.work.shown(),
                work_stamp=self._calls.work.stamp,
                here_query=f"?{request.url.query}" if request.url.query else "",
                **values,
            ),
            status_code=status,
        )


def render_plain(request: Request, template: str, *, status: int, **values: object) -> HTMLResponse:
    """Returns a page for somebody who has not entered."""
    page = templates().get_template(template)
    return HTMLResponse(page.render(theme=theme_of(request), **values), status_code=status)


def theme_of(request: Request) -> str:
    """Returns the chosen theme: ``light``, ``dark``, or empty for the system's."""
    theme = request.cookies.get("desk_theme", "")
    return theme if theme in {"light", "dark"} else ""


def tell_clock(moment: datetime) -> str:
    """Says the time of a day."""
    return f"{moment:%H:%M}"


def tell_day(moment: datetime) -> str:
    """Says a day: «30 ноя»."""
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def tell_moment(moment: datetime) -> str:
    """Says a day and a time: «30 ноя, 09:31»."""
    return f"{tell_day(moment)}, {tell_clock(moment)}"


def tell_span(length: timedelta) -> str:
    """Says how long: «12 дн. 4 ч», «3 ч 20 мин», «меньше минуты»."""
    minutes = int(length.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} дн. {hours} ч" if hours else f"{days} дн."
    if minutes >= 60:
        return f"{hours} ч {minutes % 60} мин" if minutes % 60 else f"{hours} ч"
    return f"{minutes} мин" if minutes else "меньше минуты"


def tell_dates(text: str) -> str:
    """Says the ISO days in a text as people do: «20 ноя 2026»."""
    return re.sub(
        r"\b(\d{4})-(0[1-9]|1[0-2])-(\d\d)\b",
        lambda found: f"{int(found[3])} {_MONTHS[int(found[2]) - 1]} {found[1]}",
        text,
    )


def spaced(number: int) -> str:
    """Writes a number with spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def compare(before: str, after: str) -> list[Change]:
    """Returns two texts as one, word by word: what stayed, what went and what came."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    changes: list[Change] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes.append(Change("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            changes.append(Change("out", "".join(old[i1:i2])))
        if j2 > j1:
            changes.append(Change("in", "".join(new[j1:j2])))
    return changes
