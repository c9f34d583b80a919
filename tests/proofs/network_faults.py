"""What can happen to the one request and its answer on the way, on every channel, judged at the mock's socket.

A case is one filing in a browser of its own; what its answer proves is read from the ledger's table.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from flows.channels import Observation
from flows.errors import FlowError
from flows.gate import SubmitRequest
from flows.library.filing import open_channel
from mock_site.switches import Latency
from monitor.appeals.answer_table import Asked, judge_answer
from monitor.appeals.machine import AppealState
from tests.browser.channel_table import CHANNELS, HOSTS, order_for
from tests.browser.conftest import signed_in_state
from tests.browser.test_channels import who
from tests.proofs.gate_behaviours import settle, submit_path

if TYPE_CHECKING:
    from flows.channels import FilingOrder
    from flows.workbench import Workbench
    from mock_site.server import MockSite

WINDOW = 4.0
"""Seconds that a filing here waits for its answer."""


@dataclass(frozen=True, kw_only=True)
class NetworkFault:
    """One row.

    Attributes:
        mode: The mock's switch ``submit``.
        is_stored: Whether the site keeps what is lost on the way.
        delay_seconds: How late the site takes up the request.
        is_resent: The browser's network stack may send the request a second time by itself.
    """

    name: str
    mode: str = "ok"
    is_stored: bool = True
    delay_seconds: float = 0.0
    is_resent: bool = False


REDIRECTS = tuple(
    NetworkFault(name=f"{code} to {target.replace('_', ' ')}", mode=f"{code}_to_{target}")
    for code in (301, 302, 303, 307, 308)
    for target in ("sign_in", "success")
)
FAULTS: tuple[NetworkFault, ...] = (
    NetworkFault(name="nothing at all"),
    NetworkFault(name="a delay within the window", delay_seconds=2.0),
    NetworkFault(name="a delay of 5 s, past the window", delay_seconds=5.0),
    NetworkFault(name="a delay of 60 s, past the window", delay_seconds=60.0),
    NetworkFault(name="passed on twice", mode="twice"),
    NetworkFault(name="an answer in part", mode="partial"),
    NetworkFault(name="chunks cut", mode="chunk_cut"),
    NetworkFault(name="gzip cut", mode="gzip_cut"),
    NetworkFault(name="FIN instead of an answer", mode="fin", is_resent=True),
    NetworkFault(name="FIN races the request on a kept connection", mode="fin", is_stored=False, is_resent=True),
    NetworkFault(name="RST instead of an answer", mode="rst", is_resent=True),
    NetworkFault(name="408 on a kept connection", mode="408", is_resent=True),
    NetworkFault(name="no answer", mode="hang"),
    NetworkFault(name="FIN after the window", mode="late_6"),
    NetworkFault(name="another filing's number", mode="foreign_number"),
    NetworkFault(name="stored, then 403", mode="403_after_store"),
    NetworkFault(name="stored, then 409", mode="409_after_store"),
    NetworkFault(name="stored, then 429", mode="429_after_store"),
    NetworkFault(name="stored, then 503", mode="503_after_store"),
    NetworkFault(name="stored, then asked to send it again", mode="307_after_store"),
    *REDIRECTS,
)
SHARE = ("gzip cut", "stored, then 403", "307 to success", "302 to sign in", "408 on a kept connection")


def pairs(*, whole: bool) -> list[tuple[str, NetworkFault]]:
    """Every fault on every channel, or a share of them, the channels in turn."""
    if whole:
        return [(channel, fault) for fault in FAULTS for channel in CHANNELS]
    chosen = [fault for fault in FAULTS if fault.name in SHARE]
    return [(CHANNELS[place % len(CHANNELS)], fault) for place, fault in enumerate(chosen)]


@dataclass(frozen=True)
class Filed:
    """What one filing came to, as the program sees it."""

    releases: int
    state: AppealState


def file_once(
    mock: MockSite, bench: Workbench, order: FilingOrder, *, on_release: Callable[[], object] = lambda: None
) -> Filed:
    """Files as the ledger would and judges the answer by its table."""
    channel, releases = order.channel, list[SubmitRequest]()
    seen: Observation | None = None
    state, expected = signed_in_state(mock, site=HOSTS[channel]), who(mock, channel)

    def release(request: SubmitRequest) -> None:
        releases.append(request)
        on_release()

    with (
        suppress(FlowError, Error),
        open_channel(bench, channel, state=state, expected=expected, answer_window_seconds=WINDOW) as form,
    ):
        form.channel.prepare(order)
        form.gate.arm(release)
        with suppress(FlowError):
            form.channel.gesture()
            seen = form.channel.observe()
    asked = Asked(was_released=bool(releases), has_list=bench.site.channels[channel].has_list)
    return Filed(len(releases), judge_answer(asked, seen))


def suffer(mock: MockSite, bench: Workbench, channel: str, fault: NetworkFault) -> list[str]:
    """Files once with the fault on the way; returns the rules that were broken."""
    switches, path = mock.switches, submit_path(channel)
    switches.submit, switches.submit_times, switches.store_lost_submits = fault.mode, 1, fault.is_stored
    if fault.delay_seconds:
        switches.latency = [Latency(kind="fixed", mean_ms=fault.delay_seconds * 1000, path=path)]
    order = order_for(mock, channel)
    filed = file_once(mock, bench, order)
    settle(mock)
    stored = sum(one.review_uuid == order.review_id for one in mock.world.stored_appeals)
    return broken_rules(filed, fault, posts=mock.ledger.count(path, "POST"), stored=stored)


def broken_rules(filed: Filed, fault: NetworkFault, *, posts: int, stored: int) -> list[str]:
    """Names what must not be, whatever the network did."""
    found, state = list[str](), filed.state
    if filed.releases != 1:
        found.append(f"{filed.releases} releases")
    if posts != 1 and not (fault.is_resent and posts == 2):
        found.append(f"{posts} requests of one gesture")
    if state is AppealState.REJECTED_BY_FORM and stored:
        found.append("refused, says the table, and the site has it")
    if state in {AppealState.CONFIRMED, AppealState.ACKNOWLEDGED} and not stored:
        found.append(f"{state} without a stored filing")
    return found
