"""429 and stop pages in answer to a filing are walls, whatever the page makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from flows.catalog import load_site
from flows.readings.health import find_stop
from flows.readings.models import PageHealth
from mock_site.pages.stops import stop_response
from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from monitor.visit_protocol import VisitKind
from tests.browser.test_filing_faults import pictures
from tests.filing_world import ACCOUNT, CREATE, OPTIONS, REPORT, FilingWorld, make_filing_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

PATHS = {"order_appeal": CREATE, "public_report": REPORT}
ERROR = {"success": False, "error": "Слишком часто. Попробуйте позже"}


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def world(present_mock: MockSite, tmp_path: Path) -> FilingWorld:
    present_mock.reset()
    return make_filing_world(tmp_path, present_mock)


def answer_with(world: FilingWorld, channel: str, answer: Response) -> None:
    world.site.set_route(PATHS[channel], lambda _: answer)


@pytest.mark.parametrize("channel", PATHS)
def test_too_many_requests_stops_the_account_as_long_as_it_says(
    world: FilingWorld, browser: Browser, channel: str
) -> None:
    appeal = world.approve(channel=channel)
    answer_with(world, channel, JSONResponse(ERROR, 429, headers={"retry-after": "120"}))

    world.visit(VisitKind.SUBMIT, browser)

    with world.installation.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_at is not None
    assert account.stopped_until is not None
    assert round((account.stopped_until - account.stopped_at).total_seconds()) == 120
    assert world.load(appeal).state == AppealState.UNKNOWN
    assert len(world.site.ledger.submits) == 1


def test_too_many_requests_while_the_form_is_filled_stops_it_too(
    world: FilingWorld, browser: Browser, tmp_path: Path
) -> None:
    appeal = world.approve(files=pictures(tmp_path, 1))
    world.site.set_route("/my/appeals/upload", lambda _: JSONResponse(ERROR, 429, headers={"retry-after": "60"}))

    world.visit(VisitKind.SUBMIT, browser)

    with world.installation.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_until is not None
    assert world.load(appeal).state == AppealState.APPROVED
    assert world.site.ledger.submits == []


def test_a_challenge_for_a_script_is_a_wall(world: FilingWorld, browser: Browser) -> None:
    appeal = world.approve(channel="public_report")
    answer_with(world, "public_report", stop_response("challenge", is_api=True))

    world.visit(VisitKind.SUBMIT, browser)

    with world.installation.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_at is not None
    assert world.load(appeal).state == AppealState.UNKNOWN


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_a_form_error_where_no_list_can_be_asked_is_no_refusal(
    world: FilingWorld, browser: Browser, status: int
) -> None:
    appeal = world.approve(channel="public_report")
    answer_with(world, "public_report", JSONResponse({"success": False, "error": "Уже отправлено"}, status))

    world.visit(VisitKind.SUBMIT, browser)

    assert world.load(appeal).state == AppealState.UNKNOWN
    with world.installation.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_at is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, b"", "rate_limited"),
        (403, json.dumps({"incidentId": "fab_1", "challengeURL": "https://www.ozon.ru/x"}).encode(), "challenge"),
        (200, b"<title>Antibot Captcha</title>", "captcha"),
        (403, "<p>Инцидент: fab_1".encode(), "blocked"),
        (403, json.dumps({"success": False, "error": "Срок действия формы истёк"}).encode(), ""),
        (200, b"<title>OK</title>", ""),
        (200, b"\xff\xfe", ""),
        (500, b"", ""),
    ],
)
def test_what_counts_as_a_stop_in_one_answer(status: int, body: bytes, kind: str) -> None:
    found = find_stop(load_site("ozon"), status_code=status, body=body, has_witness=False)

    assert (found.kind if found else "") == kind
    assert found is None or found.health is PageHealth.WALL


def test_plain_text_counts_only_without_the_page_s_own_witness() -> None:
    quoted = "<p>В отзыве написано: Инцидент: fab_1".encode()

    assert find_stop(load_site("ozon"), status_code=200, body=quoted, has_witness=True) is None
