"""A site quite unlike the first is read, signed in to and reported on by a folder of catalog data alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from flows.catalog import Site, SiteOverlay, load_site
from flows.channels import FilingOrder, ObservedKind
from flows.errors import AlreadyReported, FormMismatch, SignInRequired
from flows.library.filing import open_channel
from flows.library.read_reviews import ProductPoll, read_reviews
from flows.library.sign_in import Credentials, SignedIn, sign_in
from flows.readings.models import PageHealth
from flows.session import AccountWitness
from flows.workbench import Workbench
from tests.browser.conftest import workbench
from tests.browser.second_site.shop import CATALOG, CODE, MAIL, NAME, OPINIONS, Shop, open_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WHO = AccountWitness(name=NAME)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as opened:
        yield opened


@pytest.fixture
def second_site(shop: Shop) -> Site:
    timings = {"action_seconds": 4, "navigation_seconds": 8, "hydration_seconds": 4, "requests_per_minute": 60_000}
    overlay = SiteOverlay(origins={"shop": shop.origin}, timings=timings, windows={"answer_window_seconds": 4.0})
    return load_site("shopette", folder=CATALOG, overlay=overlay)


@pytest.fixture
def second_bench(browser: Browser, second_site: Site) -> Workbench:
    return workbench(browser, second_site)


def come_in(bench: Workbench, *codes: str) -> SignedIn:
    left = list(codes or (CODE,))
    who = Credentials(login=MAIL, kind="email")
    return sign_in(bench, who, identity="buyer", ask_code=lambda _: left.pop(0) if left else None, expected=WHO)


def order(shop: Shop, **more: str) -> FilingOrder:
    wanted = OPINIONS[2]
    values = {
        "appeal_id": "appeal-1",
        "generation": 1,
        "site": "shopette",
        "identity": "buyer",
        "channel": "public_report",
        "review_id": wanted.number,
        "review_text": wanted.text,
        "product_url": f"{shop.origin}/item/k9",
        "order_number": None,
        "ground": "insult",
        "reason_label": "Rude",
        "text": "Calls the seller names.",
    }
    return FilingOrder.model_validate({**values, **more})


def test_its_whole_listing_is_read_page_by_page(shop: Shop, second_bench: Workbench) -> None:
    (result,) = read_reviews(second_bench, [ProductPoll(sku="k9", url=f"{shop.origin}/item/k9")])

    assert [review.review_id for review in result.read.reviews] == [one.number for one in OPINIONS]
    assert (result.read.health, result.read.coverage.is_complete) == (PageHealth.HEALTHY, True)
    assert (result.read.coverage.pages_read, result.read.coverage.way) == (3, "rendered_page")


def test_one_signs_in_with_its_own_steps(second_bench: Workbench) -> None:
    done = come_in(second_bench, "000000", CODE)

    assert (done.witness, done.way) == (WHO, "code")


def test_its_refusal_of_a_code_is_understood(second_bench: Workbench) -> None:
    with pytest.raises(SignInRequired):
        come_in(second_bench, "000000", "000001")


def test_one_report_is_filed_once(shop: Shop, second_bench: Workbench) -> None:
    state = come_in(second_bench).state
    released: list[object] = []

    with open_channel(second_bench, "public_report", state=state, expected=WHO) as opened:
        opened.channel.prepare(order(shop))
        form = opened.channel.inspect()
        assert (form.problems, form.reasons_offered) == ((), ("Rude", "Not about the item"))
        opened.gate.arm(released.append)
        opened.channel.gesture()
        seen = opened.channel.observe()

    assert (seen.kind, seen.released, len(released)) == (ObservedKind.SUCCESS_TEXT, 1, 1)
    assert shop.flags == [{"opinion": "op-75", "why": "1", "words": "Calls the seller names."}]
    with (
        open_channel(second_bench, "public_report", state=state, expected=WHO) as opened,
        pytest.raises(AlreadyReported),
    ):
        opened.channel.prepare(order(shop))


def test_a_form_about_another_opinion_is_not_sent(shop: Shop, second_bench: Workbench) -> None:
    shop.quotes_another = True
    state = come_in(second_bench).state

    with open_channel(second_bench, "public_report", state=state, expected=WHO) as form, pytest.raises(FormMismatch):
        form.channel.prepare(order(shop))

    assert shop.flags == []


def test_a_reason_it_does_not_offer_is_refused(shop: Shop, second_bench: Workbench) -> None:
    state = come_in(second_bench).state

    with open_channel(second_bench, "public_report", state=state, expected=WHO) as form, pytest.raises(FormMismatch):
        form.channel.prepare(order(shop, reason_label="Неприемлемое содержание"))

    assert shop.flags == []
