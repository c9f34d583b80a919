"""A way to the mock that may hold, repeat, cut or lose what goes over it: browsers come here, and we go to the mock.

In the clear it speaks HTTP/1.1; under TLS HTTP/2, and HTTP/1.1 with a browser that asks for that. Only a request that
files meets the fault. Those that come from the browser are counted here, what reaches the site at the mock's socket.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import h11

from tests.proofs.passage_lines import CHUNK, Carried, Line, PlainLine, Reply, Streams, without_connection

if TYPE_CHECKING:
    import ssl

    from tests.own_certificate import OwnCertificate

Value = TypeVar("Value")
_HOSTS = ("www", "seller", "sso")


@dataclass(frozen=True)
class Crossing:
    """One request that files, on its way."""

    passage: Passage
    carried: Carried
    line: Line

    async def pass_on(self, share: float = 1.0) -> Reply:
        """Passes the request on, or so much of its body before the connection to the site is cut."""
        return await self.passage.pass_on(self.carried, share)

    async def pause(self, seconds: float) -> None:
        """Keeps everybody waiting."""
        await self.passage.pause(seconds)


Fault = Callable[[Crossing], Awaitable[None]]


class Passage:
    """Carries everything between one browser and the mock.

    Args:
        port: The mock's.
        path: Of the requests that file.
        fault: What happens to the first of them.
        certificate: Makes it TLS.

    Attributes:
        filings: How many requests that file came from the browser.
        reviews: The review that is filed about, and another.
        errors: What went wrong in here.
    """

    def __init__(self, port: int, path: str, fault: Fault, certificate: OwnCertificate | None = None) -> None:
        self._site_port, self._path, self._fault, self._certificate = port, path, fault, certificate
        self._works: set[asyncio.Task[None]] = set()
        self._readers: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.filings = 0
        self.reviews = ("", "")
        self.errors: list[BaseException] = []

    @contextmanager
    def open(self) -> Iterator[list[str]]:
        """Listens; gives what a browser has to be started with."""
        self._thread.start()
        listening = asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls(), limit=1 << 20)
        server = self._ask(listening)
        arguments = [f"--host-resolver-rules=MAP *.localhost 127.0.0.1:{server.sockets[0].getsockname()[1]}"]
        try:
            yield arguments + ([self._certificate.argument] if self._certificate else [])
        finally:
            server.close()
            self._ask(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def finish(self) -> None:
        """Waits until everything that was taken up has been dealt with, its browser dead or not."""

        async def finished() -> None:
            while self._works:
                await asyncio.wait(self._works)

        self._ask(finished())

    def close_idle(self) -> None:
        """Closes (FIN) every connection of HTTP/1.1 that waits for its next request."""

        async def close() -> None:
            for writer in self._idle:
                writer.close()

        self._ask(close())

    async def carry(self, carried: Carried, line: Line) -> None:
        """Answers one request: with the fault the first that files, with the site's word every other."""
        is_filing = carried.method == "POST" and carried.target.partition("?")[0] == self._path
        self.filings += is_filing
        if is_filing and self.filings == 1:
            await self._fault(Crossing(self, carried, line))
        else:
            await line.answer(await self.pass_on(carried))

    async def pass_on(self, carried: Carried, share: float = 1.0) -> Reply:
        """Sends a request to the mock on a connection of its own and reads the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._site_port)
        protocol = h11.Connection(h11.CLIENT)
        headers = [("host", carried.host), *carried.headers, ("content-length", str(len(carried.body)))]
        try:
            writer.write(
                protocol.send(h11.Request(method=carried.method, target=carried.target, headers=headers)) or b""
            )
            writer.write(carried.body[: int(len(carried.body) * share)])
            await writer.drain()
            if share < 1.0:
                return Reply(status=502, headers=(), body=b"")
            protocol.send(h11.Data(data=carried.body))
            protocol.send(h11.EndOfMessage())
            return self._as_asked(await _read(protocol, reader))
        finally:
            writer.close()

    async def pause(self, seconds: float) -> None:
        """Lets so much time pass."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), seconds)

    def _as_asked(self, reply: Reply) -> Reply:
        """The mock believes that it speaks in the clear."""
        if self._certificate is None:
            return reply
        body, headers = reply.body, reply.headers
        for name in _HOSTS:
            plain = f"http://{name}.localhost:{self._site_port}"
            secure = plain.replace("http:", "https:")
            body = body.replace(plain.encode(), secure.encode())
            headers = tuple((key, value.replace(plain, secure)) for key, value in headers)
        return replace(reply, headers=headers, body=body)

    def _tls(self) -> ssl.SSLContext | None:
        if self._certificate is None:
            return None
        self._certificate.context.set_alpn_protocols(["h2", "http/1.1"])
        return self._certificate.context

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._begin(self._readers, self._serve(reader, writer))

    def _work(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._begin(self._works, work)

    def _begin(self, kept: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        kept.add(task)

        def end(done: asyncio.Task[None]) -> None:
            kept.discard(done)
            if not done.cancelled() and (error := done.exception()) is not None:
                self.errors.append(error)

        task.add_done_callback(end)
        return task

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = writer.get_extra_info("ssl_object")
        with suppress(OSError, h11.RemoteProtocolError):  # TLS has an error of its own for a peer that is gone
            if told is not None and told.selected_alpn_protocol() == "h2":
                await Streams(reader, writer, self.pause, self._work).serve(self.carry)
            else:
                await self._serve_plain(reader, writer)
        writer.close()

    async def _serve_plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = PlainLine(reader, writer, self.pause)
        while True:
            self._idle.add(writer)
            try:
                carried = await line.read()
            finally:
                self._idle.discard(writer)
            if carried is None:
                return
            await self._work(self._carry_plain(carried, line))
            if not line.is_reusable():
                return

    async def _carry_plain(self, carried: Carried, line: PlainLine) -> None:
        with suppress(ConnectionError):  # the browser is gone
            await self.carry(carried, line)

    async def _end(self) -> None:
        left = [*self._readers, *self._works]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _ask(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _read(protocol: h11.Connection, reader: asyncio.StreamReader) -> Reply:
    status, headers, body = 502, list[tuple[str, str]](), b""
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            protocol.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif not isinstance(event, h11.InformationalResponse):
            return Reply(status=status, headers=without_connection(headers), body=body)
