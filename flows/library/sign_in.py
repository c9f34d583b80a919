"""Signs in: by a restored session that a witness proves, else with a code. Never past a wall."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyotp

from evidence_store.sentences import sentence
from flows.errors import PageNotReady, SignInRequired
from flows.pages.header import Header
from flows.pages.sign_in import SignInPage, Stage
from flows.retrying import read_with_retries
from flows.session import AccountWitness, export_state, require_account
from flows.workbench import Tab, account_tab

if TYPE_CHECKING:
    from flows.session import SessionVault
    from flows.workbench import Workbench

MOST_STEPS = 12
MOST_CODES = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credentials:
    """Who signs in. Has no ``repr`` of its values: a traceback must not carry them.

    Attributes:
        login: Phone number or e-mail address.
        kind: Which of the two it is.
        totp_secret: Base32 secret of an authenticator, when the account has one; codes are then made, not asked for.
    """

    login: str
    kind: Literal["phone", "email"]
    totp_secret: str | None = None

    @property
    def hint(self) -> str:
        """The login, masked."""
        return f"…{self.login[-4:]}" if self.kind == "phone" else f"{self.login[:1]}…@{self.login.rpartition('@')[2]}"


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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedIn:
    """A proven session: who is signed in, by which way, and the state to keep (a plain secret)."""

    identity: str
    witness: AccountWitness
    way: Literal["restored", "code", "totp", "hand_over"]
    state: bytes


def restore_session(bench: Workbench, state: bytes, *, identity: str, expected: AccountWitness | None) -> SignedIn:
    """Opens the identity's landing page with a stored session and reads who is signed in.

    Raises:
        flows.errors.SignInRequired: the session is over.
        flows.errors.WrongAccount: it is somebody else's.
        flows.errors.WallMet: the page asks for a person.
    """
    with account_tab(bench, state) as tab:
        witness = read_with_retries(lambda: prove_account(tab, identity, expected), bench.retries)
        return SignedIn(identity=identity, witness=witness, way="restored", state=export_state(tab.guarded.context))


def prove_account(tab: Tab, identity: str, expected: AccountWitness | None) -> AccountWitness:
    """Opens the identity's landing page and returns who is signed in there, when it is the right account.

    Raises:
        flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as their names say.
    """
    home = tab.site.url(tab.site.identities[identity].home)
    with tab.turn(home):
        header = Header(tab.page, tab.site).go(home)
    return require_account(header.read_account(identity), expected, where=identity)


def open_sign_in(tab: Tab, identity: str) -> SignInPage:
    """Opens the identity's sign-in page, which will lead back to its landing page."""
    spec = tab.site.identities[identity]
    url = tab.site.url(spec.sign_in, redirect=tab.site.url(spec.home))
    with tab.turn(url):
        return SignInPage(tab.page, tab.site, identity=identity).go(url)


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
        credentials: Who signs in. Typed only on the site's own origins, over TLS (loopback excepted).
        identity: One of the site's.
        ask_code: Asked for the code unless the credentials hold a TOTP secret; None or an answer of None ends it.
        expected: The account this must turn out to be; its name chooses the company in the cabinet.

    Raises:
        flows.errors.SignInRequired: no code was given, or the site refused it twice.
        flows.errors.WrongAccount: somebody else is signed in now.
        flows.errors.WallMet: the page asks for a person.
        flows.errors.ForeignOrigin: the form is not on an allowed origin; nothing was typed.
    """
    with account_tab(bench, None) as tab:
        codes = _Codes(credentials, ask_code, bench.retries.pause)
        _walk(tab, open_sign_in(tab, identity), credentials, codes, expected)
        witness = prove_account(tab, identity, expected)
        return SignedIn(
            identity=identity,
            witness=witness,
            way="totp" if credentials.totp_secret else "code",
            state=export_state(tab.guarded.context),
        )


def restore_or_sign_in(
    bench: Workbench,
    vault: SessionVault,
    credentials: Credentials | None,
    *,
    identity: str,
    ask_code: AskCode | None,
    expected: AccountWitness | None = None,
) -> SignedIn:
    """Restores the vault's session, or signs in once when it is over, and stores the state that came of it.

    Raises:
        flows.errors.SignInRequired: the session is over and there are no credentials, or the site refused them.
        flows.errors.WrongAccount, flows.errors.WallMet: as their names say; the stored session is left as it is.
    """
    stored = vault.load(identity)
    done: SignedIn | None = None
    if stored is not None:
        try:
            done = restore_session(bench, stored, identity=identity, expected=expected)
        except SignInRequired:
            vault.forget(identity)
    if done is None:
        if credentials is None:
            raise SignInRequired("there is no live session", where=identity, hint="run `fairreview login`")
        done = sign_in(bench, credentials, identity=identity, ask_code=ask_code, expected=expected)
    vault.store(identity, done.state)
    return done


class _Authenticator(pyotp.TOTP):
    """Takes secrets of any length: pyotp refuses the 80 bits that most sites still hand out."""

    def byte_secret(self) -> bytes:
        padded = self.secret + "=" * (-len(self.secret) % 8)
        try:
            return base64.b32decode(padded, casefold=True)
        except ValueError:
            raise SignInRequired(
                "the authenticator secret is not base32",
                where="sign_in.totp",
                hint="copy it again from the site's set-up page",
            ) from None


class _Codes:
    """Returns each code once: a refused code is never typed again."""

    def __init__(self, credentials: Credentials, ask_code: AskCode | None, pause: Callable[[float], None]) -> None:
        self._credentials, self._ask, self._pause = credentials, ask_code, pause
        self._given: list[str] = []

    def next(self, message: str) -> str:
        if len(self._given) >= MOST_CODES:
            raise SignInRequired("the site refused the code twice", where="sign_in.code", hint="sign in by hand")
        code = self._make() if self._credentials.totp_secret else self._asked(message)
        if not code or code in self._given:
            raise SignInRequired("no new code was given", where="sign_in.code", hint="run `fairreview login`")
        self._given.append(code)
        return code

    def _asked(self, message: str) -> str:
        request = CodeRequest(login_hint=self._credentials.hint, message=message, attempt=len(self._given) + 1)
        return ((self._ask(request) if self._ask is not None else None) or "").strip()

    def _make(self) -> str:
        maker = _Authenticator((self._credentials.totp_secret or "").replace(" ", ""))
        code = str(maker.now())
        if code in self._given:
            self._pause(maker.interval - time.time() % maker.interval + 0.5)
            code = str(maker.now())
        return code


def _walk(tab: Tab, page: SignInPage, credentials: Credentials, codes: _Codes, expected: AccountWitness | None) -> None:
    """Goes from step to step until somebody is signed in. Each step is answered as it shows."""
    patience = tab.site.timings.hydration_seconds
    for _ in range(MOST_STEPS):
        tab.guarded.require_home(tab.page)
        stage = page.await_stage(seconds=patience)
        if stage is None:
            raise PageNotReady("the sign-in page shows no step we know", where="sign_in", hint="sign in by hand")
        if stage is Stage.SIGNED_IN:
            return
        if stage is Stage.CODE:
            _answer_code(page, codes, patience)
        else:
            _answer(page, stage, credentials, expected)
    raise PageNotReady("signing in came to no end", where="sign_in", hint="sign in by hand")


def _answer(page: SignInPage, stage: Stage, credentials: Credentials, expected: AccountWitness | None) -> None:
    if stage is Stage.ENTRANCE:
        page.enter()
    elif stage is Stage.COMPANY:
        page.choose_company(expected.name if expected is not None else "")
    elif stage is Stage.PHONE and credentials.kind == "email" and page.offers_email():
        page.choose_email()
    else:
        page.type_login(credentials.login, stage)
        if page.await_stage(seconds=page.site.timings.hydration_seconds, unlike=stage, or_error=True) is None:
            raise SignInRequired(
                sentence("the site refused the login: {error_text}", error_text=page.error_text() or "no word why"),
                where="sign_in.login",
                hint="check phone number or e-mail address in the configuration",
            )


def _answer_code(page: SignInPage, codes: _Codes, patience: float) -> None:
    # The words about the code before may still be shown: only their first appearance is an answer.
    had_error = bool(page.error_text())
    page.type_code(codes.next(page.message()))
    page.await_stage(seconds=patience, unlike=Stage.CODE, or_error=not had_error)
