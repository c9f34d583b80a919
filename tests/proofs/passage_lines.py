"""Requests as they come from a browser, by HTTP/1.1 or in streams of HTTP/2, and every way to answer them badly."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import h11
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded, WindowUpdated
from h2.exceptions import ProtocolError as StreamError

CHUNK = 65_536
_LINGER_ZERO = struct.pack("ii", 1, 0)  # close() then sends RST
_OF_ONE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "upgrade"})


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A whole request on its way; header names in lower case, none that belongs to one connection."""

    method: str
    target: str
    host: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A whole answer, likewise."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Line(Protocol):
    """How one request can be answered."""

    async def answer(self, reply: Reply, *, share: float = 1.0, every_seconds: float = 0.0) -> None:
        """Sends an answer, or so much of its body; with a pause it goes out in twenty pieces."""

    def cut(self) -> None:
        """Closes the connection (FIN)."""

    def reset(self) -> None:
        """Resets the connection (RST)."""

    def refuse(self, code: int) -> None:
        """Resets the stream with an error of HTTP/2."""

    def go_away(self, *, was_seen: bool) -> None:
        """Ends the connection as HTTP/2 does, and says whether this stream was looked at."""


Carry = Callable[[Carried, Line], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


def without_connection(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Leaves out what speaks of one connection only."""
    return tuple((name, value) for name, value in headers if name not in _OF_ONE_CONNECTION)


class PlainLine:
    """One connection of HTTP/1.1, a request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pause: Pause) -> None:
        self._reader, self._writer, self._pause = reader, writer, pause
        self._protocol = h11.Connection(h11.SERVER)

    async def read(self) -> Carried | None:
        """Reads the next request; None when there is none."""
        head = await self._next()
        if not isinstance(head, h11.Request):
            return None
        body = b""
        while isinstance(event := await self._next(), h11.Data):
            body += bytes(event.data)
        if not isinstance(event, h11.EndOfMessage):
            return None
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
        return Carried(
            method=head.method.decode(),
            target=head.target.decode("latin-1"),
            host=dict(headers).get("host", ""),
            headers=without_connection(headers),
            body=body,
        )

    async def _next(self) -> object:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(await self._reader.read(CHUNK))
        return event

    async def answer(self, reply: Reply, *, share: float = 1.0, every_seconds: float = 0.0) -> None:
        """As in ``Line``."""
        headers = [*reply.headers]
        if reply.status not in {204, 304}:
            headers.append(("content-length", str(len(reply.body))))
        self._writer.write(self._protocol.send(h11.Response(status_code=reply.status, headers=headers)) or b"")
        for piece in pieces(reply.body, share, every_seconds):
            await self._pause(every_seconds)
            self._writer.write(self._protocol.send(h11.Data(data=piece)) or b"")
        if share >= 1.0:
            self._writer.write(self._protocol.send(h11.EndOfMessage()) or b"")
        await self._writer.drain()

    def is_reusable(self) -> bool:
        """Gets ready for the next request, when the last one was answered whole."""
        if self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE:
            self._protocol.start_next_cycle()
            return True
        return False

    def cut(self) -> None:
        """As in ``Line``."""
        self._writer.close()

    def reset(self) -> None:
        """As in ``Line``."""
        reset(self._writer)

    def refuse(self, code: int) -> None:
        """There are no streams here."""
        raise NotImplementedError(code)

    def go_away(self, *, was_seen: bool) -> None:
        """There is no such word here."""
        raise NotImplementedError(was_seen)


class Streams:
    """One connection of HTTP/2."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pause: Pause, start: Callable[..., object]
    ) -> None:
        self._reader, self.writer, self.pause, self._start = reader, writer, pause, start
        self.protocol = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.window = asyncio.Event()
        self._heads: dict[int, list[tuple[str, str]]] = {}
        self._bodies: dict[int, bytes] = {}

    async def serve(self, carry: Carry) -> None:
        """Reads until the browser leaves; each request is answered beside the others."""
        self.protocol.initiate_connection()
        self.flush()
        while data := await self._reader.read(CHUNK):
            for event in self.protocol.receive_data(data):
                if isinstance(event, ConnectionTerminated):
                    return
                self._take(event, carry)
            self.flush()

    def _take(self, event: object, carry: Carry) -> None:
        if isinstance(event, RequestReceived):
            self._heads[event.stream_id] = [(str(name), str(value)) for name, value in event.headers]
            self._bodies[event.stream_id] = b""
        elif isinstance(event, DataReceived):
            self._bodies[event.stream_id] += event.data
            self.protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            number = event.stream_id
            self._start(self._answer(carry, number))
        elif isinstance(event, WindowUpdated):
            self.window.set()

    async def _answer(self, carry: Carry, number: int) -> None:
        with suppress(StreamError, ConnectionError):  # the browser took it back, or is gone
            await carry(_carried(self._heads.pop(number), self._bodies.pop(number)), StreamLine(self, number))

    def flush(self) -> None:
        """Sends what is to be sent.

        Raises:
            ConnectionResetError: the browser is gone.
        """
        if self.writer.is_closing():
            raise ConnectionResetError
        self.writer.write(self.protocol.data_to_send())


class StreamLine:
    """One stream."""

    def __init__(self, streams: Streams, number: int) -> None:
        self._streams, self._number = streams, number

    async def answer(self, reply: Reply, *, share: float = 1.0, every_seconds: float = 0.0) -> None:
        """As in ``Line``."""
        protocol = self._streams.protocol
        protocol.send_headers(self._number, [(":status", str(reply.status)), *reply.headers])
        self._streams.flush()
        for piece in pieces(reply.body, share, every_seconds):
            await self._streams.pause(every_seconds)
            await self._send(piece)
        if share >= 1.0:
            protocol.end_stream(self._number)
        self._streams.flush()

    async def _send(self, data: bytes) -> None:
        protocol = self._streams.protocol
        while data:
            self._streams.window.clear()
            room = min(protocol.local_flow_control_window(self._number), protocol.max_outbound_frame_size)
            if room <= 0:
                await self._streams.window.wait()
                continue
            protocol.send_data(self._number, data[:room])
            self._streams.flush()
            data = data[room:]

    def cut(self) -> None:
        """As in ``Line``."""
        self._streams.writer.close()

    def reset(self) -> None:
        """As in ``Line``."""
        reset(self._streams.writer)

    def refuse(self, code: int) -> None:
        """As in ``Line``."""
        self._streams.protocol.reset_stream(self._number, code)
        self._streams.flush()

    def go_away(self, *, was_seen: bool) -> None:
        """As in ``Line``."""
        last = self._number if was_seen else self._number - 2
        self._streams.protocol.close_connection(last_stream_id=last)
        self._streams.flush()
        self._streams.writer.close()


def pieces(body: bytes, share: float, every_seconds: float) -> list[bytes]:
    """Cuts a body, or the first part of it, into what is sent at once."""
    wanted = body[: int(len(body) * share)]
    size = max(1, len(wanted) // 20) if every_seconds else max(1, len(wanted))
    return [wanted[start : start + size] for start in range(0, len(wanted), size)]


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes a socket so that its peer gets RST."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    writer.transport.abort()


def _carried(told: list[tuple[str, str]], body: bytes) -> Carried:
    named = dict(told)
    cookies = "; ".join(value for name, value in told if name == "cookie")  # HTTP/2 may send them one by one
    rest = [(name, value) for name, value in told if not name.startswith(":") and name != "cookie"]
    return Carried(
        method=named[":method"],
        target=named[":path"],
        host=named[":authority"],
        headers=without_connection([*rest, *([("cookie", cookies)] if cookies else [])]),
        body=body,
    )
