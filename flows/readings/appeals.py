"""The site's own list of appeals, and one appeal. A wording the catalog does not know stays unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborNode

from flows.catalog.entries import FieldHook, ReadingHooks
from flows.catalog.models import Site
from flows.readings.dates import DateReader
from flows.readings.document import Document, read_known
from flows.readings.health import Expected, judge_page, signs_of_document
from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth, TimeReading
from flows.readings.numbers import read_count
from flows.readings.witnesses import find_empty_text

LIST_PAGE = "appeals"
DETAILS_PAGE = "appeal_details"


def read_appeal_list(
    html: str,
    site: Site,
    *,
    list_page: str = LIST_PAGE,
    url: str = "",
    status_code: int | None = 200,
    expected: Expected | None = None,
    seen_at: datetime | None = None,
) -> AppealListReading:
    """Reads one stored page of the list.

    Returns:
        The page. ``is_complete`` is true only when this page alone holds as many rows as the site's counter says.
    """
    document = Document(html)
    hooks = site.page(list_page).reading
    nodes = document.rows(hooks.rows)
    counter = read_count(document.field(hooks.page_fields.get("total", ())))
    total = counter.value if counter else None
    has_witness = bool(nodes) or counter is not None
    signs = signs_of_document(document, site, url=url, status_code=status_code)
    if verdict := judge_page(signs, site, expected or Expected(), has_witness=has_witness):
        return AppealListReading(health=verdict.health, problems=(verdict.problem,))
    dates = DateReader(site.dates, ZoneInfo(site.zone), seen_at)
    read = [
        _row({name: _value(name, node, hook, site) for name, hook in hooks.fields.items()}, site, hooks, dates)
        for node in nodes
    ]
    rows = tuple(row for row in read if row is not None)
    health, problems = _judge(rows, len(read) - len(rows), total, has_empty=_says_empty(document, hooks))
    is_complete = health in {PageHealth.HEALTHY, PageHealth.EMPTY} and total == len(rows)
    return AppealListReading(health=health, rows=rows, total=total, is_complete=is_complete, problems=problems)


def read_appeal_details(html: str, site: Site, *, seen_at: datetime | None = None) -> AppealStatusReading | None:
    """Reads the stored page of one appeal; None when the page carries no number: then it is no such page."""
    document = Document(html)
    hooks = site.page(DETAILS_PAGE).reading
    dates = DateReader(site.dates, ZoneInfo(site.zone), seen_at)
    body = document.root.body
    values = {name: _value(name, body, hook, site) for name, hook in hooks.page_fields.items()} if body else {}
    return _row(values, site, hooks, dates)


def merge_appeal_pages(pages: list[AppealListReading]) -> AppealListReading:
    """Joins the pages of one reading of the list, in order; complete only when the counter agrees with the rows."""
    bad = next((page for page in pages if page.health not in {PageHealth.HEALTHY, PageHealth.EMPTY}), None)
    rows = tuple({row.number: row for page in pages for row in page.rows}.values())
    totals = {page.total for page in pages}
    problems = [problem for page in pages for problem in page.problems]
    if len(totals) > 1:
        problems.append("the counter moved while the list was read")
    total = pages[-1].total if pages else None
    is_complete = bad is None and len(totals) == 1 and total == len(rows)
    health = (
        bad.health if bad else PageHealth.HEALTHY if rows else PageHealth.EMPTY if is_complete else PageHealth.BROKEN
    )
    return AppealListReading(
        health=health,
        rows=rows,
        total=total,
        is_complete=is_complete,
        clock_offset=next((page.clock_offset for page in pages if page.clock_offset is not None), None),
        problems=tuple(problems),
    )


def _says_empty(document: Document, hooks: ReadingHooks) -> bool:
    return find_empty_text(document, hooks.empty_texts) is not None


def _judge(
    rows: tuple[AppealStatusReading, ...], bad: int, total: int | None, *, has_empty: bool
) -> tuple[PageHealth, tuple[str, ...]]:
    if not rows and not bad:
        if (total == 0 or has_empty) and not total:
            return PageHealth.EMPTY, ()
        return PageHealth.BROKEN, ("no rows, and no word of the site that there are none",)
    problems = [f"bad rows: {bad}, of which neither number nor review_id is read"] if bad else []
    if total is None:
        problems.append("no counter of appeals")
    elif total < len(rows):
        problems.append(f"the counter says {total}, {len(rows)} rows are shown")
    return (PageHealth.PARTIAL if problems else PageHealth.HEALTHY), tuple(problems)


def _value(name: str, node: LexborNode, hook: Sequence[FieldHook], site: Site) -> str:
    known = site.wordings.appeal_statuses if name == "status" else {}
    return read_known(node, hook, known)


def _row(values: Mapping[str, str], site: Site, hooks: ReadingHooks, dates: DateReader) -> AppealStatusReading | None:
    shown = {name: "" if value in hooks.ignore_texts else value for name, value in values.items()}
    # A list without numbers is keyed by the review: one appeal a review, found again by the review's id.
    number = shown.get("number", "") if "number" in values else shown.get("review_id", "")
    if not number:
        return None
    status = shown.get("status", "")
    return AppealStatusReading(
        number=number,
        review_id=shown.get("review_id") or None,
        channel_raw=shown.get("channel", ""),
        status_raw=status,
        status=site.wordings.appeal_statuses.get(status, "unknown"),
        submitted=_moment(shown.get("submitted", ""), dates),
        decided=_moment(shown.get("decided", ""), dates),
        answer_raw=shown.get("answer", ""),
        reason_raw=shown.get("reason", ""),
    )


def _moment(text: str, dates: DateReader) -> TimeReading | None:
    return dates.read(text) if text else None
