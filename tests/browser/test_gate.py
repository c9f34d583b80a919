"""The gate in real Chromium, counted at the socket: nothing passes but one request, and only after its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import HTMLResponse, Response

from flows.contexts import submit_context
from flows.gate import GateMisused, GateRules, GateState, SubmitGate, SubmitRequest
from mock_site.wire import WireFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from starlette.requests import Request

    from flows.workbench import Workbench
    from mock_site.ledger import Entry
    from mock_site.server import MockSite

FORM = "<form method=post action=/sent><input name=text value=x><button>Go</button></form>"
DOUBLED = FORM + "<script>document.forms[0].onsubmit = () => {{ fetch('/sent', {{method: 'POST'}}); }}</script>"
SEND = "fetch('/sent', {method: 'POST', body: 'x'}).then(answer => answer.text()).catch(() => 0)"
FETCHING = f'<button onclick="{SEND}">Go</button>'


@pytest.fixture
def gate(mock: MockSite) -> SubmitGate:
    return SubmitGate(GateRules(globs=(f"{mock.origins['www']}/sent*",)))


@pytest.fixture
def page(mock: MockSite, bench: Workbench, gate: SubmitGate) -> Iterator[Page]:
    def answer(request: Request) -> Response:
        bodies = {"/form": FORM, "/doubled": DOUBLED.format(), "/fetching": FETCHING}
        return HTMLResponse(bodies.get(request.url.path, "stored"))

    for path in ("/form", "/doubled", "/fetching", "/sent"):
        mock.set_route(path, answer)
    with submit_context(bench.browser, bench.terms, state=b'{"cookies": [], "origins": []}', gate=gate) as guarded:
        yield guarded.open_page()


async def cut_off(_: Request) -> Response:
    raise WireFault("partial")


def posts(mock: MockSite) -> list[Entry]:
    """Gives this test's own: what the test before let go may still come, on a connection older than our page's."""
    entries = mock.ledger.entries
    oldest = min((entry.connection for entry in entries if entry.path != "/sent"), default=0)
    return [entry for entry in entries if entry.method == "POST" and entry.connection >= oldest]


def ignore(_: SubmitRequest) -> None:
    """Stands in for the record."""


def press(page: Page, mock: MockSite, path: str, how: str) -> None:
    page.goto(mock.origins["www"] + path)
    box = page.get_by_role("button", name="Go").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    if how == "enter and click":
        page.locator("input").focus()
        page.keyboard.press("Enter")
    # By the mouse itself: a locator would wait for the page that the first press may have brought.
    page.mouse.click(*middle, click_count=2 if how == "double click" else 1)


def test_closed_gate_lets_nothing_out(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    with page.expect_event("requestfailed", timeout=30_000):
        press(page, mock, "/form", "click")

    assert (posts(mock), gate.blocked, gate.state) == ([], 1, GateState.CLOSED)


@pytest.mark.parametrize("how", ["click", "double click"])
def test_armed_gate_lets_one_out(mock: MockSite, page: Page, gate: SubmitGate, how: str) -> None:
    gate.arm(ignore)

    with page.expect_response("**/sent", timeout=30_000):
        press(page, mock, "/form", how)

    assert (len(posts(mock)), gate.released) == (1, 1)


def test_a_click_while_the_form_is_being_sent_sends_nothing_more(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)

    with page.expect_event("request", lambda request: request.method == "POST", timeout=30_000):
        press(page, mock, "/form", "enter and click")
    for _ in range(200):  # round trips past the page, which may be between two documents
        if gate.released:
            break
        page.context.cookies()

    # Whether the second press still meets the form is the browser's pace; either way one request is let go at most.
    assert len(posts(mock)) <= 1
    assert gate.released == 1


@pytest.mark.parametrize(("path", "how"), [("/doubled", "click"), ("/doubled", "enter and click")])
def test_second_request_of_one_gesture_is_stopped(
    mock: MockSite, page: Page, gate: SubmitGate, path: str, how: str
) -> None:
    gate.arm(ignore)

    with page.expect_event("requestfailed", timeout=30_000):
        press(page, mock, path, how)

    # The browser may take the first one back when the second begins: released, and still never at the socket.
    assert len(posts(mock)) <= 1
    assert gate.released == 1


def test_reload_of_the_answer_does_not_send_again(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)
    press(page, mock, "/form", "click")
    page.get_by_text("stored").wait_for()

    with page.expect_event("requestfailed", timeout=30_000), pytest.raises(Exception, match="ERR_BLOCKED_BY_CLIENT"):
        page.reload()

    assert (len(posts(mock)), gate.blocked) == (1, 1), posts(mock)


def test_request_waits_for_its_record(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    seen: list[int] = []
    gate.arm(lambda request: seen.append(len(posts(mock)) + 100 * request.body_bytes))

    press(page, mock, "/form", "click")
    page.get_by_text("stored").wait_for()

    assert seen == [600]


def test_request_whose_record_fails_is_stopped(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    def refuse(_: SubmitRequest) -> None:
        raise OSError("disk full")

    gate.arm(refuse)
    with page.expect_event("requestfailed", timeout=30_000):
        press(page, mock, "/form", "click")

    with pytest.raises(OSError, match="disk full"):
        gate.raise_refusal()

    assert (posts(mock), gate.state, gate.released) == ([], GateState.REFUSED, 0)


def test_fetch_is_gated_like_a_form(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)

    with page.expect_response("**/sent", timeout=30_000):
        press(page, mock, "/fetching", "double click")

    assert (len(posts(mock)), gate.released) == (1, 1)


def test_answer_of_the_released_request_is_noted(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)

    press(page, mock, "/form", "click")
    page.get_by_text("stored").wait_for()

    assert gate.status_code == 200


def test_answer_that_was_cut_off_has_no_status(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    mock.set_route("/sent", cut_off)
    gate.arm(ignore)

    with page.expect_event("requestfailed", timeout=30_000):
        press(page, mock, "/fetching", "click")

    assert gate.released == 1
    assert gate.failure
    assert gate.status_code is None


def test_gate_is_armed_once_in_its_life(page: Page, gate: SubmitGate) -> None:
    gate.arm(ignore)
    gate.disarm()

    with pytest.raises(GateMisused):
        gate.arm(ignore)
    assert page.url == "about:blank"


def test_rules_to_read_ahead_are_taken_away(mock: MockSite, page: Page, gate: SubmitGate) -> None:
    rules = '{"prefetch": [{"source": "list", "urls": ["/ahead"]}]}'
    headers = {"speculation-rules": '"/rules"'}
    mock.set_route("/ahead", lambda _: HTMLResponse("read ahead"))
    mock.set_route("/rules", lambda _: Response(rules, media_type="application/speculationrules+json"))
    written = f'<script type="speculationrules">{rules}</script>'
    mock.set_route("/reads", lambda _: HTMLResponse(f"<body>{written}<p>here", headers=headers))

    page.goto(mock.origins["www"] + "/reads")
    page.evaluate("fetch('/form')")  # a round trip to the site after whatever the browser began by itself

    assert mock.ledger.count("/reads") == 1
    assert mock.ledger.count("/ahead") == 0
    assert gate.blocked == 0
