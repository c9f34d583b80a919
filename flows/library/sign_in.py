"""Signs in: by a restored session that a witness proves, else with a code. Never past a wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flows.session import AccountWitness, SessionVault
    from flows.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who signs in. Kept out of ``repr``: a traceback must not carry it.

    Attributes:
        login: Phone number or e-mail address.
        kind: Which of the two it is.
        totp_secret: Base32 secret of an authenticator, when the account has one; codes are then made, not asked for.
    """

    login: str
    kind: Literal["phone", "email"]
    totp_secret: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(kind={self.kind!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequest:
    """The site sent a code and waits for it.

    Attributes:
        login_hint: The login, masked.
        message: What the site says about the code.
        attempt: 1 for the first code, 2 after the site called one wrong.
    """

    login_hint: str
    message: str
    attempt: int


AskCode = Callable[[CodeRequest], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A proven session: who is signed in, by which way, and the state to keep (a plain secret)."""

    identity: str
    witness: AccountWitness
    way: Literal["restored", "code", "totp", "hand_over"]
    state: bytes

    def __repr__(self) -> str:
        return f"SignedIn(identity={self.identity!r}, witness={self.witness!r}, way={self.way!r})"


def restore_session(bench: Workbench, state: bytes, *, identity: str, expected: AccountWitness | None) -> SignedIn:
    """Opens the identity's landing page with a stored session and reads who is signed in.

    Raises:
        flows.errors.SignInRequired: the session is over.
        flows.errors.WrongAccount: it is somebody else's.
        flows.errors.WallMet: the page asks for a person.
    """
    raise NotImplementedError


def sign_in(
    bench: Workbench,
    credentials: Credentials,
    *,
    identity: str,
    ask_code: AskCode | None,
    expected: AccountWitness | None = None,
) -> SignedIn:
    """Signs in with phone or e-mail and a code.

    Args:
        bench: Browser, site and budget.
        credentials: Who signs in. Typed only on the site's own sign-in origin, over TLS (loopback excepted).
        identity: ``site_profile`` or ``seller_cabinet``.
        ask_code: Asked for the code unless the credentials hold a TOTP secret; None or an answer of None ends it.
        expected: The account this must turn out to be.

    Raises:
        flows.errors.SignInRequired: no code was given, or the site refused it twice.
        flows.errors.WrongAccount: somebody else is signed in now.
        flows.errors.WallMet: the page asks for a person.
        flows.errors.ForeignOrigin: the form is not on an allowed origin; nothing was typed.
    """
    raise NotImplementedError


def restore_or_sign_in(
    bench: Workbench,
    vault: SessionVault,
    credentials: Credentials | None,
    *,
    identity: str,
    ask_code: AskCode | None,
    expected: AccountWitness | None = None,
) -> SignedIn:
    """Restores the vault's session, or signs in once when it is over, and stores the state that came of it."""
    raise NotImplementedError
