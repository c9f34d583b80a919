"""Does one thing after the other as long as the next one is likely to be done before the visit would be killed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from monitor.clock import Clock

DoneT = TypeVar("DoneT")
_SAFETY = 1.5
"""The next one is given the longest time that one took so far, and half of it more."""


def do_in_time(work: Sequence[Callable[[], DoneT]], *, clock: Clock, seconds: float) -> tuple[list[DoneT], int]:
    """Does what there is time for, the first one always; returns what came of it, and how many are left.

    Args:
        work: What is to be done, in order.
        clock: Counts a laptop's sleep, as the deadline does.
        seconds: From now on.
    """
    until = clock.boottime() + seconds
    done: list[DoneT] = []
    longest = 0.0
    for one in work:
        began = clock.boottime()
        if done and began + _SAFETY * longest > until:
            break
        done.append(one())
        longest = max(longest, clock.boottime() - began)
    return done, len(work) - len(done)
