"""The installation's own row: who it is, how far it got, and how often it was found to be restored."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.language import gettext as _
from monitor.state.life import Life
from monitor.state.repository import Repository
from monitor.state.tables import installation
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class InstallationRecord:
    """The one row.

    Attributes:
        mark: Grows with every intent; its copy outside the database tells a restored backup from the real state.
        life: Where the home lives, as ``monitor.state.life.Life`` writes it; None before it was ever noted.
        epoch: How often the store was found older than what was done with it.
    """

    id: int
    installation_id: str
    mark: int
    epoch: int
    created_at: datetime
    restored_at: datetime | None
    life: JsonValue = None


class Installation(Repository):
    """Reads and advances the installation's row."""

    def ensure(self) -> InstallationRecord:
        """Returns the row; makes it in a new store."""
        statement = self._insert(installation).values(
            id=1, installation_id=uuid.uuid4().hex, created_at=self._now(), mark=0, epoch=0
        )
        self._connection.execute(statement.on_conflict_do_nothing())
        return self.get()

    def get(self) -> InstallationRecord:
        """Returns the row.

        Raises:
            LookupError: the store was never opened by ``State.open``.
        """
        row = self.find()
        if row is None:
            raise LookupError(_("the store has no installation row"))
        return row

    def find(self) -> InstallationRecord | None:
        """Returns the row, or None where it is gone."""
        return self._first(InstallationRecord, select(installation))

    def advance(self) -> int:
        """Moves the mark on by one and returns it."""
        self._connection.execute(update(installation).values(mark=installation.c.mark + 1))
        return self.get().mark

    def live_at(self, life: Life) -> None:
        """Writes down where the home lives from now on."""
        self._connection.execute(update(installation).values(life=life.to_json()))

    def note_restored(self, known_mark: int) -> InstallationRecord:
        """Begins a new epoch behind the highest mark anybody saw."""
        row = self.get()
        values = {"mark": max(row.mark, known_mark) + 1, "epoch": row.epoch + 1, "restored_at": self._now()}
        self._connection.execute(update(installation).values(**values))
        return self.get()
