"""What the use cases of the dialogue with the platform return, and what ``--json`` prints."""

from __future__ import annotations

from pydantic import AwareDatetime

from monitor.support.noting import ContactFile
from monitor.use_cases.models import Answer, Value


class Contact(Answer):
    """One contact with the platform.

    Attributes:
        says: What it says about the matter, on a person's word; null where it says nothing.
        turn: Whose turn it is after it: ``ours``, ``theirs`` or ``nobody``.
        due_at: Until when whoever has the turn is to act.
        struck_at: When a person said that the entry is wrong; it counts no more.
    """

    id: str
    account: str
    case_id: str
    review_id: str
    way: str
    direction: str
    speaker: str
    number: str | None
    earlier_number: str | None
    who: str | None
    address: str | None
    text: str
    says: str | None
    turn: str
    promised: str | None
    due_at: AwareDatetime | None
    seconds: int | None
    files: tuple[ContactFile, ...]
    source: str
    happened_at: AwareDatetime
    noted_at: AwareDatetime
    noted_by: str
    struck_at: AwareDatetime | None
    struck_why: str | None


class DialogueOfCase(Answer):
    """How a case stands with the platform: whose turn, since when, until when.

    Attributes:
        waits_for: Tickets, ways or appeals that give the turn.
        due_at: Until when whoever has the turn is to act.
        promised: What was promised for that time.
        promised_until: The earliest time that the platform named and nothing followed, whoever's turn it is.
        is_overdue: The time that somebody named is over.
        numbers: Numbers of tickets and calls, in order.
        contacts: In the order in which they happened.
    """

    account: str
    case_id: str
    review_id: str
    item: str
    turn: str
    waits_for: tuple[str, ...]
    since: AwareDatetime | None
    due_at: AwareDatetime | None
    promised: str | None
    promised_until: AwareDatetime | None
    is_overdue: bool
    numbers: tuple[str, ...]
    contacts: tuple[Contact, ...]


class SupportNumber(Answer):
    """A number or address of support; ``number`` is null for what circulates and contradicts itself.

    Attributes:
        mark: ``P``: the seller saw it; ``?``: nobody did.
        picture_sha256: Of the picture that was kept with it.
    """

    account: str | None
    way: str
    question: str
    number: str | None
    mark: str
    seen_at: AwareDatetime | None
    by: str | None
    picture_sha256: str | None


class WayOfRoute(Value):
    """One way of a class, with what this seller's own cases say; shares are null below ten tries."""

    way: str
    tried: int
    answered: int
    upheld: int
    refused: int
    upheld_share: float | None


class RouteOfClass(Answer):
    """One class of complaint: who handles it and how, as far as somebody saw it."""

    account: str
    id: str
    title: str
    handler: str | None
    branch: str | None
    mark: str
    source: str
    ways: tuple[WayOfRoute, ...]


class AnswerTimes(Answer):
    """How long the platform took to answer by one way, as this seller measured it; hours with one digit."""

    account: str
    way: str
    answers: int
    shortest_hours: float
    median_hours: float
    longest_hours: float


class Letter(Answer):
    """A letter by mail: what would be sent, or was, and where it stands.

    Attributes:
        letter_hash: What an approval is bound to (``support letter approve --hash``).
        missing: What is said to be not established in a fresh draft.
        next_step: What can be done from here.
    """

    id: str
    account: str
    review_id: str
    to: str
    subject: str
    text: str
    files: tuple[ContactFile, ...]
    message_id: str
    letter_hash: str
    state: str
    answer: str | None
    released_at: AwareDatetime | None
    missing: tuple[str, ...]
    next_step: str


class CallSheet(Answer):
    """A sheet to read from on the telephone: where it was written and what is missing on it."""

    written: str
    question: str
    numbers: tuple[str, ...]
    missing: tuple[str, ...]
