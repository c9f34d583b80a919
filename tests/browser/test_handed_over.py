"""What comes back from the parked page: compressed where it is long, and no fingerprint that nobody keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.library.polling import Ask, fetch_listings
from flows.workbench import reading_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.workbench import Workbench
    from mock_site.server import MockSite


class Heard:
    """A page that notes how long what it hands over is."""

    def __init__(self, page: Page, before: str = "") -> None:
        self.page, self.before, self.lengths = page, before, list[int]()

    def evaluate(self, script: str, argument: object) -> Any:
        if self.before:
            self.page.evaluate(self.before)
        told = self.page.evaluate(script, argument)
        self.lengths.append(len(told))
        return told


def asks_of(mock: MockSite, bench: Workbench, *, is_kept: bool) -> list[Ask]:
    paths = [f"{product.path}reviews/" for product in mock.world.products()]
    return [Ask(key=one, path=bench.site.path("page_json", path=one), is_kept=is_kept) for one in paths]


def test_long_answers_come_packed_and_are_the_same(mock: MockSite, bench: Workbench) -> None:
    asks = asks_of(mock, bench, is_kept=True)
    with reading_tab(bench) as tab:
        tab.page.goto(bench.site.url("home"))
        packed, plain = Heard(tab.page), Heard(tab.page, before="delete window.CompressionStream")
        first, second = (fetch_listings(page, bench.site, asks, in_flight=2) for page in (packed, plain))  # type: ignore[arg-type]

    assert [one.fingerprint for one in first] == [one.fingerprint for one in second]
    assert all(one.fingerprint for one in first)
    assert [len(one.body) for one in first] == [len(one.body) for one in second]
    assert packed.lengths[0] * 3 < plain.lengths[0]


def test_no_fingerprint_is_made_that_nobody_keeps(mock: MockSite, bench: Workbench) -> None:
    with reading_tab(bench) as tab:
        tab.page.goto(bench.site.url("home"))
        answers = fetch_listings(tab.page, bench.site, asks_of(mock, bench, is_kept=False), in_flight=2)

    assert all(one.body for one in answers)
    assert {one.fingerprint for one in answers} == {""}
