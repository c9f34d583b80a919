"""The states that are stored: of appeals, answers, decisions, reviews, incidents, messages and slots; closed lists.

Of an appeal, what may follow what is in ``monitor.appeals.machine``, and what each is called in
``monitor.appeals.words``.
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


class Presence(StrEnum):
    """Whether the public page shows a review. ``UNLISTED`` is one that only another source has shown."""

    PRESENT = "present"
    MISSING = "missing"
    GONE = "gone"
    UNLISTED = "unlisted"


class IncidentState(StrEnum):
    """How far a trouble got: below its threshold, told, over."""

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class MessageState(StrEnum):
    """What became of a message: not looked at yet, handed to channels, or nobody is to hear it."""

    PENDING = "pending"
    GIVEN = "given"
    MUTED = "muted"


class DeliveryState(StrEnum):
    """What became of a message on one channel: waiting, sent, or given up."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class SlotState(StrEnum):
    """What became of a slot of the schedule."""

    RUNNING = "running"
    RAN = "ran"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"


class Decision(StrEnum):
    """What triage proposes. A person still approves each filing."""

    FILE = "file"
    DO_NOT_FILE = "do_not_file"
    NEEDS_PERSON = "needs_person"


class SessionState(StrEnum):
    """What was last seen of an identity's session; ``NONE`` where nobody has signed in yet."""

    LIVE = "live"
    EXPIRED = "expired"
    WALLED = "walled"
    NONE = "none"
