"""Who may act for an account: a lock with owner, heartbeat, expiry and a fence that only grows.

The store's clock decides about expiry, so skewed workers agree. The worker itself trusts only its own clock that never
jumps: ``Lease.sure_until`` is counted from *before* the lock was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from monitor.errors import AccountBusy, LeaseLost
from monitor.language import gettext as _
from monitor.state.login_locks import Login, LoginLocks
from monitor.state.repository import Repository
from monitor.state.tables import account_locks

_CLOCK_WENT_BACK = timedelta(seconds=30)
"""A heartbeat this far in the future means that the wall clock was set back; the lock would never expire."""


@dataclass
class Lease:
    """The right to act for one account, for a while.

    Attributes:
        logins: The site's logins that are locked with it; another account may have the same.
        sure_until: Seconds of ``Clock.boottime`` up to which nobody else can have taken the lock.
    """

    account_id: str
    owner: str
    fence: int
    length: timedelta
    sure_until: float
    logins: tuple[Login, ...] = ()

    def is_sure(self, boottime: float) -> bool:
        """Whether the lease certainly still holds; false means: click nothing, renew or stop."""
        return boottime < self.sure_until


@dataclass(frozen=True)
class LockRecord:
    """One account's lock as stored."""

    account_id: str
    owner: str | None
    fence: int
    acquired_at: datetime | None
    heartbeat_at: datetime | None
    expires_at: datetime | None


class Locks(Repository):
    """Takes, renews, checks and gives back account locks."""

    @property
    def _logins(self) -> LoginLocks:
        return LoginLocks(self._connection, self._now)

    def acquire(
        self, account_id: str, owner: str, length: timedelta, *, boottime: float, logins: Sequence[Login] = ()
    ) -> Lease:
        """Takes the lock if nobody holds it or the holder's time is over; the fence grows by one.

        Args:
            account_id: The account.
            owner: Unique for this visit; a machine's name alone is no owner.
            length: How long the lock holds without a heartbeat.
            boottime: ``Clock.boottime()`` read before this transaction began.
            logins: What the account signs in with; locked with it.

        Raises:
            AccountBusy: another owner holds it, or one of its logins for another account.
        """
        now = self._now()
        self._connection.execute(
            self._insert(account_locks).values(account_id=account_id, fence=0).on_conflict_do_nothing()
        )
        taken = self._changed(
            update(account_locks)
            .where(account_locks.c.account_id == account_id)
            .where(
                or_(
                    account_locks.c.owner.is_(None),
                    account_locks.c.expires_at <= now,
                    account_locks.c.heartbeat_at > now + _CLOCK_WENT_BACK,
                )
            )
            .values(
                owner=owner,
                fence=account_locks.c.fence + 1,
                acquired_at=now,
                heartbeat_at=now,
                expires_at=now + length,
            )
        )
        record = self.get(account_id)
        if not taken or record is None:
            holder = record.owner if record else None
            raise AccountBusy(
                _("account {account_id} is being worked on").format(account_id=account_id),
                where=str(holder),
                hint=_("Wait for that visit to end: `--wait 10m` does."),
            )
        self._logins.acquire(logins, account_id, owner, now + length)
        locked = tuple(dict.fromkeys(logins))
        return Lease(account_id, owner, record.fence, length, boottime + length.total_seconds(), locked)

    def heartbeat(self, lease: Lease, *, boottime: float) -> None:
        """Prolongs the lease in the store and in the object.

        Args:
            lease: The lease to prolong.
            boottime: ``Clock.boottime()`` read before this transaction began.

        Raises:
            LeaseLost: somebody else took the account.
        """
        now = self._now()
        renewed = self._changed(
            update(account_locks)
            .where(account_locks.c.account_id == lease.account_id)
            .where(account_locks.c.fence == lease.fence)
            .where(account_locks.c.owner == lease.owner)
            .values(heartbeat_at=now, expires_at=now + lease.length)
        )
        if not renewed or self._logins.renew(lease.owner, now + lease.length) != len(lease.logins):
            raise _lost(lease)
        lease.sure_until = boottime + lease.length.total_seconds()

    def check(self, lease: Lease, *, must_be_unexpired: bool = False) -> None:
        """Makes sure, inside this transaction, that the lease is still ours; the row stays locked until its end.

        Args:
            lease: The lease of the caller.
            must_be_unexpired: Also refuse when the time is over but nobody took the lock yet (before a gesture).

        Raises:
            LeaseLost: somebody else took the account, or the time is over.
        """
        statement = select(account_locks).where(account_locks.c.account_id == lease.account_id).with_for_update()
        record = self._first(LockRecord, statement)
        if record is None or record.fence != lease.fence or record.owner != lease.owner:
            raise _lost(lease)
        if lease.logins and self._logins.held_by(lease.owner) != len(lease.logins):
            raise _lost(lease)
        if must_be_unexpired and (record.expires_at is None or record.expires_at <= self._now()):
            raise _lost(lease)

    def release(self, lease: Lease) -> bool:
        """Gives the lock back; the fence stays. Returns False when it was not ours any more."""
        statement = (
            update(account_locks)
            .where(account_locks.c.account_id == lease.account_id)
            .where(account_locks.c.fence == lease.fence)
            .where(account_locks.c.owner == lease.owner)
            .values(owner=None, expires_at=None)
        )
        self._logins.release(lease.owner)
        return self._changed(statement) > 0

    def seize(self, account_id: str, owner: str, length: timedelta, *, boottime: float) -> Lease:
        """Takes the lock whoever holds it: only for the parent, after it saw the holder's processes die."""
        holder = self.get(account_id)
        if holder is not None and holder.owner is not None:
            self._logins.release(holder.owner)
        self._changed(
            update(account_locks).where(account_locks.c.account_id == account_id).values(owner=None, expires_at=None)
        )
        return self.acquire(account_id, owner, length, boottime=boottime)

    def get(self, account_id: str) -> LockRecord | None:
        """Returns the lock's row, None when the account was never locked."""
        return self._first(LockRecord, select(account_locks).where(account_locks.c.account_id == account_id))

    def held(self) -> list[LockRecord]:
        """Returns all locks somebody holds, oldest heartbeat first."""
        statement = select(account_locks).where(account_locks.c.owner.is_not(None))
        return self._all(LockRecord, statement.order_by(account_locks.c.heartbeat_at))


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(
        _("the lock of account {account_id} is not ours any more").format(account_id=lease.account_id),
        where=_("fence {fence}, owner {owner}").format(fence=lease.fence, owner=lease.owner),
        hint=_("The visit ends here; the next one looks at the stored state."),
    )
