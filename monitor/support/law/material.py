"""What the papers of a pack are drawn from, and what comes out of it; nothing of an order has a place here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from monitor.support.law.fees import Court
from monitor.support.law.ladder import Fact
from monitor.support.law.parties import Party


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exhibit(_Data):
    """Something that shows a fact: a sealed capture, or a paper that a person adds.

    Attributes:
        what: What it is.
        at: When it was made; None for a paper that a person adds.
        digest: Of the capture's manifest; empty for a paper that a person adds.
        shows_review: The review can be seen on it.
    """

    what: str
    at: AwareDatetime | None = None
    digest: str = ""
    shows_review: bool = False


class Happening(_Data):
    """One line of the chronology, with its entry in the action log."""

    at: AwareDatetime
    what: str
    entry: int | None


class Material(_Data):
    """What the papers are drawn from.

    Attributes:
        author: As the site shows them.
        text: The review's words as they were read.
        facts: What a person stated and what holds, each with its words or exhibits.
        exhibits: In the order in which they are numbered from 1; the captures first.
        price: The price of the claim in roubles; None where none was named.
        day: The day of the papers in the installation's zone.
        has_bundle: Whether the evidence lies beside the papers.
        asked: What came of asking support, a line each; the dialogue's paper in the bundle has all of it.
        pasted: Words that a person read and pasted, by the rule's id, each as it is to be printed.
    """

    review_id: str
    product: str
    product_url: str
    author: str
    rating: int | None
    published: str
    text: str
    happenings: tuple[Happening, ...]
    exhibits: tuple[Exhibit, ...]
    facts: Mapping[Fact, str]
    plaintiff: Party
    court: Court
    price: Decimal | None
    day: date
    zone: str
    has_bundle: bool = True
    asked: tuple[str, ...] = ()
    pasted: Mapping[str, str] = Field(default_factory=dict)


class Paper(_Data):
    """One paper: a name for its files, a title, the page, and the blanks that have to be filled."""

    name: str
    title: str
    html: str
    blanks: tuple[str, ...]
