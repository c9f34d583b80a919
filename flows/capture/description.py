"""What the manifest says about time, window and server of a capture."""

from __future__ import annotations

import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from playwright.sync_api import Error

from evidence_store.manifest import BrowserView, CaptureTimes
from flows.pages.source import ask_page

if TYPE_CHECKING:
    from playwright.sync_api import Response

    from flows.workbench import Tab


def describe_times(tab: Tab, response: Response | None, started: datetime, started_ns: int) -> CaptureTimes:
    """Returns begin and end by wall clock and monotonic clock, and how far the server's clock is off."""
    bench = tab.bench
    finished = bench.now()
    offset = finished.astimezone(ZoneInfo(bench.site.zone)).utcoffset()
    server_date = response.headers.get("date", "") if response is not None else ""
    behind = _offset_ms(server_date, started)
    return CaptureTimes(
        started=started,
        finished=finished,
        started_monotonic_ns=started_ns,
        finished_monotonic_ns=time.monotonic_ns(),
        zone=bench.site.zone,
        utc_offset_minutes=int(offset.total_seconds() // 60) if offset is not None else 0,
        clock_source="server_date" if behind is not None else "none",
        offset_ms=behind,
        server_date=server_date,
    )


def _offset_ms(server_date: str, ours: datetime) -> int | None:
    """Ours minus theirs; the header has whole seconds, so less than a second means nothing."""
    try:
        theirs = parsedate_to_datetime(server_date)
    except (ValueError, TypeError):
        return None
    return round((ours - theirs).total_seconds() * 1000) if theirs.tzinfo is not None else None


def describe_view(tab: Tab) -> BrowserView:
    """Returns how the browser looked to the site."""
    try:
        user_agent, scale = ask_page(tab.page, "() => [navigator.userAgent, Math.round(devicePixelRatio * 100)]")
    except Error:
        user_agent, scale = "not told: the page did not answer", 100
    width, height = tab.bench.viewport
    return BrowserView(
        width=width,
        height=height,
        scale_percent=int(scale),
        user_agent=str(user_agent),
        locale=tab.guarded.terms.locale,
        zone=tab.guarded.terms.timezone,
    )


def describe_remote(response: Response | None) -> str:
    """Returns the address that answered, "" where the browser does not tell."""
    if response is None:
        return ""
    try:
        address = response.server_addr()
    except Error:
        return ""
    return address["ipAddress"].strip("[]") if address else ""
