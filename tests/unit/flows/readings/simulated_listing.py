"""A small review listing that changes while it is read, as a simulator in place of mocks."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flows.readings.merge import PagePlan, PollMerger
from flows.readings.models import ListingPage, ListingRead, PageHealth, ReviewReading, TimeReading

PER_PAGE = 5
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """A review as the site holds it."""

    review_id: str
    version: int
    moved_at: int
    weight: int


class SimulatedSite:
    """The truth: reviews, their order, and pages of five."""

    def __init__(self, seed: int, *, order: str) -> None:
        self._random = random.Random(seed)
        self._order = order
        self._clock = 0
        self.rows: dict[str, Row] = {}
        self.cursor = 0

    def change(self, kind: str) -> None:
        """Adds, edits, deletes or reorders."""
        self._clock += 1
        if kind == "add":
            row = Row(f"r{self._clock}", 0, self._clock, self._random.randrange(100))
            self.rows[row.review_id] = row
        elif kind == "expire":
            self.cursor += 1
        elif self.rows:
            chosen = self.rows[self._random.choice(sorted(self.rows))]
            if kind == "edit":
                self.edit(chosen.review_id)
            elif kind == "delete":
                del self.rows[chosen.review_id]
            else:
                self.rows[chosen.review_id] = replace(chosen, weight=self._random.randrange(100))

    def edit(self, review_id: str) -> None:
        """Edits one review: a new version, and to the top of the newest."""
        self._clock += 1
        row = self.rows[review_id]
        self.rows[review_id] = replace(row, version=row.version + 1, moved_at=self._clock)

    def page(self, number: int, cursor: str | None) -> ListingPage:
        """Serves one page; a cursor of an older listing gives an empty one."""
        key = (lambda row: -row.moved_at) if self._order == "newest" else (lambda row: (row.weight, row.review_id))
        ordered = sorted(self.rows.values(), key=key)
        shown = ordered[(number - 1) * PER_PAGE : number * PER_PAGE]
        if number > 1 and cursor != str(self.cursor):
            shown = []
        is_more = number * PER_PAGE < len(ordered)
        if not shown:
            health = PageHealth.EMPTY if number == 1 else PageHealth.PARTIAL
            return ListingPage(health=health, page=number, per_page=PER_PAGE, total=len(ordered))
        return ListingPage(
            health=PageHealth.HEALTHY,
            reviews=tuple(_reading(row) for row in shown),
            page=number,
            per_page=PER_PAGE,
            total=len(ordered),
            next_cursor=str(self.cursor) if is_more else None,
            has_next=is_more,
        )


def _reading(row: Row) -> ReviewReading:
    return ReviewReading(
        site="ozon",
        review_id=row.review_id,
        item_id="1",
        version=row.version,
        rating=1,
        text=f"{row.review_id} {row.version}",
        published=TimeReading(raw=""),
    )


class SimulatedStore:
    """What a monitor keeps: the newest version of each review, and which are gone after a complete reading."""

    def __init__(self) -> None:
        self.live: dict[str, int] = {}
        self.is_settled = False

    def take(self, read: ListingRead) -> None:
        """Stores one poll."""
        seen = {review.review_id: review.version for review in read.reviews}
        for review_id, version in seen.items():
            self.live[review_id] = max(version, self.live.get(review_id, 0))
        if read.coverage.is_complete and read.coverage.stop == "all":
            self.live = {review_id: version for review_id, version in self.live.items() if review_id in seen}
        self.is_settled = read.coverage.is_complete


def poll(site: SimulatedSite, store: SimulatedStore, *, order: str, changes: list[str]) -> ListingRead:
    """Polls once; one change happens before each page but the first, as long as there are any."""
    known = store.live if store.is_settled else {}
    plan = PagePlan(known=dict(known), is_newest_first=order == "newest", page_limit=60)
    merger = PollMerger(sku="1", way="fetch_json", started_at=START, plan=plan)
    while (asked := merger.next_request()) is not None:
        merger.add(site.page(asked.page, asked.cursor))
        if changes:
            site.change(changes.pop(0))
    read = merger.result(START + timedelta(seconds=1))
    store.take(read)
    return read
