"""The reviews widget's own state JSON (``webListReviews``): the first and best source of a listing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from flows.catalog.models import Site
from flows.readings.document import JsonTable, as_table
from flows.readings.models import ReviewReading
from flows.readings.numbers import read_whole
from flows.readings.review_row import Listed, read_identifier, read_row, read_scalar
from flows.readings.text import plain

_MAX_TITLE = 500  # characters
_MOST_ROWS = 500  # a page; the site has 30


@dataclass(frozen=True, kw_only=True)
class RowsRead:
    """The rows of one page as one source shows them, before anybody judged whether they can be all.

    Attributes:
        problems: What speaks against the page as a whole; it is then not an answer about everything.
        is_list: The source holds a list at all (possibly empty).
        portions: How many pages of the listing these rows are.
        has_next: The site offers a further page.
    """

    reviews: tuple[ReviewReading, ...] = ()
    bad_rows: int = 0
    problems: tuple[str, ...] = ()
    is_list: bool = True
    total: int | None = None
    page: int | None = None
    per_page: int | None = None
    portions: int = 1
    next_cursor: str | None = None
    has_next: bool = False
    item_ids: tuple[str, ...] = ()
    title: str = ""
    score: str = ""


def read_state(state: object, site: Site) -> RowsRead:
    """Reads one ``webListReviews`` state."""
    table = as_table(state)
    rows = table.get("reviews")
    if not isinstance(rows, list):
        return RowsRead(is_list=False, problems=("the state holds no list of reviews",))
    products = as_table(table.get("products"))
    item_id = read_identifier(table.get("itemId"))
    listed = Listed(products=products, is_signed_out=_is_signed_out(table.get("user")))
    read = [read_row(as_table(row), listed, site) for row in rows]
    kept, duplicates = keep_newest(review for review in read if review is not None)
    paging = as_table(table.get("paging"))
    following = paging.get("nextButton")
    query = parse_qs(urlsplit(following).query) if isinstance(following, str) else {}
    return RowsRead(
        reviews=kept,
        bad_rows=read.count(None),
        problems=(*((f"duplicate rows: {duplicates}",) if duplicates else ()), *_paging_problems(paging)),
        total=read_whole(paging.get("total")),
        page=read_whole(paging.get("page")),
        per_page=read_whole(paging.get("perPage")) or None,
        next_cursor=next(iter(query.get("page_key", [])), None),
        has_next=bool(following),
        item_ids=tuple(filter(None, (item_id, *map(str, products)))),
        title=_product_title(products, item_id),
        score=read_scalar(table.get("productScore")),
    )


def join_portions(portions: Iterable[RowsRead]) -> RowsRead | None:
    """Joins the lists of one page: a page may show one portion of its listing below the other.

    Of two lists that say they are the same portion the longer one counts; a list of another product's reviews, or one
    that does not follow the others, is left out.
    """
    best: dict[int, RowsRead] = {}
    for rows in portions:
        known = best.get(rows.page or 1)
        if rows.is_list and (known is None or len(rows.reviews) > len(known.reviews)):
            best[rows.page or 1] = rows
    if not best:
        return None
    first = best[min(best)]
    chain = [first]
    while (following := best.get((first.page or 1) + len(chain))) and following.item_ids[:1] == first.item_ids[:1]:
        chain.append(following)
    if len(chain) == 1:
        return first
    reviews, duplicates = keep_newest(review for rows in chain for review in rows.reviews)
    problems = [problem for rows in chain for problem in rows.problems]
    return replace(
        chain[-1],
        page=first.page,
        reviews=reviews,
        bad_rows=sum(rows.bad_rows for rows in chain),
        problems=(*problems, *((f"duplicate rows: {duplicates}",) if duplicates else ())),
        portions=len(chain),
        item_ids=tuple(dict.fromkeys(item for rows in chain for item in rows.item_ids)),
    )


def keep_newest(reviews: Iterable[ReviewReading]) -> tuple[tuple[ReviewReading, ...], int]:
    """Keeps the highest version of each review, in first-seen order, and counts the surplus rows."""
    newest: dict[str, ReviewReading] = {}
    rows = 0
    for review in reviews:
        rows += 1
        known = newest.get(review.review_id)
        if known is None or review.version > known.version:
            newest[review.review_id] = review
    return tuple(newest.values()), rows - len(newest)


def _paging_problems(paging: JsonTable) -> Iterable[str]:
    """Names what of the paging could not be read, or contradicts itself: such a page proves no end."""
    if not isinstance(paging.get("nextButton"), str):
        yield "the way to the next page could not be read"
    if (read_whole(paging.get("perPage")) or 0) > _MOST_ROWS:
        yield "the size of a page could not be read"
    total, common = read_whole(paging.get("total")), read_whole(paging.get("commonTotal"))
    if total is not None and common is not None and total > common:
        yield f"two counters disagree: {total} of {common} reviews"


def _is_signed_out(user: object) -> bool | None:
    return user.get("guid") is None if isinstance(user, dict) and "guid" in user else None


def _product_title(products: JsonTable, item_id: str) -> str:
    name = as_table(products.get(item_id)).get("name")
    return plain(name).text[:_MAX_TITLE] if isinstance(name, str) else ""
