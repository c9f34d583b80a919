"""Workers go on working in a browser that is guarded: what they could send unseen is gone, and nothing else."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from starlette.responses import HTMLResponse, Response

from flows.contexts import submit_context
from flows.gate import GateRules, SubmitGate
from flows.unseen_ways import BEFORE_ALL, in_front_of

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from starlette.requests import Request

    from flows.workbench import Workbench
    from mock_site.server import MockSite

PACKED = {"content-encoding": "gzip"}
TELL = "[typeof WebTransport, typeof XMLHttpRequest, (function () { return this === undefined; })()].join()"
STRICT = '/* first */ "use strict"; // then\n'
SCRIPTS = {
    "/plain.js": f"postMessage({TELL});",
    "/strict.js": f"{STRICT}postMessage({TELL});",
    "/module.js": f"import '/imported.js'; postMessage({TELL});",
    "/imported.js": "postMessage(typeof WebTransport);",
    "/shared.js": f"onconnect = event => event.ports[0].postMessage({TELL});",
    "/nested.js": "new Worker('/plain.js').onmessage = event => postMessage(event.data);",
}
HEAR = "made => new Promise(done => { const it = eval(made); (it.port ?? it).onmessage = event => done(event.data); })"
STRING = f"URL.createObjectURL(new Blob([`postMessage({TELL})`]))"
SPENT = f"(() => {{ const url = {STRING}; const made = new Worker(url); URL.revokeObjectURL(url); return made; }})()"


@pytest.fixture
def page(mock: MockSite, bench: Workbench) -> Iterator[Page]:
    def answer(request: Request) -> Response:
        return Response(SCRIPTS[request.url.path], media_type="text/javascript")

    for path in SCRIPTS:
        mock.set_route(path, answer)
    packed = gzip.compress(SCRIPTS["/plain.js"].encode())
    mock.set_route("/packed.js", lambda _: Response(packed, headers=PACKED, media_type="text/javascript"))
    mock.set_route("/page", lambda _: HTMLResponse("<body>here"))
    gate = SubmitGate(GateRules(globs=(f"{mock.origins['www']}/sent*",)))
    with submit_context(bench.browser, bench.terms, state=b'{"cookies": [], "origins": []}', gate=gate) as guarded:
        opened = guarded.open_page()
        opened.goto(mock.origins["www"] + "/page")
        yield opened


@pytest.mark.parametrize(
    ("made", "is_strict"),
    [
        ("new Worker('/plain.js')", False),
        ("new Worker('/strict.js')", True),
        ("new Worker('/packed.js')", False),
        ("new Worker('/nested.js')", False),
        ("new SharedWorker('/shared.js')", False),
        (f"new Worker({STRING})", False),
        (SPENT, False),
        ("new Worker('data:text/javascript,' + encodeURIComponent(`postMessage(" + TELL + ")`))", False),
    ],
)
def test_a_worker_works_without_what_nobody_sees(page: Page, made: str, is_strict: bool) -> None:
    assert page.evaluate(HEAR, made) == f"undefined,function,{str(is_strict).lower()}"


def test_what_a_module_imports_has_nothing_unseen_either(page: Page) -> None:
    assert page.evaluate(HEAR, "new Worker('/module.js', {type: 'module'})") == "undefined"


def test_a_module_made_of_a_string_is_refused(page: Page) -> None:
    made = f"(() => {{ try {{ new Worker({STRING}, {{type: 'module'}}); }} catch (error) {{ return error.name; }} }})()"

    assert page.evaluate("made => eval(made)", made) == "TypeError"


def test_a_worker_is_still_a_worker(page: Page) -> None:
    told = "const made = new Worker('/plain.js'); [made instanceof Worker, made.constructor === Worker, Worker.name]"

    assert page.evaluate("told => eval(told)", told) == [True, True, "Worker"]


def test_a_strict_script_stays_strict() -> None:
    assert in_front_of(STRICT.encode()).startswith(b'"use strict";')
    assert in_front_of(b'x = "use strict"') == BEFORE_ALL.encode() + b'x = "use strict"'
