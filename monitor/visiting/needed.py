"""Hands what a person confirmed that a page needs to the gate."""

from __future__ import annotations

from flows.gate import NeededRequest
from monitor.cases.needed_requests import find_marks
from monitor.visiting.room import VisitRoom


def needed_requests(room: VisitRoom, channel: str) -> tuple[NeededRequest, ...]:
    """Gives the local marks of this account's channel, each with and without a query."""
    with room.opened.state.read() as tx:
        marks = find_marks(tx, room.account_id, channel) or ()
    return tuple(NeededRequest(mark.method, url) for mark in marks for url in (mark.url, f"{mark.url}?**"))
