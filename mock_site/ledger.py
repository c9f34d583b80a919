"""The count of every request at the socket: the ground truth that no browser event can replace."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

_KEPT_BODY = 65_536  # bytes; enough for every form, uploads are known by their digest


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it came over the wire.

    Attributes:
        seq: Running number over all connections.
        connection: Number of the connection.
        nth: Which request on that connection, from 1. A reused connection is one with ``nth`` above 1.
        host: The ``Host`` header.
        path: Path without the query.
        query: The query string, undecoded.
        body: The first 64 KB of the body.
        is_complete: False when the client went away in the middle of the body.
        at: Seconds since the ledger was opened.
    """

    seq: int
    connection: int
    nth: int
    method: str
    host: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_size: int
    body_sha256: str
    is_complete: bool
    at: float

    def header(self, name: str) -> str | None:
        """The first value of a header, by lower-case name."""
        return next((value for key, value in self.headers if key == name), None)

    def matches(self, path: str, method: str | None = None) -> bool:
        """Whether path (a glob) and method fit."""
        return (method is None or self.method == method) and fnmatchcase(self.path, path)

    def to_json(self) -> dict[str, Any]:
        """The entry for the control API: no headers, no body."""
        return {
            "seq": self.seq,
            "connection": self.connection,
            "nth": self.nth,
            "method": self.method,
            "host": self.host,
            "path": self.path,
            "query": self.query,
            "body_size": self.body_size,
            "body_sha256": self.body_sha256,
            "is_complete": self.is_complete,
            "at": round(self.at, 4),
        }


class Ledger:
    """All requests since the last ``clear``. Read it from any thread.

    Args:
        submits: Globs over the paths of the POSTs that file something.
        uploads: Paths of the POSTs that bring a file.
    """

    def __init__(self, *, submits: tuple[str, ...], uploads: tuple[str, ...] = ()) -> None:
        self._submits, self._uploads = submits, uploads
        self._entries: list[Entry] = []
        self._changed = threading.Condition()
        self._started = time.monotonic()
        self._seq = 0

    def record(
        self, head: tuple[int, int, str, str], headers: tuple[tuple[str, str], ...], body: bytes, *, is_complete: bool
    ) -> Entry:
        """Writes one request down.

        Args:
            head: Connection number, which request on it, method, target.
            headers: Lower-case names and values in order.
            body: The body as far as it came.
            is_complete: Whether it came to its end.
        """
        connection, nth, method, target = head
        path, _, query = target.partition("?")
        with self._changed:
            self._seq += 1
            entry = Entry(
                seq=self._seq,
                connection=connection,
                nth=nth,
                method=method,
                host=next((value for name, value in headers if name == "host"), ""),
                path=path,
                query=query,
                headers=headers,
                body=body[:_KEPT_BODY],
                body_size=len(body),
                body_sha256=hashlib.sha256(body).hexdigest(),
                is_complete=is_complete,
                at=time.monotonic() - self._started,
            )
            self._entries.append(entry)
            self._changed.notify_all()
        return entry

    @property
    def entries(self) -> list[Entry]:
        """Everything, in the order it came."""
        with self._changed:
            return list(self._entries)

    @property
    def posts(self) -> list[Entry]:
        """All POST requests."""
        return [entry for entry in self.entries if entry.method == "POST"]

    @property
    def gets(self) -> list[Entry]:
        """All GET requests."""
        return [entry for entry in self.entries if entry.method == "GET"]

    @property
    def uploads(self) -> list[Entry]:
        """The uploads of attachments."""
        return [entry for entry in self.posts if entry.path in self._uploads]

    @property
    def submits(self) -> list[Entry]:
        """The POSTs that file something: what "exactly once" is counted by."""
        return [entry for entry in self.posts if any(entry.matches(path) for path in self._submits)]

    @property
    def hosts(self) -> Counter[str]:
        """Requests per ``Host`` header."""
        return Counter(entry.host for entry in self.entries)

    def count(self, path: str, method: str | None = None) -> int:
        """How many requests fit a path glob and a method."""
        return sum(entry.matches(path, method) for entry in self.entries)

    def clear(self) -> None:
        """Forgets everything."""
        with self._changed:
            self._entries.clear()
            self._started = time.monotonic()
            self._seq = 0

    def wait_for(self, predicate: Callable[[Entry], bool], *, after: int = 0, timeout: float = 10.0) -> Entry:
        """Waits in the calling thread until a request fits.

        Args:
            predicate: What to wait for.
            after: Only requests with a higher ``seq`` count.
            timeout: Seconds.

        Raises:
            TimeoutError: none came in time.
        """

        def found() -> Entry | None:
            return next((entry for entry in self._entries if entry.seq > after and predicate(entry)), None)

        with self._changed:
            entry = self._changed.wait_for(found, timeout)
        if entry is None:
            raise TimeoutError(f"no request fitted within {timeout} s")
        return entry

    @property
    def last_seq(self) -> int:
        """Number of the last request; 0 without any."""
        return self._seq
