"""The cabinet's list of reviews, and one review of it, as the JSON that the pages load for themselves. Pure.

Where its values stand is the catalog's (``[reading.answers]``, ``[reading.detail]``). A value of a wrong type, or one
that is not there, is named as unread; a row without an id, or of which nobody can say what it is about, costs that row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from flows.catalog.answers import AnswerHooks, RowHooks, SellerMark
from flows.catalog.models import Site
from flows.readings.cabinet_reviews import DETAIL_PAGE, PAGE, CabinetPage
from flows.readings.dates import read_uuid7_time
from flows.readings.document import JsonTable, as_table, parse_json
from flows.readings.models import PageHealth, ReviewReading, TimeReading
from flows.readings.numbers import read_whole
from flows.readings.refusals import at_path
from flows.readings.seller_api import read_iso_time
from flows.readings.sources import SellerValue, SourceRow, find_drift
from flows.readings.text import plain

_MOST_ROWS = 500
_PARTS = ("comment", "positive", "negative")
_ID = re.compile(r"(?=.*[0-9])[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[A-Za-z0-9]{1,64}")
_LONGEST_MARK = 200  # characters
_WORDS: tuple[SellerValue, ...] = ("order_status", "work_status")
_NOWHERE = object()


def read_cabinet_answer(body: str, site: Site) -> CabinetPage:
    """Reads one answer. EMPTY only where it says that there is no more and names no last row.

    Raises:
        ValueError: the site's catalog says nothing of such answers.
    """
    hooks = site.page(PAGE).reading.answers
    if hooks is None:
        raise ValueError("no answers are described")
    document = as_table(parse_json(body))
    listed, has_next = _at(document, hooks.rows), _at(document, hooks.has_next)
    if not isinstance(listed, list) or len(listed) > _MOST_ROWS:
        return _broken(f"the page's own answer holds no list at {hooks.rows!r}")
    if not isinstance(has_next, bool):
        return _broken(f"the page's own answer does not say at {hooks.has_next!r} whether there are more")
    last = _at(document, hooks.cursor) if hooks.cursor is not None else None
    if not listed:
        is_end = not has_next and last in (None, "", _NOWHERE)
        return CabinetPage(PageHealth.EMPTY, is_end=True) if is_end else _broken("no rows, and a word that there are")
    return _judge([_row(as_table(row), hooks, site) for row in listed], hooks, has_next=has_next, last=last)


def read_cabinet_detail(body: str, site: Site, review_id: str) -> CabinetPage:
    """Reads the answer about one review: HEALTHY with that review, else BROKEN. Its note names marks not understood.

    Raises:
        ValueError: the site's catalog says nothing of such an answer.
    """
    hooks = site.page(DETAIL_PAGE).reading.detail
    if hooks is None:
        raise ValueError("no answer is described")
    document = as_table(parse_json(body))
    table = as_table(document if hooks.row is None else _at(document, hooks.row))
    row = _row(table, hooks, site)
    if row is None or row.review.review_id != review_id:
        return _broken("the page's own answer is not about the review that was opened")
    if drift := find_drift((row,), 0):
        return _broken(drift)
    lost = [name for name, mark in hooks.marks.items() if _remark(_at(table, mark.path), mark) is None]
    untold = [*(name for name in row.unread if name != "remarks"), *lost]
    note = f"not understood in the page's own answer: {', '.join(untold)}" if untold else ""
    return CabinetPage(PageHealth.HEALTHY, (row,), note=note)


def join_answers(pages: Sequence[CabinetPage]) -> CabinetPage | None:
    """Joins what one page loaded in several answers, in their order; one that is broken breaks the whole."""
    if not pages:
        return None
    for page in pages:
        if page.health is PageHealth.BROKEN:
            return page
    rows = {row.review.review_id: row for page in pages for row in page.rows}
    bad, last = sum(page.bad_rows for page in pages), pages[-1]
    health = PageHealth.PARTIAL if bad else PageHealth.HEALTHY if rows else PageHealth.EMPTY
    note = next((page.note for page in pages if page.note), "")
    return CabinetPage(health, tuple(rows.values()), bad, last.has_next, last.is_end and not bad, note=note)


def _judge(read: Sequence[SourceRow | None], hooks: AnswerHooks, *, has_next: bool, last: object) -> CabinetPage:
    rows = {row.review.review_id: row for row in read if row is not None}
    bad = len(read) - len(rows)
    if drift := find_drift(tuple(rows.values()), bad) or _find_lost_word(tuple(rows.values())):
        return _broken(drift, bad)
    is_last = hooks.cursor is None or last in (None, "", _NOWHERE, next(reversed(rows)))
    is_end = not has_next and not bad and is_last and len(read) <= hooks.page_rows
    health = PageHealth.PARTIAL if bad else PageHealth.HEALTHY
    untold = sum("remarks" in row.unread for row in rows.values())
    note = f"remarks beside a review could not be read of {untold} of {len(rows)} rows" if untold else ""
    return CabinetPage(health, tuple(rows.values()), bad, has_next, is_end, note=note)


def _broken(problem: str, bad_rows: int = 0) -> CabinetPage:
    return CabinetPage(PageHealth.BROKEN, bad_rows=bad_rows, problem=problem)


def _find_lost_word(rows: Sequence[SourceRow]) -> str:
    """Says which of the words that are always there no row has; one row alone may have a new one."""
    for name in _WORDS:
        if len(rows) > 1 and all(name in row.unread for row in rows):
            return f"drift: {len(rows)} of {len(rows)} rows do not tell their {name!r}"
    return ""


def _row(row: JsonTable, hooks: RowHooks, site: Site) -> SourceRow | None:
    review_id, item = _first(row, hooks, "review_id"), _item(row, hooks, site)
    if not isinstance(review_id, str) or not _ID.fullmatch(review_id) or not item:
        return None
    rating, shown = _first(row, hooks, "rating"), _first(row, hooks, "published")
    stars = rating if isinstance(rating, int) and not isinstance(rating, bool) and 1 <= rating <= 5 else None
    text, published = _text(row, hooks), _moment(shown)
    clean = plain(text or "")
    order, worked = _order(row, hooks), _worked(row, hooks)
    remarks, is_told = _remarks(row, hooks)
    unread = {"order_status": order is None, "work_status": worked is None, "remarks": not is_told}
    return SourceRow.model_validate(
        {
            "review": ReviewReading(
                site=site.name,
                review_id=review_id,
                item_id=item,
                rating=stars,
                rating_raw=str(read_whole(rating) or "")[:20],
                text=clean.text,
                published=published,
                created=read_uuid7_time(review_id),
                source="cabinet_answer",
                flags=clean.flags,
                origins={
                    "rating": "unread" if stars is None else "state",
                    "text": "unread" if text is None else "state",
                    "published": "unread" if published.earliest is None else "state",
                    "item": "state",
                },
            ),
            "order_status": order or "unknown",
            "work_status": worked or "",
            "remarks": remarks,
            "unread": [name for name, is_lost in unread.items() if is_lost],
        }
    )


def _item(row: JsonTable, hooks: RowHooks, site: Site) -> str:
    """Reads which item a row is about; empty where its number and its address disagree, or neither is there."""
    number, address = _first(row, hooks, "item"), _first(row, hooks, "product")
    told = set()
    if "item" in hooks.fields:
        told.add(str(number) if isinstance(number, str | int) and not isinstance(number, bool) else "")
    if "product" in hooks.fields:
        try:
            told.add(site.product_from_url(address).sku if isinstance(address, str) else "")
        except ValueError:
            told.add("")
    item = told.pop()
    return item if not told and _NUMBER.fullmatch(item) else ""


def _text(row: JsonTable, hooks: RowHooks) -> str | None:
    whole = _first(row, hooks, "text")
    if isinstance(whole, str):
        return whole
    parts = [_first(row, hooks, part) for part in _PARTS if part in hooks.fields]
    if not parts or not all(isinstance(part, str) for part in parts):
        return None
    return "\n".join(str(part) for part in parts if part)


def _moment(shown: object) -> TimeReading:
    """A moment to the second: other sources print no parts of one."""
    read = read_iso_time(shown if isinstance(shown, str) else "")
    if read.earliest is None:
        return read
    second = read.earliest.replace(microsecond=0)
    return read.model_copy(update={"earliest": second, "latest": second + timedelta(microseconds=999_999)})


def _order(row: JsonTable, hooks: RowHooks) -> str | None:
    """Reads the order's status; None where the catalog has a place for it and it was not understood."""
    if "order" not in hooks.fields:
        return ""
    word = _first(row, hooks, "order")
    status = hooks.order_statuses.get(word) if isinstance(word, str) else None
    return "unknown" if status == "other" else status


