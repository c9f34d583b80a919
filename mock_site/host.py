"""A small ASGI host on raw sockets: asyncio and h11, one process, HTTP/1.1, loopback only.

Not uvicorn, because the mock must count requests where they arrive, cut answers at any byte, and reset or hold a
connection: things a server made to be reliable does not offer.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol
from urllib.parse import unquote

import h11

from mock_site.ledger import Ledger
from mock_site.wire import WireFault

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_CHUNK = 65_536
_LINGER_ZERO = struct.pack("ii", 1, 0)  # close() then sends RST
_PARTIAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 500\r\n\r\n<html>"
_CHUNK_CUT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n"
)
_GZIP_CUT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n"
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
)
_TIMEOUT_408 = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


_BROKEN_ANSWERS = {
    "partial": _PARTIAL,
    "chunk_cut": _CHUNK_CUT,
    "gzip_cut": _GZIP_CUT,
    "timeout_408": _TIMEOUT_408,
}


class HostPolicy(Protocol):
    """What the host asks before it lets a request in."""

    def allows_host(self, host: str) -> bool:
        """Whether a ``Host`` header is one of ours; a stranger gets 421."""


class Host:
    """Serves one ASGI app on one loopback port.

    Args:
        app: The application.
        policy: Which ``Host`` headers are served.
        ledger: Where every request is written down; None for the control port.

    Attributes:
        errors: What handlers raised by mistake; a test fixture looks here.
    """

    def __init__(self, app: App, policy: HostPolicy, ledger: Ledger | None = None) -> None:
        self._app = app
        self._policy = policy
        self._ledger = ledger
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.errors: list[BaseException] = []
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listens on 127.0.0.1; 0 picks a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops listening and ends every connection, held ones too."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, next(self._numbers))
        task = asyncio.create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.errors.append(error)

    async def _serve(self, connection: Connection) -> None:
        try:
            while (request := await connection.read_request(self._ledger)) is not None:
                if not await self._answer(connection, request):
                    break
        except (ConnectionError, h11.RemoteProtocolError):
            pass  # the client's affair
        finally:
            connection.close()

    async def _answer(self, connection: Connection, request: Request) -> bool:
        if not self._policy.allows_host(request.host):
            await connection.send(421, [(b"content-type", b"text/plain")], b"Misdirected Request")
            return connection.is_reusable()
        answer = Answer()
        try:
            await self._app(request.scope(), request.receive, answer.send)
        except WireFault as fault:
            await connection.suffer(fault)
            return False
        await connection.send(answer.status, answer.headers, bytes(answer.body))
        return connection.is_reusable()


class Request:
    """One complete request."""

    def __init__(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._method = method
        self._target = target
        self._headers = headers
        self._body: bytes | None = body
        self.host = next((value.decode("latin-1") for name, value in headers if name == b"host"), "")

    def scope(self) -> Scope:
        """The ASGI scope."""
        path, _, query = self._target.partition("?")
        name, _, port = self.host.partition(":")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": self._headers,
            "server": (name, int(port) if port.isdigit() else 80),
            "client": ("127.0.0.1", 0),
        }

    async def receive(self) -> Message:
        """ASGI receive: the whole body at once, then the end."""
        if self._body is None:
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class Answer:
    """Collects what the app sends."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    async def send(self, message: Message) -> None:
        """ASGI send."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
        else:
            self.body += message.get("body", b"")


class Connection:
    """One accepted socket with its protocol state."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self._reader = reader
        self._writer = writer
        self._number = number
        self._nth = 0
        self._is_head = False
        self._protocol = h11.Connection(h11.SERVER)

    async def read_request(self, ledger: Ledger | None) -> Request | None:
        """Reads the next request; None when the client is gone."""
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        self._nth += 1
        self._is_head = head.method == b"HEAD"
        method, target = head.method.decode("ascii"), head.target.decode("latin-1")
        body = bytearray()
        is_complete = False
        while not is_complete:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                is_complete = True
            else:
                break
        headers = [(name, value) for name, value in head.headers]
        if ledger is not None:
            text = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
            ledger.record((self._number, self._nth, method, target), text, bytes(body), is_complete=is_complete)
        return Request(method, target, headers, bytes(body)) if is_complete else None

    async def _next_event(self) -> object:
        while True:
            try:
                event = self._protocol.next_event()
            except h11.RemoteProtocolError:
                if self._reader.at_eof():
                    return None  # left in the middle of a body
                raise
            if event is h11.NEED_DATA:
                if self._protocol.they_are_waiting_for_100_continue:
                    self._writer.write(self._protocol.send(h11.InformationalResponse(status_code=100, headers=[])))
                self._protocol.receive_data(await self._reader.read(_CHUNK))
                continue
            return event

    async def send(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Sends a whole answer."""
        names = {name.lower() for name, _ in headers}
        if b"content-length" not in names and status not in {204, 304}:
            headers = [*headers, (b"content-length", str(len(body)).encode())]
        out = self._protocol.send(h11.Response(status_code=status, headers=headers)) or b""
        if body and not self._is_head and status not in {204, 304}:
            out += self._protocol.send(h11.Data(data=body)) or b""
        out += self._protocol.send(h11.EndOfMessage()) or b""
        self._writer.write(out)
        await self._writer.drain()

    def is_reusable(self) -> bool:
        """Gets ready for the next request on this connection, when the protocol allows one."""
        if self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE:
            self._protocol.start_next_cycle()
            return True
        return False

    async def suffer(self, fault: WireFault) -> None:
        """Does a fault to the wire."""
        if fault.kind == "hang" or fault.hold_s:
            await self._hold(None if fault.kind == "hang" else fault.hold_s)
        if fault.kind == "rst":
            raw: socket.socket = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
            self._writer.transport.abort()
        elif fault.kind in _BROKEN_ANSWERS:
            self._writer.write(_BROKEN_ANSWERS[fault.kind])
            await self._writer.drain()

    async def _hold(self, seconds: float | None) -> None:
        # A client that leaves is seen as the end of its stream; anything it still sends is thrown away.
        try:
            async with asyncio.timeout(seconds):
                while await self._reader.read(_CHUNK):
                    pass
        except TimeoutError:
            pass

    def close(self) -> None:
        """Closes the socket; does not wait for a peer that may never read."""
        self._writer.close()
