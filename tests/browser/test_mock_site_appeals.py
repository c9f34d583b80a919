"""Signing in, orders and appeals on the mock, in real Chromium and both layouts."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from mock_site.server import MockSite
from mock_site.switches import Switches
from tests.fixtures_mock import sign_in_at_once

LAYOUTS = ("A", "B")
EVIDENCE: list[FilePayload] = [
    {"name": "снимок.png", "mimeType": "image/png", "buffer": b"picture"},
    {"name": "акт.pdf", "mimeType": "application/pdf", "buffer": b"document"},
]


def open_form(page: Page, site: MockSite, context: BrowserContext) -> None:
    sign_in_at_once(context, site)
    page.goto(site.origins["www"] + "/my/orderlist")
    page.get_by_role("listitem").first.get_by_role("link").click()
    page.get_by_role("link", name="Обжаловать отзыв").click()


def fill(page: Page) -> None:
    page.get_by_label("Причина").select_option("Персональные данные")
    page.get_by_label("Описание").fill("В отзыве назван номер телефона")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("way", ["email", "phone"])
def test_a_person_signs_in_with_a_code(page: Page, mock_site: MockSite, layout: str, way: str) -> None:
    mock_site.switches.layout = layout  # type: ignore[assignment]
    account = mock_site.world.accounts[0]
    page.goto(mock_site.origins["www"] + "/my/orderlist")
    if way == "email":
        page.get_by_role("button", name="Войти по почте").click()
        page.get_by_label("Почта").fill(account.email)
    else:
        page.get_by_label("Телефон").fill("8 (900) 000-00-01")
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_text("Код отправлен")).to_be_visible()
    page.get_by_label("Код").fill("12")
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_role("alert")).to_have_text("Неверный код")
    page.get_by_label("Код").fill(mock_site.code_for(account.email))
    page.get_by_role("button", name="Продолжить").click()
    expect(page).to_have_url(mock_site.origins["www"] + "/my/orderlist")
    expect(page.locator('[data-widget="profileMenu"]')).to_contain_text(account.name)


def test_a_seller_signs_in_with_an_authenticator_and_picks_the_company(page: Page, mock_site: MockSite) -> None:
    account = mock_site.world.accounts[1]
    page.goto(mock_site.origins["seller"] + "/app/reviews")
    page.get_by_role("button", name="Войти").click()
    page.get_by_label("Телефон").fill(account.phone)
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_text("Введите код из приложения")).to_be_visible()
    page.get_by_label("Код").fill(mock_site.code_for(account.phone))
    page.get_by_role("button", name="Продолжить").click()
    page.get_by_label(account.company).check()
    page.get_by_role("button", name="Далее").click()
    expect(page).to_have_url(mock_site.origins["seller"] + "/app/dashboard/main")
    expect(page.get_by_text(f"Компания: {account.company}")).to_be_visible()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_appeal_goes_once_with_all_its_files(
    page: Page, context: BrowserContext, mock_site: MockSite, layout: str
) -> None:
    mock_site.switches.layout = layout  # type: ignore[assignment]
    open_form(page, mock_site, context)
    fill(page)
    page.get_by_label("Доказательства").set_input_files(EVIDENCE)
    for file in EVIDENCE:
        expect(page.get_by_text(f"{file['name']} — загружен")).to_be_visible()
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_text("Обращение принято")).to_be_visible()
    (stored,) = mock_site.world.stored_appeals
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Обращение № {stored.number}")
    assert [file.sha256 for file in stored.files] == [hashlib.sha256(one["buffer"]).hexdigest() for one in EVIDENCE]
    assert (len(mock_site.ledger.submits), len(mock_site.ledger.uploads)) == (1, 2)
    page.goto(mock_site.origins["www"] + "/my/appeals")
    expect(page.get_by_role("row").filter(has_text=stored.number)).to_contain_text("Принято")


def test_a_lost_answer_to_the_form_becomes_two_posts(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    open_form(page, mock_site, context)
    fill(page)
    mock_site.switches.submit = "fin"
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_text("Обращение принято")).to_be_visible()
    assert [len(mock_site.ledger.submits), len(mock_site.world.stored_appeals)] == [2, 2]


def test_a_form_sent_before_hydration_is_swallowed(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    open_form(page, mock_site, context)
    mock_site.switches.hydration_delay_ms = 1_500
    page.reload()
    fill(page)
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.locator("html[data-hydrated]")).to_be_attached()
    assert mock_site.ledger.submits == []
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_text("Обращение принято")).to_be_visible()


def test_a_file_of_a_wrong_kind_is_refused_beside_the_form(
    page: Page, context: BrowserContext, mock_site: MockSite
) -> None:
    open_form(page, mock_site, context)
    page.get_by_label("Доказательства").set_input_files({"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ"})
    expect(page.get_by_role("alert")).to_have_text("Допустимы только PNG, JPG и PDF")
    expect(page.get_by_role("list", name="Загружено").get_by_role("listitem")).to_have_count(0)


def test_a_question_of_the_moderator_is_answered(page: Page, context: BrowserContext, mock_site: MockSite) -> None:
    open_form(page, mock_site, context)
    fill(page)
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_text("Обращение принято")).to_be_visible()
    (stored,) = mock_site.world.stored_appeals
    mock_site.world.decide(stored.number, "needs_information", "Пришлите снимок")
    page.goto(f"{mock_site.origins['www']}/my/appeals/{stored.number}")
    page.get_by_label("Ответ").fill("Снимок приложен")
    page.get_by_label("Файлы").set_input_files(EVIDENCE[:1])
    expect(page.get_by_text("снимок.png — загружен")).to_be_visible()
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Ответ отправлен")).to_be_visible()
    assert (stored.status, stored.replies, len(stored.files)) == ("in_review", ["Снимок приложен"], 1)


def test_an_accepted_appeal_takes_the_review_off_the_page(
    page: Page, context: BrowserContext, mock_site: MockSite
) -> None:
    open_form(page, mock_site, context)
    fill(page)
    page.get_by_role("button", name="Отправить обращение").click()
    expect(page.get_by_text("Обращение принято")).to_be_visible()
    (stored,) = mock_site.world.stored_appeals
    review = mock_site.world.review(stored.review_uuid)
    assert review is not None
    product = mock_site.world.product(review.sku)
    assert product is not None
    mock_site.world.decide(stored.number, "accepted")
    page.goto(f"{mock_site.origins['www']}{product.path}reviews/?ruuid={review.uuid}")
    expect(page.get_by_text("39 отзывов")).to_be_visible()
    expect(page.locator(f'[data-review-uuid="{review.uuid}"]')).to_have_count(0)


def test_a_held_picture_never_comes_and_the_page_stands(page: Page, mock_site: MockSite) -> None:
    mock_site.reset(Switches(photo_hold=True))
    page.goto(mock_site.origins["www"], wait_until="commit")
    expect(page.get_by_role("heading", name="Пример-маркет")).to_be_visible()
    assert page.evaluate("[...document.images].some((image) => image.complete)") is False
