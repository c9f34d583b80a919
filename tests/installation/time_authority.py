"""A time stamping authority on this machine's loopback that can be away or answer wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from tests.unit.evidence_store.authority import Authority


class ServedAuthority:
    """Answers over HTTP.

    Attributes:
        address: Where.
        answer: What it answers a query with; None answers 503.
        asked: How often it was asked.
    """

    def __init__(self, authority: Authority, port: int) -> None:
        self.root = authority.root
        self.address = f"http://127.0.0.1:{port}/tsr"
        self.really_answer: Callable[[bytes], bytes] = lambda query: authority.answer("", query)
        self.answer: Callable[[bytes], bytes] | None = self.really_answer
        self.asked = 0


@contextmanager
def serve(authority: Authority) -> Iterator[ServedAuthority]:
    """Serves an authority until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            served.asked += 1
            self.send_response(503 if served.answer is None else 200)
            body = b"" if served.answer is None else served.answer(query)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    served = ServedAuthority(authority, server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
