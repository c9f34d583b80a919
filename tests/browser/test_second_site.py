"""A site quite unlike the first is read, signed in to and reported on by a folder of catalog data alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import pytest

from flows.catalog import Site, SiteOverlay, load_site
from flows.channels import FilingOrder, Observation, ObservedKind
from flows.errors import AlreadyReported, FormMismatch, SignInRequired, WallMet
from flows.library.check_public import check_public
from flows.library.filing import OpenChannel, open_channel
from flows.library.read_reviews import PollResult, ProductPoll, read_reviews
from flows.library.sign_in import CodeRequest, Credentials, SignedIn, sign_in
from flows.readings.models import PageHealth
from flows.session import AccountWitness
from flows.workbench import Workbench
from mock_site.server import MockSite
from mock_site.skins import CATALOGS, find_skin
from mock_site.switches import Wall, WallKind
from mock_site.world import NewReview, WorldOptions
from mock_site.world.models import Review
from mock_site.world.moderation import Moderation
from qa.mock_sessions import session_state
from tests.browser.conftest import EPOCH, workbench

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WORLD = WorldOptions(seed=7, products=2, reviews_per_product=23, epoch=EPOCH)


@pytest.fixture(scope="module")
def running_shop() -> Iterator[MockSite]:
    with MockSite.start(WORLD, skin=find_skin("shopette")) as site:
        yield site


@pytest.fixture
def shop(running_shop: MockSite) -> Iterator[MockSite]:
    running_shop.reset()
    yield running_shop
    assert running_shop.errors == []


@pytest.fixture
def second_site(shop: MockSite) -> Site:
    timings = {"action_seconds": 4, "navigation_seconds": 8, "hydration_seconds": 4, "requests_per_minute": 60_000}
    overlay = SiteOverlay(origins=shop.origins, timings=timings, windows={"answer_window_seconds": 4.0})
    return load_site("shopette", folder=CATALOGS, overlay=overlay)


@pytest.fixture
def second_bench(browser: Browser, second_site: Site) -> Workbench:
    return workbench(browser, second_site)


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in to the shop, and the opinion to be flagged."""

    shop: MockSite
    bench: Workbench
    wanted: Review

    @property
    def who(self) -> AccountWitness:
        return AccountWitness(name=self.shop.world.accounts[0].name)

    def open(self) -> AbstractContextManager[OpenChannel]:
        state = session_state(self.shop, identity="buyer")
        return open_channel(self.bench, "public_report", state=state, expected=self.who)

    def order(self, **more: str) -> FilingOrder:
        values = {
            "appeal_id": "appeal-1",
            "generation": 1,
            "site": "shopette",
            "identity": "buyer",
            "channel": "public_report",
            "review_id": self.wanted.uuid,
            "review_text": self.wanted.text,
            "product_url": self.shop.product_url(self.shop.world.product_at(0)),
            "order_number": None,
            "ground": "insult",
            "reason_label": "Rude",
            "text": "Calls the seller names.",
        }
        return FilingOrder.model_validate({**values, **more})

    def file(self) -> Observation:
        with self.open() as opened:
            opened.channel.prepare(self.order())
            form = opened.channel.inspect()
            assert (form.problems, form.reasons_offered) == ((), ("Rude", "Not about the item"))
            opened.gate.arm(lambda _: None)
            opened.channel.gesture()
            return opened.channel.observe()

    def read(self) -> PollResult:
        product = self.shop.world.product_at(0)
        (result,) = read_reviews(self.bench, [ProductPoll(sku=product.sku, url=self.shop.product_url(product))])
        return result


@pytest.fixture
def visitor(shop: MockSite, second_bench: Workbench) -> Visitor:
    wanted = NewReview(uuid="75", text="Too small,\nand the seller is an idiot", rating=2)
    return Visitor(shop, second_bench, shop.world.add_review(0, wanted))


def come_in(shop: MockSite, bench: Workbench, *wrong: str) -> SignedIn:
    account, left = shop.world.accounts[0], list(wrong)
    credentials = Credentials(login=account.email, kind="email")

    def code(_: CodeRequest) -> str | None:
        return left.pop(0) if left else shop.code_for(account.email)

    expected = AccountWitness(name=account.name)
    return sign_in(bench, credentials, identity="buyer", ask_code=code, expected=expected)


