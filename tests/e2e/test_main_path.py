"""The whole way by the installed command: sign in, poll, capture, judge, draft, approve, submit, follow, verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_site.world import NewReview
from tests.e2e.installed import Done, Installed

pytestmark = pytest.mark.timeout(900)

INSULT = "Продавец — дебил и мошенник, чтоб вы провалились со своим товаром!"


def succeed(done: Done) -> Done:
    assert done.code == 0, f"{done.out}\n{done.err}"
    return done


def sign_in(shop: Installed) -> Done:
    login = shop.site.world.options.accounts[0].email
    return shop.type("login", prompt="Code for", answer=lambda: shop.site.code_for(login))


def write_insult(shop: Installed, *, with_order: bool = True) -> str:
    """Lets a stranger write a review that breaks the rules; returns its id."""
    written = NewReview(kind="insult", rating=1, text=INSULT, with_order=with_order)
    return shop.site.world.add_review(0, written).uuid


def address_of(shop: Installed, review: str) -> str:
    product = shop.site.world.product_at(0)
    return f"{shop.site.origins['www']}/product/{product.slug}-{product.sku}/reviews?ruuid={review}"


def prepare(shop: Installed) -> tuple[str, str]:
    """Signs in, learns what is there, meets a new review and captures it; returns the review and its drafted appeal."""
    shop.site.switches.moderator.delay_s = 0.5
    succeed(sign_in(shop))
    assert shop.run("session", "status", "--json").data()[0]["state"] == "live"
    assert succeed(shop.run("poll", "--json")).data()["facts"]["baseline_reviews"] > 0
    review = write_insult(shop)
    assert succeed(shop.run("poll", "--json")).data()["facts"]["new"] == 1
    succeed(shop.run("capture", review))
    shown = succeed(shop.run("reviews", "show", review, "--json")).data()
    assert shown["verdict"]["kind"] == "file"
    return review, shown["appeals"][0]["id"]


def follow_to_the_end(shop: Installed) -> dict[str, str]:
    for _ in range(8):
        succeed(shop.run("appeal", "follow"))
        status: dict[str, str] = succeed(shop.run("appeal", "status", "--json")).data()[0]
        if status["outcome"]:
            break
    return status


def test_from_sign_in_to_a_review_that_is_gone(shop: Installed, tmp_path: Path) -> None:
    review, appeal = prepare(shop)
    preview = succeed(shop.run("appeal", "preview", appeal, "--json")).data()
    assert shop.run("appeal", "submit", appeal).code == 1, "nobody has approved it"
    assert shop.site.ledger.submits == []

    succeed(shop.run("appeal", "approve", appeal, "--hash", preview["hash that an approval is bound to"]))
    succeed(shop.run("appeal", "submit", appeal))
    status = follow_to_the_end(shop)

    assert (status["state"], status["moderation"], status["outcome"]) == ("confirmed", "accepted", "removed")
    assert [stored.review_uuid for stored in shop.site.world.stored_appeals] == [review]
    assert len(shop.site.ledger.submits) == 1
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
    status = succeed(shop.run("appeal", "status", "--json")).data()[0]
    assert (status["channel"], status["state"]) == ("public_report", "acknowledged")


def test_saying_no_sends_nothing(shop: Installed) -> None:
    succeed(sign_in(shop))
    address = address_of(shop, write_insult(shop, with_order=False))

    done = shop.type("appeal", "submit", address, prompt="Send exactly this, once?", answer=lambda: "n")

    assert done.code == 1
    assert "Nothing was sent" in done.out
    assert shop.site.ledger.submits == []


def test_an_unknown_outcome_is_settled_by_asking_and_is_never_sent_again(shop: Installed) -> None:
    _, appeal = prepare(shop)
    payload = shop.run("appeal", "preview", appeal, "--json").data()["hash that an approval is bound to"]
    succeed(shop.run("appeal", "approve", appeal, "--hash", payload))
    shop.site.switches.submit = "500_after_store"

    sent = shop.run("appeal", "submit", appeal)
    assert sent.code == 8, sent.err
    assert shop.run("appeal", "submit", appeal).code == 1, "what went out once is not sent again"
    shop.site.switches.submit = "ok"
    status = follow_to_the_end(shop)

    assert (status["state"], status["outcome"]) == ("confirmed", "removed")
    assert len(shop.site.ledger.submits) == 1
    assert len(shop.site.world.stored_appeals) == 1
