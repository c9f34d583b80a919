"""What the control API may be told, field by field: whatever would break a page later is refused at the door."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator
from starlette.requests import Request

from mock_site.world.models import Author, CabinetMark, Profile, ReviewKind, SourceName
from mock_site.world.moderation import Decision
from mock_site.world.new_review import NewReview

_EARLIEST, _LATEST = 946_684_800, 4_102_444_800  # 2000 and 2100: what the pages and ids can tell
_LONGEST_TEXT = 20_000
_FARTHEST = 10 * 365 * 86_400.0  # seconds

Stars = Annotated[int, Field(ge=1, le=5)]


def _refuse_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a NUL byte, which no page can show")
    return text


Text = Annotated[str, Field(max_length=_LONGEST_TEXT), AfterValidator(_refuse_nul)]
Sent = TypeVar("Sent", bound=BaseModel)


class RefusedInput(ValueError):
    """What was sent cannot be used; the message names each field.

    Attributes:
        fields: What is wrong, by the field's name; ``body`` where it is no JSON object.
    """

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in fields.items()))
        self.fields = fields


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WrittenBy(_Body):
    """Who wrote a review, where a ``profile`` does not say enough."""

    guid: Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z-]*$")]
    name: Annotated[Text, Field(min_length=1, max_length=200)]
    is_anonymous: bool = False
    profile: Profile = "regular"


class AddedReview(_Body):
    """Body of ``POST /reviews``: the product's index, and what ``NewReview`` takes.

    What is left out is composed: an empty body adds a fair negative review to the first product.
    """

    product: Annotated[int, Field(ge=0)] = 0
    kind: ReviewKind = "fair_negative"
    rating: Stars | None = None
    text: Text | None = None
    positive: Text = ""
    negative: Text = ""
    author: WrittenBy | None = None
    profile: Profile = "regular"
    photos: Annotated[int, Field(ge=0, le=5)] = 0
    item_id: Annotated[str, Field(pattern=r"^[0-9]{1,15}$")] | None = None
    uuid: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")] | None = None
    published_at: Annotated[int, Field(ge=_EARLIEST, le=_LATEST)] | None = None
    useful: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    with_order: bool = True
    hidden_from: tuple[SourceName, ...] = ()
    is_order_cancelled: bool = False
    is_counted: bool = True
    cabinet_marks: tuple[CabinetMark, ...] = ()

    def to_new_review(self) -> NewReview:
        """Returns what the world takes."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name != "product"}
        author = self.author and Author(**self.author.model_dump())
        return NewReview(**{**values, "author": author})


class EditedReview(_Body):
    """Body of ``PATCH /reviews/<uuid>``; what is left out stays."""

    text: Text | None = None
    rating: Stars | None = None

    @model_validator(mode="after")
    def _require_a_change(self) -> EditedReview:
        if self.text is None and self.rating is None:
            raise ValueError("nothing to edit: name text, rating or both")
        return self


class HiddenReview(_Body):
    """Body of ``POST /reviews/<uuid>/hide``."""

    sources: tuple[SourceName, ...] = Field(default=(), alias="from")


class Decided(_Body):
    """Body of ``POST /appeals/<number>/decision``."""

    decision: Decision
    answer: Text | None = None


class Advanced(_Body):
    """Body of ``POST /clock/advance``; a negative number sets the clock back."""

    seconds: Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST, allow_inf_nan=False)]


class Page(BaseModel):
    """Query of ``GET /products``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class OfProduct(BaseModel):
    """Query of ``GET /reviews``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: str


class OfLogin(BaseModel):
    """Query of ``GET /codes``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: str


class TurnedSwitches(RootModel[dict[str, Any]]):
    """Body of ``PATCH /switches``: some fields of ``Switches``, which says what each may be."""


async def read_body(request: Request, model: type[Sent]) -> Sent:
    """Returns a request's body as the model has it; an empty body is an empty object.

    Raises:
        RefusedInput: it is no JSON, or not what the model takes.
    """
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        raise refusal_of(error) from error


def read_query(request: Request, model: type[Sent]) -> Sent:
    """Returns a request's query as the model has it.

    Raises:
        RefusedInput: it is not what the model takes.
    """
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise refusal_of(error) from error


def is_tellable(unix_seconds: float) -> bool:
    """Whether a moment is one that pages and ids can tell."""
    return _EARLIEST <= unix_seconds <= _LATEST


def refusal_of(error: ValidationError) -> RefusedInput:
    """Returns what is wrong, by field."""
    return RefusedInput({".".join(map(str, one["loc"])) or "body": one["msg"] for one in error.errors()})
