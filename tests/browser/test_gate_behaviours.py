"""Pages that send twice or elsewhere, each way out once; every kind on every channel: ``python3 run.py prove gate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proofs import network_faults, passage_faults
from tests.proofs.gate_behaviours import BEHAVIOURS, Behaviour, gate_of_before, misbehave, name_of, own_browsers, pairs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.workbench import Workbench
    from mock_site.server import MockSite


@pytest.fixture
def own_bench(bench: Workbench, browser: Browser, browser_type_launch_args: dict[str, object]) -> Workbench:
    return own_browsers(bench, browser, browser_type_launch_args)


@pytest.mark.parametrize(("channel", "behaviour"), pairs(whole=False), ids=name_of)
def test_a_page_that_sends_more_gets_one_request_out(
    mock: MockSite, own_bench: Workbench, channel: str, behaviour: Behaviour
) -> None:
    assert misbehave(mock, own_bench, channel, behaviour) == []


@pytest.mark.parametrize(
    ("channel", "fault"), network_faults.pairs(whole=False), ids=lambda value: getattr(value, "name", value)
)
def test_a_fault_of_the_network_makes_no_second_request_and_no_false_word(
    mock: MockSite, own_bench: Workbench, channel: str, fault: network_faults.NetworkFault
) -> None:
    assert network_faults.suffer(mock, own_bench, channel, fault) == []


@pytest.mark.parametrize("case", passage_faults.pairs(whole=False), ids=lambda case: case[1].name)
def test_a_fault_on_the_way_makes_no_false_word(
    mock: MockSite,
    bench: Workbench,
    browser: Browser,
    browser_type_launch_args: dict[str, object],
    case: tuple[str, passage_faults.PassageFault],
) -> None:
    assert passage_faults.suffer(mock, bench, browser, browser_type_launch_args, case).broken == []


@pytest.mark.parametrize("name", ["a second path", "a shared worker", "a beacon when the page is hidden"])
def test_the_gate_of_before_lets_them_out(mock: MockSite, bench: Workbench, name: str) -> None:
    [behaviour] = [one for one in BEHAVIOURS if one.name == name]

    assert any(_leaks(mock, bench, behaviour) for _ in range(8))


def _leaks(mock: MockSite, bench: Workbench, behaviour: Behaviour) -> bool:
    """Whether something got out. What a page sends while it is torn down is in a race that it loses now and then."""
    mock.reset()
    with gate_of_before():
        return bool(misbehave(mock, bench, "public_report", behaviour))
