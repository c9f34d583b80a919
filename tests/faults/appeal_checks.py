"""What must hold after any crash, judged by the site's own file. Each broken rule is one sentence."""

from __future__ import annotations

from collections import Counter

from monitor.appeals.machine import AppealState
from monitor.state.appeals import AppealRecord
from tests.faults.simulated_site import RESENT, Kind, Mode, SimulatedSite

_SENT = frozenset({AppealState.CONFIRMED, AppealState.ACKNOWLEDGED, AppealState.DUPLICATE_SEEN})
_NOT_SENT = frozenset({AppealState.ABSENT, AppealState.APPROVED, AppealState.DRAFT, AppealState.MOOT})
_IN_FLIGHT = frozenset({AppealState.INTENT, AppealState.ARMED, AppealState.RELEASED})


def find_violations(site: SimulatedSite, appeals: list[AppealRecord], mode: Mode) -> list[str]:
    """Compares what the ledger says with what reached the site."""
    gestures = Counter(event.appeal_id for event in site.events("gesture"))
    posts = Counter(event.appeal_id for event in site.events("post"))
    stored = Counter(event.appeal_id for event in site.events("stored"))
    found = [
        f"a request left before RELEASED was on disk: {event.appeal_id}"
        for event in site.events("post")
        if not event.is_released_on_disk
    ]
    for appeal in appeals:
        key = appeal.id
        most = 2 if mode in RESENT else 1
        if gestures[key] > 1:
            found.append(f"{gestures[key]} gestures for one approved generation")
        if posts[key] > most:
            found.append(f"{posts[key]} requests")
        found += _judge_state(site, appeal, stored[key])
    return found


def _judge_state(site: SimulatedSite, appeal: AppealRecord, stored: int) -> list[str]:
    state = AppealState(appeal.state)
    found: list[str] = []
    if state in _IN_FLIGHT:
        found.append(f"left in {state}")
    if state in _SENT and not stored:
        found.append(f"{state} without a stored appeal")
    if state in _NOT_SENT and stored:
        found.append(f"{state} although the site has it")
    if site.kind is Kind.NO_LIST:
        if state is AppealState.CONFIRMED:
            found.append("confirmed where nothing can confirm")
        return found
    if stored > 1 and state is not AppealState.DUPLICATE_SEEN:
        found.append(f"a duplicate below us is shown as {state}")
    if stored == 1 and state is not AppealState.CONFIRMED:
        found.append(f"the site has it once, the ledger says {state}")
    if not stored and state not in {AppealState.ABSENT, AppealState.NEEDS_HUMAN}:
        found.append(f"lost: the site has nothing, the ledger says {state}")
    return found
