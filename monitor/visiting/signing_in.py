"""Sessions of a visit: restored or signed in once, proven by the account witness, and recorded as facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flows.errors import SignInRequired, WallMet, WrongAccount
from flows.library.hand_over import hand_over_sign_in
from flows.library.sign_in import CodeRequest, Credentials, SignedIn, restore_or_sign_in
from flows.session import AccountWitness
from flows.workbench import Workbench
from monitor.cases.channel_terms import identity_key
from monitor.closed_lists.states import SessionState
from monitor.config.sections import IdentitySection
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.secrets.vault import AccountSecrets, SessionVault
from monitor.state import subject
from monitor.visit_protocol import Question
from monitor.visiting.room import VisitRoom

_WAYS = {
    "restored": _("the kept session"),
    "code": _("by a code"),
    "totp": _("by the authenticator"),
    "hand_over": _("by hand"),
}


def tell_signed_in(signed_in: SignedIn) -> str:
    """Says who is signed in, and how that came: by a session that was kept, by a code, by hand."""
    return _("Signed in as {witness} ({way})").format(witness=signed_in.witness.name, way=_WAYS[signed_in.way])


@dataclass(frozen=True)
class AccountVault:
    """The secret store as a flow sees it: the sessions of one account."""

    vault: SessionVault
    account: str

    def load(self, identity: str) -> bytes | None:
        """Reads a session."""
        found = self.vault.load(self.account, identity)
        return found.value if found else None

    def store(self, identity: str, state: bytes) -> None:
        """Keeps a session; the one before stays available."""
        self.vault.save(self.account, identity, state)

    def forget(self, identity: str) -> None:
        """Deletes a session."""
        self.vault.forget(self.account, identity)


@dataclass
class SignIns:
    """Signs in at most once an identity and visit."""

    room: VisitRoom
    bench: Workbench
    _proven: dict[str, SignedIn] = field(default_factory=dict)

    def require(self, identity: str) -> SignedIn:
        """Returns a proven session of the identity.

        Raises:
            SettingsError: the account has no such identity.
            flows.errors.SignInRequired: the session is over and nobody can sign in now.
            flows.errors.WrongAccount: somebody else is signed in.
            flows.errors.WallMet: the site asks for a person.
        """
        if identity not in self._proven:
            self._proven[identity] = self._sign_in(identity)
        return self._proven[identity]

    def resume(self, identity: str) -> SignedIn:
        """Returns a proven session that needs no person: the stored one, or one that a code secret opens.

        Raises:
            SettingsError, flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as ``require``.
        """
        if identity not in self._proven:
            self._proven[identity] = self._sign_in(identity, asks=False)
        return self._proven[identity]

    def hand_over(self, identity: str, *, limit_seconds: float) -> tuple[str, SignedIn | None]:
        """Lets the person sign in in a visible window; returns how it ended and the session."""
        section = self._section(identity)
        done = hand_over_sign_in(
            self.bench, identity=identity, limit_seconds=limit_seconds, expected=_expected(section)
        )
        if done.signed_in is not None:
            self._vault().store(identity, done.signed_in.state)
            self._proven[identity] = done.signed_in
            self._record(identity, SessionState.LIVE, done.signed_in)
        return done.end, done.signed_in

    def keep(self, identity: str, state: bytes) -> None:
        """Stores a session that a flow brought up to date."""
        self._vault().store(identity, state)

    def expected(self, identity: str) -> AccountWitness:
        """Returns the account that must be signed in: as configured, else as proven now."""
        return _expected(self._section(identity)) or self.require(identity).witness

    def _sign_in(self, identity: str, *, asks: bool = True) -> SignedIn:
        section = self._section(identity)
        self.room.report("sign_in", _("Signing in as {identity}").format(identity=identity))
        try:
            signed_in = restore_or_sign_in(
                self.bench,
                self._vault(),
                self._credentials(identity, section) if asks or section.sign_in == "totp" else None,
                identity=identity,
                ask_code=self._ask_code if section.sign_in == "code" else None,
                expected=_expected(section),
            )
        except SignInRequired:
            self._record(identity, SessionState.EXPIRED, None)
            raise
        except (WallMet, WrongAccount):
            self._record(identity, SessionState.WALLED, None)
            raise
        self._record(identity, SessionState.LIVE, signed_in)
        self.room.report("sign_in", tell_signed_in(signed_in))
        return signed_in

    def _credentials(self, identity: str, section: IdentitySection) -> Credentials | None:
        if section.sign_in == "hand_over":
            return None
        secret = None
        if section.sign_in == "totp":
            secret = AccountSecrets(self.room.installation.secrets).load(self.room.account_id, identity, "totp")
        kind: Literal["email", "phone"] = "email" if "@" in section.login else "phone"
        return Credentials(login=section.login, kind=kind, totp_secret=secret)

    def _ask_code(self, request: CodeRequest) -> str | None:
        prompt = _("Code for {login_hint}").format(login_hint=request.login_hint)
        if request.attempt > 1:
            prompt = _("The site refused that code. {prompt}").format(prompt=prompt)
        return self.room.link.ask(Question(what="code", prompt=prompt))

    def _section(self, identity: str) -> IdentitySection:
        for name, section in self.room.account.identities.items():
            if name == identity:
                return section
        raise SettingsError(
            _("account {account_id} has no identity {identity}").format(
                account_id=self.room.account_id, identity=identity
            ),
            where=f"account.identities.{identity}",
            hint=_("Add it to config.toml."),
        )

    def _vault(self) -> AccountVault:
        return AccountVault(SessionVault(self.room.installation.secrets), self.room.account_id)

    def _record(self, identity: str, state: SessionState, signed_in: SignedIn | None) -> None:
        witness = signed_in.witness.name if signed_in else ""
        details = {"identity": identity, "state": state, "way": signed_in.way if signed_in else ""}
        with self.room.installation.state.transaction(self.room.lease) as tx:
            tx.sessions.record(
                self.room.account_id,
                identity,
                identity_key=identity_key(self.room.account, identity),
                state=state,
                witness=witness,
            )
            action = self.room.action(
                "session.proven" if signed_in else "session.lost",
                subjects=[subject("account", self.room.account_id)],
                outputs=details,
            )
            tx.journal.record(self.room.account_id, action)


def _expected(section: IdentitySection) -> AccountWitness | None:
    return AccountWitness(name=section.witness) if section.witness else None
