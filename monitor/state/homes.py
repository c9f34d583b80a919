"""Machines that share this store, and which account is at home on which: its session and evidence lie there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.state.repository import Repository
from monitor.state.tables import account_homes, workers


@dataclass(frozen=True)
class WorkerRecord:
    """One machine's worker, by the name its settings give it; ``home_id`` tells two of one name apart."""

    name: str
    home_id: str
    seen_at: datetime


@dataclass(frozen=True)
class HomeRecord:
    """Where an account is at home."""

    account_id: str
    worker: str
    since: datetime


class Homes(Repository):
    """Workers and homes."""

    def note_worker(self, name: str, home_id: str) -> str:
        """Notes that a worker is alive; returns the id of the home folder that owns this name."""
        values = {"name": name, "home_id": home_id, "seen_at": self._now()}
        self._connection.execute(self._insert(workers).values(**values).on_conflict_do_nothing())
        self._connection.execute(
            update(workers).where(workers.c.name == name, workers.c.home_id == home_id).values(seen_at=self._now())
        )
        return str(self._connection.execute(select(workers.c.home_id).where(workers.c.name == name)).scalar_one())

    def workers(self) -> list[WorkerRecord]:
        """Returns all workers by name."""
        return self._all(WorkerRecord, select(workers).order_by(workers.c.name))

    def settle(self, account_id: str, worker: str) -> str:
        """Gives an account without a home this one; returns the worker it is at home with."""
        statement = self._insert(account_homes).values(account_id=account_id, worker=worker, since=self._now())
        self._connection.execute(statement.on_conflict_do_nothing())
        found = self.of(account_id)
        assert found is not None  # noqa: S101 - inserted above when it was missing
        return found.worker

    def move(self, account_id: str, worker: str) -> None:
        """Gives an account another home; the caller holds its lock and has brought its things there."""
        values = {"worker": worker, "since": self._now()}
        statement = self._insert(account_homes).values(account_id=account_id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))

    def of(self, account_id: str) -> HomeRecord | None:
        """Returns where an account is at home; None where nobody asked yet."""
        return self._first(HomeRecord, select(account_homes).where(account_homes.c.account_id == account_id))

    def all(self) -> dict[str, str]:
        """Returns the worker by account."""
        return {row.account_id: row.worker for row in self._all(HomeRecord, select(account_homes))}
