"""The state store as the rest of the program sees it: short transactions, and one hook that makes them seen outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine

from evidence_store.journal import Actor, Entry, Head
from monitor.clock import Clock, SystemClock
from monitor.errors import OtherHome
from monitor.language import gettext
from monitor.state.engine import WRITE_OPTION, open_engine, sqlite_path
from monitor.state.even_clock import EvenClock
from monitor.state.faults import translated
from monitor.state.journal import INSTALLATION, Action
from monitor.state.life import Life, find_moves
from monitor.state.locks import Lease
from monitor.state.login_locks import Login
from monitor.state.migrating import migrate, require_head
from monitor.state.mirror import Mirror
from monitor.state.text import JsonValue
from monitor.state.transaction import Transaction
from monitor.state.watermark import Mark, Watermark, why_restored


@dataclass(frozen=True)
class StatePlaces:
    """Where the state lies.

    Attributes:
        url: ``sqlite:////full/path/state.db`` or ``postgresql://…``.
        mirror: Folder of the action log's mirror; None keeps none (tests only).
        watermark: File that remembers how far the installation got; outside what backups of the database cover.
        life: Where the home lives whose store this is; None where several machines share the store, or a test's.
        seal: File in the home that is written anew with each mark (``monitor.state.watermark``); None writes none.
        even_clock: File in which the evenness of the machine's clock is kept; None takes it for even.
        given_away: A file in the home that says where its life went on; written by the home that took it over.
        busy_seconds: How long to wait for another writer.
        uses_own_clock: Take moments from the program's clock instead of the store's; None lets the store decide
            (PostgreSQL: the store's, because machines that share it do not share a clock).
    """

    url: str
    mirror: Path | None = None
    watermark: Path | None = None
    life: Life | None = None
    seal: Path | None = None
    even_clock: Path | None = None
    given_away: Path | None = None
    busy_seconds: float = 10.0
    uses_own_clock: bool | None = None


class State:
    """The store. Open it with ``State.open``; no transaction may stay open across a browser call."""

    def __init__(self, engine: Engine, places: StatePlaces, clock: Clock) -> None:
        self._engine = engine
        self._places = places
        self.clock = clock
        self._asks_store = engine.dialect.name == "postgresql" and not places.uses_own_clock
        self._mirror = None if places.mirror is None else Mirror(places.mirror, self._entries_after)
        self._watermark = None if places.watermark is None else Watermark(places.watermark, places.seal)
        self._even_clock = None if places.even_clock is None else EvenClock(places.even_clock, clock)
        self.moves: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        places: StatePlaces,
        *,
        clock: Clock | None = None,
        may_migrate: bool = True,
        notices_restore: bool = True,
    ) -> Self:
        """Opens a store, migrates it where needed, and notices when it is older than what was done with it.

        Args:
            places: Where it lies.
            clock: The program's clock.
            may_migrate: Bring an older or empty store to this program's schema; otherwise refuse it.
            notices_restore: Look whether the store is older than what was done with it, and set its mirror right; not
                for who comes to mend the two from each other.

        Raises:
            SchemaTooNew: a newer program wrote it.
            SchemaTooOld: it needs a migration that was not allowed.
            StorageError: it cannot be opened; the type says why.
        """
        engine = open_engine(places.url, busy_seconds=places.busy_seconds)
        try:
            if may_migrate:
                migrate(places.url)
            require_head(engine)
            state = cls(engine, places, clock or SystemClock())
            if notices_restore:
                state._notice_restore()
                state._notice_move()
        except BaseException:  # Ctrl-C too: the connections are let go; raised on
            engine.dispose()
            raise
        return state

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def where(self) -> str:
        """The store's place without a password, for messages."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def transaction(self, lease: Lease | None = None) -> Iterator[Transaction]:
        """Opens a write transaction; commits at the end, rolls back on any error.

        Args:
            lease: The caller's right to the account: checked first, and nobody can take it before the commit.

        Raises:
            LeaseLost: the account is somebody else's now; nothing was written.
            StorageError: nothing was written, except for ``CommitUncertain``.
        """
        with translated(where=self.where):
            connection = self._engine.connect()
        try:
            with translated(where=self.where):
                connection = connection.execution_options(**{WRITE_OPTION: True})
                begun = connection.begin()
                try:
                    tx = self._transaction(connection)
                    if lease is not None:
                        tx.locks.check(lease)
                    yield tx
                except BaseException:  # whatever ends the block, nothing of it is kept; raised on
                    begun.rollback()
                    raise
            with translated(where=self.where, is_commit=True):
                begun.commit()
        finally:
            connection.close()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Opens a transaction for reading one consistent picture; nothing it does is kept."""
        with translated(where=self.where), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(  # noqa: PLW2901 - the same connection
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            begun = connection.begin()
            try:
                yield self._transaction(connection)
            finally:
                begun.rollback()

    def require_one_life(self) -> None:
        """Refuses to send from a home that is not where it lived, until a person has said which one lives on.

        Raises:
            OtherHome: the home was copied, moved or restored, or another one took its life over.
        """
        if self.moves:
            raise OtherHome(
                gettext("this home is {moves} than where it lived: nothing is sent from a copy").format(
                    moves=", ".join(self.moves)
                ),
                where="" if self._places.life is None else self._places.life.path,
                hint=gettext("`fairreview home claim` says that this one lives on, and no other."),
            )

    def claim_life(self, *, actor: Actor) -> None:
        """A person's word that this home lives on. The site is asked first, as after a restored backup."""
        life = self._places.life
        if life is None:
            return
        with self.transaction() as tx:
            tx.installation.live_at(life)
            count = tx.accounts.require_reconciliation()
            outputs: dict[str, JsonValue] = {"path": life.path, "accounts": count}
            tx.journal.record(INSTALLATION, Action("home.claimed", actor=actor, outputs=outputs))
        if self._places.given_away is not None:
            self._places.given_away.unlink(missing_ok=True)
        self.moves = ()
        self.flush_mirror()

    def acquire(self, account_id: str, owner: str, length: timedelta, *, logins: Sequence[Login] = ()) -> Lease:
        """Takes an account's lock, and those of its logins.

        Raises:
            AccountBusy: somebody else holds one of them.
        """
        asked_at = self.clock.boottime()
        with self.transaction() as tx:
            return tx.locks.acquire(account_id, owner, length, boottime=asked_at, logins=logins)

    def heartbeat(self, lease: Lease) -> None:
        """Prolongs a lease.

        Raises:
            LeaseLost: somebody else took the account.
            StorageError: the store did not answer; the lease holds only as long as ``Lease.is_sure`` says.
        """
        asked_at = self.clock.boottime()
        with self.transaction() as tx:
            tx.locks.heartbeat(lease, boottime=asked_at)

    def release(self, lease: Lease) -> None:
        """Gives an account's lock back."""
        with self.transaction() as tx:
            tx.locks.release(lease)

    def flush_mirror(self) -> None:
        """Makes what was committed seen outside the database: log mirror and watermark, fsynced.

        Call it before every gesture and before telling a person that something is done.
        """
        if self._mirror is None and self._watermark is None:
            return
        with self.read() as tx:
            heads = list(tx.journal.heads().values())
            row = tx.installation.get()
        if self._watermark is not None:
            self._watermark.raise_to(Mark(row.installation_id, row.mark))
        if self._mirror is not None:
            self._mirror.catch_up(heads)

    def purge_mirror(self, chain: str, is_gone: Callable[[Entry], bool]) -> None:
        """Removes bodies from a chain's log files, also from copies that were set aside; damage in them stays seen."""
        if self._mirror is not None:
            self._mirror.remove_bodies(chain, is_gone)

    def replace_mirror(self, chain: str) -> None:
        """Writes a chain's file anew from the rows and keeps the old one beside it."""
        if self._mirror is not None:
            self._mirror.replace(chain)

    def _entries_after(self, chain: str, seq: int) -> list[Entry]:
        with self.read() as tx:
            return [row.to_entry() for row in tx.journal.rows(chain, after=seq)]

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self.clock, asks_store=self._asks_store, even_clock=self._even_clock)

    def _notice_restore(self) -> None:
        # The file first, then the seal, then the store: another process that goes on meanwhile is then ahead of what
        # was read before, never behind it.
        known = None if self._watermark is None else self._watermark.read()
        seal = None if self._watermark is None else self._watermark.read_seal()
        with self.transaction() as tx:
            row = tx.installation.ensure()
            heads = list(tx.journal.heads().values())
        stored = Mark(row.installation_id, row.mark)
        is_single = sqlite_path(self._places.url) is not None and self._watermark is not None
        why = why_restored(known, stored, is_single_machine=is_single, seal=seal)
        if not why and self._is_mirror_ahead(heads):
            why = "the store knows less than the files of its log"
        if why:
            self._begin_epoch(heads, 0 if known is None else known.mark, why)
        elif self._mirror is not None and (gone := self._mirror.missing(heads)):
            self._tell_of_missing(gone)
        self.flush_mirror()

    def _notice_move(self) -> None:
        life, given_away = self._places.life, self._places.given_away
        if life is None:
            return
        with self.read() as tx:
            stored = tx.installation.get().life
        if stored is None:
            with self.transaction() as tx:
                tx.installation.live_at(life)
        self.moves = find_moves(stored, life)
        if given_away is not None and given_away.exists():
            self.moves = (*self.moves, gettext("another one that a person has named"))

    def _tell_of_missing(self, gone: list[str]) -> None:
        """A file that a checkpoint proves to have been there is made anew, but never without a word.

        A machine that joins a shared store comes here too.
        """
        with self.transaction() as tx:
            covered = [chain for chain in gone if chain in tx.journal.covered_chains()]
            if covered:
                tx.journal.record(INSTALLATION, Action("log.mirror_made_anew", outputs={"chains": [*covered]}))

    def _is_mirror_ahead(self, heads: list[Head]) -> bool:
        # Machines that share a store each have their own mirror; there a lag of the store's replica is no restore.
        return self._mirror is not None and self._mirror.is_ahead_of(heads)

    def _begin_epoch(self, heads: list[Head], known_mark: int, why: str) -> None:
        with self.transaction() as tx:
            row = tx.installation.note_restored(known_mark)
            count = tx.accounts.require_reconciliation()
            outputs: dict[str, JsonValue] = {"epoch": row.epoch, "accounts": count, "why": why}
            tx.journal.record(INSTALLATION, Action("store.restored", outputs=outputs))
        if self._mirror is not None:
            self._mirror.set_aside(heads, row.epoch)
        if self._watermark is not None:
            self._watermark.raise_to(Mark(row.installation_id, row.mark))
