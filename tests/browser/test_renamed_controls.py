"""Each required control of the catalog, renamed on the site: a broken page or a recorded fallback, never an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.catalog import load_site
from flows.errors import FormMismatch, PageNotReady, SelectorBroken
from flows.library.chat_message import read_chat
from flows.library.filing import open_channel
from flows.library.follow_appeals import AppealListReader
from flows.library.read_author import read_author
from flows.library.read_order import find_order
from flows.library.read_product_card import read_product_card
from flows.library.read_reviews import ProductPoll, read_reviews
from flows.pages.product import ProductPage
from flows.pages.storefront import StorefrontPage
from flows.readings.models import PageHealth
from flows.session import AccountWitness
from flows.workbench import account_tab, reading_tab
from tests.browser.channel_table import order_for
from tests.browser.conftest import impatient, signed_in_state
from tests.browser.orders import appeal_order, negative_review, report_order

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from mock_site.server import MockSite

BROKEN = (SelectorBroken, PageNotReady, FormMismatch)
# What to rename on the site, by required entry.
REPORT = {
    "report_dialog.dialog": "Укажите причину",
    "report_dialog.send": "Отправить жалобу",
}
APPEAL = {
    "order_details.heading": "<h1>Заказ №",
    "order_appeal.heading": "Обжалование отзыва",
    "order_appeal.reason": "Причина",
    "order_appeal.text": "Описание",
    "order_appeal.send": "Отправить обращение",
}
COMPLAINT = {
    "cabinet_reviews.heading": "<h1>Отзывы",
    "cabinet_review.drawer": "Отзыв на товар",
    "complaint.form": "Жалоба на отзыв",
    "complaint.reason": "Причина жалобы",
    "complaint.text": "Пояснение",
    "complaint.send": "Отправить жалобу",
}
LETTER = {
    "support.heading": "Обращение в поддержку",
    "support.sender_name": "Имя",
    "support.sender_email": "Электронная почта",
    "support.text": "Описание обращения",
    "support.send": "Отправить в поддержку",
}
CHAT = {"support_chat.help": "data-onboarding-target"}
ELSEWHERE = {
    "reviews.list": 'data-widget="webListReviews"',
    "orders.heading": "<h1>Мои заказы",
    "appeals.heading": "<h1>Мои обращения",
    "complaints.heading": "<h1>Мои жалобы",
    "author.heading": "<h1",
    "product.heading": 'data-widget="webProductHeading"',
    "storefront.tiles": "searchResultsV2",
}
OPEN_CHAT = {"chat.heading": ("data-onboarding-target", "conversationid")}
"""Known by either of two marks, so both are renamed."""
# Reached only right after a filing: proven in test_order_appeal, test_answer_question and test_cabinet_complaint.
NOT_HERE = {
    "appeal_details.heading",
    "appeal_reply.heading",
    "appeal_reply.text",
    "appeal_reply.send",
    "complaint_details.heading",
}


COMPANY = AccountWitness(name="ООО Пример")


@pytest.fixture
def hasty(bench: Workbench) -> Workbench:
    return impatient(bench, hydration_seconds=1.0, action_seconds=1.0)


def rename(mock: MockSite, text: str) -> None:
    mock.switches.renames = {text: "<h4>Иначе" if text.startswith("<h1>") else "<p" if text == "<h1" else "xyz"}


def test_every_required_control_is_renamed_somewhere() -> None:
    site = load_site("ozon")
    required = {
        f"{page}.{name}"
        for page, catalog in site.pages.items()
        for name, entry in catalog.entries.items()
        if entry.required
    }

    assert (
        required
        == REPORT.keys()
        | APPEAL.keys()
        | COMPLAINT.keys()
        | LETTER.keys()
        | CHAT.keys()
        | OPEN_CHAT.keys()
        | ELSEWHERE.keys()
        | NOT_HERE
    )


@pytest.mark.parametrize("entry", REPORT)
def test_renamed_control_of_the_report_stops_it(
    mock: MockSite, hasty: Workbench, state: bytes, owner: AccountWitness, entry: str
) -> None:
    rename(mock, REPORT[entry])

    with open_channel(hasty, "public_report", state=state, expected=owner) as form, pytest.raises(BROKEN):
        form.channel.prepare(report_order(mock, negative_review(mock)))

    assert mock.ledger.submits == []


@pytest.mark.parametrize("entry", APPEAL)
def test_renamed_control_of_the_appeal_stops_it(
    mock: MockSite, hasty: Workbench, state: bytes, owner: AccountWitness, entry: str
) -> None:
    rename(mock, APPEAL[entry])

    with open_channel(hasty, "order_appeal", state=state, expected=owner) as form, pytest.raises(BROKEN):
        form.channel.prepare(appeal_order(mock, negative_review(mock)))

    assert mock.ledger.submits == []


@pytest.mark.parametrize(
    ("channel", "entry"),
    [("cabinet_complaint", entry) for entry in COMPLAINT]
    + [("support_ticket", entry) for entry in LETTER]
    + [("support_chat", entry) for entry in CHAT],
)
def test_renamed_control_of_the_cabinet_stops_it(mock: MockSite, hasty: Workbench, channel: str, entry: str) -> None:
    rename(mock, (COMPLAINT | LETTER | CHAT)[entry])
    state = signed_in_state(mock, site="seller")

    with open_channel(hasty, channel, state=state, expected=COMPANY) as form, pytest.raises(BROKEN):
        form.channel.prepare(order_for(mock, channel))

    assert mock.ledger.submits == []


def test_a_chat_without_its_marks_is_broken_not_silent(mock: MockSite, hasty: Workbench) -> None:
    chat = mock.world.chats.open(mock.world.accounts[0].guid, mock.world.clock.now())
    state, (first, second) = signed_in_state(mock, site="seller"), OPEN_CHAT["chat.heading"]
    who = {"identity": "seller_cabinet", "state": state, "expected": COMPANY}
    rename(mock, first)
    assert read_chat(hasty, chat.number, **who).number == chat.number  # type: ignore[arg-type]
    mock.switches.renames = {first: "xyz", second: "zyx"}
    with pytest.raises(BROKEN):
        read_chat(hasty, chat.number, **who)  # type: ignore[arg-type]
    assert mock.ledger.submits == []


def test_renamed_list_of_reviews_is_broken_not_empty(mock: MockSite, hasty: Workbench) -> None:
    product = mock.world.product_at(0)
    mock.switches.renames = {"webListReviews": "webReviewsList"}

    (result,) = read_reviews(hasty, [ProductPoll(sku=product.sku, url=mock.origins["www"] + product.path)])

    assert (result.read.health, result.read.coverage.is_complete) == (PageHealth.BROKEN, False)


def test_renamed_list_of_orders_is_not_no_such_order(mock: MockSite, hasty: Workbench, state: bytes) -> None:
    rename(mock, ELSEWHERE["orders.heading"])

    with account_tab(hasty, state) as tab, pytest.raises(BROKEN):
        find_order(tab, review_id=negative_review(mock).uuid)


def test_renamed_list_of_appeals_is_broken_not_empty(
    mock: MockSite, hasty: Workbench, state: bytes, owner: AccountWitness
) -> None:
    rename(mock, ELSEWHERE["appeals.heading"])

    read = AppealListReader(hasty, state=state, expected=owner, identity="site_profile").read_list()

    assert (read.health, read.is_complete) == (PageHealth.BROKEN, False)


def test_renamed_list_of_complaints_is_broken_not_empty(mock: MockSite, hasty: Workbench) -> None:
    rename(mock, ELSEWHERE["complaints.heading"])
    state = signed_in_state(mock, site="seller")

    read = AppealListReader(
        hasty, state=state, expected=COMPANY, list_page="complaints", identity="seller_cabinet"
    ).read_list()

    assert (read.health, read.is_complete) == (PageHealth.BROKEN, False)


def test_renamed_name_of_an_author_is_broken(mock: MockSite, hasty: Workbench) -> None:
    rename(mock, ELSEWHERE["author.heading"])

    with reading_tab(hasty) as tab, pytest.raises(BROKEN):
        read_author(tab, negative_review(mock).author.guid)


def test_renamed_heading_of_a_product_is_found_by_a_recorded_fallback(mock: MockSite, hasty: Workbench) -> None:
    product = mock.world.product_at(0)
    rename(mock, ELSEWHERE["product.heading"])

    with reading_tab(hasty) as tab:
        page = ProductPage(tab.page, tab.site, sku=product.sku, slug=product.slug).open()

    assert "product.heading" in {f"{match.page}.{match.entry}" for match in page.matches if match.is_fallback}


def test_renamed_heading_does_not_change_the_card(mock: MockSite, hasty: Workbench) -> None:
    product = mock.world.product_at(0)
    rename(mock, ELSEWHERE["product.heading"])

    with reading_tab(hasty) as tab:
        read = read_product_card(tab, mock.origins["www"] + product.path)

    assert read.title == product.title


def test_renamed_shop_window_is_broken(mock: MockSite, hasty: Workbench) -> None:
    rename(mock, ELSEWHERE["storefront.tiles"])

    with reading_tab(hasty) as tab, pytest.raises(BROKEN):
        StorefrontPage(tab.page, tab.site, shop="primer-1").open_page(1)
