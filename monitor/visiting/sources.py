"""Reads the account's further sources of reviews around a poll, stores what they showed, and cross-checks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.errors import (
    AccessRefused,
    CatalogError,
    FlowError,
    ForeignOrigin,
    PageGone,
    PageNotReady,
    SelectorBroken,
    SignInRequired,
    SiteUnavailable,
    WrongAccount,
)
from flows.library.read_cabinet_reviews import read_cabinet_list
from flows.library.read_seller_api import read_seller_api
from flows.library.seller_api_line import ApiAccess
from flows.readings.models import PageHealth
from flows.readings.sources import SourceName, SourceRead
from flows.workbench import Workbench
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.endings import message_of
from monitor.language import gettext as _
from monitor.secrets.vault import API_PLACE, AccountSecrets
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.watching.cross_check import cross_check, find_reach, find_suspects
from monitor.watching.sources import (
    BROKEN,
    REFUSED,
    UNAVAILABLE,
    SourceFound,
    find_unread_products,
    record_failure,
    record_source,
)

_Kind = tuple[type[FlowError], ...]
_KINDS: tuple[tuple[_Kind, IncidentKind], ...] = (
    ((AccessRefused, SignInRequired, WrongAccount), REFUSED),
    ((SiteUnavailable,), UNAVAILABLE),
    ((SelectorBroken, PageNotReady, PageGone, ForeignOrigin, CatalogError), BROKEN),
)


@dataclass(frozen=True)
class Hints:
    """What the sources say about the public pages.

    Attributes:
        fresh: Products of which a source shows a review that is not stored.
        doubtful: Products whose page should have shown a review by now: it is read from top to end.
    """

    fresh: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()


@dataclass
class SourceRound:
    """One round over the sources of an account.

    Attributes:
        asks: A person is there to be asked for a sign-in code.
        told: One line a source, for the visit's last word.
        failed: Sources that could not be read, in words.
    """

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns
    asks: bool = False
    told: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _reads: list[SourceRead] = field(default_factory=list)

    def read(self) -> Hints:
        """Reads every source that is switched on; one that fails says so and never stops the others.

        Raises:
            flows.errors.WallMet: the site asks for a person; what was read before is kept for ``record``.
        """
        for source in self.room.account.sources.switched_on:
            if not self._is_held(source):
                self._try(source)
        with self.room.installation.state.read() as tx:
            fresh = [find_unread_products(tx, self.room.account_id, read) for read in self._reads]
            doubtful = find_suspects(tx, self.room.account_id, grace=self.room.account.sources.grace)
        return Hints(frozenset().union(*fresh), frozenset(doubtful))

    def record(self) -> None:
        """Stores what was read and compares the sources.

        Raises:
            LeaseLost, StorageError: this visit may not go on.
        """
        for read in self._reads:
            found = record_source(self.room.installation.state, self.room.lease, read)
            self.told.append(_told(read, found))
            if read.health is PageHealth.PARTIAL:
                self.failed.append(
                    _("{source}: read in part: {problems}").format(
                        source=read.source, problems="; ".join(read.problems[:2])
                    )
                )
        sources = self.room.account.sources
        with self.room.installation.state.transaction(self.room.lease) as tx:
            self.failed += cross_check(tx, self.room.account_id, sources.switched_on, grace=sources.grace)
        for line in self.told:
            self.room.report("sources", line)
        self.room.problems.extend(self.failed)

    def _try(self, source: SourceName) -> None:
        try:
            self._reads.append(self._readers[source]())
        except FlowError as error:
            kind = next((kind for types, kind in _KINDS if isinstance(error, types)), None)
            if kind is None:
                raise
            wait = getattr(error, "retry_after", None)
            record_failure(
                self.room.installation.state,
                self.room.lease,
                source,
                kind=kind,
                problem=str(error),
                hint=error.hint,
                hold=timedelta(seconds=wait) if wait else None,
            )
            self.failed.append(f"{source}: {message_of(error)}")

    @property
    def _readers(self) -> dict[SourceName, Callable[[], SourceRead]]:
        return {"cabinet": self._read_cabinet, "api": self._read_api}

    def _read_cabinet(self) -> SourceRead:
        identity = self.room.site.identity_at("cabinet_reviews") or ""
        signed_in = self.sign_ins.require(identity) if self.asks else self.sign_ins.resume(identity)
        read = read_cabinet_list(
            self.bench,
            state=signed_in.state,
            expected=self.sign_ins.expected(identity),
            since=self._reach("cabinet"),
        )
        self.room.report(
            "sources",
            _("cabinet: {count} reviews on {pages_read} pages").format(
                count=len(read.rows), pages_read=read.pages_read
            ),
        )
        return read

    def _read_api(self) -> SourceRead:
        name = self.room.account_id
        key = AccountSecrets(self.room.installation.secrets).load(name, API_PLACE, "api_key")
        if not key:
            raise AccessRefused(
                _("no key is kept"),
                kind="no_key",
                hint=_("`fairreview source set-key {name}` keeps it").format(name=name),
            )
        access = ApiAccess(client_id=self.room.account.sources.api_client_id, key=key)
        read = read_seller_api(self.bench, access, since=self._reach("api"))
        self.room.report(
            "sources",
            _("api: {count} reviews on {pages_read} pages").format(count=len(read.rows), pages_read=read.pages_read),
        )
        return read

    def _reach(self, source: SourceName) -> datetime:
        with self.room.installation.state.read() as tx:
            return find_reach(tx, self.room.account_id, source, grace=self.room.account.sources.grace)

    def _is_held(self, source: SourceName) -> bool:
        with self.room.installation.state.read() as tx:
            known, now = tx.sources.state(self.room.account_id, source), tx.now()
        if known is None or known.held_until is None or known.held_until <= now:
            return False
        self.failed.append(
            _("{source}: left alone until {held_until}, as it asked").format(
                source=source, held_until=known.held_until.isoformat(timespec="seconds")
            )
        )
        return True


@contextmanager
def sources_around(room: VisitRoom, bench: Workbench, sign_ins: SignIns) -> Iterator[Hints]:
    """Reads the sources before the block and stores them after it, also when a wall ended the block.

    The order matters: the sources say which pages are worth a look, and what a page shows of a review is more than
    what a source tells, so it is stored first.
    """
    if not room.account.sources.switched_on:
        yield Hints()
        return
    sources = SourceRound(room, bench, sign_ins)
    try:
        yield sources.read()
    finally:
        sources.record()


def _told(read: SourceRead, found: SourceFound) -> str:
    parts = [_("{count} reviews read").format(count=len(read.rows))]
    parts += [f"{len(found.new)} new"] if found.new else []
    parts += [f"{len(found.edited)} edited"] if found.edited else []
    parts += [_("{foreign} of products that are not watched").format(foreign=found.foreign)] if found.foreign else []
    told = f"{read.source}: {', '.join(parts)}"
    return (
        _("{told}; read in another way: {notes}").format(told=told, notes="; ".join(read.notes)) if read.notes else told
    )
