"""Serves the desk on this machine alone: one socket on loopback, and nobody who begins a request and never ends it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.desk.guard import HOST
from monitor.errors import SettingsError

_SLOWEST_HEAD = 10.0  # seconds from the connection, or from the last answer, to the end of a request's head
_MOST_CONNECTIONS = 100
_LONGEST_HEAD = 16 * 1024


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
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise SettingsError(
            f"port {port} of this machine is taken",
            where="desk.port",
            hint="Close what listens there, or set another one; 0 takes a free one each time.",
        ) from error
    return bound


def serve(app: ASGIApp, bound: socket.socket, *, ready: Callable[[], None]) -> None:
    """Answers until Ctrl-C.

    Args:
        app: The desk.
        bound: Its socket.
        ready: Called once when it answers.
    """
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
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    asyncio.run(_Announcing(config, ready).serve(sockets=[bound]))


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
