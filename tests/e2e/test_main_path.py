"""The whole way by the installed command: sign in, poll, capture, judge, draft, approve, submit, follow, verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.installed import Installed
from tests.e2e.prepared import Prepared, sign_in, succeed, write_insult

pytestmark = pytest.mark.timeout(900)


def address_of(shop: Installed, review: str) -> str:
    product = shop.site.world.product_at(0)
    return f"{shop.site.origins['www']}/product/{product.slug}-{product.sku}/reviews?ruuid={review}"


def test_from_sign_in_to_a_review_that_is_gone(prepared: Prepared, tmp_path: Path) -> None:
    shop, review, appeal = prepared.shop, prepared.review, prepared.appeal
    assert shop.run("appeal", "submit", appeal).code == 1, "nobody has approved it"
    assert shop.site.ledger.submits == []

    prepared.approve()
    succeed(shop.run("appeal", "submit", appeal))
    status = prepared.follow_to_the_end()

    assert (status["state"], status["moderation"], status["outcome"]) == ("confirmed", "accepted", "removed")
    assert len(prepared.stored()) == len(shop.site.ledger.submits) == 1
    page = tmp_path / "story.html"
    succeed(shop.run("case", "show", review, "--html", str(page)))
    assert all(words in page.read_text("utf-8") for words in ("Страница статуса", "Отзыв удалён"))
    verified = succeed(shop.run("evidence", "verify", "--json")).data()
    assert verified["manifests"] >= 5
    assert [one for one in verified["findings"] if one["severity"] == "damage"] == []
    assert "appeal.filing.released" in succeed(shop.run("log", "--limit", "500")).out


def test_a_report_under_the_review_goes_out_once_by_its_address(shop: Installed) -> None:
    succeed(sign_in(shop))
    address = address_of(shop, write_insult(shop, with_order=False))

    question = "Send exactly this, once?"
    done = shop.type("appeal", "submit", address, "--ground", "insult", prompt=question, answer=lambda: "y")

    assert done.code == 0, done.out
    assert len(shop.site.ledger.submits) == 1
    status = succeed(shop.run("appeal", "status", "--json")).rows()[0]
    assert (status["channel"], status["state"]) == ("public_report", "acknowledged")


def test_saying_no_sends_nothing(shop: Installed) -> None:
    succeed(sign_in(shop))
    address = address_of(shop, write_insult(shop, with_order=False))

    done = shop.type("appeal", "submit", address, prompt="Send exactly this, once?", answer=lambda: "n")

    assert done.code == 1
    assert "Nothing was sent" in done.out
    assert shop.site.ledger.submits == []


def test_an_unknown_outcome_is_settled_by_asking_and_is_never_sent_again(prepared: Prepared) -> None:
    shop, appeal = prepared.shop, prepared.appeal
    prepared.approve()
    shop.site.switches.submit = "500_after_store"

    sent = shop.run("appeal", "submit", appeal)
    assert sent.code == 8, sent.err
    assert shop.run("appeal", "submit", appeal).code == 8, "what went out once is not sent again"
    shop.site.switches.submit = "ok"
    status = prepared.follow_to_the_end()

    assert (status["state"], status["outcome"]) == ("confirmed", "removed")
    assert len(prepared.stored()) == len(shop.site.ledger.submits) == 1
