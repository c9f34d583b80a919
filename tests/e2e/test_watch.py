"""Watching by the installed command: what is due is done once, the next slot waits, and a restart changes nothing."""

from __future__ import annotations

import pytest

from mock_site.world import NewReview
from tests.e2e.installed import Installed

pytestmark = pytest.mark.timeout(900)


def test_watching_meets_a_new_review_and_prepares_its_case(totp_shop: Installed) -> None:
    shop = totp_shop
    first = shop.run("watch", "--once")
    assert first.code == 0, first.err
    assert "were there before watching began" in first.err
    text = "Продавец — дебил и мошенник!"
    review = shop.site.world.add_review(0, NewReview(kind="insult", rating=1, text=text, with_order=False)).uuid

    early = shop.run("watch", "--once")
    assert early.code == 0
    assert "Visiting" not in early.err, "the next slot is not due yet"
    assert shop.run("poll").code == 0
    assert shop.run("capture").code == 0

    shown = shop.run("reviews", "show", review, "--json").data()
    assert shown["verdict"]["kind"] == "file"
    assert [appeal["state"] for appeal in shown["appeals"]] == ["draft"]
    assert {one["moment"] for one in shown["evidence"]} >= {"public", "account", "product_card", "facts"}
    assert shop.site.ledger.submits == []

    asked = shop.run("appeal", "follow")
    assert asked.code == 0
    assert "Reading the site's own list" not in asked.err, "nothing was sent, so there is nothing to ask about"
