"""The states of an appeal and what may follow what. Pure; docs/adr says why each arrow is there.

Three tracks are kept apart because they know different things: *filing* is what we did and can prove, *moderation* is
what the site says of it, *outcome* is what anybody can see on the public page.
"""

from __future__ import annotations

from enum import StrEnum

from monitor.errors import IllegalTransition


class AppealState(StrEnum):
    """Filing: how far the one attempt of this generation got, as far as it is proven."""

    DRAFT = "draft"
    APPROVED = "approved"
    INTENT = "intent"
    ARMED = "armed"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    ACKNOWLEDGED = "acknowledged"
    REJECTED_BY_FORM = "rejected_by_form"
    UNKNOWN = "unknown"
    DUPLICATE_SEEN = "duplicate_seen"
    ABSENT = "absent"
    NEEDS_HUMAN = "needs_human"
    ALREADY_REPORTED = "already_reported"
    MOOT = "moot"


class Moderation(StrEnum):
    """What the site says of the appeal. ``UNKNOWN`` is a wording nobody has described yet; it is never guessed."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    NEEDS_INFORMATION = "needs_information"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What the public page shows, after two healthy reads apart in time."""

    REMOVED = "removed"
    EDITED = "edited"
    STILL_VISIBLE = "still_visible"


class Track(StrEnum):
    """Which of the three an append-only transition belongs to."""

    FILING = "filing"
    MODERATION = "moderation"
    OUTCOME = "outcome"


_S = AppealState

MAY_FOLLOW: dict[AppealState, frozenset[AppealState]] = {
    _S.DRAFT: frozenset({_S.APPROVED, _S.ALREADY_REPORTED, _S.MOOT}),
    # To a list state or NEEDS_HUMAN only after a restored backup: it may have been sent since.
    _S.APPROVED: frozenset(
        {_S.INTENT, _S.DRAFT, _S.ALREADY_REPORTED, _S.MOOT, _S.NEEDS_HUMAN, _S.CONFIRMED, _S.DUPLICATE_SEEN}
    ),
    _S.INTENT: frozenset({_S.ARMED, _S.APPROVED, _S.UNKNOWN, _S.ALREADY_REPORTED, _S.NEEDS_HUMAN, _S.MOOT}),
    _S.ARMED: frozenset(
        {_S.RELEASED, _S.APPROVED, _S.UNKNOWN, _S.REJECTED_BY_FORM, _S.ALREADY_REPORTED, _S.NEEDS_HUMAN, _S.MOOT}
    ),
    _S.RELEASED: frozenset({_S.CONFIRMED, _S.ACKNOWLEDGED, _S.REJECTED_BY_FORM, _S.UNKNOWN}),
    _S.UNKNOWN: frozenset(
        {
            _S.CONFIRMED,
            _S.ACKNOWLEDGED,
            _S.DUPLICATE_SEEN,
            _S.ABSENT,
            _S.NEEDS_HUMAN,
            _S.ALREADY_REPORTED,
            _S.APPROVED,
            _S.MOOT,
        }
    ),
    _S.CONFIRMED: frozenset({_S.DUPLICATE_SEEN, _S.NEEDS_HUMAN}),
    _S.ACKNOWLEDGED: frozenset(),
    # A re-sent request may be refused while the first one was stored; the list has the last word.
    _S.REJECTED_BY_FORM: frozenset({_S.CONFIRMED, _S.DUPLICATE_SEEN}),
    _S.DUPLICATE_SEEN: frozenset(),
    _S.ABSENT: frozenset({_S.CONFIRMED, _S.DUPLICATE_SEEN, _S.MOOT}),
    _S.NEEDS_HUMAN: frozenset(
        {_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN, _S.ABSENT, _S.ALREADY_REPORTED, _S.MOOT, _S.DRAFT}
    ),
    _S.ALREADY_REPORTED: frozenset(),
    _S.MOOT: frozenset(),
}

NOT_SENT = frozenset({_S.DRAFT, _S.APPROVED})
"""Nothing of it has left this machine: there is nothing to ask the site about."""

IN_FLIGHT = frozenset({_S.INTENT, _S.ARMED, _S.RELEASED})
"""A process works on it, or died while it did."""

FOLLOWED = frozenset({_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN, _S.ALREADY_REPORTED})
"""The site has it; what becomes of it is followed."""

TO_RECONCILE = frozenset({_S.UNKNOWN})
"""Nothing may be done about it before the site was asked."""


def require_may_follow(current: AppealState, wanted: AppealState, *, where: str = "") -> None:
    """Refuses an arrow that is not in the table.

    Raises:
        IllegalTransition: ``wanted`` cannot follow ``current``.
    """
    if wanted not in MAY_FOLLOW[current]:
        raise IllegalTransition(
            f"an appeal that is {current.value} cannot become {wanted.value}",
            where=where,
            hint="Look at it with `fairreview appeal status`; another process may have been faster.",
        )
