"""Serves the desk on this machine alone: one socket on loopback, and nobody who begins a request and never ends it."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.desk.guard import HOST
from monitor.errors import SettingsError
from monitor.language import gettext as _

_SLOWEST_HEAD = 10.0  # seconds from the connection, or from the last answer, to the end of a request's head
_MOST_CONNECTIONS = 100
_LONGEST_HEAD = 16 * 1024
_GOODBYE = 2  # seconds: streams of open pages see within half a second that it ends


class PatientProtocol(H11Protocol):
    """Ends a connection whose request's head does not come: the server itself waits for it without end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(_SLOWEST_HEAD, self._end_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops to wait."""
        self._waiting.cancel()
        super().connection_lost(exc)

    def _end_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def bind(port: int) -> socket.socket:
    """Returns a socket on loopback; the desk listens nowhere else.

    Args:
        port: The port; 0 takes a free one.

    Raises:
        SettingsError: the port is taken.
    """
    # The protocol is named: only then asyncio sends at once, instead of waiting 40 ms for the client's ACK.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there it would share the port with another program that listens
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger after a restart
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise SettingsError(
            _("port {port} of this machine is taken").format(port=port),
            where="desk.port",
            hint=_("Close what listens there, or set another one; 0 takes a free one each time."),
        ) from error
    return bound


class DeskServer:
    """Answers on one socket, in the thread that runs it.

    Args:
        app: The desk.
        bound: Its socket.
        ready: Called once when it answers.
        ending: Called once when it is to end: streams end then by themselves, before they would be torn off.
    """

    def __init__(
        self,
        app: ASGIApp,
        bound: socket.socket,
        *,
        ready: Callable[[], None],
        ending: Callable[[], None] = lambda: None,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # addresses hold tokens
            server_header=False,
            date_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=20,
            timeout_graceful_shutdown=_GOODBYE,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
        )
        self._server, self._bound = _Announcing(config, ready, ending), bound

    def run(self) -> None:
        """Answers until Ctrl-C, or until it is closed."""
        asyncio.run(self._server.serve(sockets=[self._bound]))

    def close(self) -> None:
        """Ends it, from another thread; pages that are open are told by their stream."""
        self._server.should_exit = True


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready, self._ending = ready, ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)
