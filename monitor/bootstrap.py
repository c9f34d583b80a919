"""Wires the parent process: settings, state, evidence, secrets. Imports no flows that drive a browser.

The child of a visit is wired in ``monitor.visiting``; both open the same installation. Only the command line, the desk
and visits come here: each room below says in its ``context`` what it works with. Catalogs, secrets and rules are loaded
where they are opened: many a command opens none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from evidence_store.store import ArtifactStore
from monitor.clock import Clock, SystemClock
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings, load_settings, state_url
from monitor.errors import SettingsError
from monitor.files.private import read_passphrase
from monitor.language import gettext as _
from monitor.secrets.redaction import Redactor
from monitor.state import State, StatePlaces, open_snapshot
from monitor.state.life import life_of

if TYPE_CHECKING:
    from flows.catalog.models import Site
    from monitor.secrets.stores import SealedFiles, SecretStore
    from monitor.triage.rules import Rules

AskPassphrase = Callable[[], str]


@dataclass
class Installation:
    """One installation, opened. What costs time or may fail is opened at first use.

    Attributes:
        data_key: Key of the secret store when somebody else holds it (a visit's parent); None asks keyring or person.
        visited: In a visit, its account: a keeper of the secrets gives out nothing of another one.
        needs_key: Passes a keeper over: for what runs long, or needs more than single secrets.
    """

    home: Home
    settings: Settings
    clock: Clock
    ask_passphrase: AskPassphrase | None = None
    data_key: str | None = None
    visited: str = ""
    needs_key: bool = False
    _sites: dict[tuple[str, str], Site] = field(default_factory=dict, repr=False)

    def take_up(self, settings: Settings) -> None:
        """Goes on with other settings; what is open stays open."""
        self.settings = settings
        self._sites.clear()

    @cached_property
    def redactor(self) -> Redactor:
        """Knows the secrets that were read, and takes them out of what is written."""
        return Redactor()

    @cached_property
    def state(self) -> State:
        """The state store, migrated."""
        return State.open(self._places, clock=self.clock)

    @cached_property
    def artifacts(self) -> ArtifactStore:
        """The evidence store."""
        return ArtifactStore(self.home.evidence)

    @cached_property
    def secrets(self) -> SecretStore:
        """The secret store, unlocked: by the key that was handed over, by a keeper, by keyring or person."""
        from monitor.secrets.kept import find_kept  # noqa: PLC0415 - see the module's own words

        if self.data_key is None and not self.needs_key:
            kept = find_kept(self.home.runs, self.redactor, account=self.visited)
            if kept is not None:
                return kept
        return self.own_secrets

    @cached_property
    def own_secrets(self) -> SealedFiles:
        """The secret store, unlocked by its key."""
        from monitor.secrets.stores import open_store, open_store_with_key  # noqa: PLC0415 - see the module's own words

        if self.data_key is not None:
            return open_store_with_key(self.home.secrets, self.data_key, redactor=self.redactor)
        return open_store(self.home.secrets, ask_passphrase=self._passphrase(), redactor=self.redactor)

    def site(self, name: str, *, account: str = "") -> Site:
        """Loads a site as this installation sees it, with an account's own catalogs where one is named; once."""
        if (name, account) not in self._sites:
            from flows.catalog.layers import Layers  # noqa: PLC0415 - see the module's own words
            from monitor.config.sites import load_configured_site  # noqa: PLC0415 - see the module's own words

            layers = Layers(self.home.catalogs, account)
            self._sites[name, account] = load_configured_site(self.settings, name, layers=layers)
        return self._sites[name, account]

    def site_of(self, account: AccountSection) -> Site:
        """Loads the site of an account as this account sees it, once.

        Raises:
            SettingsError: the account's settings ask for what the site does not have.
        """
        from monitor.config.sites import find_misfits  # noqa: PLC0415 - see the module's own words

        site = self.site(account.site, account=account.name)
        for misfit in find_misfits(site, account):
            raise misfit
        return site

    def identity_of(self, account: AccountSection, named: str | None) -> str:
        """Returns the identity that is meant: the one named, else the one that reads reviews, else the first.

        Raises:
            SettingsError: the site has none of this name.
        """
        site = self.site_of(account)
        if named is not None and named not in site.identities:
            raise SettingsError(
                _("{title} has no identity {named!r}").format(title=site.title, named=named[:60]),
                where="identity",
                hint=_("It has: {identities}.").format(identities=", ".join(site.identities)),
            )
        own = account.identities or site.identities
        reader = site.reader_identity
        return named or (reader if reader in own and reader is not None else next(iter(own)))

    def rules_of(self, account: AccountSection) -> Rules:
        """Loads the rules of an account's site, with what its channels take as this account sees them."""
        from monitor.triage.rules import channel_rules, load_rules  # noqa: PLC0415 - see the module's own words

        rules = load_rules(site=account.site, own=self.home.catalogs)
        return rules.model_copy(update={"channels": channel_rules(self.site_of(account).channels.items())})

    @contextmanager
    def snapshot(self) -> Iterator[Installation]:
        """Returns the installation as it is at this moment, for reading only: nothing below its home is written.

        Raises:
            SchemaTooOld, SchemaTooNew, StorageError: the store cannot be read as it is.
        """
        with open_snapshot(self._places, clock=self.clock) as state:
            frozen = replace(self, _sites=self._sites)
            frozen.__dict__["state"] = state
            frozen.__dict__["artifacts"] = ArtifactStore(self.home.evidence, may_create=False)
            yield frozen

    @contextmanager
    def open_state_as_it_is(self) -> Iterator[State]:
        """Opens the store for writing without setting its mirror right first: for who mends the two from each other.

        Raises:
            StorageError: it cannot be opened.
        """
        with State.open(self._places, clock=self.clock, may_migrate=False, notices_restore=False) as state:
            yield state

    @property
    def _places(self) -> StatePlaces:
        is_own = not self.settings.state.url  # a shared store has the ledger, and with it the promise, in one place
        life = life_of(self.home.root, machine_name=self.settings.installation.machine)
        return StatePlaces(
            url=state_url(self.settings, self.home),
            mirror=self.home.action_log,
            watermark=self.home.watermark,
            life=life if is_own else None,
            seal=self.home.seal if is_own else None,
            even_clock=self.home.even_clock,
            given_away=self.home.given_away,
        )

    def _passphrase(self) -> AskPassphrase | None:
        path = self.settings.vault.passphrase_file
        if path is None:
            return self.ask_passphrase
        return lambda: read_passphrase(path)


def open_installation(
    home: Path | None = None,
    *,
    ask_passphrase: AskPassphrase | None = None,
    data_key: str | None = None,
    visited: str = "",
) -> Installation:
    """Opens an installation.

    Args:
        home: Its folder; None takes the environment's or the platform's.
        ask_passphrase: How to ask a person, where one is there.
        data_key: Key of the secret store, when the caller was given it.
        visited: The account, in a visit.

    Raises:
        SettingsError: there is none yet, or its configuration is not valid.
    """
    found = find_home(home)
    return Installation(found, load_settings(found), SystemClock(), ask_passphrase, data_key, visited)
