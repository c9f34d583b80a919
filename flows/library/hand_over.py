"""Hands the sign-in to the person: a visible window, a time limit and a stated end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Error

from flows.capture.deadline import Deadline
from flows.library.sign_in import SignedIn, open_sign_in, prove_account
from flows.pages.sign_in import Stage
from flows.session import AccountWitness, export_state
from flows.workbench import account_tab

if TYPE_CHECKING:
    from flows.pages.sign_in import SignInPage
    from flows.workbench import Workbench

LOOK_SECONDS = 1.0


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

    Closing the window counts as giving up. Nothing is typed or clicked by us, and a wall is the person's to pass.

    Raises:
        flows.errors.WrongAccount: the person signed in with another account than ``expected``.
    """
    with account_tab(bench, None) as tab:
        page = open_sign_in(tab, identity)
        end = _watch(page, Deadline(limit_seconds), is_cancelled)
        if end != "confirmed":
            return HandOver(end=end)
        witness = prove_account(tab, identity, expected)
        state = export_state(tab.guarded.context)
    return HandOver(
        end="confirmed", signed_in=SignedIn(identity=identity, witness=witness, way="hand_over", state=state)
    )


def _watch(
    page: SignInPage, deadline: Deadline, is_cancelled: Callable[[], bool]
) -> Literal["confirmed", "timeout", "cancelled"]:
    """Looks again and again, each look being a short wait for the witness. Walls do not end it: a person is here."""
    while not deadline.is_over:
        if is_cancelled() or page.page.is_closed():
            return "cancelled"
        try:
            if page.awaits(Stage.SIGNED_IN, min(LOOK_SECONDS, deadline.seconds_left + 0.01)):
                return "confirmed"
        except Error:
            if page.page.is_closed():
                return "cancelled"
    return "timeout"