def test_its_whole_listing_is_read_page_by_page(visitor: Visitor) -> None:
    result = visitor.read()

    listed = visitor.shop.world.listing(visitor.shop.world.product_at(0), "published_at_desc")
    assert [(one.review_id, one.rating) for one in result.read.reviews] == [(one.uuid, one.rating) for one in listed]
    assert result.read.reviews[0].review_id == visitor.wanted.uuid
    assert [one.is_edited for one in result.read.reviews] == [one.is_edited for one in listed]
    assert (result.read.health, result.read.coverage.is_complete) == (PageHealth.HEALTHY, True)
    assert (result.read.coverage.pages_read, result.read.coverage.way) == (3, "rendered_page")


def test_one_signs_in_with_its_own_steps(shop: MockSite, second_bench: Workbench) -> None:
    done = come_in(shop, second_bench, "000000")

    assert (done.witness.name, done.way) == (shop.world.accounts[0].name, "code")


def test_its_refusal_of_a_code_is_understood(shop: MockSite, second_bench: Workbench) -> None:
    with pytest.raises(SignInRequired):
        come_in(shop, second_bench, "000000", "000001")


def test_one_report_is_filed_once(visitor: Visitor) -> None:
    seen = visitor.file()

    assert (seen.kind, seen.released) == (ObservedKind.SUCCESS_TEXT, 1)
    assert len(visitor.shop.ledger.submits) == 1
    (stored,) = visitor.shop.world.stored_appeals
    assert (stored.review_uuid, stored.reason, stored.text) == ("75", "Rude", "Calls the seller names.")
    with visitor.open() as opened, pytest.raises(AlreadyReported):
        opened.channel.prepare(visitor.order())


@pytest.mark.parametrize(
    ("submit", "kind", "stored"),
    [
        ("500_after_store", ObservedKind.UNCLEAR, True),
        ("inline_error", ObservedKind.FORM_ERROR, False),
        ("captcha", ObservedKind.WALL, False),
        ("302_to_sign_in", ObservedKind.SIGNED_OUT, True),
    ],
)
def test_the_switch_of_filings_is_its_too(visitor: Visitor, submit: str, kind: ObservedKind, stored: bool) -> None:
    visitor.shop.switches.submit = submit

    seen = visitor.file()

    assert seen.kind is kind
    assert bool(visitor.shop.world.stored_appeals) is stored


def test_its_moderator_takes_a_review_away(visitor: Visitor) -> None:
    visitor.shop.switches.moderator = Moderation(rule="accepted", delay_s=0)

    visitor.file()

    assert visitor.wanted.uuid not in [one.review_id for one in visitor.read().read.reviews]


@pytest.mark.parametrize("kind", sorted({*get_args(WallKind)} - {"forbidden_json"}))  # that one is no page
def test_each_of_its_stop_pages_is_told(visitor: Visitor, kind: WallKind) -> None:
    visitor.shop.switches.walls = [Wall(kind=kind)]

    with pytest.raises(WallMet) as met:
        visitor.read()

    assert met.value.kind == kind.removesuffix("_200")


def test_a_form_about_another_opinion_is_not_sent(visitor: Visitor) -> None:
    visitor.shop.switches.renames = {'value="op-75"': 'value="op-76"'}

    with visitor.open() as form, pytest.raises(FormMismatch):
        form.channel.prepare(visitor.order())

    assert visitor.shop.ledger.submits == []


def test_a_reason_it_does_not_offer_is_refused(visitor: Visitor) -> None:
    with visitor.open() as form, pytest.raises(FormMismatch):
        form.channel.prepare(visitor.order(reason_label="Неприемлемое содержание"))

    assert visitor.shop.ledger.submits == []


def test_a_review_that_its_site_took_down_is_gone(shop: MockSite, second_bench: Workbench) -> None:
    product = shop.world.product_at(0)
    taken = shop.world.reviews(product)[0]
    shop.world.remove_review(taken.uuid)

    check = check_public(
        second_bench,
        sku=product.sku,
        product_url=shop.product_url(product),
        review_id=taken.uuid,
        known_text=taken.text,
        known_version=taken.version,
    )

    assert (check.verdict, check.problems) == ("gone", ())
    assert check.witnesses[0] == "the review's own link: the site says that there is no such page"


@pytest.mark.parametrize(("known", "verdict"), [(None, "visible"), (0, "edited"), (1, "visible"), (4, "visible")])
def test_a_mark_of_an_edit_says_something_new_only_where_none_was_read(
    shop: MockSite, second_bench: Workbench, known: int | None, verdict: str
) -> None:
    product = shop.world.product_at(0)
    edited = next(one for one in shop.world.reviews(product) if one.is_edited)

    check = check_public(
        second_bench,
        sku=product.sku,
        product_url=shop.product_url(product),
        review_id=edited.uuid,
        known_text=edited.text,
        known_version=known,
    )

    assert check.verdict == verdict
