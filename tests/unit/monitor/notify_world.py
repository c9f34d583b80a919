"""An installation on a clock of its own, and services on this machine that take what it tells: HTTP and a mailbox."""

from __future__ import annotations

import io
import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from PIL import Image

from evidence_store.digests import Digest
from monitor.bootstrap import Installation
from monitor.clock import ManualClock
from monitor.config.home import Home
from monitor.config.settings import default_settings
from monitor.outgoing.messengers import save_channel
from monitor.outgoing.sending import Messenger, Sent
from monitor.secrets.stores import create_store
from monitor.state.cases import ArtifactRecord
from monitor.state.repository import new_id
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SKU, START, lease_of, listing, review, settle_in


@dataclass
class Sink:
    """What a service was sent; ``status`` is what it answers."""

    port: int
    status: int = 200
    paths: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def messages(self) -> list[dict[str, Any]]:
        """Returns what apprise's json:// sent."""
        return [json.loads(body) for body in self.bodies]


@contextmanager
def http_sink() -> Iterator[Sink]:
    """A service on this machine that keeps what it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink.paths.append(self.path)
            sink.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.send_response(sink.status)
            self.end_headers()
            self.wfile.write(b'{"ok": true, "result": {"message_id": 1}}')

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink = Sink(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mailbox() -> Iterator[tuple[int, list[Message]]]:
    """A mail server on this machine; yields its port and the letters it got."""
    letters: list[Message] = []

    class Keeper:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
            letters.append(message_from_bytes(bytes(envelope.original_content or b"")))
            return "250 kept"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port, letters
    finally:
        controller.stop()


@dataclass
class TellingWorld:
    """One installation that tells, and its clock."""

    installation: Installation
    clock: ManualClock

    def meet_reviews(self, *names: str, rating: int = 1, text: str = "ужасно") -> None:
        """Stores a poll that met new reviews."""
        state = self.installation.state
        lease = lease_of(state, "poll")
        known = [review("old")] + [review(name, rating=rating, text=text) for name in names]
        record_poll(state, lease, listing(known, self.clock.now()))
        state.release(lease)

    def add_picture(self, review_id: str, png: bytes) -> None:
        """Stores the public picture of a review, as a visit does."""
        digest = self.installation.artifacts.put(png)
        record = ArtifactRecord(
            id=new_id("artifact"), account_id=ACCOUNT, moment="public", sha256=digest.hex,
            manifest_sha256=Digest.of(b"manifest").hex, path="x", media_type="image/png", size=len(png),
            review_id=review_id, case_id=None, appeal_id=None, visit_id=None, captured_at=self.clock.now(),
            is_complete=True, notes={"kind": "element_png"},
        )  # fmt: skip
        with self.installation.state.transaction() as tx:
            tx.artifacts.add(record)

    def channel(self, name: str, address: str) -> None:
        """Keeps a channel's address."""
        save_channel(self.installation.secrets, name, address, self.installation.redactor)

    def send(self) -> Sent:
        """Sends what is due."""
        return Messenger(self.installation, [ACCOUNT]).send_due()

    def states(self) -> dict[str, str]:
        """Returns the state of the newest delivery of each channel."""
        with self.installation.state.read() as tx:
            return {one.channel: one.state for one in reversed(tx.outbox.deliveries(ACCOUNT))}


def telling_world(folder: Path, *, evidence: dict[str, object] | None = None, **notify: object) -> TellingWorld:
    """Makes an installation with one watched product; keywords go into ``[notify]``."""
    clock = ManualClock(START)
    account = {"name": ACCOUNT, "products": [SKU]}
    settings = default_settings({"account": [account], "notify": notify, "evidence": evidence or {}})
    home = Home(folder)
    home.create()
    installation = Installation(home, settings, clock)
    installation.secrets = create_store(home.secrets, "ephemeral", redactor=installation.redactor)
    settle_in(installation.state, ["old"])
    return TellingWorld(installation, clock)


def noise_png(width: int, height: int) -> bytes:
    """A picture that no format makes small."""
    pixels = random.Random(5).randbytes(width * height * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), pixels).save(out, "PNG")
    return out.getvalue()
