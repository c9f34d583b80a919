"""What a form's page needs to work besides the one request that files: seen in a look, confirmed by a person.

A look opens the form with the gate closed, so whatever the page sends by itself that could change something is stopped
and written down: a renewal of the session, a list that is read by POST. A person who confirms the look says that these
may pass. Until then a channel is off on a live site, for nobody knows what its page does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.state import Transaction
from monitor.state.probes import ProbeRecord
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class NeededMark:
    """One request that may pass, and the look that it comes from.

    Attributes:
        method: HTTP method.
        url: Address without its query.
        probe_id: The look.
    """

    method: str
    url: str
    probe_id: str


def findings_of(changing: Iterable[str]) -> list[JsonValue]:
    """Writes down what could have changed something in a look, as its findings keep it: "METHOD address" each."""
    pairs = (line.split(" ", 1) for line in changing)
    return [{"method": method, "url": url} for method, url in pairs]


def requests_of(probe: ProbeRecord) -> tuple[NeededMark, ...] | None:
    """Returns what a look wrote down; None for a look of a program that did not watch requests yet."""
    kept = probe.findings.get("requests") if isinstance(probe.findings, dict) else None
    if not isinstance(kept, list):
        return None
    told = (one for one in kept if isinstance(one, dict))
    return tuple(NeededMark(str(one.get("method")), str(one.get("url")), probe.id) for one in told)


def find_marks(tx: Transaction, account_id: str, channel: str) -> tuple[NeededMark, ...] | None:
    """Returns what may pass for an account's channel, from its newest confirmed look; None when there is none."""
    confirmed = (one for one in tx.probes.find(account_id, channel=channel) if one.confirmed_at is not None)
    return next((marks for probe in confirmed if (marks := requests_of(probe)) is not None), None)
