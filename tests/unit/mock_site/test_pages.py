"""What the pages say over plain HTTP: envelope, paging, counters, conditional requests, walls."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mock_site.server import MockSite
from mock_site.switches import Wall
from mock_site.variants import VARIANTS
from mock_site.world import NewReview
from tests.unit.mock_site.conftest import Get


def entrypoint(path: str) -> str:
    return f"/api/entrypoint-api.bx/page/json/v2?url={quote(path, safe='')}"


def list_state(answer: httpx.Response) -> dict[str, Any]:
    states = answer.json()["widgetStates"]
    found: dict[str, Any] = json.loads(next(text for key, text in states.items() if key.startswith("webListReviews-")))
    return found


def read_all(get: Get, path: str, sort: str = "score_asc") -> list[dict[str, Any]]:
    rows, query = [], f"?sort={sort}"
    while query:
        state = list_state(get(entrypoint(f"{path}reviews/{query}")))
        rows += state["reviews"]
        query = state["paging"]["nextButton"]
    return rows


@pytest.mark.parametrize("sort", ["usefulness_desc", "score_desc", "score_asc"])
def test_paging_by_the_sites_own_cursor_reads_each_review_once(mock_site: MockSite, get: Get, sort: str) -> None:
    product = mock_site.world.product_at(0)
    rows = read_all(get, product.path, sort)
    assert [row["uuid"] for row in rows] == [one.uuid for one in mock_site.world.listing(product, sort)]


def test_a_page_has_thirty_rows_and_the_counters_agree(mock_site: MockSite, get: Get) -> None:
    product = mock_site.world.product_at(0)
    answer = get(entrypoint(product.path + "reviews/"))
    state = list_state(answer)
    assert len(state["reviews"]) == 30
    assert state["paging"]["total"] == state["paging"]["commonTotal"] == 40
    assert '"counter":"40"' in answer.json()["widgetStates"]["webProductTabs-10056736-default-1"]


def test_a_void_cursor_gives_no_rows_but_keeps_the_total(mock_site: MockSite, get: Get) -> None:
    path = mock_site.world.product_at(0).path
    state = list_state(get(entrypoint(f"{path}reviews/?page=2&page_key=invalid")))
    assert (state["reviews"], state["paging"]["total"]) == ([], 40)


def test_the_page_carries_the_same_state_as_the_json(mock_site: MockSite, get: Get) -> None:
    path = mock_site.world.product_at(0).path + "reviews/"
    html = get(path).text
    text = re.search(r"id=\"state-webListReviews-5603940-default-1\" data-state='([^']*)'", html)
    assert text is not None
    plain = text.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
    assert json.loads(plain) == list_state(get(entrypoint(path)))


def test_nobody_may_report_until_signed_in(mock_site: MockSite, get: Get) -> None:
    path = entrypoint(mock_site.world.product_at(0).path + "reviews/")
    assert not any(row["isReportable"] for row in list_state(get(path))["reviews"])
    assert all(row["isReportable"] for row in list_state(get(path, signed_in=True))["reviews"])


def test_an_unchanged_listing_answers_304_until_it_changes(mock_site: MockSite, get: Get) -> None:
    path = entrypoint(mock_site.world.product_at(0).path + "reviews/")
    tag = get(path).headers["etag"]
    assert get(path, **{"if-none-match": tag}).status_code == 304
    mock_site.world.add_review(0)
    assert get(path, **{"if-none-match": tag}).status_code == 200


def test_conditional_requests_can_be_switched_off(mock_site: MockSite, get: Get) -> None:
    mock_site.switches.conditional = False
    answer = get(entrypoint(mock_site.world.product_at(0).path + "reviews/"))
    assert "etag" not in answer.headers


def test_ruuid_puts_the_shared_review_first_and_drops_it_when_removed(mock_site: MockSite, get: Get) -> None:
    product = mock_site.world.product_at(0)
    shared = mock_site.world.listing(product)[-1].uuid
    path = entrypoint(f"{product.path}reviews/?ruuid={shared}")
    first = list_state(get(path))["reviews"][0]
    assert (first["uuid"], first["isAnchor"]) == (shared, True)
    mock_site.world.remove_review(shared)
    assert shared not in {row["uuid"] for row in list_state(get(path))["reviews"]}


def test_a_storefront_counts_reviews_as_they_change(mock_site: MockSite, get: Get) -> None:
    def counts() -> list[int]:
        states = get(entrypoint("/seller/primer-1/products/?page=1")).json()["widgetStates"]
        items = json.loads(states["searchResultsV2-193750-default-1"])["items"]
        return [item["reviewsCount"] for item in items]

    before = counts()
    mock_site.world.add_review(4)
    assert [new - old for new, old in zip(counts(), before, strict=True)] == [0, 0, 0, 0, 1, *[0] * 7]


def test_hostile_text_stays_text(mock_site: MockSite, get: Get) -> None:
    hostile = "</div><script>alert(1)</script>' data-state='{}' {{ 7*7 }}"
    review = mock_site.world.add_review(0, NewReview(text=hostile))
    path = f"{mock_site.world.product_at(0).path}reviews/?ruuid={review.uuid}"
    assert "<script>alert" not in get(path).text
    assert list_state(get(entrypoint(path)))["reviews"][0]["content"]["comment"] == hostile


def test_unknown_hosts_are_turned_away(mock_site: MockSite) -> None:
    for host in ("evil.example", f"127.0.0.1:{mock_site.port}", "www.localhost", f"www.localhost:{mock_site.port + 1}"):
        answer = httpx.get(f"http://127.0.0.1:{mock_site.port}/", headers={"host": host})
        assert answer.status_code == 421


def test_unknown_products_are_gone(mock_site: MockSite, get: Get) -> None:
    assert mock_site.port
    assert get("/product/nothing-1/").status_code == 404
    assert get(entrypoint("/product/nothing-1/reviews/")).json()["pageInfo"]["pageType"] == "error"


def test_a_wall_comes_after_n_requests_and_passes_after_m(mock_site: MockSite, get: Get) -> None:
    mock_site.switches.walls = [Wall(kind="rate_limited", path="/seller/*", after=1, times=2, retry_after_s=7)]
    answers = [get("/seller/primer-1/products/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["retry-after"] == "7"


def test_a_script_meets_the_challenge_as_json(mock_site: MockSite, get: Get) -> None:
    mock_site.switches.walls = [Wall(kind="challenge")]
    answer = get(entrypoint("/"))
    assert (answer.status_code, set(answer.json())) == (403, {"incidentId", "challengeURL"})


def test_a_renamed_control_is_gone_everywhere(mock_site: MockSite, get: Get) -> None:
    mock_site.switches.renames = {"Пожаловаться": "Сообщить"}
    path = mock_site.world.product_at(0).path + "reviews/"
    for answer in (get(path, signed_in=True), get(entrypoint(path))):
        assert "Пожаловаться" not in answer.text
        assert "Сообщить" in answer.text


def test_class_names_change_with_layout_and_deploy(mock_site: MockSite, get: Get) -> None:
    def classes() -> set[str]:
        return set(re.findall(r'class="(\w+)"', get("/").text))

    first = classes()
    mock_site.switches.deploy = 1
    second = classes()
    mock_site.switches.layout = "B"
    assert not first & second
    assert not second & classes()


def test_there_are_over_sixty_page_variants_and_each_is_served(mock_site: MockSite, get: Get) -> None:
    path = mock_site.world.product_at(0).path + "reviews/"
    plain = {"html": get(path).text, "json": get(entrypoint(path)).text}
    assert len(VARIANTS) == 73
    assert sum(variant.is_answer for variant in VARIANTS.values()) == 25
    for variant in VARIANTS.values():
        mock_site.switches.variants = [{"name": variant.name, "path": "*"}]  # type: ignore[list-item]
        answers = {"html": get(path), "json": get(entrypoint(path))}
        differs = {medium for medium, answer in answers.items() if answer.text != plain[medium]}
        assert differs == (set(variant.media) if variant.name != "plain" else set()), variant.name


def test_a_profile_shows_the_review_one_came_from(mock_site: MockSite, get: Get) -> None:
    listing = mock_site.world.listing(mock_site.world.product_at(0))
    review = next(one for one in listing if not one.author.is_anonymous)
    page = get(f"/user/{review.author.guid}/reviews").text
    assert f"<h1>{review.author.name}</h1>" in page
    assert review.uuid in page
    assert "Пользователь скрыл профиль" in get("/user/00000000-0000-4000-8000-000000000000/reviews").text
