"""Sessions: storage state in and out, who is signed in, and what to do when it is somebody else.

State bytes are plain secrets. Nothing here writes them anywhere: a ``SessionVault`` of the caller encrypts them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flows.errors import SignInRequired, WrongAccount

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


class SessionVault(Protocol):
    """Keeps session states, encrypted, one per identity (``site_profile``, ``seller_cabinet``)."""

    def load(self, identity: str) -> bytes | None:
        """Returns the stored state, or None when there is none."""

    def store(self, identity: str, state: bytes) -> None:
        """Replaces the stored state."""

    def forget(self, identity: str) -> None:
        """Removes the stored state, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWitness:
    """Who a page says is signed in. ``guid`` is "" where the site shows a name only."""

    name: str
    guid: str = ""

    def agrees_with(self, expected: AccountWitness) -> bool:
        """Whether this is the expected account: by guid where both know it, else by name."""
        if self.guid and expected.guid:
            return self.guid == expected.guid
        return self.name.strip().casefold() == expected.name.strip().casefold()


def export_state(context: BrowserContext) -> bytes:
    """Returns the context's cookies, local storage and IndexedDB as canonical JSON bytes."""
    state = context.storage_state(indexed_db=True)
    return json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def require_account(found: AccountWitness | None, expected: AccountWitness | None, *, where: str) -> AccountWitness:
    """Returns the witness when it is the right account.

    Args:
        found: What the page shows; None when nobody is signed in.
        expected: The account this visit is for; None accepts whoever is signed in (first sign-in).
        where: The page, for the error.

    Raises:
        flows.errors.SignInRequired: nobody is signed in.
        flows.errors.WrongAccount: somebody else is.
    """
    if found is None:
        raise SignInRequired("nobody is signed in", where=where, hint="run `fairreview login`")
    if expected is not None and not found.agrees_with(expected):
        raise WrongAccount(
            "another account is signed in than the one configured",
            where=where,
            hint="run `fairreview login` and sign in with the configured account; nothing was done under the other one",
        )
    return found
