"""The selector check says what still finds its element, what drifted, and proposes a change without making it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from flows.catalog.loader import catalog_folder
from qa.elements import Look
from qa.orders import Subject
from qa.places import Stand
from qa.selector_check import EntryCheck
from qa.selector_runs import Checks, propose_patch
from qa.subjects import Topic
from qa.tours import WALKED, Tour
from tests.browser.conftest import impatient

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from mock_site.server import MockSite

OZON = catalog_folder() / "ozon"


@pytest.fixture
def hasty(bench: Workbench) -> Workbench:
    return impatient(bench, hydration_seconds=1.5, action_seconds=1.0)


def look_over(
    bench: Workbench, mock: MockSite, *pages: str, known: Mapping[str, Look] | None = None
) -> dict[str, EntryCheck]:
    stand = Stand(site=bench.site, mock=mock, is_live=False)
    checks = Checks(bench.site, known or {}, pages)
    Tour(bench, stand, Topic(asked=Subject(), stand=stand), checks.visit, pages).walk()
    return {check.key: check for check in checks.all}


def looks(checks: dict[str, EntryCheck]) -> dict[str, Look]:
    return {key: check.look for key, check in checks.items() if check.look is not None}


def test_a_healthy_site_has_no_findings(mock: MockSite, hasty: Workbench) -> None:
    checks = look_over(hasty, mock)

    assert [check for check in checks.values() if check.is_finding] == []
    pages = {page: hasty.site.page(page) for page in WALKED}
    required = {
        f"{page}.{name}" for page, catalog in pages.items() for name, e in catalog.entries.items() if e.required
    }
    assert required - {key for key, check in checks.items() if check.state == "primary"} == set()


def test_a_renamed_button_that_writes_is_told_and_proposed_but_not_made(mock: MockSite, hasty: Workbench) -> None:
    good = looks(look_over(hasty, mock, "order_appeal"))
    before = {path.name: path.read_bytes() for path in OZON.glob("*.toml")}
    mock.switches.renames = {"Отправить обращение": "Подать обращение"}

    checks = look_over(hasty, mock, "order_appeal", known=good)
    patch = propose_patch(list(checks.values()), OZON)

    sending = checks["order_appeal.send"]
    assert (sending.state, bool(sending.drift)) == ("missing", True)
    (added,) = [line for line in patch.splitlines() if line.startswith("+") and "Подать обращение" in line]
    assert "write_safe" not in added
    assert 'verified = "guess"' in added
    assert {path.name: path.read_bytes() for path in OZON.glob("*.toml")} == before


def test_a_stale_primary_is_told_with_the_fallback_that_took_over(mock: MockSite, hasty: Workbench) -> None:
    mock.switches.renames = {'data-widget="webProductHeading"': 'data-widget="webTitle"'}

    checks = look_over(hasty, mock, "product")

    assert checks["product.heading"].state == "fallback"
    assert checks["product.heading"].proposal == '{ by = "css", css = "[data-widget=\'webTitle\'] h1" }'


def test_a_control_that_is_gone_without_a_likeness_gets_no_proposal(mock: MockSite, hasty: Workbench) -> None:
    lost = Look(tag="button", role="button", name="Совершенно другое", text="Совершенно другое", around="footer")

    checks = look_over(hasty, mock, "orders", known={"orders.next_page": lost})

    assert checks["orders.next_page"].proposal == "" or checks["orders.next_page"].state == "primary"
