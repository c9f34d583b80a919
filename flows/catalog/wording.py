"""The site's own words that readings must understand: dates, statuses. Another language is another file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flows.catalog.vocabulary import CatalogValue, Phrase, Verified

AppealStatus = Literal["received", "in_review", "needs_information", "accepted", "rejected"]
OrderStatus = Literal["delivered", "cancelled", "other"]
TimeUnit = Literal["second", "minute", "hour", "day", "week", "month", "year"]


class Span(CatalogValue):
    """A number of units of time."""

    number: Annotated[int, Field(ge=1, le=1_000)]
    unit: TimeUnit


class DateWords(CatalogValue):
    """The words of dates in one language, all in lower case.

    Attributes:
        months: Twelve lists of full forms and abbreviations, January first.
        edited: Words before the date of an edited text.
        at: Words between a day and a time of day.
        ago: Words of «3 дня назад»; ``ago_is_prefix`` where they stand before the number.
        units: Every form of each unit of time.
        spans: Words that hold number and unit in one («полгода»).
        noise: Words with no meaning of their own («г.», «в»).
    """

    months: Annotated[tuple[tuple[Phrase, ...], ...], Field(min_length=12, max_length=12)]
    today: tuple[Phrase, ...] = ()
    yesterday: tuple[Phrase, ...] = ()
    before_yesterday: tuple[Phrase, ...] = ()
    just_now: tuple[Phrase, ...] = ()
    edited: tuple[Phrase, ...] = ()
    at: tuple[Phrase, ...] = ()
    ago: tuple[Phrase, ...] = ()
    ago_is_prefix: bool = False
    units: Mapping[TimeUnit, tuple[Phrase, ...]] = {}
    spans: Mapping[Phrase, Span] = {}
    one: tuple[Phrase, ...] = ()
    noise: tuple[Phrase, ...] = ()
    thousand: tuple[Phrase, ...] = ()
    million: tuple[Phrase, ...] = ()

    @model_validator(mode="after")
    def _check_words(self) -> DateWords:
        forms = [form for month in self.months for form in month]
        if len(forms) != len(set(forms)):
            raise ValueError("one form names two months")
        for word in forms:
            if word != word.lower():
                raise ValueError(f"{word!r} is not in lower case")
        return self


class Wordings(CatalogValue):
    """The site's statuses by their exact wording. A wording that is not here stays unknown.

    ``review_statuses`` gives the wording of a review's status where a page shows its number only; ``work_statuses``
    are the cabinet's words for whether the seller dealt with a review; ``anonymous_author`` lists what stands in place
    of a name.
    """

    appeal_statuses: Mapping[Phrase, AppealStatus]
    order_statuses: Mapping[Phrase, OrderStatus] = {}
    review_statuses: Mapping[Phrase, Phrase] = {}
    work_statuses: tuple[Phrase, ...] = ()
    anonymous_author: tuple[Phrase, ...] = ()
    verified: Verified
