"""Each named flow runs on the mock; what sends stays away from live sites; traces carry no secret."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.browser import BrowserHandle
from flows.catalog.loader import load_site
from qa.errors import OrderRefused
from qa.flow_cards import FLOW_CARDS, flow_cards
from qa.named_flows import FLOWS, Run, run_flow
from qa.orders import Subject
from qa.places import Stand
from qa.subjects import Topic
from qa.watching import FlowWatch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.catalog import Site
    from flows.workbench import Workbench
    from mock_site.server import MockSite

CARDS = flow_cards(load_site("ozon"))


def a_run(bench: Workbench, mock: MockSite | None, told: list[str], *, is_live: bool = False) -> Run:
    stand = Stand(site=bench.site, mock=mock, is_live=is_live)
    return Run(bench=bench, stand=stand, topic=Topic(asked=Subject(), stand=stand), tell=told.append)


def watched(bench: Workbench, browser: Browser, told: list[str], traces: Path | None = None) -> Workbench:
    watch = FlowWatch(told.append, traces)
    return dataclasses.replace(bench, browser=dataclasses.replace(BrowserHandle.adopt(browser), watch=watch))


def test_every_card_has_its_flow() -> None:
    assert FLOWS.keys() == FLOW_CARDS.keys()
    assert CARDS.keys() == FLOWS.keys() | load_site("ozon").channels.keys()


@pytest.mark.parametrize("name", CARDS)
def test_a_named_flow_runs_on_the_mock(mock: MockSite, bench: Workbench, browser: Browser, name: str) -> None:
    told: list[str] = []

    done = run_flow(name, a_run(watched(bench, browser, told), mock, told))

    assert not done.has_findings, (done.data, told)
    assert any(line.startswith(("page:", "sent:")) for line in told)
    sends = CARDS[name].is_writing and name != "sign_in"
    assert len(mock.ledger.submits) == int(sends)


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if card.is_writing])
def test_what_sends_is_refused_on_a_live_site(mock: MockSite, bench: Workbench, name: str) -> None:
    with pytest.raises(OrderRefused, match="live site"):
        run_flow(name, a_run(bench, None, [], is_live=True))

    assert mock.ledger.entries == []


def test_without_a_mock_of_its_own_a_subject_must_be_named(bench: Workbench) -> None:
    with pytest.raises(OrderRefused, match="needed") as refused:
        run_flow("read_product_card", a_run(bench, None, []))

    assert refused.value.where == "--product"


def csrf_tokens(mock: MockSite) -> list[str]:
    """What the pages' forms carried, as the mock got it back."""
    sent = b" ".join(entry.body for entry in mock.ledger.submits).decode("utf-8", "replace")
    return re.findall(r"csrf[^\w]{1,12}([\w-]{8,})", sent)


def secrets_in(folder: Path, secrets: list[str]) -> list[str]:
    found = []
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            found += [f"{path.name}/{n}" for n in archive.namelist() for s in secrets if s.encode() in archive.read(n)]
    return found


def test_traces_of_a_filing_hold_no_secret(
    mock: MockSite, site: Site, bench: Workbench, browser: Browser, tmp_path: Path
) -> None:
    told: list[str] = []

    run_flow("order_appeal", a_run(watched(bench, browser, told, tmp_path), mock, told))

    sids = [*mock.world.sign_ins.opened_sids, *csrf_tokens(mock)]
    assert len(sids) >= 2
    assert [path.name for path in tmp_path.iterdir()] == ["01-submit.zip"]
    assert secrets_in(tmp_path, sids) == []
    assert secrets_in(tmp_path, [site.origins["www"]]) != [], "the scan must find what is there"


def test_nothing_is_traced_while_somebody_signs_in(
    mock: MockSite, bench: Workbench, browser: Browser, tmp_path: Path
) -> None:
    told: list[str] = []

    run_flow("sign_in", a_run(watched(bench, browser, told, tmp_path), mock, told))

    assert list(tmp_path.iterdir()) == []
    assert "trace: off while somebody signs in" in told
