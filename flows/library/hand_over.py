"""Hands the sign-in to the person: a visible window, a time limit and a stated end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flows.library.sign_in import SignedIn
    from flows.session import AccountWitness
    from flows.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """How a hand-over ended; ``signed_in`` is set when it was confirmed."""

    end: Literal["confirmed", "timeout", "cancelled"]
    signed_in: SignedIn | None = None


def hand_over_sign_in(
    bench: Workbench,
    *,
    identity: str,
    limit_seconds: float,
    expected: AccountWitness | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> HandOver:
    """Opens the sign-in page and watches until the account witness shows, the limit is over or the person gave up.

    Closing the window counts as giving up. Nothing is typed or clicked by us.

    Raises:
        flows.errors.WrongAccount: the person signed in with another account than ``expected``.
    """
    raise NotImplementedError
