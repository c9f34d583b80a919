"""One service for both, to the end: approved in the desk that a running `watch` serves, sent by that watch, once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.prepared import Prepared, succeed
from tests.installation.test_desk_beside_watch import watching

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SET = {
    "# with_watch = false": "with_watch = true",
    '# poll = "30m"': 'poll = "6h"',
    '# submit = "15m"': 'submit = "10s"',
}
SENT = re.compile("Отправлено|Получено")
NEXT_NEWS = 120_000  # ms: a slot and a filing beside other tests


def configure(config: Path) -> None:
    told = config.read_text("utf-8")
    for was, becomes in SET.items():
        assert told.count(was) == 1, was
        told = told.replace(was, becomes)
    config.write_text(told, "utf-8")


def test_what_is_approved_in_a_watchers_desk_goes_out_once_when_its_grace_is_over(
    prepared: Prepared, tmp_path: Path, browser: Browser
) -> None:
    shop = prepared.shop
    configure(shop.home / "config.toml")
    # Else the visit that files may already see the decision; that the site has received it, it may see at once.
    shop.site.switches.moderator.delay_s = 3600
    with watching(shop.home, tmp_path / "watch.log"):
        link = succeed(shop.run("desk", "--no-browser")).out.split()[0]
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.goto(link)
        page.goto(re.sub(r"/enter.*", f"/inbox/shop/{prepared.review}", link))
        assert shop.site.ledger.submits == []
        page.keyboard.press("a")
        page.locator(".toast", has_text="Одобрено").wait_for()
        page.goto(re.sub(r"/enter.*", f"/appeals/{prepared.appeal}", link))
        while page.locator(".pill", has_text=SENT).count() == 0:
            page.locator("#news", has_text="есть новое").wait_for(timeout=NEXT_NEWS)
            page.reload()
        page.goto(re.sub(r"/enter.*", "/inbox", link))
        assert "Само ничего не уйдёт" not in page.locator(".list__top").inner_text()
        page.context.close()
    assert [one.review_uuid for one in shop.site.world.stored_appeals if one.review_uuid == prepared.review] == [
        prepared.review
    ]
    assert len(shop.site.ledger.submits) == 1
