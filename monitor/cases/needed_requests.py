"""What a form's page needs to work besides the one request that files: seen in a look, confirmed by a person.

A look opens the form with the gate closed, so whatever the page sends by itself that could change something is stopped
and written down: a renewal of the session, a list that is read by POST, a draft that is saved while somebody types. A
person who confirms the look says that these may pass. Until then a channel is off on a live site, for nobody knows what
its page does. A probe only opens the form; a preview fills it, and may see more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.state import Transaction
from monitor.state.probes import ProbeRecord
from monitor.state.text import JsonValue


class LookSource(StrEnum):
    """Which command looked."""

    PROBE = "probe"
    PREVIEW = "preview"


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


def source_of(probe: ProbeRecord) -> LookSource:
    """Returns which command a look is from; a look of an earlier program is a probe's."""
    kept = probe.findings.get("source") if isinstance(probe.findings, dict) else None
    return LookSource.PREVIEW if kept == LookSource.PREVIEW else LookSource.PROBE


def find_marks(tx: Transaction, account_id: str, channel: str) -> tuple[NeededMark, ...] | None:
    """Returns what may pass for an account's channel; None when nobody confirmed a look.

    It is what the newest confirmed look of each source saw: a probe, which types nothing, does not take away what a
    preview found.
    """
    newest: dict[LookSource, tuple[NeededMark, ...]] = {}
    for probe in tx.probes.find(account_id, channel=channel):
        marks = requests_of(probe) if probe.confirmed_at is not None else None
        if marks is not None:
            newest.setdefault(source_of(probe), marks)
    if not newest:
        return None
    by_request = {(mark.method, mark.url): mark for marks in newest.values() for mark in marks}
    return tuple(by_request.values())
