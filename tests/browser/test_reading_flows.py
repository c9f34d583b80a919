"""The smaller reading flows against the mock's own truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.channels import ObservedKind
from flows.errors import SignInRequired, WallMet
from flows.gate import SubmitRequest
from flows.library.check_public import PublicCheck, check_public
from flows.library.filing import open_channel
from flows.library.follow_appeals import AppealListReader
from flows.library.probe_channels import ProbeTarget, probe_channel
from flows.library.read_author import read_author
from flows.library.read_order import find_order, read_order
from flows.library.read_product_card import read_product_card
from flows.pages.storefront import StorefrontPage
from flows.readings.models import OrderAbsence, OrderReading, PageHealth
from flows.workbench import account_tab, reading_tab
from mock_site.switches import PageVariant, Wall
from mock_site.world.filings import Filing
from tests.browser.conftest import impatient
from tests.browser.orders import APPEAL_REASON, appeal_order, negative_review

if TYPE_CHECKING:
    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite
    from mock_site.world.models import Review

LAYOUTS = ["A", "B"]


def ignore(_: SubmitRequest) -> None:
    """Stands in for the record."""


def look(mock: MockSite, bench: Workbench, review: Review) -> PublicCheck:
    product = mock.world.product(review.sku)
    assert product is not None
    return check_public(
        bench,
        sku=product.sku,
        product_url=mock.origins["www"] + product.path,
        review_id=review.uuid,
        known_text=review.text,
        known_version=review.version,
    )


def file_appeal(mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, *, number: int = 0) -> str:
    with open_channel(bench, "order_appeal", state=state, expected=owner) as form:
        form.channel.prepare(appeal_order(mock, negative_review(mock, number=number)))
        form.gate.arm(ignore)
        form.channel.gesture()
        seen = form.channel.observe()
    assert seen.kind is ObservedKind.NUMBER
    return seen.number or ""


def store_appeal(mock: MockSite, number: int) -> str:
    """As ``file_appeal``, but behind the site's back: for lists that need many."""
    filing = Filing("order_appeal", negative_review(mock, number=number).uuid, APPEAL_REASON, "Прошу удалить")
    return mock.world.file(mock.world.accounts[0], filing).number


@pytest.mark.parametrize("layout", LAYOUTS)
def test_author_is_read_with_all_reviews(mock: MockSite, bench: Workbench, layout: str) -> None:
    mock.switches.layout = layout  # type: ignore[assignment]
    author = negative_review(mock).author

    with reading_tab(bench) as tab:
        read = read_author(tab, author.guid)

    if not author.is_anonymous:
        assert (read.name, read.reviews_count, read.problems) == (author.name, len(read.ratings), ())
    assert read.is_anonymous == author.is_anonymous


def test_a_hidden_profile_is_an_answer(bench: Workbench) -> None:
    with reading_tab(bench) as tab:
        read = read_author(tab, "00000000-0000-4000-8000-000000000000")

    assert (read.is_anonymous, read.name, read.problems) == (True, "", ())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_product_card_is_read(mock: MockSite, bench: Workbench, layout: str) -> None:
    mock.switches.layout = layout  # type: ignore[assignment]
    product = mock.world.product_at(0)

    with reading_tab(bench) as tab:
        read = read_product_card(tab, mock.origins["www"] + product.path)

    assert (read.sku, read.title, read.problems) == (product.sku, product.title, ())
    assert read.characteristics == product.characteristics


@pytest.mark.parametrize("layout", LAYOUTS)
def test_order_of_a_review_is_found(mock: MockSite, bench: Workbench, state: bytes, layout: str) -> None:
    mock.switches.layout = layout  # type: ignore[assignment]
    review = negative_review(mock, number=15)
    product = mock.world.product(review.sku)
    assert product is not None

    with account_tab(bench, state) as tab:
        found = find_order(tab, review_id=review.uuid, product_title=product.title)

    wanted = mock.world.order_of(review.uuid)
    assert isinstance(found, OrderReading)
    assert wanted is not None
    assert (found.order_number, found.review_id, found.has_appeal_button) == (wanted.number, review.uuid, True)


