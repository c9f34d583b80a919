"""What is kept of a server's certificate, from a TLS server of our own."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

from evidence_store.artifacts import ArtifactKind
from flows.capture.certificate import CertificateWatch
from flows.capture.deadline import Deadline
from flows.capture.values import CaptureOrder
from flows.library.capture_review import capture_review
from tests.browser.conftest import workbench
from tests.browser.single_browser import single_browser
from tests.own_certificate import OwnCertificate

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from flows.catalog import Site


class Certified:
    """A TLS server on loopback with a certificate that nobody has signed but itself."""

    def __init__(self, folder: Path) -> None:
        own = OwnCertificate(folder, "Пример по TLS")
        self.certificate, self.argument = own.certificate, own.argument
        self.server = HTTPServer(("127.0.0.1", 0), _Page)
        self.server.socket = own.context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}/"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<title>TLS</title><h1>Страница</h1>".encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[Certified]:
    served = Certified(tmp_path)
    thread = Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


@pytest.mark.timeout(60)
def test_a_browser_that_hangs_is_not_waited_for(
    playwright: Playwright, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> None:
    with single_browser(playwright, browser_type_launch_args, tmp_path) as (browser, process):
        watch = CertificateWatch(browser.new_page(), deadline=Deadline(2.0))
        process.suspend()
        try:
            chain, problem = watch.chain_of("https://127.0.0.1/")
        finally:
            process.resume()
    assert chain == []
    assert "Timeout" in problem


def test_a_capture_over_tls_keeps_the_certificate_the_server_showed(
    certified: Certified, site: Site, playwright: Playwright, browser_type_launch_args: dict[str, Any]
) -> None:
    given = browser_type_launch_args
    arguments = {**given, "args": [*given.get("args", ()), certified.argument]}
    browser = playwright.chromium.launch(**arguments)
    try:
        order = CaptureOrder(moment="product_card", url=certified.url, page_name="product")
        capture = capture_review(workbench(browser, site), order)
    finally:
        browser.close()
    kept = capture.artifact(ArtifactKind.TLS_CERTIFICATE)
    assert kept is not None, capture.problems
    told = json.loads(kept.data)
    assert told["details"]["subjectName"] == "Пример по TLS"
    shown = [x509.load_der_x509_certificate(base64.b64decode(der)) for der in told["chain_der"]]
    assert shown == [certified.certificate]
