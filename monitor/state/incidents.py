"""Incidents: something is wrong and stays wrong. Rows only; when to open is ``monitor.incidents``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.closed_lists.states import IncidentState
from monitor.state.repository import Repository, member
from monitor.state.tables import incidents


@dataclass(frozen=True)
class IncidentRecord:
    """One incident: ``pending`` below its threshold, then ``open``, at last ``closed``."""

    id: int
    account_id: str
    kind: IncidentKind
    subject: str
    state: IncidentState
    strikes: int
    detail: str
    first_at: datetime
    last_at: datetime
    opened_at: datetime | None
    reminded_at: datetime | None
    closed_at: datetime | None
    closed_why: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", IncidentKind(self.kind))
        object.__setattr__(self, "state", member(IncidentState, self.state))


class Incidents(Repository):
    """At most one unclosed incident of a kind and subject."""

    def current(self, account_id: str, kind: IncidentKind, subject: str = "") -> IncidentRecord | None:
        """Returns the unclosed incident."""
        statement = select(incidents).where(
            incidents.c.account_id == account_id,
            incidents.c.kind == kind,
            incidents.c.subject == subject,
            incidents.c.closed_at.is_(None),
        )
        return self._first(IncidentRecord, statement)

    def begin(self, account_id: str, kind: IncidentKind, *, subject: str, detail: str, is_open: bool) -> None:
        """Stores the first strike."""
        now = self._now()
        self._connection.execute(
            incidents.insert().values(
                account_id=account_id,
                kind=kind,
                subject=subject,
                detail=detail,
                state=IncidentState.OPEN if is_open else IncidentState.PENDING,
                first_at=now,
                last_at=now,
                opened_at=now if is_open else None,
            )
        )

    def change(self, incident_id: int, **values: datetime | str | int | None) -> None:
        """Sets columns of one incident."""
        self._connection.execute(update(incidents).where(incidents.c.id == incident_id).values(**values))

    def unclosed(self, account_id: str | None = None, *, only_open: bool = True) -> list[IncidentRecord]:
        """Returns incidents that are not over, oldest first."""
        statement = select(incidents).where(incidents.c.closed_at.is_(None))
        if account_id is not None:
            statement = statement.where(incidents.c.account_id == account_id)
        if only_open:
            statement = statement.where(incidents.c.state == "open")
        return self._all(IncidentRecord, statement.order_by(incidents.c.first_at, incidents.c.id))

    def history(self, account_id: str, *, limit: int = 50) -> list[IncidentRecord]:
        """Returns the account's incidents, the newest first."""
        statement = select(incidents).where(incidents.c.account_id == account_id)
        return self._all(IncidentRecord, statement.order_by(incidents.c.id.desc()).limit(limit))
