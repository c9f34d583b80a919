"""The states of an appeal on its three tracks, of an answer, and of a decision: closed lists, stored by their values.

What may follow what is in ``monitor.appeals.machine``; what each is called, in ``monitor.appeals.words``.
"""

from __future__ import annotations

from enum import StrEnum


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
    """What the public page shows, after two healthy reads apart in time; of a review that is back, after one."""

    REMOVED = "removed"
    EDITED = "edited"
    STILL_VISIBLE = "still_visible"
    REINSTATED = "reinstated"


class Track(StrEnum):
    """Which of the three an append-only transition belongs to."""

    FILING = "filing"
    MODERATION = "moderation"
    OUTCOME = "outcome"


class AnswerState(StrEnum):
    """How far the one answer to a question got."""

    OPEN = "open"
    DRAFTED = "drafted"
    APPROVED = "approved"
    INTENT = "intent"
    RELEASED = "released"
    SENT = "sent"
    UNKNOWN = "unknown"
    OVER = "over"


class ReviewDecision(StrEnum):
    """What a person decided about a review without sending anything."""

    LEFT = "left"
    SNOOZED = "snoozed"
    ASKED = "asked"