@pytest.mark.parametrize(
    ("limits", "is_whole"),
    [({}, True), ({"order_limit": 0}, False), ({"page_limit": 1}, False)],
    ids=["none", "orders opened", "pages read"],
)
def test_no_order_is_told_apart_from_a_search_that_ended_at_its_limit(
    mock: MockSite, bench: Workbench, state: bytes, limits: dict[str, int], is_whole: bool
) -> None:
    product = mock.world.product(negative_review(mock, number=15).sku)
    assert product is not None

    with account_tab(bench, state) as tab:
        found = find_order(tab, review_id="no such review", product_title=product.title, **limits)

    assert isinstance(found, OrderAbsence)
    assert found.is_whole is is_whole


def test_orders_without_a_session_are_a_sign_in(bench: Workbench) -> None:
    with reading_tab(bench) as tab, pytest.raises(SignInRequired):
        read_order(tab, "12345678-0001")


def test_storefront_shows_every_product_with_its_counter(mock: MockSite, bench: Workbench) -> None:
    with reading_tab(bench) as tab:
        home = tab.page
        home.goto(mock.origins["www"])
        link = home.locator("a[href*='/seller/']").first.get_attribute("href") or ""
        shop = link.split("/seller/")[1].split("/")[0]
        read = StorefrontPage(home, bench.site, shop=shop).open_page(1).read()

    assert {tile.sku for tile in read.products} == {product.sku for product in mock.world.products()}


def test_own_list_of_appeals_is_read_to_its_end(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.list_mode = "paged"
    numbers = {store_appeal(mock, number) for number in range(6)}

    read = AppealListReader(bench, state=state, expected=owner, identity="site_profile").read_list()

    assert (read.health, read.is_complete, {row.number for row in read.rows}) == (PageHealth.HEALTHY, True, numbers)


def test_list_that_drops_rows_is_not_complete(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.list_mode = "drops_rows"
    for number in range(2):
        store_appeal(mock, number)

    assert not AppealListReader(bench, state=state, expected=owner, identity="site_profile").read_list().is_complete


def test_decision_is_read_from_the_appeals_own_page(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    number = file_appeal(mock, bench, state, owner)
    mock.world.decide(number, "rejected", "Отзыв не нарушает правил")

    read = AppealListReader(bench, state=state, expected=owner, identity="site_profile").read_one(number)

    assert (read.status, read.answer_raw) == ("rejected", "Отзыв не нарушает правил")


def test_review_that_is_there_is_visible(mock: MockSite, bench: Workbench) -> None:
    assert look(mock, bench, negative_review(mock)).verdict == "visible"


def test_review_that_was_edited_is_edited(mock: MockSite, bench: Workbench) -> None:
    review = negative_review(mock)
    product = mock.world.product(review.sku)
    assert product is not None
    text, version = review.text, review.version
    mock.world.edit_review(review.uuid, text="Уже всё хорошо", rating=5)

    check = check_public(
        bench,
        sku=product.sku,
        product_url=mock.origins["www"] + product.path,
        review_id=review.uuid,
        known_text=text,
        known_version=version,
    )

    assert check.verdict == "edited"


def test_review_that_was_removed_is_gone(mock: MockSite, bench: Workbench) -> None:
    review = negative_review(mock)
    mock.world.remove_review(review.uuid)

    check = look(mock, bench, review)

    assert (check.verdict, len(check.witnesses)) == ("gone", 2)


@pytest.mark.parametrize(
    "variant",
    ["empty_200", "login_wall_200", "half_rendered", "cut_list", "redirect_home", "maintenance_503", "gone_200"],
)
def test_broken_page_never_says_gone(mock: MockSite, bench: Workbench, variant: str) -> None:
    review = negative_review(mock)
    mock.world.remove_review(review.uuid)
    mock.switches.variants = [PageVariant(name=variant, path="*")]

    assert look(mock, impatient(bench, hydration_seconds=0.8), review).verdict == "cannot_say"


def test_wall_never_says_gone(mock: MockSite, bench: Workbench) -> None:
    mock.switches.walls = [Wall(kind="challenge_200")]

    with pytest.raises(WallMet):
        look(mock, bench, negative_review(mock))


def test_probe_finds_both_ways_and_sends_nothing(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    order = appeal_order(mock, negative_review(mock))

    target = ProbeTarget(review_id=order.review_id, product_url=order.product_url, order_number=order.order_number)
    probes = [
        probe_channel(bench, channel, target, state=state, expected=owner)
        for channel in ("public_report", "order_appeal")
    ]

    assert [(probe.channel, probe.control) for probe in probes] == [
        ("public_report", "present"),
        ("order_appeal", "present"),
    ]
    assert all(probe.form.reasons for probe in probes)
    assert mock.ledger.submits == []
