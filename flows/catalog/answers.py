"""How a page's own JSON answers are read: where in them the rows, their values and the way on stand, by dotted paths.

A page that is drawn by script asks the site for its data. Such an answer often tells what the page does not show: ids,
whole moments, and what the site thinks of a review.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from evidence_store.sentences import sentence
from flows.catalog.vocabulary import Address, CatalogValue, KeyProblem, Name, Phrase, Verified
from flows.catalog.wording import OrderStatus

_KEY = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"
JsonPath = Annotated[str, StringConstraints(pattern=rf"^{_KEY}(\.{_KEY}){{0,5}}$", max_length=200)]
ANSWER_FIELDS = frozenset(
    {"review_id", "item", "product", "rating", "text", "comment", "positive", "negative", "published"}
    | {"order", "work_status"}
)
"""The values of a row that a reader knows. ``text`` is a text in one piece, the three after it are its parts."""


class SellerMark(CatalogValue):
    """What such an answer says of a review beside the review, in words for the person who decides.

    Attributes:
        path: Where it stands in a row.
        title: What is told where it is set.
        kind: ``yes_no``: true or false; ``present``: an object, or null where there is nothing; ``text``: the site's
            own words, which are told behind the title; empty where there is nothing.
        verified: Where the name of the key is known from. What it means is not documented: a person is asked.
    """

    path: JsonPath
    title: Phrase
    kind: Literal["yes_no", "present", "text"] = "yes_no"
    verified: Verified


class AnswerRefusal(CatalogValue):
    """What the answer to the request that files says when the site refused it all the same, with a status of success.

    Attributes:
        path: Where it stands in the answer's JSON.
        equals: What stands there.
        message: Where the answer says why.
    """

    path: JsonPath
    equals: bool | Phrase = True
    message: JsonPath | None = None
    verified: Verified


class LinkInAnswer(CatalogValue):
    """A link that an answer holds which a page loads for itself.

    Attributes:
        url: The answer's address, with ``*`` as wildcard.
        method: How the page asks for it.
        path: Where the link stands; empty where the site has none.
    """

    url: Address
    method: Literal["GET", "POST"] = "POST"
    path: JsonPath
    verified: Verified
    source: Phrase


class RowHooks(CatalogValue):
    """How one review is read from an answer.

    Attributes:
        url: The answer's address, with ``*`` as wildcard.
        method: How the page asks for it.
        fields: Values of a row: the first path that leads to something counts.
        order_statuses: The words of an order's status here.
        work_statuses: The words for whether the seller dealt with a review.
        marks: What it says of a review beside the review.
    """

    url: Address
    method: Literal["GET", "POST"] = "POST"
    fields: Mapping[Name, Annotated[tuple[JsonPath, ...], Field(min_length=1, max_length=4)]]
    order_statuses: Mapping[Phrase, OrderStatus] = {}
    work_statuses: tuple[Phrase, ...] = ()
    marks: Annotated[Mapping[Name, SellerMark], Field(max_length=20)] = {}
    verified: Verified
    source: Phrase

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        if strange := sorted(self.fields.keys() - ANSWER_FIELDS):
            raise KeyProblem(
                f"fields.{strange[0]}",
                sentence("not a value of a review; known: {known}", known=", ".join(sorted(ANSWER_FIELDS))),
                ANSWER_FIELDS,
            )
        if missing := sorted({"review_id", "rating", "published"} - self.fields.keys()):
            raise KeyProblem("fields", sentence("{name} is missing", name=missing[0]))
        if not {"text", "comment"} & self.fields.keys():
            raise KeyProblem("fields", "text (in one piece) or comment (a part of it) is missing")
        if not {"item", "product"} & self.fields.keys():
            raise KeyProblem("fields", "item (a product's number) or product (its address) is missing")
        return self


class AnswerHooks(RowHooks):
    """One kind of answer that lists reviews.

    Attributes:
        rows: Where the list of rows stands.
        has_next: Where it says whether there are more.
        cursor: Where it names its last row; a list that names another one proves no end.
        page_rows: Rows of a full answer.
    """

    rows: JsonPath
    has_next: JsonPath
    cursor: JsonPath | None = None
    page_rows: Annotated[int, Field(ge=1, le=500)] = 10


class DetailHooks(RowHooks):
    """The answer about one review, which a page loads when the review is opened.

    Attributes:
        row: Where the review stands in it; none: the answer is the review.
    """

    row: JsonPath | None = None
