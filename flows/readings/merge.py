"""From the pages of one poll to one reading: which page to ask for next, and whether what was read can be all.

The listing may change while it is read. One pass from the first page to the last is *stable* when every page was
healthy, the site's counter never moved, no row came twice and the rows are as many as the counter says. Only a stable
pass is complete; otherwise the merger starts over, a few times at most, and then says that it could not.

Reading may stop at reviews that are stored already only in the newest-first order, where whatever is new or edited
comes first, and only when stored and seen rows together agree with the counter. In any other order every page is read.
A listing may end before its counter does: the site leads no further after so many rows, shows an empty page though it
offered one, or asks guests to sign in. Such a reading says so (``cut``) and is never complete.

What no offset-paged listing can show: an insertion and a deletion between two requests that cancel out. The next poll
sees them; a review therefore counts as gone only after two complete readings apart in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.readings.models import Coverage, Cut, ListingPage, ListingRead, PageHealth, ReviewReading

Way = Literal["fetch_json", "rendered_page", "seller_api", "cabinet"]
Stop = Literal["all", "known", "limit", "unchanged", "problem"]

_READABLE = frozenset({PageHealth.HEALTHY, PageHealth.PARTIAL})
_WORST_FIRST = (
    PageHealth.WALL,
    PageHealth.SIGNED_OUT,
    PageHealth.OFFLINE,
    PageHealth.BROKEN,
    PageHealth.PRODUCT_GONE,
    PageHealth.PARTIAL,
    PageHealth.EMPTY,
    PageHealth.HEALTHY,
)
_MAX_PROBLEMS = 20


@dataclass(frozen=True, kw_only=True)
class PagePlan:
    """How far to read.

    Attributes:
        known: Stored reviews that were live at the last complete reading, with their versions.
        is_newest_first: The order asked for puts new and edited reviews first.
        page_limit: Pages to ask for at most, restarts included.
        restart_limit: How often to start over when the listing changes under the reader.
        reachable_rows: After so many rows the site is known to lead no further.
    """

    known: Mapping[str, int] = field(default_factory=dict)
    is_newest_first: bool = False
    page_limit: int = 100
    restart_limit: int = 2
    reachable_rows: int | None = None


@dataclass(frozen=True)
class PageRequest:
    """The page to ask for next. The first page of a pass has no cursor."""

    page: int
    cursor: str | None = None


@dataclass
class _Pass:
    """One way through the listing from its first page."""

    rows: dict[str, int] = field(default_factory=dict)
    total: int | None = None
    moved: list[str] = field(default_factory=list)
    is_whole: bool = True
    is_at_end: bool = False
    last_was_known: bool = False


class PollMerger:
    """Takes the pages of one poll in the order asked for.

    Use: ask ``next_request`` for a page, hand the answer to ``add``, until it gives None; then take ``result``.

    Args:
        sku: The product.
        way: How the pages are fetched.
        started_at: When the poll began.
        plan: How far to read.
    """

    def __init__(self, *, sku: str, way: Way, started_at: datetime, plan: PagePlan | None = None) -> None:
        self._sku, self._way, self._started_at = sku, way, started_at
        self._plan = plan or PagePlan()
        self._reviews: dict[str, ReviewReading] = {}
        self._pass = _Pass()
        self._next: PageRequest | None = PageRequest(1)
        self._stop: Stop = "all"
        self._health: list[PageHealth] = []
        self._problems: list[str] = []
        self._cut: Cut = ""
        self._empty_pages: set[PageRequest] = set()
        self._pages_read = self._rows_seen = self._restarts = 0
        self._first: str | None = None
        self._last: str | None = None

    def next_request(self) -> PageRequest | None:
        """Returns the page to ask for next; None when the poll is over."""
        return self._next

    def add(self, page: ListingPage) -> None:
        """Takes the answer to the last request.

        Raises:
            ValueError: no page was asked for.
        """
        if self._next is None:
            raise ValueError("the poll is over: no page was asked for")
        asked, self._next = self._next, None
        self._pages_read += 1
        if page.health is PageHealth.PARTIAL and not page.reviews and asked.page > 1:
            self._meet_empty_page(page, asked)
            return
        self._health.append(page.health)
        self._note(page.problems)
        if page.health not in _READABLE:
            self._end_without_rows(page)
            return
        self._take_rows(page, asked)
        self._go_on(page, asked)

    def result(self, finished_at: datetime) -> ListingRead:
        """Returns the merged reading."""
        is_complete = self._is_complete()
        health = min(self._health, key=_WORST_FIRST.index, default=PageHealth.OFFLINE)
        if health is PageHealth.HEALTHY and self._stop == "problem":
            health = PageHealth.PARTIAL
        return ListingRead(
            health=health,
            reviews=tuple(self._reviews.values()),
            coverage=Coverage(
                sku=self._sku,
                way=self._way,
                started_at=self._started_at,
                finished_at=finished_at,
                pages_read=self._pages_read,
                rows_seen=self._rows_seen,
                site_total=self._pass.total,
                first_review_id=self._first,
                last_review_id=self._last,
                stop=self._stop,
                is_complete=is_complete,
                cut=self._why_cut(is_complete=is_complete),
                problems=tuple(self._problems[:_MAX_PROBLEMS]),
            ),
        )

    def _meet_empty_page(self, page: ListingPage, asked: PageRequest) -> None:
        """A page without rows in mid listing: a cursor that ran out, or the end of what the site shows.

        Another pass tells: the site gives a new cursor for one that ran out, and the same one where it is the end.
        """
        reachable = self._plan.reachable_rows
        is_capped = reachable is not None and len(self._pass.rows) >= reachable
        if page.has_guest_wall:
            self._end_short("sign_in_wall")
        elif is_capped or asked in self._empty_pages:
            self._end_short("site_limit")
        else:
            self._empty_pages.add(asked)
            self._restart(f"page {asked.page} came back empty in mid listing")

    def _end_short(self, cut: Cut) -> None:
        """Ends where the site itself led no further, though it counts more."""
        self._stop, self._cut, self._pass.is_at_end = "limit", cut, True

    def _end_without_rows(self, page: ListingPage) -> None:
        self._pass.total = page.total if page.total is not None else self._pass.total
        if page.health is PageHealth.EMPTY and not self._pass.rows:
            self._pass.total, self._pass.is_at_end = 0, True
        elif page.health is PageHealth.EMPTY:
            self._restart("the listing became empty while it was read")
        else:
            self._stop = "problem"

    def _take_rows(self, page: ListingPage, asked: PageRequest) -> None:
        current = self._pass
        self._rows_seen += len(page.reviews) + page.bad_rows
        current.is_whole &= page.health is PageHealth.HEALTHY
        if current.total is not None and page.total != current.total:
            current.moved.append(f"the counter went from {current.total} to {page.total} while reading")
        current.total = page.total
        twice = [review.review_id for review in page.reviews if review.review_id in current.rows]
        if twice:
            current.moved.append(f"page {asked.page} repeats {len(twice)} rows of earlier pages")
        known = self._plan.known
        current.last_was_known = all(known.get(row.review_id) == row.version for row in page.reviews)
        for review in page.reviews:
            current.rows[review.review_id] = review.version
            self._keep(review)
        self._first = self._first or page.reviews[0].review_id
        self._last = page.reviews[-1].review_id

    def _keep(self, review: ReviewReading) -> None:
        stored = self._reviews.get(review.review_id)
        if stored is None or review.version >= stored.version:
            self._reviews[review.review_id] = review

    def _go_on(self, page: ListingPage, asked: PageRequest) -> None:
        current = self._pass
        if self._plan.is_newest_first and current.last_was_known and not current.moved and self._agrees_with_known():
            self._stop = "known"
        elif page.has_guest_wall and not self._has_every_row():
            self._end_short("sign_in_wall")
        elif page.has_next:
            self._ask(PageRequest(asked.page + page.portions, page.next_cursor))
        elif current.moved:
            self._restart(current.moved[0])
        elif self._is_short():
            self._end_short("site_limit")
        else:
            current.is_at_end = True
            self._stop = "all"

    def _ask(self, request: PageRequest) -> None:
        if self._pages_read >= self._plan.page_limit:
            self._stop, self._cut = "limit", "page_limit"
            self._note((f"page limit {self._plan.page_limit} reached",))
        else:
            self._next = request

    def _restart(self, reason: str) -> None:
        self._note((reason,))
        self._restarts += 1
        if self._restarts > self._plan.restart_limit:
            self._stop = "problem"
            self._note(("the listing kept changing while it was read",))
            return
        self._pass = _Pass()
        self._ask(PageRequest(1))

    def _agrees_with_known(self) -> bool:
        return self._pass.total == len(self._plan.known.keys() | self._pass.rows.keys())

    def _has_every_row(self) -> bool:
        return self._pass.total == len(self._pass.rows)

    def _is_short(self) -> bool:
        return self._pass.total is not None and len(self._pass.rows) < self._pass.total

    def _is_complete(self) -> bool:
        current = self._pass
        if self._next is not None or current.moved or not current.is_whole:
            return False
        if self._stop == "known":
            return self._agrees_with_known()
        return self._stop == "all" and current.is_at_end and self._has_every_row()

    def _why_cut(self, *, is_complete: bool) -> Cut:
        if is_complete or not self._reviews:
            return ""
        return self._cut or "partial"

    def _note(self, problems: tuple[str, ...]) -> None:
        self._problems.extend(problem for problem in problems if problem not in self._problems)


def unchanged_read(
    *, sku: str, way: Way, started_at: datetime, finished_at: datetime, site_total: int | None, covers_all: bool
) -> ListingRead:
    """Returns the reading of a product whose first page is, by the site's own word, as at the last complete one.

    Args:
        sku: The product.
        way: How it was asked for.
        started_at: When the poll began.
        finished_at: When the answer was there.
        site_total: The counter of the last complete reading.
        covers_all: The first page stands for the whole listing: it is the only one, or the order is newest first.
    """
    coverage = Coverage(
        sku=sku,
        way=way,
        started_at=started_at,
        finished_at=finished_at,
        pages_read=1,
        rows_seen=0,
        site_total=site_total,
        first_review_id=None,
        last_review_id=None,
        stop="unchanged",
        is_complete=covers_all,
    )
    health = PageHealth.EMPTY if site_total == 0 else PageHealth.HEALTHY
    return ListingRead(health=health, reviews=(), coverage=coverage, is_unchanged=True)
