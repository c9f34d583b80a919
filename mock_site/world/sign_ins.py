"""Who may come in: codes, tickets, sessions, CSRF tokens."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from mock_site import ids
from mock_site.world.models import Account

_MAX_TRIES = 5
_TOTP_STEP = 30  # seconds, RFC 6238


@dataclass(slots=True)
class SignInAttempt:
    """One visit of the sign-in pages, from the login to the right code."""

    attempt_id: str
    account: Account
    login: str
    redirect: str
    sent: int = 1
    sent_at: float = 0.0
    tries: int = 0


@dataclass(slots=True)
class Session:
    """A cookie's other end.

    Attributes:
        host: The host that set the cookie; it is worth nothing on another.
        csrf: The token its forms must carry.
        born: Seconds since the world's start.
        company_chosen: Whether the seller cabinet knows which company this is.
    """

    sid: str
    account: Account
    host: str
    csrf: str
    born: float
    company_chosen: bool = False


class SignIns:
    """Accounts, codes and sessions of a world.

    Args:
        accounts: Who exists.
        seed: Makes codes and tokens repeatable.
        elapsed: Seconds since the world's start.
    """

    def __init__(self, accounts: tuple[Account, ...], seed: int, elapsed: Callable[[], float]) -> None:
        self.accounts = accounts
        self._seed = seed
        self._elapsed = elapsed
        self._attempts: dict[str, SignInAttempt] = {}
        self._tickets: dict[str, Account] = {}
        self._sessions: dict[str, Session] = {}
        self.opened_sids: list[str] = []
        self._made = 0
        self._codes_sent: dict[str, int] = {}
        self.tell_code: Callable[[str, str], None] | None = None

    def account_of(self, login: str) -> Account | None:
        """The account of a phone (any spelling) or an e-mail."""
        wanted = _plain(login)
        return next((one for one in self.accounts if wanted in {_plain(one.phone), _plain(one.email)}), None)

    def begin(self, account: Account, login: str, redirect: str) -> SignInAttempt:
        """Starts a sign-in and sends the code."""
        attempt = SignInAttempt(self._token("attempt"), account, login, redirect, sent_at=self._elapsed())
        self._attempts[attempt.attempt_id] = attempt
        self._send_code(attempt)
        return attempt

    def attempt(self, attempt_id: str) -> SignInAttempt | None:
        """A sign-in under way."""
        return self._attempts.get(attempt_id)

    def resend(self, attempt: SignInAttempt) -> None:
        """Sends a new code; the old one is void."""
        attempt.sent += 1
        attempt.sent_at = self._elapsed()
        self._send_code(attempt)

    def _send_code(self, attempt: SignInAttempt) -> None:
        guid = attempt.account.guid
        self._codes_sent[guid] = self._codes_sent.get(guid, 0) + 1
        if self.tell_code is not None and not attempt.account.totp_secret:
            self.tell_code(attempt.login, self.code_for(attempt.login))

    def code_for(self, login: str) -> str:
        """The code that opens the door now: the authenticator's, or the last one sent.

        Raises:
            LookupError: nobody has this login.
        """
        account = self.account_of(login)
        if account is None:
            raise LookupError(f"no account has the login {login!r}")
        if account.totp_secret:
            return totp(account.totp_secret, time.time())
        number = ids.token("code", self._seed, account.guid, self._codes_sent.get(account.guid, 0), length=12)
        return f"{int(number, 16) % 1_000_000:06d}"

    def check_code(self, attempt: SignInAttempt, code: str) -> bool:
        """Whether a code is right; too many wrong ones end the attempt."""
        if attempt.tries >= _MAX_TRIES:
            return False
        attempt.tries += 1
        wanted = {self.code_for(attempt.login)}
        if attempt.account.totp_secret:
            wanted |= {totp(attempt.account.totp_secret, time.time() + drift) for drift in (-_TOTP_STEP, _TOTP_STEP)}
        return code.strip() in wanted

    def is_exhausted(self, attempt: SignInAttempt) -> bool:
        """Whether no further code is taken."""
        return attempt.tries >= _MAX_TRIES

    def issue_ticket(self, attempt: SignInAttempt) -> str:
        """Ends an attempt with a ticket that one host may turn into a session."""
        self._attempts.pop(attempt.attempt_id, None)
        ticket = self._token("ticket")
        self._tickets[ticket] = attempt.account
        return ticket

    def redeem(self, ticket: str, host: str) -> Session | None:
        """Turns a ticket into a session, once."""
        account = self._tickets.pop(ticket, None)
        return None if account is None else self.open_session(account, host)

    def open_session(self, account: Account, host: str) -> Session:
        """Opens a session without the sign-in pages: for tests that start signed in."""
        sid = self._token("sid")
        session = Session(sid, account, host, self._token("csrf"), self._elapsed())
        self._sessions[sid] = session
        self.opened_sids.append(sid)
        return session

    def session(self, sid: str, host: str, life_s: float | None) -> Session | None:
        """The session of a cookie; None when unknown, of another host, or older than ``life_s`` seconds."""
        found = self._sessions.get(sid)
        if found is None or found.host != host:
            return None
        if life_s is not None and self._elapsed() - found.born > life_s:
            del self._sessions[sid]
            return None
        return found

    def close(self, sid: str) -> None:
        """Ends one session."""
        self._sessions.pop(sid, None)

    def open_sessions(self) -> tuple[Session, ...]:
        """Returns the sessions that are open now."""
        return tuple(self._sessions.values())

    def kill_all(self) -> int:
        """Ends all sessions, as a site does overnight; returns how many there were."""
        count = len(self._sessions)
        self._sessions.clear()
        return count

    def _token(self, purpose: str) -> str:
        self._made += 1
        return ids.token(purpose, self._seed, self._made)


def totp(secret: str, unix_seconds: float) -> str:
    """The six digits of RFC 6238 (SHA-1, 30 s) for a base32 secret."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(unix_seconds) // _TOTP_STEP), "sha1").digest()
    start = digest[-1] & 0xF
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


def _plain(login: str) -> str:
    if "@" in login:
        return login.strip().casefold()
    digits = "".join(char for char in login if char.isdigit())
    return digits[-10:] if digits else login
