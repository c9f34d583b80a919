"""The cabinet's list of reviews in a real browser: pages by a cursor, both layouts, walls, and lost sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from flows.errors import SelectorBroken, SignInRequired, WallMet, WrongAccount
from flows.library.read_cabinet_reviews import read_cabinet_list
from flows.readings.models import PageHealth
from flows.session import AccountWitness
from flows.workbench import Workbench
from mock_site.pages.cabinet import CabinetPages
from mock_site.server import MockSite
from mock_site.switches import Layout, Wall
from mock_site.world import NewReview
from tests.browser.conftest import impatient, signed_in_state


@pytest.fixture
def company(mock: MockSite) -> AccountWitness:
    return AccountWitness(name=mock.world.accounts[0].company)


@pytest.fixture
def session(mock: MockSite) -> bytes:
    return signed_in_state(mock, site="seller")


@pytest.mark.parametrize("layout", ["A", "B"])
def test_the_list_is_read_back_to_a_moment(
    bench: Workbench, mock: MockSite, session: bytes, company: AccountWitness, layout: Layout
) -> None:
    mock.switches.layout = layout
    cancelled = mock.world.add_review(1, NewReview(is_order_cancelled=True, text="Не приехало")).uuid
    hidden = mock.world.add_review(1, NewReview(hidden_from=("cabinet",))).uuid
    since = mock.world.clock.now() - timedelta(days=3)
    read = read_cabinet_list(bench, state=session, expected=company, since=since)
    assert (read.health, read.is_whole) == (PageHealth.HEALTHY, False)
    assert read.pages_read > 1
    rows = {row.review.review_id: row for row in read.rows}
    assert {one.uuid for _, one in mock.world.listed("cabinet") if one.published_at >= since.timestamp()} <= set(rows)
    assert hidden not in rows
    assert (rows[cancelled].order_status, rows[cancelled].review.text) == ("cancelled", "Не приехало")
    truth = {one.uuid: (one.item_id, one.rating) for _, one in mock.world.listed("cabinet")}
    assert {name: (row.review.item_id, row.review.rating) for name, row in rows.items()}.items() <= truth.items()
    assert read.reaches_back_to is not None
    assert read.reaches_back_to < since


def test_a_wall_a_lost_session_and_a_stranger_are_told_apart(
    bench: Workbench, mock: MockSite, session: bytes, company: AccountWitness
) -> None:
    with pytest.raises(WrongAccount):
        read_cabinet_list(bench, state=session, expected=AccountWitness(name="ООО Другой"))
    mock.world.sign_ins.kill_all()
    with pytest.raises(SignInRequired):
        read_cabinet_list(bench, state=session, expected=company)
    mock.switches.walls = [Wall(kind="captcha", path="/app/*")]
    with pytest.raises(WallMet):
        read_cabinet_list(bench, state=session, expected=company)


def test_a_list_that_lost_its_rows_is_broken_and_never_empty(
    bench: Workbench, mock: MockSite, session: bytes, company: AccountWitness
) -> None:
    mock.switches.renames = {"reviewuuid=": "data-review="}
    with pytest.raises(SelectorBroken):
        read_cabinet_list(impatient(bench, hydration_seconds=0.5), state=session, expected=company)


def test_a_later_page_that_fails_leaves_what_was_read_as_partial(
    bench: Workbench, mock: MockSite, session: bytes, company: AccountWitness
) -> None:
    mock.set_route("/app/reviews", _fail_after(mock, good=1))
    read = read_cabinet_list(bench, state=session, expected=company)
    assert (read.health, len(read.rows), read.reaches_back_to) == (PageHealth.PARTIAL, 10, None)


def _fail_after(mock: MockSite, *, good: int) -> Callable[[Request], Awaitable[Response]]:
    pages = CabinetPages(mock.stage)

    async def answer(request: Request) -> Response:
        nonlocal good
        good -= 1
        return await pages.listed(request) if good >= 0 else PlainTextResponse("", 502)

    return answer


@pytest.mark.parametrize("answers", ["beside", "only"])
def test_the_page_s_own_answers_are_read_where_it_loads_them(
    bench: Workbench, mock: MockSite, session: bytes, company: AccountWitness, answers: Literal["beside", "only"]
) -> None:
    mock.switches.cabinet_answers = answers
    marked = mock.world.add_review(1, NewReview(cabinet_marks=("about_delivery", "not_shown"), text="Долго везли")).uuid
    since = mock.world.clock.now() - timedelta(days=3)
    read = read_cabinet_list(bench, state=session, expected=company, since=since)
    assert (read.health, read.notes, read.pages_read > 1) == (PageHealth.HEALTHY, (), True)
    rows = {row.review.review_id: row for row in read.rows}
    assert {one.uuid for _, one in mock.world.listed("cabinet") if one.published_at >= since.timestamp()} <= set(rows)
    assert {row.review.source for row in read.rows} == {"cabinet_answer"}
    assert rows[marked].remarks == (
        "Кабинет пишет, почему отзыв не показан: Отзыв проверяется",
        "Отзыв помечен как отзыв о доставке",
    )
    assert mock.ledger.submits == []


def test_answers_that_changed_leave_what_the_page_shows_and_say_so(
    bench: Workbench, mock: MockSite, session: bytes, company: AccountWitness
) -> None:
    mock.switches.cabinet_answers = "beside"
    mock.switches.renames = {'"result"': '"items"'}
    read = read_cabinet_list(bench, state=session, expected=company, page_limit=2)
    assert (read.health, read.rows[0].review.source) == (PageHealth.HEALTHY, "cabinet_page")
    assert read.notes == ("the page's own answer holds no list at 'result'",)
    mock.switches.cabinet_answers = "only"
    with pytest.raises(SelectorBroken, match="no list at 'result'"):
        read_cabinet_list(impatient(bench, hydration_seconds=0.5), state=session, expected=company)
