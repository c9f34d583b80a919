"""The API for sellers against the mock's: paging, each refusal with its meaning, waiting, and the key's silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from flows.catalog.loader import SiteOverlay, load_site
from flows.errors import AccessRefused, SelectorBroken, SiteUnavailable, WallMet
from flows.library.read_seller_api import read_seller_api
from flows.library.seller_api_line import ApiAccess
from flows.politeness import Budget, Politeness
from flows.readings.models import PageHealth
from flows.retrying import RetryPolicy
from flows.workbench import Workbench
from mock_site.server import MockSite
from mock_site.switches import ApiMode
from mock_site.world import NewReview

if TYPE_CHECKING:
    from flows.browser import BrowserHandle

PATH = "/v2/review/list"


@pytest.fixture
def paused() -> list[float]:
    return []


@pytest.fixture
def bench(mock_site: MockSite, paused: list[float]) -> Workbench:
    return Workbench(
        browser=cast("BrowserHandle", None),  # this source needs none
        site=load_site("ozon", overlay=SiteOverlay(origins=mock_site.origins)),
        politeness=Politeness(budget=Budget(per_second=1e6, burst=1000), clock=lambda: 0.0, pause=paused.append),
        retries=RetryPolicy.without_backoff(),
        now=mock_site.world.clock.now,
    )


@pytest.fixture
def access(mock_site: MockSite) -> ApiAccess:
    owner = mock_site.world.accounts[0]
    return ApiAccess(client_id=owner.client_id, key=owner.api_key)


def test_the_whole_list_is_read_page_by_page(bench: Workbench, access: ApiAccess, mock_site: MockSite) -> None:
    cancelled = mock_site.world.add_review(1, NewReview(is_order_cancelled=True)).uuid
    hidden = mock_site.world.add_review(1, NewReview(hidden_from=("api",))).uuid
    read = read_seller_api(bench, access)
    truth = {one.uuid for product in mock_site.world.products() for one in mock_site.world.reviews(product)}
    assert {row.review.review_id for row in read.rows} == truth - {hidden}
    assert [row.review.review_id for row in read.rows if row.order_status == "cancelled"] == [cancelled]
    assert (read.is_whole, read.pages_read) == (True, len(truth) // 100 + 1)


def test_the_reading_ends_at_what_is_older_than_asked(bench: Workbench, access: ApiAccess, mock_site: MockSite) -> None:
    since = mock_site.world.clock.now() - timedelta(days=5)
    read = read_seller_api(bench, access, since=since)
    assert read.pages_read == 1
    assert read.reaches_back_to is not None
    assert read.reaches_back_to < since
    later = {one.uuid for _, one in mock_site.world.listed("api") if one.published_at >= since.timestamp()}
    assert later <= {row.review.review_id for row in read.rows}


@pytest.mark.parametrize("mode", ["no_subscription", "missing_role", "deactivated", "wrong_address"])
def test_each_refusal_says_what_it_means_and_what_to_do(
    bench: Workbench, access: ApiAccess, mock_site: MockSite, mode: ApiMode
) -> None:
    mock_site.switches.seller_api = mode
    with pytest.raises(AccessRefused) as caught:
        read_seller_api(bench, access)
    assert caught.value.kind == mode
    assert caught.value.hint
    assert access.key not in str(caught.value) + caught.value.hint + repr(access)
    assert len(mock_site.ledger.posts) == 1, "a refusal is not asked again"


@pytest.mark.parametrize(("client", "key", "kind"), [("1", "", "no_key"), ("1", "wrong", "wrong_key")])
def test_a_wrong_key_is_told_from_none(bench: Workbench, client: str, key: str, kind: str) -> None:
    with pytest.raises(AccessRefused) as caught:
        read_seller_api(bench, ApiAccess(client_id=client, key=key))
    assert caught.value.kind == kind


def test_a_refusal_nobody_knows_quotes_the_site(bench: Workbench, access: ApiAccess, mock_site: MockSite) -> None:
    mock_site.set_route(PATH, lambda _: JSONResponse({"code": 7, "message": "The moon is full"}, 403))
    with pytest.raises(AccessRefused, match="403: The moon is full") as caught:
        read_seller_api(bench, access)
    assert caught.value.kind == "unknown"


def test_a_long_wait_is_handed_on_and_the_host_left_alone(
    bench: Workbench, access: ApiAccess, mock_site: MockSite, paused: list[float]
) -> None:
    mock_site.switches.seller_api, mock_site.switches.seller_api_retry_after_s = "rate_limited", 700
    with pytest.raises(SiteUnavailable) as caught:
        read_seller_api(bench, access)
    assert caught.value.retry_after == 700
    assert len(mock_site.ledger.posts) == 1
    mock_site.switches.seller_api = "ok"
    assert read_seller_api(bench, access).health is PageHealth.HEALTHY
    assert paused[0] == pytest.approx(700), "the budget waits for as long as the API asked"


def test_too_often_without_a_word_how_long_takes_the_catalogs_hold(
    bench: Workbench, access: ApiAccess, mock_site: MockSite
) -> None:
    mock_site.switches.seller_api = "rate_limited"
    with pytest.raises(SiteUnavailable) as caught:
        read_seller_api(bench, access)
    assert caught.value.retry_after == 60


def test_an_error_of_the_site_is_tried_again(bench: Workbench, access: ApiAccess, mock_site: MockSite) -> None:
    mock_site.switches.seller_api = "internal"
    with pytest.raises(SiteUnavailable, match="500"):
        read_seller_api(bench, access)
    assert len(mock_site.ledger.posts) == 3


def row(review_id: str) -> dict[str, object]:
    return {
        "id": review_id,
        "sku": 1,
        "text": "",
        "rating": 1,
        "status": "NEW",
        "order_status": "DELIVERED",
        "published_at": "2026-10-01T00:00:00Z",
        "is_rating_participant": True,
    }


def test_what_came_before_a_failed_page_is_kept_as_partial(
    bench: Workbench, access: ApiAccess, mock_site: MockSite
) -> None:
    rows = [row(f"r{number}") for number in range(3)]

    async def one_page(request: Request) -> Response:
        first = b'"last_id": ""' in await request.body()
        page = {"reviews": rows, "has_next": True, "last_id": "r2"}
        return JSONResponse(page) if first else JSONResponse({}, 502)

    mock_site.set_route(PATH, one_page)
    read = read_seller_api(bench, access)
    assert (read.health, len(read.rows), read.reaches_back_to) == (PageHealth.PARTIAL, 3, None)


def test_a_list_that_leads_back_to_itself_ends(bench: Workbench, access: ApiAccess, mock_site: MockSite) -> None:
    page = {"reviews": [row("r1")], "has_next": True, "last_id": "r1"}
    mock_site.set_route(PATH, lambda _: JSONResponse(page))
    assert read_seller_api(bench, access).health is PageHealth.PARTIAL
    assert len(mock_site.ledger.posts) == 2


@pytest.mark.parametrize("status", [200, 403])
def test_a_challenge_in_front_of_the_api_is_a_wall(
    bench: Workbench, access: ApiAccess, mock_site: MockSite, status: int
) -> None:
    mock_site.set_route(PATH, lambda _: JSONResponse({"incidentId": "fab_1", "challengeURL": "https://x"}, status))
    with pytest.raises(WallMet):
        read_seller_api(bench, access)


def test_an_answer_whose_rows_lost_their_text_is_drift(
    bench: Workbench, access: ApiAccess, mock_site: MockSite
) -> None:
    rows = [{name: value for name, value in row(f"r{n}").items() if name != "text"} for n in range(3)]
    mock_site.set_route(PATH, lambda _: JSONResponse({"reviews": rows, "has_next": False, "last_id": "r2"}))
    with pytest.raises(SelectorBroken, match="drift: 3 of 3 rows do not tell their 'text'"):
        read_seller_api(bench, access)


def test_an_answer_of_another_shape_is_broken_and_never_empty(
    bench: Workbench, access: ApiAccess, mock_site: MockSite
) -> None:
    mock_site.set_route(PATH, lambda _: JSONResponse({"result": {"reviews": []}}))
    with pytest.raises(SelectorBroken):
        read_seller_api(bench, access)


def test_the_key_is_never_taken_elsewhere(bench: Workbench, access: ApiAccess, mock_site: MockSite) -> None:
    seen: list[str] = []
    mock_site.set_route(PATH, lambda _: RedirectResponse("/elsewhere", 307))

    def note(request: Request) -> Response:
        seen.append(request.url.path)
        return Response()

    mock_site.set_route("/elsewhere", note)
    with pytest.raises(AccessRefused):
        read_seller_api(bench, access)
    assert seen == []


def test_no_answer_at_all_says_nothing_of_the_key(bench: Workbench) -> None:
    with pytest.raises(SiteUnavailable) as caught:
        read_seller_api(bench, ApiAccess(client_id="1", key="bad\nheader"))
    assert "bad" not in str(caught.value)
