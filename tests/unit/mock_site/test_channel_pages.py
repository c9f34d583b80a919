"""The forms of the channels without a browser: every layout is served, and each answers a page or a script alike."""

from __future__ import annotations

import httpx
import pytest

from mock_site.server import MockSite
from mock_site.switches import Layout

TEXT = "Просим проверить отзыв"


def ask(site: MockSite, host: str, path: str, **form: str) -> httpx.Response:
    """Asks as the first account; with a form, sends it the way a script does."""
    session = site.world.sign_ins.open_session(site.world.accounts[0], host)
    session.company_chosen = True
    headers = {"host": f"{host}.localhost:{site.port}", "cookie": f"sid={session.sid}"}
    url = f"http://127.0.0.1:{site.port}{path}"
    if not form:
        return httpx.get(url, headers=headers, timeout=5)
    return httpx.post(
        url, headers={**headers, "accept": "application/json"}, data={"csrf": session.csrf, **form}, timeout=5
    )


@pytest.mark.parametrize("layout", ["A", "B", "C"])
@pytest.mark.parametrize("framed", [False, True])
def test_every_page_of_the_channels_is_served(mock_site: MockSite, layout: Layout, *, framed: bool) -> None:
    mock_site.switches.layout = layout
    if framed:
        mock_site.switches.form_kinds = {"order_appeal": "iframe", "support_ticket": "iframe"}
    review = mock_site.world.listing(mock_site.world.product_at(0))[0].uuid
    order = mock_site.world.orders.listed()[0]
    frame = "&frame=1" if framed else ""
    pages = [
        ("seller", "/app/reviews"),
        ("seller", f"/app/reviews/drawer?review={review}"),
        ("seller", f"/app/reviews/complaint?review={review}{frame}"),
        ("seller", "/app/reviews/complaints"),
        ("seller", "/app/support"),
        ("www", "/app/support"),
        ("www", f"/report/frame?review={review}"),
        ("www", f"/my/orderdetails/appeal?order={order.number}&review={order.review_uuid}"),
    ]
    assert [ask(mock_site, host, path).status_code for host, path in pages] == [200] * len(pages)


def test_a_complaint_is_stored_listed_and_shown_as_made(mock_site: MockSite) -> None:
    review = mock_site.world.listing(mock_site.world.product_at(0))[0].uuid
    sent = {"review": review, "reason": "Не ваш товар", "text": TEXT}

    number = ask(mock_site, "seller", "/api/review/complaint", **sent).json()["number"]

    assert number.startswith("C-")
    assert number in ask(mock_site, "seller", "/app/reviews/complaints").text
    assert "уже подана" in ask(mock_site, "seller", f"/app/reviews/drawer?review={review}").text
    assert len(mock_site.ledger.submits) == 1


def test_the_cabinet_is_read_ten_by_ten_to_its_end(mock_site: MockSite) -> None:
    seen: list[str] = []
    path: str | None = "/app/reviews"
    while path is not None:
        page = ask(mock_site, "seller", path).text
        seen += [part.partition('"')[0] for part in page.split('reviewuuid="')[1:]]
        path = page.partition('rel="next" href="')[2].partition('"')[0] or None

    wanted = [one.uuid for product in mock_site.world.products(0, 12) for one in mock_site.world.listing(product)]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(wanted)


@pytest.mark.parametrize(
    ("changed", "told"), [({"email": "нет"}, "адрес почты"), ({"name": ""}, "Представьтесь"), ({"csrf": "x"}, "истёк")]
)
def test_support_says_what_is_wrong_with_a_letter(mock_site: MockSite, changed: dict[str, str], told: str) -> None:
    letter = {"name": "Анна", "email": "anna@example.com", "text": TEXT, **changed}

    assert told in ask(mock_site, "seller", "/api/support/ticket", **letter).json()["error"]
    assert mock_site.world.stored_appeals == []


def test_a_strange_company_sees_no_cabinet(mock_site: MockSite) -> None:
    answer = httpx.get(
        f"http://127.0.0.1:{mock_site.port}/app/reviews", headers={"host": f"seller.localhost:{mock_site.port}"}
    )
    assert (answer.status_code, answer.headers["location"]) == (302, "/app/registration/signin")
