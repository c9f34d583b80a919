"""After a restored backup: the site is asked first, and nothing is sent before every open appeal has its answer.

The store then knows less than was done. What the site's lists show is taken over; what no list can show waits for a
person; what is provably not there may go on as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.readings.models import AppealStatusReading, PageHealth
from monitor.appeals.drafting import adopt
from monitor.appeals.machine import IN_FLIGHT, AppealState, Taker
from monitor.appeals.payload import Payload
from monitor.appeals.reconcile import SiteLook
from monitor.appeals.steps import StepContext, move
from monitor.appeals.terms import ChannelTerms
from monitor.state import Action, Lease, State, Transaction
from monitor.state.accounts import AccountRecord
from monitor.state.appeals import AppealRecord

_S = AppealState
_UNTRIED = frozenset({_S.DRAFT, _S.APPROVED})


@dataclass(frozen=True)
class RestoreResult:
    """What became of it.

    Attributes:
        is_over: The account may file again.
        moved: Appeals whose state changed.
        waiting_for: What is still missing, in words.
    """

    is_over: bool
    moved: tuple[AppealRecord, ...]
    waiting_for: tuple[str, ...] = ()


def settle_restore(
    state: State,
    lease: Lease,
    *,
    identity: str,
    looks: Mapping[str, SiteLook],
    terms: Collection[ChannelTerms],
) -> RestoreResult:
    """Takes over what the site shows, and lifts the stop once nothing is open any more.

    Args:
        state: The store.
        lease: The right to the account.
        identity: The identity's name in the ledger under which unknown rows are adopted.
        looks: The newest look for each channel with a list.
        terms: The channels in use.
    """
    with state.transaction(lease) as tx:
        account = tx.accounts.get(lease.account_id)
        if account is None or account.must_reconcile_since is None:
            return RestoreResult(is_over=True, moved=())
        by_channel = {item.channel: item for item in terms}
        moved = [
            changed
            for appeal in tx.appeals.of_account(lease.account_id, only_open=True)
            if (changed := _take_over(tx, appeal, by_channel.get(appeal.channel), looks, lease)) is not None
        ]
        for channel in by_channel:
            moved += _adopt_unknown(tx, account, identity, channel, looks.get(channel))
        waiting = _find_missing(tx, account, by_channel, looks)
        if not waiting:
            tx.accounts.mark_reconciled(lease.account_id)
            tx.journal.record(lease.account_id, Action("store.reconciled", fence=lease.fence))
    state.flush_mirror()
    return RestoreResult(not waiting, tuple(moved), tuple(waiting))


def _take_over(
    tx: Transaction,
    appeal: AppealRecord,
    terms: ChannelTerms | None,
    looks: Mapping[str, SiteLook],
    lease: Lease,
) -> AppealRecord | None:
    if appeal.state not in _UNTRIED:
        return None
    why = StepContext(fence=lease.fence, facts={"why": "the store was restored"})
    if terms is None or not terms.has_list:
        return move(tx, appeal, _S.NEEDS_HUMAN, Taker.RESTORE, why) if appeal.state == _S.APPROVED else None
    rows = _rows_about(appeal.review_id, looks.get(appeal.channel))
    if not rows:
        return None
    if appeal.state == _S.DRAFT:
        return move(tx, appeal, _S.ALREADY_REPORTED, Taker.RESTORE, why, number=rows[0].number, settled_at=tx.now())
    wanted = _S.CONFIRMED if len(rows) == 1 else _S.DUPLICATE_SEEN
    return move(tx, appeal, wanted, Taker.RESTORE, why, number=rows[0].number, settled_at=tx.now())


def _adopt_unknown(
    tx: Transaction, account: AccountRecord, identity: str, channel: str, look: SiteLook | None
) -> list[AppealRecord]:
    adopted: list[AppealRecord] = []
    for row in look.listing.rows if look is not None and look.listing is not None else ():
        review = tx.reviews.get(account.id, row.review_id) if row.review_id else None
        if review is None or tx.appeals.generations(identity, review.review_id):
            continue
        payload = Payload(
            site=account.site,
            identity=identity,
            channel=channel,
            review_id=review.review_id,
            review_version=review.version,
            ground="",
            reason_label=row.reason_raw,
            text="",
            product_url=review.url,
        )
        case = tx.cases.open(account.id, review.review_id)
        why = StepContext(raw_text=row.status_raw, facts={"why": "on the site's list, not in the restored store"})
        adopted.append(adopt(tx, case.id, payload, number=row.number, why=why))
    return adopted


def _find_missing(
    tx: Transaction,
    account: AccountRecord,
    by_channel: Mapping[str, ChannelTerms],
    looks: Mapping[str, SiteLook],
) -> list[str]:
    missing: list[str] = []
    even_since = tx.even_since()
    for name, terms in by_channel.items():
        if terms.has_list and not _is_good(looks.get(name), account, terms, even_since):
            missing.append(f"a complete reading of the list of {name}, a settle window after the restore")
    unclear = [state.value for state in (*IN_FLIGHT, _S.UNKNOWN)]
    for appeal in tx.appeals.of_account(account.id, states=unclear, only_open=True):
        missing.append(f"what became of {appeal.id}")  # noqa: PERF401 - reads better in two steps
    return missing


def _is_good(look: SiteLook | None, account: AccountRecord, terms: ChannelTerms, even_since: datetime) -> bool:
    if look is None or look.listing is None or account.must_reconcile_since is None:
        return False
    return (
        look.account_proven
        and look.listing.is_complete
        and look.listing.health in {PageHealth.HEALTHY, PageHealth.EMPTY}
        and look.read_at - max(account.must_reconcile_since, even_since) >= terms.settle_window
    )


def _rows_about(review_id: str, look: SiteLook | None) -> list[AppealStatusReading]:
    if look is None or look.listing is None or not look.account_proven:
        return []
    return [row for row in look.listing.rows if row.review_id == review_id]
