"""The mock in real Chromium: what one click becomes at the socket, in both layouts."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect

from mock_site.server import MockSite
from mock_site.switches import Wall
from mock_site.world import NewReview
from tests.fixtures_mock import sign_in_at_once

LAYOUTS = ("A", "B")


def open_reviews(page: Page, site: MockSite, context: BrowserContext) -> None:
    sign_in_at_once(context, site)
    page.goto(site.origins["www"] + site.world.product_at(0).path + "reviews/?sort=score_asc")


def open_dialog(page: Page) -> Locator:
    page.get_by_role("button", name="Ещё").first.click()
    page.get_by_role("menuitem", name="Пожаловаться").click()
    return page.get_by_role("dialog", name="Укажите причину")


def send(dialog: Locator) -> None:
    dialog.get_by_role("radio", name="Неприемлемое содержание").check()
    dialog.get_by_role("button", name="Отправить жалобу").click()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_report_is_one_post_and_marks_the_review(
    page: Page, context: BrowserContext, mock_site: MockSite, layout: str
) -> None:
    mock_site.switches.layout = layout  # type: ignore[assignment]
    open_reviews(page, mock_site, context)
    dialog = open_dialog(page)
    worst = mock_site.world.listing(mock_site.world.product_at(0), "score_asc")[0]
    expect(dialog).to_have_attribute("data-review-uuid", worst.uuid)
    expect(dialog.locator("blockquote")).to_have_text(worst.text)
    send(dialog)
    expect(dialog.get_by_role("status")).to_have_text("Жалоба успешно отправлена")
    assert len(mock_site.ledger.submits) == 1
    assert mock_site.world.filings.per_review() == {worst.uuid: 1}
    page.reload()
    expect(page.get_by_text("Вы пожаловались на этот отзыв")).to_have_count(1)


def test_a_report_without_a_reason_is_not_sent(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    open_reviews(page, mock_site, context)
    dialog = open_dialog(page)
    dialog.get_by_role("button", name="Отправить жалобу").click()
    expect(dialog.get_by_role("alert")).to_have_text("Расскажите, почему этот отзыв должен быть удален")
    assert mock_site.ledger.submits == []


@pytest.mark.parametrize("mode", ["fin", "rst", "408"])
def test_a_lost_answer_on_a_used_connection_becomes_two_posts_unseen_by_the_page(
    page: Page, context: BrowserContext, mock_site: MockSite, mode: str
) -> None:
    open_reviews(page, mock_site, context)
    dialog = open_dialog(page)
    mock_site.switches.submit = mode
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if request.method == "POST" else None)
    send(dialog)
    expect(dialog.get_by_role("status")).to_be_visible()
    submits = mock_site.ledger.submits
    assert (len(seen), len(submits)) == (1, 2)
    assert submits[0].nth > 1, "the first POST went out on a connection used before"
    assert submits[0].body_sha256 == submits[1].body_sha256
    assert max(mock_site.world.filings.per_review().values()) == 2


def test_a_click_before_hydration_is_swallowed(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    mock_site.switches.hydration_delay_ms = 1_500
    open_reviews(page, mock_site, context)
    page.get_by_role("button", name="Ещё").first.click()
    expect(page.locator("html:not([data-hydrated])")).to_be_attached()
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.locator("html[data-hydrated]")).to_be_attached()
    expect(page.get_by_role("menu")).to_have_count(0)
    open_dialog(page)


def test_a_wall_on_the_action_leads_to_its_stop_page(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    open_reviews(page, mock_site, context)
    dialog = open_dialog(page)
    mock_site.switches.walls = [Wall(kind="captcha", path="*rpReportAbuse*")]
    send(dialog)
    expect(page).to_have_title("Antibot Captcha")
    assert mock_site.world.stored_appeals == []


def test_a_wall_stands_before_a_page(page: Page, mock_site: MockSite) -> None:
    mock_site.switches.walls = [Wall(kind="challenge", path="/product/*")]
    answer = page.goto(mock_site.origins["www"] + mock_site.world.product_at(0).path)
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_text("Нам нужно убедиться, что вы не робот")).to_be_visible()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_shelf_loads_on_scroll_and_opens_the_same_dialog(
    page: Page, context: BrowserContext, mock_site: MockSite, layout: str
) -> None:
    mock_site.switches.layout = layout  # type: ignore[assignment]
    sign_in_at_once(context, mock_site)
    page.goto(mock_site.origins["www"] + mock_site.world.product_at(0).path)
    page.locator("#comments").scroll_into_view_if_needed()
    page.get_by_role("button", name="Подать жалобу").first.click()
    expect(page.get_by_role("dialog", name="Укажите причину")).to_be_visible()


def test_the_cookie_banner_goes_when_answered(page: Page, mock_site: MockSite) -> None:
    mock_site.switches.banner = "always"
    page.goto(mock_site.origins["www"])
    banner = page.get_by_role("dialog", name="Мы используем cookies")
    banner.get_by_role("button", name="Хорошо").click()
    expect(banner).to_have_count(0)
    page.reload()
    expect(page.locator("html[data-hydrated]")).to_be_attached()
    expect(banner).to_have_count(0)


def test_hostile_text_runs_nothing(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'</div><script>alert(2)</script>"
    mock_site.world.add_review(0, NewReview(kind="obscene", text=hostile, rating=1, useful=99))
    dialogs: list[Dialog] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog)

    page.on("dialog", note)
    sign_in_at_once(context, mock_site)
    page.goto(mock_site.origins["www"] + mock_site.world.product_at(0).path + "reviews/?sort=usefulness_desc")
    dialog = open_dialog(page)
    expect(dialog.locator("blockquote")).to_have_text(hostile)
    assert dialogs == []
