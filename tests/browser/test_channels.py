"""Each channel in each way its form may be sent, judged by the count at the socket; all of it: ``prove channels``."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from flows.channels import ObservedKind
from flows.gate import SubmitRequest
from flows.library.filing import OpenChannel, open_channel
from flows.session import AccountWitness
from mock_site.switches import Latency
from tests.browser.channel_table import ALL, CHANNELS, HOSTS, KINDS, LAYOUTS, PAIRWISE, Way, order_for
from tests.browser.conftest import signed_in_state

if TYPE_CHECKING:
    from flows.channels import FilingOrder, Observation
    from flows.workbench import Workbench
    from mock_site.server import MockSite
    from mock_site.world.models import ChannelName

_ROUND_TRIPS = 100
"""Questions to the page until what it sent must have reached the gate."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        metafunc.parametrize("way", ALL if metafunc.config.getoption("--all-ways") else PAIRWISE, ids=str)


def who(mock: MockSite, channel: str) -> AccountWitness:
    account = mock.world.accounts[0]
    if HOSTS[channel] == "seller":
        return AccountWitness(name=account.company)
    return AccountWitness(name=account.name, guid=account.guid)


def open_cabinet(mock: MockSite, bench: Workbench) -> AbstractContextManager[OpenChannel]:
    state = signed_in_state(mock, site="seller")
    return open_channel(bench, "cabinet_complaint", state=state, expected=who(mock, "cabinet_complaint"))


def file(mock: MockSite, bench: Workbench, order: FilingOrder, *, window: float = 8, stopped: int = 0) -> Observation:
    """Files as the ledger would, and makes sure that nothing left before it was put on record.

    The answer to the first request may be on the page before a second one has reached the gate: ``stopped`` says how
    many are waited for.
    """
    state, channel = signed_in_state(mock, site=HOSTS[order.channel]), order.channel
    expected = who(mock, channel)
    posts_at_release: list[int] = []

    def record(_: SubmitRequest) -> None:
        posts_at_release.append(len(mock.ledger.submits))

    with open_channel(bench, channel, state=state, expected=expected, answer_window_seconds=window) as form:
        form.channel.prepare(order)
        assert form.channel.inspect().problems == ()
        assert mock.ledger.submits == []
        form.gate.arm(record)
        form.channel.gesture()
        seen = form.channel.observe()
        for _ in range(_ROUND_TRIPS):
            if form.gate.blocked >= stopped:
                break
            with suppress(Error):  # a second request that is a navigation, and stopped, takes the page along
                form.tab.page.evaluate("new Promise(resolve => requestAnimationFrame(resolve))")
        seen = seen.model_copy(update={"blocked": form.gate.blocked})
    assert posts_at_release in ([], [0])
    return seen


def pairs_of(ways: list[Way]) -> set[tuple[str, str]]:
    return {pair for way in ways for pair in itertools.combinations((way.channel, way.kind, way.layout), 2)}


def test_the_small_table_meets_every_pair() -> None:
    assert pairs_of(PAIRWISE) == pairs_of(ALL)
    assert len(ALL) == len(CHANNELS) * len(KINDS) * len(LAYOUTS)


def test_a_form_is_sent_once_in_whatever_way_the_site_sends_it(mock: MockSite, bench: Workbench, way: Way) -> None:
    mock.switches.layout = way.layout
    mock.switches.form_kinds = {way.channel: way.kind}
    order = order_for(mock, way.channel)

    seen = file(mock, bench, order)

    (stored,) = mock.world.stored_appeals
    wanted = ObservedKind.SUCCESS_TEXT if way.channel == "public_report" else ObservedKind.NUMBER
    assert (seen.kind, seen.released, seen.blocked) == (wanted, 1, 0), seen.raw_text
    assert seen.number == (None if way.channel == "public_report" else stored.number)
    assert (stored.channel, stored.review_uuid) == (way.channel, order.review_id)
    assert stored.text.replace("\r\n", "\n") == order.text
    assert len(mock.ledger.submits) == 1


def test_a_form_that_only_a_worker_sends_is_not_sent(mock: MockSite, bench: Workbench) -> None:
    mock.switches.form_kinds = {"cabinet_complaint": "worker_only"}

    seen = file(mock, bench, order_for(mock, "cabinet_complaint"), window=1)

    assert (seen.kind, seen.released) == (ObservedKind.UNCLEAR, 0)
    assert mock.ledger.submits == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_site_that_sends_twice_gets_one(mock: MockSite, bench: Workbench, channel: str) -> None:
    mock.switches.quirks = ["double"]

    seen = file(mock, bench, order_for(mock, channel), stopped=1)

    assert (seen.released, seen.blocked) == (1, 1)
    assert len(mock.ledger.submits) == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_error_about_what_was_stopped_does_not_hide_the_sites_answer(
    mock: MockSite, bench: Workbench, channel: ChannelName
) -> None:
    """The page says "an error" of its second request at once; the answer to the first one comes later."""
    mock.switches.quirks = ["double"]
    mock.switches.form_kinds = {channel: "fetch"}
    path = bench.site.channels[channel].submit_url.partition(":")[2]
    mock.switches.latency = [Latency(mean_ms=1_500, path=path)]

    seen = file(mock, bench, order_for(mock, channel), stopped=1)

    wanted = ObservedKind.SUCCESS_TEXT if channel == "public_report" else ObservedKind.NUMBER
    assert (seen.kind, seen.released, seen.blocked, seen.status_code) == (wanted, 1, 1, 200)
    assert len(mock.ledger.submits) == 1


@pytest.mark.parametrize("quirk", ["alert", "window", "download"])
def test_surprises_are_turned_away_and_kept_on_record(mock: MockSite, bench: Workbench, quirk: str) -> None:
    mock.switches.quirks = [quirk]  # type: ignore[list-item]
    order = order_for(mock, "cabinet_complaint")

    with open_cabinet(mock, bench) as opened:
        opened.channel.prepare(order)
        opened.gate.arm(lambda _: None)
        opened.channel.gesture()
        seen = opened.channel.observe()
        kinds = {incident.kind for incident in opened.incidents}

    assert seen.kind is ObservedKind.NUMBER
    assert {"alert": "dialog", "window": "popup", "download": "download"}[quirk] in kinds
    assert len(mock.ledger.submits) == 1


def test_a_question_before_sending_is_answered_with_no_and_nothing_leaves(mock: MockSite, bench: Workbench) -> None:
    mock.switches.quirks = ["confirm"]

    seen = file(mock, bench, order_for(mock, "support_ticket"), window=1)

    assert (seen.kind, seen.released) == (ObservedKind.UNCLEAR, 0)
    assert "Отправить?" in seen.raw_text
    assert mock.ledger.submits == []
