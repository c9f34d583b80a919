"""What was seen when the site was looked at for an appeal: what "absent" and the outcome rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from monitor.state.repository import Repository
from monitor.state.tables import appeal_looks
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class LookRecord:
    """One look at the site: ``kind`` is ``absence`` or ``public``."""

    id: int
    appeal_id: str
    kind: str
    read_at: datetime
    is_healthy: bool
    result: str
    facts: JsonValue


class Looks(Repository):
    """What was seen when the site was looked at for an appeal."""

    def add(
        self,
        appeal_id: str,
        kind: str,
        *,
        read_at: datetime,
        is_healthy: bool,
        result: str,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Stores one look."""
        self._connection.execute(
            appeal_looks.insert().values(
                appeal_id=appeal_id,
                kind=kind,
                read_at=read_at,
                is_healthy=is_healthy,
                result=result,
                facts=None if facts is None else dict(facts),
            )
        )

    def of(self, appeal_id: str, kind: str) -> list[LookRecord]:
        """Returns the looks of one kind in order."""
        statement = select(appeal_looks).where(appeal_looks.c.appeal_id == appeal_id, appeal_looks.c.kind == kind)
        return self._all(LookRecord, statement.order_by(appeal_looks.c.id))
