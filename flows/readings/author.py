"""The public profile of a review's author."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborNode

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.dates import DateReader
from flows.readings.document import Document, read_field
from flows.readings.models import AuthorReading, TimeReading
from flows.readings.numbers import read_count, read_whole
from flows.readings.stars import STARS, StarKinds, learn_kinds, read_stars
from flows.readings.witnesses import find_empty_text

PAGE = "author"


def read_author(html: str, site: Site, *, author_id: str, url: str = "") -> AuthorReading:
    """Reads a stored profile page; a hidden profile is an answer, not a problem."""
    document = Document(html)
    if find_empty_text(document, site.wordings.anonymous_author):
        return AuthorReading(author_id=author_id, name="", is_anonymous=True, reviews_count=None, url=url)
    hooks = site.page(PAGE).reading
    dates = DateReader(site.dates, ZoneInfo(site.zone), None)
    rows = document.rows(hooks.rows)
    kinds = learn_kinds(rows, hooks.fields.get("star", ()))
    ratings = [_rating(row, hooks, kinds) for row in rows]
    moments = sorted(filter(_is_known, (_moment(row, hooks, dates) for row in rows)), key=_start)
    total = read_count(document.field(hooks.page_fields.get("total", ())), site.dates)
    name = document.field(hooks.page_fields.get("name", ()))
    problems = [] if name else ["the profile shows no name"]
    if total is None:
        problems.append("no counter of reviews")
    elif total.is_exact and total.value != len(rows):
        problems.append(f"cut list: {len(rows)} of {total.value} reviews")
    if len(moments) != len(rows):
        problems.append(f"{len(rows) - len(moments)} dates could not be read")
    return AuthorReading(
        author_id=author_id,
        name=name,
        is_anonymous=False,
        reviews_count=total.value if total else None,
        ratings=tuple(rating for rating in ratings if rating is not None),
        first_review=moments[0] if moments else None,
        last_review=moments[-1] if moments else None,
        url=url,
        problems=tuple(problems),
    )


def _rating(row: LexborNode, hooks: ReadingHooks, kinds: StarKinds) -> int | None:
    read = read_whole(read_field(row, hooks.fields.get("rating", ())))
    if read is None:
        read, _ = read_stars(row, hooks.fields.get("star", ()), hooks.filled_star, kinds)
    return read if read is not None and 1 <= read <= STARS else None


def _moment(row: LexborNode, hooks: ReadingHooks, dates: DateReader) -> TimeReading:
    stated = dates.read(read_field(row, hooks.fields.get("date_iso", ())))
    return stated if _is_known(stated) else dates.read(read_field(row, hooks.fields.get("date", ())))


def _is_known(moment: TimeReading) -> bool:
    return moment.earliest is not None


def _start(moment: TimeReading) -> float:
    return moment.earliest.timestamp() if moment.earliest else 0.0
