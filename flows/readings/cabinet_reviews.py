"""The cabinet's own list of reviews, read from a stored page. All of its markup is a guess: see the page's catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborNode

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.dates import DateReader, read_uuid7_time
from flows.readings.document import Document, read_known
from flows.readings.health import Expected, judge_page, signs_of_document
from flows.readings.models import PageHealth, ReviewReading
from flows.readings.numbers import read_whole
from flows.readings.sources import SourceRow, find_drift
from flows.readings.stars import StarKinds, learn_kinds, read_stars
from flows.readings.text import plain
from flows.readings.witnesses import find_empty_text

PAGE, DETAIL_PAGE = "cabinet_reviews", "cabinet_review"
PAGE_ROWS = 10
"""Rows of a full page, as clients of the cabinet's own list had them in 2023-2025."""


@dataclass(frozen=True)
class CabinetPage:
    """One page of the list; EMPTY only by the page's own word.

    ``is_end`` is a witness that no older review follows: a page that is not full, a «next» that cannot be pressed, or
    the site's word that there are none. ``note`` says what was read in another way than it should have been.
    """

    health: PageHealth
    rows: tuple[SourceRow, ...] = ()
    bad_rows: int = 0
    has_next: bool = False
    is_end: bool = False
    problem: str = ""
    note: str = ""


def read_cabinet_reviews(
    html: str, site: Site, *, url: str = "", status_code: int | None = 200, seen_at: datetime | None = None
) -> CabinetPage:
    """Reads one stored page of the list."""
    document = Document(html)
    hooks = site.page(PAGE).reading
    nodes = document.rows(hooks.rows)
    has_witness = bool(nodes) or document.has_any(hooks.witness)
    signs = signs_of_document(document, site, url=url, status_code=status_code)
    if verdict := judge_page(signs, site, Expected(), has_witness=has_witness):
        return CabinetPage(verdict.health, problem=verdict.problem)
    dates = DateReader(site.dates, ZoneInfo(site.zone), seen_at)
    known = {"work_status": dict.fromkeys(site.wordings.work_statuses)}
    kinds = learn_kinds(nodes, hooks.fields.get("star", ()))
    read = [
        _row(
            {name: read_known(node, hook, known.get(name, {})) for name, hook in hooks.fields.items()}
            | _drawn(node, hooks, kinds),
            site,
            dates,
        )
        for node in nodes
    ]
    rows = tuple(row for row in read if row is not None)
    has_next = bool(document.field(hooks.page_fields.get("next_page", ())))
    if read:
        bad = len(read) - len(rows) + _count_unmarked(nodes)
        is_end = not has_next and (
            len(rows) + bad < PAGE_ROWS or bool(document.field(hooks.page_fields.get("last_page", ())))
        )
        if drift := find_drift(rows, bad):
            return CabinetPage(PageHealth.BROKEN, bad_rows=bad, problem=drift)
        return CabinetPage(PageHealth.PARTIAL if bad else PageHealth.HEALTHY, rows, bad, has_next, is_end)
    if find_empty_text(document, hooks.empty_texts) is not None:
        return CabinetPage(PageHealth.EMPTY, is_end=True)
    return CabinetPage(PageHealth.BROKEN, problem="no rows, and no word of the site that there are none")


def _drawn(node: LexborNode, hooks: ReadingHooks, kinds: StarKinds) -> dict[str, str]:
    """The rating where it is drawn as stars and the catalog says where they are."""
    if not hooks.fields.get("star"):
        return {}
    stars, in_words = read_stars(node, hooks.fields["star"], hooks.filled_star, kinds)
    return {"rating": str(stars or in_words)} if in_words else {}


def _count_unmarked(rows: Sequence[LexborNode]) -> int:
    """Counts what stands among the rows and looks like one, but carries no review's id."""
    known = {row.mem_id for row in rows}
    beside = {node.mem_id: node for row in rows if row.parent for node in row.parent.iter()}
    return sum(node.tag == rows[0].tag and bool(node.css("td, dd")) for key, node in beside.items() if key not in known)


def _row(shown: Mapping[str, str], site: Site, dates: DateReader) -> SourceRow | None:
    review_id, rating = shown.get("review_id", ""), read_whole(shown.get("rating", ""))
    try:
        sku = site.product_from_url(shown.get("product", "")).sku
        published = dates.read(shown.get("published", ""))
        clean = plain(shown.get("text", ""))
        known = rating if rating is not None and 1 <= rating <= 5 else None
        review = ReviewReading(
            site=site.name,
            review_id=review_id,
            item_id=sku,
            rating=known,
            rating_raw=shown.get("rating", "")[:20],
            text=clean.text,
            published=published,
            created=read_uuid7_time(review_id),
            source="cabinet_page",
            flags=clean.flags,
            origins={
                "rating": "text" if known else "unread",
                "text": "text",
                "published": "unread" if published.basis == "unparsed" else "text",
            },
        )
    except ValueError:
        return None
    word, worked = shown.get("order", ""), shown.get("work_status", "")[:40]
    is_known = not worked or not site.wordings.work_statuses or worked in site.wordings.work_statuses
    status = site.wordings.order_statuses.get(word, "unknown")
    return SourceRow(
        review=review,
        order_status=status if status in {"delivered", "cancelled"} else "unknown",
        work_status=worked if is_known else "",
        unread=(*(("order_status",) if word and status == "unknown" else ()), *(() if is_known else ("work_status",))),
    )
