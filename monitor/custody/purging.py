"""Removing the personal content of a case by rule, so that the rest still verifies and the removal can be seen.

Order, for a crash at any point: the entry that names what goes is committed together with the blanked rows, then it is
mirrored, then the mirror loses the bodies, then the store loses the bytes. What was announced and not finished is
finished by the next run. Manifests, the log's headers and the captures' entries stay: without them nobody could say
what was removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from evidence_store.digests import Digest
from evidence_store.entries import EntryBody
from evidence_store.errors import EvidenceError
from evidence_store.journal import Actor, Entry
from evidence_store.purge import ACTION, purge_inputs, purged_digests
from monitor.closed_lists.contact_kinds import LetterState
from monitor.custody.context import CustodyContext
from monitor.custody.notes import WORDLESS
from monitor.custody.rows.purged import seal_purged
from monitor.custody.stamping import MOMENT as STAMP
from monitor.errors import AppealError
from monitor.insight.aspects import load_lexicon
from monitor.insight.recounting import keep_before_purge
from monitor.language import gettext as _
from monitor.state import INSTALLATION, Action, Transaction, subject
from monitor.state.cases import CaseRecord
from monitor.state.journal import JournalRow

_UNDER_WAY = frozenset({LetterState.APPROVED, LetterState.INTENT, LetterState.RELEASED, LetterState.UNKNOWN})
_LONGEST_PURGE = timedelta(minutes=15)


@dataclass(frozen=True)
class Purge:
    """What a purge of one case removes.

    Attributes:
        digests: Artifacts that nothing else needs.
        entries: Numbers of the log entries that lose their bodies.
    """

    case: CaseRecord
    digests: tuple[Digest, ...]
    entries: tuple[int, ...]


@contextmanager
def accounts_held(installation: CustodyContext) -> Iterator[None]:
    """Keeps visits out: one that stores the very bytes that are just going would note what is not there.

    Raises:
        AccountBusy: a visit runs now; try again when it is over.
    """
    with installation.state.read() as tx:
        names = [account.id for account in tx.accounts.all()]
    with ExitStack() as held:
        for name in names:
            lease = installation.state.acquire(name, "evidence purge", _LONGEST_PURGE)
            held.callback(installation.state.release, lease)
        yield


def find_expired(installation: CustodyContext, keep: timedelta) -> list[CaseRecord]:
    """Returns the cases without an open appeal whose newest evidence is older than the rule allows."""
    limit = installation.clock.now() - keep
    expired: list[CaseRecord] = []
    with installation.state.read() as tx:
        for account in tx.accounts.all():
            for case in tx.cases.all(account.id):
                moments = [row.captured_at for row in tx.artifacts.of_review(account.id, case.review_id)]
                is_old = max([case.opened_at, *moments]) < limit
                is_open = any(appeal.is_open for appeal in tx.appeals.of_case(case.id))
                if is_old and not is_open and plan_purge_of(tx, case).digests:
                    expired.append(case)
    return expired


def plan_purge_of(tx: Transaction, case: CaseRecord) -> Purge:
    """Finds what would be removed, inside a transaction."""
    appeals = tx.appeals.of_case(case.id)
    about = {case.review_id, case.id, *(appeal.id for appeal in appeals)}
    ours: set[Digest] = {Digest("sha256", file.sha256) for appeal in appeals for file in tx.appeals.files(appeal.id)}
    kept: set[Digest] = set()
    numbers: list[int] = []
    own_chain = tx.journal.heads()[case.account_id].chain
    for entry, body in _bodies(tx):
        if body.account == case.account_id and not about.isdisjoint(item.id for item in body.subjects):
            ours |= set(body.artifacts)
            if entry.header.chain == own_chain and body.action not in WORDLESS:
                numbers.append(entry.header.seq)
        else:
            kept |= set(body.artifacts)
    for row in (row for account in tx.accounts.all() for row in tx.artifacts.of_account(account.id)):
        is_ours = (row.account_id, row.review_id) == (case.account_id, case.review_id) and row.moment != STAMP
        (ours if is_ours else kept).add(Digest("sha256", row.sha256))
        if row.manifest_sha256:
            kept.add(Digest("sha256", row.manifest_sha256))
    return Purge(case, tuple(sorted(ours - kept - purged(tx))), tuple(numbers))


def plan_purge(installation: CustodyContext, case: CaseRecord) -> Purge:
    """Finds what would be removed; changes nothing."""
    with installation.state.read() as tx:
        return plan_purge_of(tx, case)


def purge_case(installation: CustodyContext, case: CaseRecord, *, rule: str, actor: Actor) -> Purge:
    """Removes a case's personal content for good.

    Args:
        installation: The installation.
        case: The case.
        rule: By which rule or on whose order, for the log.
        actor: Who orders it.

    Raises:
        AppealError: an appeal of the case is open; nothing was removed.
        StorageError, evidence_store.errors.StorageError: what was announced is finished by ``finish_purges``.
    """
    lexicon = load_lexicon(installation.settings.insight.words)
    with installation.state.transaction() as tx:
        if any(appeal.is_open for appeal in tx.appeals.of_case(case.id)):
            raise AppealError(
                _("an appeal of this case is still open"), where=case.id, hint=_("Purge it when that is over.")
            )
        if any(letter.state in _UNDER_WAY for letter in tx.letters.of_case(case.id)):
            hint = _("`fairreview support letter list` shows it.")
            raise AppealError(_("a letter of this case is under way or unknown"), where=case.id, hint=hint)
        plan = plan_purge_of(tx, case)
        keep_before_purge(tx, case.account_id, lexicon, installation.settings.installation.zone)
        tx.personal.forget(case.account_id, case.review_id, going=[digest.hex for digest in plan.digests])
        action = Action(
            ACTION,
            actor=actor,
            subjects=[subject("review", case.review_id), subject("case", case.id)],
            inputs=purge_inputs(plan.digests, rule),
            outputs={"entries": len(plan.entries), "rows": seal_purged(tx, case.account_id, case.review_id)},
        )
        tx.journal.record(case.account_id, action)
        if plan.entries:
            tx.journal.purge(case.account_id, plan.entries, actor=actor)
    installation.state.flush_mirror()
    finish_purges(installation)
    return plan


def finish_purges(installation: CustodyContext) -> int:
    """Removes what the log announced and what is still there; returns how many artifacts that were."""
    with installation.state.read() as tx:
        waiting = purged(tx)
        gone = {head.chain: _gone(tx, account, head.chain) for account, head in tx.journal.heads().items()}
    for chain, is_gone in gone.items():
        if is_gone is not None:
            installation.state.purge_mirror(chain, is_gone)
    return sum(installation.artifacts.remove(digest) for digest in sorted(waiting))


def _gone(tx: Transaction, account: str, chain: str) -> Callable[[Entry], bool] | None:
    """Tells which entries of a mirror's files lose their bodies; None when nothing of the chain was purged.

    Those that the table has without one; and of what the table does not know (the log of before a restore), what is
    about a case that was purged.
    """
    rows = {row.seq: row for row in tx.journal.rows(chain)}
    about = _purged_subjects(tx, account)
    if not about and all(row.body is not None for row in rows.values()):
        return None

    def is_gone(entry: Entry) -> bool:
        row = rows.get(entry.header.seq)
        if row is not None and row.to_entry().digest == entry.digest:
            return row.body is None
        body = entry.read_body()
        return body is not None and body.action not in WORDLESS and not about.isdisjoint(s.id for s in body.subjects)

    return is_gone


def _purged_subjects(tx: Transaction, account: str) -> frozenset[str]:
    """Returns the ids of reviews, cases and appeals that a purge was about."""
    bodies = [body for _entry, body in _read(tx.journal.of_action(ACTION)) if body.account == account]
    named = {item.id for body in bodies for item in body.subjects}
    appeals = (appeal for appeal in tx.appeals.of_account(account) if not named.isdisjoint({appeal.case_id}))
    return frozenset(named | {appeal.id for appeal in appeals})


def sweep_unreferenced(installation: CustodyContext, keep: timedelta, *, actor: Actor) -> int:
    """Removes unreferenced items of interrupted writes, once older than the rule allows; returns how many."""
    limit = installation.clock.now() - keep
    with installation.state.transaction() as tx:
        named = needed(tx) | {digest for _entry, body in _bodies(tx) for digest in body.artifacts}
        rows = [row for account in tx.accounts.all() for row in tx.artifacts.of_account(account.id)]
        named |= {Digest("sha256", name) for row in rows for name in (row.sha256, row.manifest_sha256) if name}
        old = [
            digest
            for digest in installation.artifacts.digests()
            if digest not in named and installation.artifacts.path_of(digest).lstat().st_mtime < limit.timestamp()
        ]
        if old:
            inputs = purge_inputs(old, f"unreferenced, left by an interrupted write, older than {keep.days} days")
            tx.journal.record(INSTALLATION, Action(ACTION, actor=actor, inputs=inputs))
    installation.state.flush_mirror()
    installation.artifacts.sweep_leftovers(before=limit)
    return sum(installation.artifacts.remove(digest) for digest in old)


def purged(tx: Transaction) -> frozenset[Digest]:
    """Returns what the log says was removed and nothing needs since."""
    return _announced(tx) - needed(tx)


def needed(tx: Transaction) -> set[Digest]:
    """Returns what the index still names: the same bytes may have been captured again after a purge."""
    found: set[Digest] = set()
    for account in tx.accounts.all():
        for row in tx.artifacts.of_account(account.id):
            if not row.is_purged:
                found.add(Digest("sha256", row.sha256))
        for appeal in tx.appeals.of_account(account.id):
            found |= {Digest("sha256", file.sha256) for file in tx.appeals.files(appeal.id)}
    return found


def _announced(tx: Transaction) -> frozenset[Digest]:
    return purged_digests(body for _entry, body in _read(tx.journal.of_action(ACTION)))


def _bodies(tx: Transaction) -> Iterable[tuple[Entry, EntryBody]]:
    for head in tx.journal.heads().values():
        yield from _read(tx.journal.rows(head.chain))


def _read(rows: Iterable[JournalRow]) -> Iterable[tuple[Entry, EntryBody]]:
    for row in rows:
        try:
            entry = row.to_entry()
            body = entry.read_body()
        except EvidenceError:
            continue  # the log's own check names it
        if body is not None:
            yield entry, body
