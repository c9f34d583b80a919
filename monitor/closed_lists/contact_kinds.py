"""Closed lists of a dialogue with the platform, stored by their values: a member may be added, never renamed."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """How one reaches the platform, or is reached."""

    CHAT = "chat"
    CALL = "call"
    MAIL = "mail"
    FORM = "form"
    LETTER = "letter"
    APP = "app"
    SOCIAL = "social"
    OTHER = "other"


class Direction(StrEnum):
    """Who began: they (in) or the seller (out)."""

    IN = "in"
    OUT = "out"


class Speaker(StrEnum):
    """Who spoke for the platform, as far as the seller could tell."""

    PERSON = "person"
    BOT = "bot"
    UNKNOWN = "unknown"


class Saying(StrEnum):
    """What a contact says about the matter, on a person's word; a text only proposes it."""

    NOTHING = ""
    ASKS = "asks"
    WRONG_INPUT = "wrong_input"
    INSUFFICIENT = "insufficient"
    REFUSED = "refused"
    UPHELD = "upheld"
    PASSED_ON = "passed_on"
    CLOSED = "closed"


class Turn(StrEnum):
    """Who has to act next."""

    OURS = "ours"
    THEIRS = "theirs"
    NOBODY = "nobody"


class LetterState(StrEnum):
    """How far a letter by mail got, as far as it is proven."""

    DRAFT = "draft"
    APPROVED = "approved"
    INTENT = "intent"
    RELEASED = "released"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SAVED = "saved"
    DROPPED = "dropped"


class LetterAnswer(StrEnum):
    """What the program itself stores of what became of a letter or message; a mail server's own words are its own."""

    SHOWN = "the chat shows it"
    NOBODY_KNOWS = "nobody knows"
    SITE_REFUSED = "the site refused it"
    SENDER_GONE = "the command that sent it is gone"
    NO_ANSWER = "no answer after the data"


def turn_after(direction: Direction, saying: Saying, *, has_promise: bool) -> Turn:
    """Returns whose turn it is after a contact, where nobody says otherwise. Pure.

    A message of ours that stands last proves no progress: it is their turn, with a clock. After a refusal the next
    step is the seller's to choose.
    """
    if direction is Direction.OUT or saying is Saying.PASSED_ON:
        return Turn.THEIRS
    if saying is Saying.UPHELD:
        return Turn.NOBODY
    if saying is Saying.NOTHING and has_promise:
        return Turn.THEIRS
    return Turn.OURS
