"""Named points at which a test can kill the program. In the product they do nothing.

C0 before the intent's transaction · C1 inside it · C2 after its commit · C3 form about to be opened · C4 form filled,
ARMED on disk · C5 gesture stamped, click not made · C6 RELEASED on disk, request not gone · C7 request stored by the
site (a simulated channel strikes here) · C8 answer read, not recorded · C9 evidence written, row not · C10 result
committed, log mirror not · C11 inside a reconciliation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

CrashPoint = Literal["C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11"]

CRASH_POINTS: tuple[CrashPoint, ...] = ("C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11")

CrashHook = Callable[[CrashPoint], None]
"""Called with the name of the point just reached; a test raises or kills in it."""


def no_crash(_point: CrashPoint) -> None:
    """The hook of the product: goes on."""
