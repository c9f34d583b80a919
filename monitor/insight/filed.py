"""Reads sent appeals and says of each what kind it was and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.appeals.machine import FOLLOWED, AppealState, Moderation, Outcome
from monitor.closed_lists.states import Presence
from monitor.insight.worth import FiledAppeal, Part, Result, record_of, tell_record
from monitor.state.read_appeals import SentAppeal
from monitor.state.transaction import Transaction
from monitor.triage.wordings import wording_of

_SENT = tuple(sorted(state.value for state in FOLLOWED | {AppealState.UNKNOWN}))
OWN_WORDS = "own"
PURGED = "?"


@dataclass(frozen=True, slots=True)
class Stars:
    """A product's reviews that count in the rating, by stars.

    Attributes:
        shown: Those on the page.
        removed: Those that went after an appeal.
    """

    shown: dict[int, int]
    removed: dict[int, int]

    @property
    def before(self) -> float | None:
        """The mean as it would be with the removed ones."""
        return _mean({stars: self.shown.get(stars, 0) + self.removed.get(stars, 0) for stars in range(1, 6)})

    @property
    def after(self) -> float | None:
        """The mean as it is."""
        return _mean(self.shown)


def filed_of(tx: Transaction, account_id: str) -> Iterator[FiledAppeal]:
    """Yields the account's sent appeals, oldest first."""
    for sent in tx.appeal_stream.sent_of(account_id, _SENT):
        yield FiledAppeal(
            id=sent.id,
            review_id=sent.review_id,
            kind={
                Part.GROUND: sent.ground,
                Part.REASON: sent.reason,
                Part.CHANNEL: sent.channel,
                Part.WORDING: _wording(sent),
                Part.EVIDENCE: _evidence(sent),
                Part.PRODUCT: sent.product,
            },
            result=result_of(sent),
            is_removed=sent.outcome == Outcome.REMOVED,
            sent_at=sent.sent_at,
            decided_at=sent.decided_at,
        )


def result_of(sent: SentAppeal) -> Result:
    """What became of an appeal: the site's word, and where it says nothing, the public page.

    A review that came back is counted as rejected, whatever was said before.
    """
    if sent.outcome == Outcome.REINSTATED or sent.moderation == Moderation.REJECTED:
        return Result.REJECTED
    if sent.moderation == Moderation.ACCEPTED or sent.outcome == Outcome.REMOVED:
        return Result.ACCEPTED
    if sent.outcome == Outcome.STILL_VISIBLE or sent.state == AppealState.REJECTED_BY_FORM:
        return Result.REJECTED
    if sent.moderation == Moderation.UNKNOWN or sent.state not in FOLLOWED:
        return Result.UNKNOWN
    return Result.WAITING


def stars_of(tx: Transaction, account_id: str, filed: Sequence[FiledAppeal]) -> dict[str, Stars]:
    """The stars of each product that lost a review by an appeal, with those reviews and without."""
    removed = {one.review_id: one.kind[Part.PRODUCT] for one in filed if one.is_removed}
    gone = tx.reviews.get_many(account_id, list(removed))
    shown = tx.review_stream.stars_of(account_id, sorted(set(removed.values())))
    found = {product: Stars(dict(shown.get(product, {})), {}) for product in sorted(set(removed.values()))}
    for review_id, product in removed.items():
        review = gone.get(review_id)
        if review is not None and review.rating is not None and review.presence == Presence.GONE:
            stars = found[product].removed
            stars[review.rating] = stars.get(review.rating, 0) + 1
    return found


def tell_record_of(tx: Transaction, account_id: str, ground: str) -> str:
    """The account's record on a ground as a sentence beside a verdict or a draft; empty where there is none."""
    return tell_record(record_of(filed_of(tx, account_id), ground=ground)) if ground else ""


def _wording(sent: SentAppeal) -> str:
    if not sent.text:
        return PURGED
    number = wording_of(sent.ground, sent.text)
    return OWN_WORDS if number is None else str(number)


def _evidence(sent: SentAppeal) -> str:
    others = sent.files - sent.pictures
    parts = ("order",) * sent.has_order + ("pictures",) * (sent.pictures > 0) + ("files",) * (others > 0)
    return "+".join(parts) or "none"


def _mean(stars: dict[int, int]) -> float | None:
    total = sum(stars.values())
    return sum(number * count for number, count in stars.items()) / total if total else None
