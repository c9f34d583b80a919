"""A request sent by the driver's own client: never a second time, where the browser's network stack sends twice.

``python3 run.py prove transport`` has every way to lose an answer; these are the cases that CI keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import HTMLResponse, Response

from flows.contexts import submit_context
from flows.gate import GateRules, GateState, SubmitGate, SubmitRequest
from flows.pinned import PinnedTransport
from mock_site.server import MockSite
from tests.browser.conftest import signed_in_state
from tests.proofs.transports import LOSSES, measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from starlette.requests import Request

    from flows.workbench import Workbench
    from mock_site.ledger import Entry

FORM = '<form method=post action=/sent enctype="{kind}"><input name=text value=x>{more}<button>Go</button></form>'
PAGES = {
    "/form": FORM.format(kind="application/x-www-form-urlencoded", more=""),
    "/file": FORM.format(kind="multipart/form-data", more="<input type=file name=file>"),
}


@pytest.fixture
def gate(mock: MockSite) -> SubmitGate:
    return SubmitGate(GateRules(globs=(f"{mock.origins['www']}/sent*",)), pinned=PinnedTransport(answer_seconds=4))


@pytest.fixture
def page(mock: MockSite, bench: Workbench, gate: SubmitGate) -> Iterator[Page]:
    def answer(request: Request) -> Response:
        headers = {"set-cookie": "seen=yes; HttpOnly"} if request.method == "POST" else {}
        return HTMLResponse(PAGES.get(request.url.path, "stored"), headers=headers)

    for path in (*PAGES, "/sent"):
        mock.set_route(path, answer)
    with submit_context(bench.browser, bench.terms, state=signed_in_state(mock), gate=gate) as guarded:
        yield guarded.open_page()


def ignore(_: SubmitRequest) -> None:
    """Stands in for the record."""


def posts(mock: MockSite) -> list[Entry]:
    return [entry for entry in mock.ledger.entries if entry.method == "POST"]


def header(entry: Entry, name: str) -> list[str]:
    return [value for key, value in entry.headers if key.lower() == name]


def press(page: Page, mock: MockSite, path: str = "/form") -> None:
    page.goto(mock.origins["www"] + path)
    page.get_by_role("button", name="Go").click()


@pytest.mark.parametrize(("channel", "title"), [("order_appeal", "(FIN)"), ("public_report", "(RST)")])
def test_what_browsers_send_again_arrives_once_when_pinned(browser: Browser, channel: str, title: str) -> None:
    [loss] = [loss for loss in LOSSES if loss.title.startswith("stores it") and title in loss.title]

    measured = measure(browser, 1, [loss], transports=["pinned"], channels=[channel])

    assert measured.counted.violations == []
    assert measured.requests("pinned") == 1


def test_a_pinned_request_carries_the_pages_own_cookies_once(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    sent_by: list[str] = []
    gate.arm(lambda request: sent_by.append(request.transport))

    press(page, mock)
    page.get_by_text("stored").wait_for()

    [sent] = posts(mock)
    host = mock.origins["www"].removeprefix("http://")
    assert header(sent, "host") == [host]
    assert header(sent, "origin") == [mock.origins["www"]]
    sid = [cookie for cookie in page.context.cookies(mock.origins["www"]) if cookie.get("name") == "sid"]
    assert header(sent, "cookie") == [f"sid={sid[0].get('value')}"]
    assert (gate.status_code, gate.released, gate.failure, sent_by) == (200, 1, "", ["pinned"])


def test_a_cookie_of_the_pinned_answer_becomes_the_pages_own(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)

    press(page, mock)
    page.get_by_text("stored").wait_for()

    names = [cookie.get("name") for cookie in page.context.cookies(mock.origins["www"])]
    assert sorted(map(str, names)) == ["seen", "sid"]


def test_an_answer_that_asks_to_send_it_again_is_not_obeyed(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    mock.set_route("/sent", lambda _: Response(status_code=308, headers={"location": "/elsewhere"}))
    gate.arm(ignore)

    with page.expect_event("requestfailed", timeout=30_000):
        press(page, mock)

    assert len(posts(mock)) == 1
    assert gate.status_code is None
    assert "308" in gate.failure


def test_a_file_that_is_handed_over_as_bytes_goes_whole(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)
    page.goto(mock.origins["www"] + "/file")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.bin", "mimeType": "image/png", "buffer": b"\x00\xff" * 9}
    )

    page.get_by_role("button", name="Go").click()
    page.get_by_text("stored").wait_for()

    assert b"\x00\xff" * 9 in posts(mock)[0].body


def test_a_file_that_the_driver_cannot_see_stops_the_request(
    mock: MockSite, page: Page, gate: SubmitGate, tmp_path: Path
) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\xff" * 9)
    gate.arm(ignore)
    page.goto(mock.origins["www"] + "/file")
    page.locator("input[type=file]").set_input_files(tmp_path / "a.bin")

    with page.expect_event("requestfailed", timeout=30_000):
        page.get_by_role("button", name="Go").click()

    assert (posts(mock), gate.released, gate.state) == ([], 0, GateState.REFUSED)
    assert "a.bin" in gate.failure
