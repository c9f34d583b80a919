"""What was found when a channel was looked for, one row a look, and whether a person confirmed it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import desc, select, update

from monitor.state.repository import Repository
from monitor.state.tables import channel_probes
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class ProbeRecord:
    """One look for one channel and one review.

    Attributes:
        identity: The identity it was looked for with, by the catalog's name.
        control: ``present``, ``absent``, ``already_reported`` or ``cannot_say``.
        findings: Reasons as shown, limits and the like.
        manifest_sha256: The sealed picture of what was seen.
        confirmed_at: When a person confirmed that this is the way and looks as the catalog says; None before that.
    """

    id: str
    account_id: str
    identity: str
    review_id: str
    channel: str
    control: str
    findings: JsonValue
    manifest_sha256: str
    visit_id: str | None
    probed_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str = ""


class Probes(Repository):
    """Appends looks; a confirmation is the only change."""

    def add(self, record: ProbeRecord) -> None:
        """Stores a look."""
        self._connection.execute(channel_probes.insert().values(**asdict(record)))

    def find(self, account_id: str, *, review_id: str | None = None, channel: str | None = None) -> list[ProbeRecord]:
        """Returns the account's looks, the newest first."""
        statement = select(channel_probes).where(channel_probes.c.account_id == account_id)
        if review_id is not None:
            statement = statement.where(channel_probes.c.review_id == review_id)
        if channel is not None:
            statement = statement.where(channel_probes.c.channel == channel)
        return self._all(ProbeRecord, statement.order_by(desc(channel_probes.c.probed_at), channel_probes.c.id))

    def confirm(self, probe_id: str, *, by: str) -> None:
        """Stores a person's word that what a look found is so."""
        statement = update(channel_probes).where(channel_probes.c.id == probe_id)
        self._connection.execute(statement.values(confirmed_at=self._now(), confirmed_by=by))
