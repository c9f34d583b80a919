"""Cross-checks the shop window against what was read: both are the site's word, and they must move alike.

A counter that rose with no review found, or a review found that no counter told of, may be a lag once. Twice in a row
it is an incident: one of the two sources does not show everything.
"""

from __future__ import annotations

from enum import StrEnum

from flows.readings.storefront import ProductCounter
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.incidents import IncidentStep, report_bad, report_good
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.counters import CounterRecord

_KINDS = (IncidentKind.COUNTER_UNEXPLAINED, IncidentKind.COUNTER_SILENT)


class Accord(StrEnum):
    """How a counter moved, against the reviews that became visible or went away meanwhile."""

    AGREED = "agreed"
    UNEXPLAINED = IncidentKind.COUNTER_UNEXPLAINED.value
    SILENT = IncidentKind.COUNTER_SILENT.value


def compare(before: CounterRecord, *, total: int, known: int) -> Accord:
    """Says whether counter and reviews moved alike since they last agreed. Pure.

    A steady difference (ratings without a text, reviews beyond the last page) does not matter; a new one does.
    """
    drift = (total - before.total) - (known - before.known)
    if drift == 0:
        return Accord.AGREED
    return Accord.UNEXPLAINED if drift > 0 else Accord.SILENT


def has_moved(before: CounterRecord | None, seen: ProductCounter | None) -> bool:
    """Whether a product has to be read because of its counter, or of a doubt its last reading left. Pure."""
    if before is not None and before.is_doubtful:
        return True
    if seen is None:
        return False
    return before is None or (before.total, before.rating_raw) != (seen.reviews_total, seen.rating_raw)


def settle(tx: Transaction, account_id: str, seen: ProductCounter) -> Accord:
    """Compares a product's counter with what its complete reading, just stored, made visible; stores both.

    Args:
        tx: A transaction under the account's lease.
        account_id: The account.
        seen: The counter as read before the product was; it must be exact.
    """
    total, known = seen.reviews_total or 0, _count_visible(tx, account_id, seen.sku)
    before = tx.counters.get(account_id, seen.sku)
    accord = Accord.AGREED if before is None else compare(before, total=total, known=known)
    if before is not None and accord is not Accord.AGREED:
        detail = _("the counter went from {total} to {total_2}, the reviews read from {known} to {known_2}").format(
            total=before.total, total_2=total, known=before.known, known_2=known
        )
        if (
            report_bad(tx, account_id, IncidentKind(accord.value), subject=seen.sku, detail=detail)
            is IncidentStep.COUNT
        ):
            # The next visit reads it again and compares with the same starting point.
            tx.counters.settle(
                account_id,
                seen.sku,
                total=before.total,
                rating_raw=before.rating_raw,
                known=before.known,
                is_doubtful=True,
            )
            return accord
    elif before is not None and (before.total, before.known) != (total, known):
        for kind in _KINDS:
            report_good(tx, account_id, kind, subject=seen.sku)
    tx.counters.settle(account_id, seen.sku, total=total, rating_raw=seen.rating_raw, known=known)
    return accord


def _count_visible(tx: Transaction, account_id: str, sku: str) -> int:
    """Counts what the product's listing shows: the site counts for each product of a card all reviews of the card."""
    product = tx.products.get(account_id, sku)
    return tx.listings.count_visible(account_id, product.listing) if product is not None else 0
