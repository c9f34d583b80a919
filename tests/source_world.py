"""What the sources of reviews show, hour by hour, for tests of what is made of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from flows.readings.models import PageHealth, ReviewReading, TimeReading
from flows.readings.sources import SourceName, SourceRead, SourceRow
from monitor.clock import ManualClock
from monitor.state import State
from monitor.state.incidents import IncidentRecord
from monitor.state.migrating import migrate
from monitor.watching.cross_check import cross_check
from monitor.watching.recording import record_poll
from monitor.watching.sources import SourceFound, record_source
from tests.appeal_world import ACCOUNT, SKU, START, fast_folder, lease_of, listing, settle_in, sqlite_home

GRACE = timedelta(hours=6)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file that tests copy."""
    path = tmp_path_factory.mktemp("migrated") / "state.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def state(tmp_path: Path, migrated: Path) -> Iterator[State]:
    """A store with a product and one review on its page."""
    with fast_folder(tmp_path) as folder:
        (folder / "db").mkdir()
        shutil.copy(migrated, folder / "db" / "state.db")
        with sqlite_home(folder, ManualClock(START)).open() as state:
            settle_in(state, ["old"])
            yield state


@dataclass
class SourceWorld:
    """One account whose page and sources are read; reviews are told by their names.

    Attributes:
        born: When each review was written; one that is not told was written when it was first shown.
    """

    state: State
    switched_on: tuple[SourceName, ...] = ("api",)
    born: dict[str, datetime] = field(default_factory=dict)

    def now(self) -> datetime:
        return self.state.clock.now()

    def wait(self, hours: float = 7) -> None:
        assert isinstance(self.state.clock, ManualClock)
        self.state.clock.advance(timedelta(hours=hours))

    def review(self, name: str, *, text: str = "плохо", item: str = SKU) -> ReviewReading:
        at = self.born.setdefault(name, self.now())
        published = TimeReading(raw="", earliest=at, latest=at, basis="iso_time")
        return ReviewReading(
            site="ozon", review_id=name, item_id=item, rating=1, text=text, published=published, source="seller_api"
        )

    def row(
        self,
        name: str,
        *,
        text: str = "плохо",
        item: str = SKU,
        order: Literal["delivered", "cancelled", "unknown"] = "delivered",
        is_counted: bool | None = True,
    ) -> SourceRow:
        return SourceRow(review=self.review(name, text=text, item=item), order_status=order, is_counted=is_counted)

    def page(
        self, *names: str | ReviewReading, health: PageHealth = PageHealth.HEALTHY, is_complete: bool = True
    ) -> None:
        """The product's page is read from top to end and shows these."""
        shown = [self.review(name) if isinstance(name, str) else name for name in names]
        lease = lease_of(self.state)
        record_poll(self.state, lease, listing(shown, self.now(), health=health, is_complete=is_complete))
        self.state.release(lease)

    def read_of(
        self,
        *rows: str | SourceRow,
        source: SourceName = "api",
        health: PageHealth = PageHealth.HEALTHY,
        reach: datetime | None = None,
    ) -> SourceRead:
        """A reading of a source, to its end unless a reach is told."""
        is_proven = health is not PageHealth.PARTIAL
        return SourceRead(
            source=source,
            health=health,
            started_at=self.now(),
            finished_at=self.now(),
            rows=tuple(self.row(row) if isinstance(row, str) else row for row in rows),
            reaches_back_to=reach if is_proven else None,
            is_whole=is_proven and reach is None,
            problems=() if is_proven else ("page 2: no answer",),
        )

    def source(
        self,
        *rows: str | SourceRow,
        source: SourceName = "api",
        health: PageHealth = PageHealth.HEALTHY,
        reach: datetime | None = None,
    ) -> SourceFound:
        """A source is read and shows these."""
        lease = lease_of(self.state)
        found = record_source(self.state, lease, self.read_of(*rows, source=source, health=health, reach=reach))
        self.state.release(lease)
        return found

    def compare(self) -> list[str]:
        """Compares; returns the open incidents as ``kind subject``."""
        lease = lease_of(self.state)
        with self.state.transaction(lease) as tx:
            cross_check(tx, ACCOUNT, self.switched_on, grace=GRACE)
        self.state.release(lease)
        return self.open_incidents()

    def open_incidents(self) -> list[str]:
        with self.state.read() as tx:
            return [f"{one.kind} {one.subject}" for one in tx.incidents.unclosed(ACCOUNT)]

    def last_incident(self) -> IncidentRecord:
        with self.state.read() as tx:
            return tx.incidents.history(ACCOUNT)[0]

    def messages(self) -> Sequence[str]:
        with self.state.read() as tx:
            return [message.event for message in tx.outbox.all(ACCOUNT)]
