"""Reads a listing past the site's own limit: what one order of its reviews does not reach, another may.

All pages of all orders are read once a day at most; in between, their first pages only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from flows.library.read_reviews import PollOptions, PollResult, ProductPoll, read_reviews
from flows.readings.models import Coverage, ListingRead, PageHealth, ReviewReading
from flows.workbench import Workbench
from monitor.language import gettext as _
from monitor.state.accounts import ProductRecord
from monitor.watching.cuts import LASTING

SWEEP_EVERY = timedelta(days=1)
_READABLE = frozenset({PageHealth.HEALTHY, PageHealth.PARTIAL})


def looks_at_first_pages(product: ProductRecord, now: datetime) -> bool:
    """Whether first pages will do: the listing is cut, and all its pages were read within the day. Pure."""
    return product.cut in LASTING and product.swept_at is not None and now - product.swept_at < SWEEP_EVERY


def join_orders(
    bench: Workbench, product: ProductPoll, result: PollResult, *, is_quick: bool
) -> tuple[PollResult, bool]:
    """Adds what the further orders of a cut listing show.

    Args:
        bench: Browser and site.
        product: The listing.
        result: Its reading in the order asked for first.
        is_quick: Only first pages were and are to be read.

    Returns:
        The joined reading, and whether all pages of all orders were read.
    """
    further = bench.site.listing.further_sorts
    if result.read.health not in _READABLE or not (is_quick or result.read.coverage.cut in LASTING):
        return result, False
    reads = [result.read]
    limit = 1 if is_quick else PollOptions().page_limit
    whole = ProductPoll(sku=product.sku, url=product.url, is_full=True)
    for sort in further:
        options = PollOptions(sort=sort, opens_changed=False, page_limit=limit)
        reads += [one.read for one in read_reviews(bench, [whole], options=options)]
    is_sweep = not is_quick and all(one.health in _READABLE for one in reads)
    first = bench.site.listing.newest_sort or bench.site.listing.default_sort
    joined = _join(reads, (first, *further), is_newest_first=_is_newest_first(bench, result.read))
    return PollResult(sku=result.sku, read=joined, memory=None), is_sweep


def _join(reads: list[ListingRead], orders: tuple[str, ...], *, is_newest_first: bool) -> ListingRead:
    reviews: dict[str, ReviewReading] = {}
    for review in (review for read in reads for review in read.reviews):
        known = reviews.get(review.review_id)
        if known is None or review.version > known.version:
            reviews[review.review_id] = review
    first = reads[0].coverage
    readable = [read.coverage for read in reads if read.health in _READABLE]
    coverage = Coverage(
        **{
            **dict(first),
            "finished_at": max(one.finished_at for one in readable),
            "pages_read": sum(one.pages_read for one in readable),
            "rows_seen": sum(one.rows_seen for one in readable),
            "orders": orders[: len(reads)],
            "is_complete": False,
            # That first pages were read only is no problem here: it was asked for, and the cut says so.
            "problems": (
                *(() if first.cut == "page_limit" else first.problems),
                _tell_uncovered(is_newest_first=is_newest_first),
            ),
        }
    )
    return reads[0].model_copy(update={"reviews": tuple(reviews.values()), "coverage": coverage})


def _is_newest_first(bench: Workbench, read: ListingRead) -> bool:
    """Tells by the dates of the first page whether the site honours the newest-first order that was asked for."""
    if bench.site.listing.newest_sort is None:
        return False
    moments = [one.published.earliest for one in read.reviews[: bench.site.listing.per_page]]
    known = [moment for moment in moments if moment is not None]
    return len(known) == len(moments) and all(a >= b for a, b in pairwise(known))


def _tell_uncovered(*, is_newest_first: bool) -> str:
    if is_newest_first:
        return _("the newest come first, so new reviews are seen; of the older ones those past the limit are not")
    return _("newest first does not hold: a new review past the limit of every order is not seen")
