"""The site's API for sellers as data: where reviews are listed, and what each of its refusals means."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from flows.catalog.vocabulary import CatalogValue, Name, Phrase, Seconds, Verified


class Refusal(CatalogValue):
    """One answer that is no list.

    Attributes:
        kind: Our name for it.
        statuses: HTTP statuses it comes with.
        any: Parts of the API's message, in any case; none: any message.
        meaning: What it says, for a person.
        hint: The next step.
        source: Where it is known from.
    """

    kind: Name
    statuses: Annotated[tuple[int, ...], Field(min_length=1)]
    any: tuple[Phrase, ...] = ()
    meaning: Phrase
    hint: Phrase
    verified: Verified
    source: Phrase

    def fits(self, status: int, message: str) -> bool:
        """Whether an answer is this one."""
        return status in self.statuses and (not self.any or any(part.lower() in message.lower() for part in self.any))


class SellerApi(CatalogValue):
    """The API.

    Attributes:
        reviews: Name of the address that lists reviews.
        chats: Name of the address that lists chats; None where there is none.
        chat_history: Name of the address that reads one chat.
        page_rows: Rows asked for at once.
        hold_seconds: How long it is left alone when it was asked too often and does not say how long.
    """

    reviews: Name
    chats: Name | None = None
    chat_history: Name | None = None
    page_rows: Annotated[int, Field(ge=1, le=1000)] = 100
    hold_seconds: Seconds = 60
    verified: Verified
    source: Phrase
    refusals: Annotated[tuple[Refusal, ...], Field(max_length=40)] = ()

    @property
    def addresses(self) -> dict[str, Name]:
        """The names of the addresses that are called, by the key that names them."""
        named = {"reviews": self.reviews, "chats": self.chats, "chat_history": self.chat_history}
        return {key: name for key, name in named.items() if name is not None}
