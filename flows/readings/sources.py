"""Reviews as another source than the public page lists them: the seller's cabinet, or the site's API for sellers.

Such a list is of the whole shop, newest first. What one reading proves is its reach: everything that was published
after a moment is among its rows. It is claimed only where the rows really fall in time and none was unreadable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal

from flows.readings.drift import find_lost_value
from flows.readings.models import PageHealth, Reading, ReviewReading

SourceName = Literal["cabinet", "api"]
SellerValue = Literal["order_status", "is_counted", "work_status", "remarks"]
SOURCES: tuple[SourceName, ...] = ("cabinet", "api")
_MAX_PROBLEMS = 20


class SourceRow(Reading):
    """One review with what only the seller is told of it.

    Attributes:
        review: The review; its ``item_id`` is the variant that was bought.
        order_status: Reviews of cancelled orders are not on the public page.
        is_counted: It takes part in the rating; None where the source does not say.
        work_status: Whether the seller has dealt with it, in the source's own word.
        remarks: What the source says of it besides, in words for people.
        unread: What of these the source has and was not understood.
    """

    review: ReviewReading
    order_status: Literal["delivered", "cancelled", "unknown"] = "unknown"
    is_counted: bool | None = None
    work_status: str = ""
    remarks: tuple[str, ...] = ()
    unread: tuple[SellerValue, ...] = ()


class SourceRead(Reading):
    """One reading of such a list.

    Attributes:
        health: HEALTHY or EMPTY: all that was asked for was read; PARTIAL: some rows or pages were not.
        reaches_back_to: Everything published after it is among the rows; None: nothing is proven.
        is_whole: The list was read to its end.
        notes: What was read in another way than it should have been; nothing lacks for it.
    """

    source: SourceName
    health: PageHealth
    started_at: datetime
    finished_at: datetime
    rows: tuple[SourceRow, ...] = ()
    reaches_back_to: datetime | None = None
    is_whole: bool = False
    pages_read: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_drift(rows: Sequence[SourceRow], bad_rows: int) -> str:
    """Says what all rows of a page lack at once: then it is the page that changed; empty where nothing."""
    if bad_rows and not rows:
        return f"drift: none of {bad_rows} rows could be read"
    return find_lost_value([row.review for row in rows])


@dataclass
class SourceMerger:
    """Joins the pages of one reading.

    Attributes:
        source: Which list.
        started_at: When the reading began.
        since: How far back to read; None: to the end.
        page_limit: Pages at most.
    """

    source: SourceName
    started_at: datetime
    since: datetime | None
    page_limit: int
    pages_read: int = 0
    _rows: dict[str, SourceRow] = field(default_factory=dict)
    _order: list[ReviewReading] = field(default_factory=list)
    _problems: list[str] = field(default_factory=list)
    _is_whole: bool = False
    _notes: dict[str, None] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """Notes once what was read in another way than it should have been."""
        if text:
            self._notes[text] = None

    def add(self, rows: tuple[SourceRow, ...], *, bad_rows: int, has_next: bool, has_end_witness: bool = False) -> bool:
        """Takes the next page; tells whether a further one is wanted.

        Args:
            rows: Its rows.
            bad_rows: How many more could not be read.
            has_next: The list offers a further page.
            has_end_witness: Where it offers none: the list says itself that this is its end. Without such a word the
                list is never whole; it reaches back to its last row.
        """
        self.pages_read += 1
        if bad_rows:
            self._problems.append(f"page {self.pages_read}: {bad_rows} rows could not be read")
        for row in rows:
            self._rows.setdefault(row.review.review_id, row)
            self._order.append(row.review)
        if not has_next:
            self._is_whole = has_end_witness
            return False
        if not rows:
            self.break_off(f"page {self.pages_read} has no rows and leads on")
            return False
        if self._is_far_enough():
            return False
        return self.pages_read < self.page_limit

    def break_off(self, problem: str) -> None:
        """Notes that the reading ended before it should."""
        self._problems.append(problem)

    def result(self, finished_at: datetime) -> SourceRead:
        """Returns the reading."""
        is_sound = not self._problems
        is_whole = is_sound and self._is_whole
        health = PageHealth.HEALTHY if self._rows else PageHealth.EMPTY
        return SourceRead(
            source=self.source,
            health=health if is_sound else PageHealth.PARTIAL,
            started_at=self.started_at,
            finished_at=finished_at,
            rows=tuple(self._rows.values()),
            reaches_back_to=self._reach() if is_sound and not is_whole and self._is_falling() else None,
            is_whole=is_whole,
            pages_read=self.pages_read,
            problems=tuple(self._problems[:_MAX_PROBLEMS]),
            notes=tuple(self._notes)[:_MAX_PROBLEMS],
        )

    def _reach(self) -> datetime | None:
        return self._order[-1].published.latest if self._order else None

    def _is_far_enough(self) -> bool:
        reach = self._reach()
        return self.since is not None and reach is not None and reach < self.since

    def _is_falling(self) -> bool:
        """Whether the rows fall in time; days shown without an hour may touch."""
        moments = [(review.published.earliest, review.published.latest) for review in self._order]
        return all(
            newer[1] is not None and older[0] is not None and newer[1] >= older[0] for newer, older in pairwise(moments)
        )
