"""One lock for one login on one site, whoever configures it: two accounts with the same login never act at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from monitor.errors import AccountBusy
from monitor.language import gettext as _
from monitor.state.repository import Repository
from monitor.state.tables import login_locks

_PHONE = re.compile(r"\+?[\d\s().-]*\d[\d\s().-]*")

Login = tuple[str, str]
"""A site's name or one of its origins, and a login there in its one spelling."""


def one_spelling(login: str) -> str:
    """Returns a login as a site takes it: no case in addresses, only digits in phones, 8 for Russia written as 7."""
    plain = login.strip().casefold()
    if not _PHONE.fullmatch(plain):
        return plain
    digits = "".join(character for character in plain if character.isdecimal())
    return f"7{digits[1:]}" if len(digits) == 11 and digits.startswith("8") else digits


class LoginLocks(Repository):
    """Takes and gives back the locks of logins, beside the account's own lock and under the same owner."""

    def acquire(self, logins: Sequence[Login], account_id: str, owner: str, expires_at: datetime) -> None:
        """Takes all of them or none.

        Raises:
            AccountBusy: another account of the same login is being worked on.
        """
        now = self._now()
        for place, login in sorted(set(logins)):
            mine = (login_locks.c.site == place) & (login_locks.c.login == login)
            row = {"site": place, "login": login, "account_id": account_id}
            self._connection.execute(self._insert(login_locks).values(**row).on_conflict_do_nothing())
            is_free = or_(
                login_locks.c.owner.is_(None),
                login_locks.c.owner == owner,
                login_locks.c.expires_at <= now,
                login_locks.c.heartbeat_at > now + timedelta(seconds=30),  # the clock was set back meanwhile
            )
            values = {"account_id": account_id, "owner": owner, "heartbeat_at": now, "expires_at": expires_at}
            if not self._changed(update(login_locks).where(mine & is_free).values(**values)):
                holder = self._connection.execute(select(login_locks.c.account_id).where(mine)).scalar_one()
                raise AccountBusy(
                    _("account {account_id} has the login of account {holder}, which is being worked on").format(
                        account_id=account_id, holder=holder
                    ),
                    where=str(holder),
                    hint=_("Wait for that visit to end; take one of the two out of config.toml."),
                )

    def renew(self, owner: str, expires_at: datetime) -> int:
        """Prolongs what an owner holds; tells how many."""
        mine = update(login_locks).where(login_locks.c.owner == owner)
        return self._changed(mine.values(heartbeat_at=self._now(), expires_at=expires_at))

    def held_by(self, owner: str) -> int:
        """Counts what an owner holds."""
        found = self._connection.execute(select(login_locks.c.login).where(login_locks.c.owner == owner))
        return len(found.all())

    def release(self, owner: str) -> None:
        """Gives back what an owner holds."""
        self._changed(update(login_locks).where(login_locks.c.owner == owner).values(owner=None, expires_at=None))
