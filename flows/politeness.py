"""The budget of requests per host, and what the site asked us to leave alone.

Nothing here waits: ``take`` says how long the caller has to, and the caller's own pause does it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from evidence_store.sentences import sentence
from flows.errors import SiteUnavailable, WallMet

LONGEST_HOLD_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A token bucket: ``burst`` requests at once, then ``per_second`` of them.

    ``failures_allowed`` consecutive failures (connection errors included) open the breaker: the host is left alone for
    ``rest_seconds``, then one request may try again.
    """

    per_second: float = 2.0
    burst: int = 25
    failures_allowed: int = 5
    rest_seconds: float = 60.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    held_until: float = 0.0
    failures: int = 0
    rests_until: float = 0.0
    wall: str = ""


@dataclass(slots=True, kw_only=True)
class Politeness:
    """Keeps one bucket per host.

    Attributes:
        budget: What every host gets.
        clock: Monotonic seconds.
        pause: Does the waiting that ``take`` asks for.
    """

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None]
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def await_turn(self, host: str, requests: int = 1) -> None:
        """Takes the tokens and pauses for as long as they cost.

        Raises:
            flows.errors.WallMet: the host showed a wall before; nothing more is sent to it.
            flows.errors.SiteUnavailable: the breaker is open.
        """
        wait = self.take(host, requests)
        if wait > 0:
            self.pause(wait)

    @contextmanager
    def turn(self, host: str, requests: int = 1) -> Iterator[None]:
        """Awaits a turn and notes how the requests inside the block went."""
        self.await_turn(host, requests)
        try:
            yield
        except WallMet as wall:
            self.note_wall(host, wall.kind)
            raise
        except SiteUnavailable as error:
            self.note_failure(host)
            self.hold(host, error.retry_after or 0.0)
            raise
        self.note_success(host)

    def take(self, host: str, requests: int = 1) -> float:
        """Takes tokens and returns the seconds to wait before the requests may go out (0 for now)."""
        bucket = self._bucket(host)
        if bucket.wall:
            raise WallMet(
                sentence("{host} asked for a person: {wall}", host=host, wall=bucket.wall), kind=bucket.wall, where=host
            )
        if bucket.failures >= self.budget.failures_allowed and self.clock() < bucket.rests_until:
            raise SiteUnavailable(
                sentence("{host} failed {failures} times in a row", host=host, failures=bucket.failures), where=host
            )
        now = self.clock()
        bucket.tokens = min(self.budget.burst, bucket.tokens + (now - bucket.filled_at) * self.budget.per_second)
        bucket.filled_at = now
        bucket.tokens -= requests
        owed = max(0.0, -bucket.tokens / self.budget.per_second)
        return max(owed, bucket.held_until - now)

    def hold(self, host: str, seconds: float) -> None:
        """Leaves the host alone for some time, as its ``Retry-After`` asks; capped at a day."""
        until = self.clock() + min(max(seconds, 0.0), LONGEST_HOLD_SECONDS)
        bucket = self._bucket(host)
        bucket.held_until = max(bucket.held_until, until)

    def note_success(self, host: str) -> None:
        """Closes the breaker's count."""
        self._bucket(host).failures = 0

    def note_failure(self, host: str) -> None:
        """Counts a failed request: a 5xx, a time-out or no connection at all."""
        bucket = self._bucket(host)
        bucket.failures += 1
        if bucket.failures >= self.budget.failures_allowed:
            bucket.rests_until = self.clock() + self.budget.rest_seconds

    def note_wall(self, host: str, kind: str) -> None:
        """Stops everything for this host until a person has looked."""
        self._bucket(host).wall = kind or "challenge"

    def release(self, host: str) -> None:
        """A person dealt with the wall: the host may be asked again."""
        bucket = self._bucket(host)
        bucket.wall, bucket.failures, bucket.held_until, bucket.rests_until = "", 0, 0.0, 0.0

    def _bucket(self, host: str) -> _Bucket:
        if host not in self._buckets:
            self._buckets[host] = _Bucket(tokens=float(self.budget.burst), filled_at=self.clock())
        return self._buckets[host]


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Reads a ``Retry-After`` header: seconds or an HTTP date. None for anything else; capped at a day."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_HOLD_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST_HOLD_SECONDS)