def _worked(row: JsonTable, hooks: RowHooks) -> str | None:
    if "work_status" not in hooks.fields:
        return ""
    word = _first(row, hooks, "work_status")
    return word if isinstance(word, str) and word in hooks.work_statuses else None


def _remarks(row: JsonTable, hooks: RowHooks) -> tuple[tuple[str, ...], bool]:
    """Reads what is said beside the review, and whether all of it was understood."""
    read = [_remark(_at(row, mark.path), mark) for mark in hooks.marks.values()]
    return tuple(one for one in read if one), None not in read


def _remark(value: object, mark: SellerMark) -> str | None:
    """Tells one mark in words; empty where it is not set, None where it was not understood."""
    if mark.kind == "yes_no":
        return (mark.title if value else "") if isinstance(value, bool) else None
    if mark.kind == "present":
        is_there = isinstance(value, dict) and any(inner is not None for inner in value.values())
        return "" if value is None else mark.title if is_there else None
    words = " ".join(plain(value).text.split())[:_LONGEST_MARK] if isinstance(value, str) else None
    return f"{mark.title}: {words}" if words else words


def _first(row: JsonTable, hooks: RowHooks, name: str) -> object:
    found = (_at(row, path) for path in hooks.fields.get(name, ()))
    return next((value for value in found if value is not _NOWHERE), _NOWHERE)


def _at(value: object, path: str) -> object:
    return at_path(value, path, _NOWHERE)
