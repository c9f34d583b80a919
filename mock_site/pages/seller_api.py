"""The Seller API's list of reviews: ``POST /v2/review/list``.

Fields, enums and the shape of errors are the official schema's (October 2026); the messages are those that public
programs of 2024–2026 compare with. Guesses: the order within one moment, the bounds of ``limit``, an unknown
``last_id`` (here: refused), and which code goes with which message where no program says it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_site.pages.stage import Stage
from mock_site.switches import ApiMode
from mock_site.world.models import Product, Review


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filters(_Body):
    """Which reviews."""

    status: Literal["ALL", "NEW", "VIEWED", "PROCESSED"] = "ALL"
    order_status: Literal["ALL", "DELIVERED", "CANCELLED"] = "ALL"
    skus: tuple[str, ...] = ()
    published_from: AwareDatetime | None = None
    published_to: AwareDatetime | None = None

    def fits(self, review: Review) -> bool:
        """Whether a review is one of them; every review of the mock is new."""
        published = datetime.fromtimestamp(review.published_at, UTC)
        wants_cancelled = None if self.order_status == "ALL" else self.order_status == "CANCELLED"
        return (
            self.status in {"ALL", "NEW"}
            and wants_cancelled in {None, review.is_order_cancelled}
            and (not self.skus or review.item_id in self.skus)
            and (self.published_from is None or published >= self.published_from)
            and (self.published_to is None or published <= self.published_to)
        )


class ListRequest(_Body):
    """The body of the request."""

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    last_id: str = ""
    sort_dir: Literal["ASC", "DESC"] = "DESC"
    filters: Filters = Filters()


@dataclass(frozen=True)
class Fault:
    """An error in the API's own shape."""

    status: int
    code: int
    message: str


_NO_HEADERS = Fault(401, 16, "Client-Id and Api-Key headers are required")
_WRONG_KEY = Fault(403, 7, "Invalid Api-Key, please contact support")
_FAULTS: dict[ApiMode, Fault] = {
    "no_subscription": Fault(403, 7, "Information is available starting from the premium plus subscription."),
    "missing_role": Fault(403, 7, "Api-Key is missing a required role for a method"),
    "deactivated": Fault(403, 7, "Api-key is deactivated, use another one or generate a new one"),
    "wrong_address": Fault(403, 7, "Api-Key is restricted to specific IP addresses"),
    "rate_limited": Fault(429, 8, "You have reached request rate limit per second"),
    "internal": Fault(500, 13, "Internal error"),
}


class ApiGate:
    """What every call to the API goes through: the two headers, and the switch ``seller_api``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def refusal(self, request: Request) -> Fault | None:
        """Why a call is refused; None when it is not."""
        client, key = request.headers.get("client-id", ""), request.headers.get("api-key", "")
        if not client or not key:
            return _NO_HEADERS
        is_known = any((one.client_id, one.api_key) == (client, key) for one in self._stage.world.accounts)
        return _FAULTS.get(self._stage.switches.seller_api) if is_known else _WRONG_KEY

    def refuse(self, fault: Fault) -> Response:
        """The refusal in the API's own shape."""
        after = self._stage.switches.seller_api_retry_after_s
        headers = {"retry-after": str(after)} if fault.status == 429 and after is not None else {}
        body = json.dumps({"code": fault.code, "message": fault.message, "details": []})
        return Response(body, fault.status, headers, "application/json")


class SellerApi:
    """The API's host: reviews."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._gate = stage, ApiGate(stage)

    def routes(self) -> list[Route]:
        """Routes of the API's host."""
        return [Route("/v2/review/list", self.listed, methods=["POST"])]

    async def listed(self, request: Request) -> Response:
        """Reviews of the shop behind ``last_id``, by their time."""
        fault = self._gate.refusal(request)
        if fault is not None:
            return self._gate.refuse(fault)
        try:
            body = ListRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return self._gate.refuse(Fault(400, 3, error.errors()[0]["msg"]))
        found = [pair for pair in self._stage.world.listed("api") if body.filters.fits(pair[1])]
        if body.sort_dir == "ASC":
            found.reverse()
        start = next((place + 1 for place, pair in enumerate(found) if pair[1].uuid == body.last_id), 0)
        if body.last_id and not start:
            return self._gate.refuse(Fault(400, 3, "invalid last_id"))
        rows = found[start : start + body.limit]
        answer = {
            "reviews": [_row(product, review) for product, review in rows],
            "has_next": start + body.limit < len(found),
            "last_id": rows[-1][1].uuid if rows else body.last_id,
        }
        return Response(self._stage.rename(json.dumps(answer, ensure_ascii=False)), media_type="application/json")


def _row(product: Product, review: Review) -> dict[str, object]:
    published = datetime.fromtimestamp(review.published_at, UTC)
    return {
        "id": review.uuid,
        "sku": int(product.item(review.item_id).item_id),
        "text": review.text,
        "rating": review.rating,
        "status": "NEW",
        "order_status": "CANCELLED" if review.is_order_cancelled else "DELIVERED",
        "published_at": published.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "is_rating_participant": review.is_counted and not review.is_order_cancelled,
        "comments_amount": 0,
        "photos_amount": len(review.photos),
        "videos_amount": 0,
    }
