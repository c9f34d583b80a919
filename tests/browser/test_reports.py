"""Reports that a site asks of the browser leave past every session of it: the browser of a filing makes none.

A server under TLS of the test's own: over a plain connection Chromium takes no order for reports.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows import browser as launching
from flows.browser import BrowserHandle
from flows.catalog import Site
from flows.contexts import submit_context
from flows.gate import GateRules, SubmitGate
from tests.browser.conftest import workbench
from tests.machine_browser import open_machine_browser
from tests.own_certificate import OwnCertificate

KINDS = ("named", "group", "default", "network")
LINGER = "setTimeout(() => { window.hasLingered = true }, 1000)"
PAGE = f"<img src=/missing><script>document.write('x'); {LINGER}</script>"
NO_SCRIPT = "content-security-policy-report-only"
_QUICKLY = "--short-reporting-delay"  # a tenth of a second in place of a minute


@dataclass
class Asking:
    """A site that asks for reports; ``reports`` counts what came of each kind."""

    origin: str = ""
    reports: Counter[str] = field(default_factory=Counter)

    def headers(self, kind: str) -> dict[str, str]:
        url = f"{self.origin}/reports/{kind}"
        group = json.dumps({"group": "quiet", "max_age": 9999, "endpoints": [{"url": url}]})
        every = {"report_to": "quiet", "max_age": 9999, "success_fraction": 1.0, "failure_fraction": 1.0}
        return {
            "named": {NO_SCRIPT: "script-src 'none'; report-to quiet", "reporting-endpoints": f'quiet="{url}"'},
            "group": {NO_SCRIPT: "script-src 'none'; report-to quiet", "report-to": group},
            "default": {NO_SCRIPT: "script-src 'none'; report-to default", "reporting-endpoints": f'default="{url}"'},
            "network": {"report-to": group, "nel": json.dumps(every)},
        }.get(kind, {})


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    asked, own = Asking(), OwnCertificate(tmp_path, "asking")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(PAGE, asked.headers(self.path.rpartition("/")[2]))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            asked.reports[self.path.rpartition("/")[2]] += 1
            self._answer("", {})

        def _answer(self, body: str, headers: dict[str, str]) -> None:
            self.send_response(200)
            for name, value in {"content-type": "text/html", "content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = own.context.wrap_socket(server.socket, server_side=True)
        asked.origin = f"https://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        arguments = (*launching.QUIET_ARGUMENTS, own.argument, _QUICKLY)
        monkeypatch.setattr(launching, "QUIET_ARGUMENTS", arguments)
        yield asked
        server.shutdown()


def look(handle: BrowserHandle, site: Site, asked: Asking, kind: str) -> None:
    """Opens the page in a filing's browser and leaves it, as a form is left for its answer."""
    gate, terms = SubmitGate(GateRules(globs=(f"{asked.origin}/sent",))), workbench(handle.browser, site).terms
    with submit_context(handle, terms, state=b'{"cookies": [], "origins": []}', gate=gate) as guarded:
        page = guarded.open_page()
        page.goto(f"{asked.origin}/pages/{kind}")
        page.wait_for_function("() => window.hasLingered")
        page.goto(f"{asked.origin}/pages/none")
        page.wait_for_function("() => window.hasLingered")


@pytest.mark.parametrize("reports", [False, True], ids=["as it is", "control: with reports"])
def test_the_browser_of_a_filing_reports_nothing(
    site: Site, asking: Asking, monkeypatch: pytest.MonkeyPatch, *, reports: bool
) -> None:
    if reports:
        monkeypatch.setattr(launching, "_without_reports", lambda _: "--disable-features=Nothing")
    with open_machine_browser() as handle:
        for kind in KINDS:
            look(handle, site, asking, kind)
    assert set(asking.reports) == (set(KINDS) if reports else set())


def test_it_goes_without_what_the_driver_goes_without_as_well() -> None:
    with open_machine_browser() as handle:
        assert handle.start_another is not None
        other = handle.start_another()
        first, second = (launching._without_reports(one) for one in (handle.browser, other))
        other.close()
    assert first.removesuffix(",Reporting").count(",") > 5, "what the driver asked for"
    assert second == first + ",Reporting", "all of it, and reports"
