"""Repeats reads that may succeed on a second try. The only module that knows tenacity.

Never for anything that changes the site: a gesture is made once (DESIGN §4).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from flows.errors import PageNotReady, SiteUnavailable

Read = TypeVar("Read")
Pause = Callable[[float], None]


def pause_here(seconds: float) -> None:
    """The default pause: waits on an event that nobody sets. A visit passes one that ends with its parent."""
    threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long a read is repeated.

    Attributes:
        attempts: Tries in all.
        total_seconds: No new try is begun after this.
        first_wait_seconds: Wait before the second try; doubled from there, with jitter.
        longest_wait_seconds: Cap of one wait. A longer ``Retry-After`` ends the tries: it is obeyed, not cut.
        pause: Does the waiting.
        note: Told about each failed try: its number, the wait that follows, and the error.
    """

    attempts: int = 3
    total_seconds: float = 45.0
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 15.0
    pause: Pause = field(default=pause_here)
    note: Callable[[int, float, BaseException], None] | None = None

    @classmethod
    def without_backoff(cls, attempts: int = 3) -> RetryPolicy:
        """The test mode: same number of tries, no waiting."""
        return cls(attempts=attempts, first_wait_seconds=0.0, longest_wait_seconds=0.0, pause=_no_pause)


def read_with_retries(read: Callable[[], Read], policy: RetryPolicy | None = None) -> Read:
    """Calls ``read`` until it answers, a limit is reached, or it fails in a way that a repetition cannot mend.

    Raises:
        flows.errors.FlowError: the last error of ``read``, unchanged.
    """
    chosen = policy or RetryPolicy()
    retrying = Retrying(
        retry=retry_if_exception_type((PageNotReady, SiteUnavailable)),
        stop=lambda state: (
            stop_after_attempt(chosen.attempts)(state)
            or stop_after_delay(chosen.total_seconds)(state)
            or _asked_wait(state) > max(chosen.longest_wait_seconds, 0.0)
        ),
        wait=lambda state: max(_asked_wait(state), _backoff(chosen, state)),
        sleep=chosen.pause,
        before_sleep=lambda state: _tell(chosen, state),
        reraise=True,
    )
    return retrying(read)


def _backoff(policy: RetryPolicy, state: RetryCallState) -> float:
    if policy.first_wait_seconds <= 0:
        return 0.0
    wait = wait_random_exponential(multiplier=policy.first_wait_seconds, max=policy.longest_wait_seconds)
    return float(wait(state))


def _asked_wait(state: RetryCallState) -> float:
    """Seconds the site itself asked to wait, 0 when it did not."""
    error = state.outcome.exception() if state.outcome is not None else None
    return float(error.retry_after or 0.0) if isinstance(error, SiteUnavailable) else 0.0


def _tell(policy: RetryPolicy, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    if policy.note is not None and error is not None:
        policy.note(state.attempt_number, float(state.upcoming_sleep), error)


def _no_pause(seconds: float) -> None:
    """Waits not at all."""
    del seconds
