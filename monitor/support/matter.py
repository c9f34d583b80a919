"""What a call sheet and a letter are written from: the facts of a case, each with where it is known from. Pure."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from monitor.closed_lists.contact_kinds import Way

UNKNOWN = "не установлено"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AppealFact(_Data):
    """An appeal as papers tell it; ``said`` are the site's own words."""

    channel: str
    number: str
    stands: str
    said: str
    at: AwareDatetime | None


class ContactFact(_Data):
    """A contact as papers tell it."""

    at: AwareDatetime
    what: str
    number: str


class NumberFact(_Data):
    """A number that the seller saw in the cabinet, and when."""

    way: Way
    question: str
    number: str
    by: str
    at: AwareDatetime


class Matter(_Data):
    """The facts of a case.

    Attributes:
        seller: Who complains, as the settings name it.
        caller: The person who speaks or signs.
        ground: The site's rule in words; empty where triage named none.
        rule: The rule's own words as somebody read and kept them, with source and day; empty where nobody did.
        reasons: Why the rule is broken: sentences of the verdict.
        promises: What the platform promised and whose time is over or runs.
        is_refused: The platform said no, to an appeal or in the dialogue.
        exhibits: Sealed captures and own files, in the order in which they are numbered from 1.
        zone: In whose time moments are told.
    """

    seller: str
    inn: str
    caller: str
    position: str
    reply_to: str
    review_id: str
    product: str
    sku: str
    product_url: str
    author: str
    rating: int | None
    published: str
    text: str
    ground: str
    rule: str
    reasons: tuple[str, ...]
    appeals: tuple[AppealFact, ...]
    contacts: tuple[ContactFact, ...]
    promises: tuple[str, ...]
    exhibits: tuple[str, ...]
    is_refused: bool
    case_id: str
    zone: str
    now: AwareDatetime
