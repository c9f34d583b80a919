"""Which accounts are at home here: the machine's name among its peers, and the turns of its own accounts only."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.engine.context import EngineContext
from monitor.errors import AccountElsewhere, SettingsError
from monitor.files.private import read_private, write_private
from monitor.language import gettext as _
from monitor.state import Transaction

_HOME_ID = "home-id"


class Turns(Protocol):
    """What an engine needs of accounts: which are due, and to give one its turn. Both may be asked at any time."""

    def enrol(self) -> None:
        """Brings rosters and due times in line with the settings."""

    def due(self) -> Sequence[AccountSection]:
        """Returns the accounts for which something is due."""

    def take(self, account: AccountSection) -> None:
        """Visits an account if something is due for it; does nothing otherwise."""


def worker_name(settings: Settings) -> str:
    """Returns this machine's name among those that share the store."""
    host = re.sub(r"[^a-z0-9_-]+", "-", socket.gethostname().lower()).strip("-_")
    return settings.cluster.worker or host or "worker"


def require_home(tx: Transaction, account_id: str, settings: Settings) -> None:
    """Makes sure that an account is not at home elsewhere; ask it under the account's lock.

    Raises:
        AccountElsewhere: another machine holds its session and evidence.
    """
    found = tx.homes.of(account_id)
    if found is not None and found.worker != worker_name(settings):
        raise AccountElsewhere(
            _("account {account_id} is at home with worker {worker}").format(
                account_id=account_id, worker=found.worker
            ),
            where=_("this is worker {worker_name}").format(worker_name=worker_name(settings)),
            hint=_(
                "Run the command there, or bring the account here: `fairreview account move {account_id} --to FOLDER`."
            ).format(account_id=account_id),
        )


@dataclass
class HomeTurns:
    """The turns of those accounts that are at home here.

    Attributes:
        installation: This machine's installation.
        turns: The turns of all its accounts.
    """

    installation: EngineContext
    turns: Turns

    @property
    def worker(self) -> str:
        """This machine's name."""
        return worker_name(self.installation.settings)

    def enrol(self) -> None:
        """Says that this worker is here, and takes in accounts that have no home yet.

        Raises:
            SettingsError: another home folder uses this name.
        """
        self.turns.enrol()
        self.note_alive()
        with self.installation.state.transaction() as tx:
            for account in self.installation.settings.account:
                tx.homes.settle(account.name, self.worker)

    def note_alive(self) -> None:
        """Notes that this worker lives.

        Raises:
            SettingsError: another home folder uses this name.
        """
        mine = _home_id(self.installation.home)
        with self.installation.state.transaction() as tx:
            owner = tx.homes.note_worker(self.worker, mine)
        if owner != mine:
            raise SettingsError(
                _('another home folder is worker "{worker}" already').format(worker=self.worker),
                where="cluster.worker",
                hint=_("Give each machine its own name in config.toml: [cluster] worker = …"),
            )

    def due(self) -> list[AccountSection]:
        """Returns the accounts of this home for which something is due."""
        with self.installation.state.read() as tx:
            homes = tx.homes.all()
        return [account for account in self.turns.due() if homes.get(account.name) == self.worker]

    def take(self, account: AccountSection) -> None:
        """Gives an account its turn, if it is still at home here."""
        with self.installation.state.read() as tx:
            found = tx.homes.of(account.name)
        if found is not None and found.worker == self.worker:
            self.turns.take(account)


def _home_id(home: Home) -> str:
    path = home.root / _HOME_ID
    if not path.exists():
        write_private(path, secrets.token_hex(16).encode())
    return read_private(path, max_bytes=100).decode().strip()
