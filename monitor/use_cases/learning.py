"""What appeals were worth, as it is stored: by kind, with the hours they took and what they did to the rating."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from monitor.config.sections import InsightSection
from monitor.insight.filed import filed_of, stars_of
from monitor.insight.worth import Part, Worth, weigh
from monitor.state import State
from monitor.use_cases.learning_models import AppealKind, AppealsWorth, ProductStars

_DAY = timedelta(days=1)


def weigh_appeals(
    state: State, accounts: Sequence[str], *, by: Sequence[Part], costs: InsightSection
) -> list[AppealsWorth]:
    """Returns what the sent appeals of each account were worth.

    Args:
        state: The store.
        accounts: Whose.
        by: What makes a kind.
        costs: How long a review and an appeal take, where the seller said so.
    """
    found = []
    for account in accounts:
        with state.read() as tx:
            filed = list(filed_of(tx, account))
            stars = stars_of(tx, account, filed)
            judged = tx.appeal_stream.judged(account)
        found.append(
            AppealsWorth(
                account=account,
                by=tuple(part.value for part in by),
                filed=len(filed),
                kinds=tuple(_kind(worth) for worth in weigh(filed, by)),
                hours_spent=hours_spent(judged, len(filed), costs),
                products=tuple(
                    ProductStars(
                        product=product,
                        shown=sum(one.shown.values()),
                        removed=sum(one.removed.values()),
                        stars_with_removed=_rounded(one.before),
                        stars=_rounded(one.after),
                    )
                    for product, one in stars.items()
                ),
            )
        )
    return found


def hours_spent(judged: int, filed: int, costs: InsightSection) -> float | None:
    """How many hours people spent, by what the seller says one takes; None where that is not said."""
    if costs.review_minutes is None and costs.appeal_minutes is None:
        return None
    return round((judged * (costs.review_minutes or 0) + filed * (costs.appeal_minutes or 0)) / 60, 1)


def _kind(worth: Worth) -> AppealKind:
    share = worth.share
    return AppealKind(
        kind=worth.kind,
        filed=worth.filed,
        accepted=worth.decided.hits,
        rejected=worth.decided.total - worth.decided.hits,
        unknown=worth.unknown,
        waiting=worth.waiting,
        removed=worth.removed,
        share=None if share is None else (round(share.value, 6), round(share.lower, 6), round(share.upper, 6)),
        days_to_answer=_days(worth.waits),
        advice=worth.advice,
    )


def _days(waits: tuple[timedelta, timedelta, timedelta] | None) -> tuple[float, float, float] | None:
    if waits is None:
        return None
    shortest, usual, longest = (round(wait / _DAY, 2) for wait in waits)
    return shortest, usual, longest


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
