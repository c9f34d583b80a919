"""What is kept of a server's certificate, from a TLS server of our own."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from evidence_store.artifacts import ArtifactKind
from flows.capture.certificate import CertificateWatch
from flows.capture.deadline import Deadline
from flows.capture.values import CaptureOrder
from flows.library.capture_review import capture_review
from tests.browser.conftest import workbench
from tests.browser.single_browser import single_browser

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from flows.catalog import Site


class Certified:
    """A TLS server on loopback with a certificate that nobody has signed but itself."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Пример по TLS")])
        now = datetime.now(UTC)
        built = x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(days=1),
            not_valid_after=now + timedelta(days=30),
        ).add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        self.certificate = built.sign(key, hashes.SHA256())
        pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
        public = key.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.pin = base64.b64encode(hashlib.sha256(public).digest()).decode()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / "server.pem").write_bytes(self.certificate.public_bytes(pem) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        self.server = HTTPServer(("127.0.0.1", 0), _Page)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
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
    pinned = f"--ignore-certificate-errors-spki-list={certified.pin}"
    arguments = {**browser_type_launch_args, "args": [*browser_type_launch_args.get("args", ()), pinned]}
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
