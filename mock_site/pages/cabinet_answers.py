"""The JSON that the cabinet loads for itself: ``POST /api/v4/review/list``, and of one ``/api/v2/review/detail``.

Names of keys and the size of a page are from public clients (v3 of 2023-2025, v4 of September 2026). Guesses: what the
marks hold, the words in ``short_description``, and that an answer without a session is 401.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mock_site.pages.messenger import buyer_link
from mock_site.pages.stage import Stage
from mock_site.world.models import Product, Review

PATH, DETAIL = "/api/v4/review/list", "/api/v2/review/detail"
ROWS = 10


async def answer_list(stage: Stage, request: Request, *, is_inside: bool) -> Response:
    """Ten reviews of the shop behind ``pagination_last_uuid``, newest first."""
    if not is_inside:
        return JSONResponse({"code": 16, "message": "unauthenticated"}, 401)
    if stage.switches.cabinet_answers == "none":
        return JSONResponse({"code": 5, "message": "not found"}, 404)
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    last = body.get("pagination_last_uuid") if isinstance(body, dict) else None
    found = stage.world.listed("cabinet")
    start = next((place + 1 for place, pair in enumerate(found) if pair[1].uuid == last), 0)
    shown = found[start : start + ROWS]
    answer = {
        "result": [_row(stage, product, review) for product, review in shown],
        "hasNext": start + ROWS < len(found),
        "pagination_last_timestamp": str(shown[-1][1].published_at) if shown else None,
        "pagination_last_uuid": shown[-1][1].uuid if shown else None,
    }
    return _json(stage, answer)


async def answer_detail(stage: Stage, request: Request, *, is_inside: bool) -> Response:
    """One review as its drawer loads it, with the site's signed way into the chat with its buyer."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    review = stage.world.review(str(body.get("review_uuid"))) if isinstance(body, dict) else None
    product = stage.world.product(review.sku) if review is not None else None
    if not is_inside or review is None or product is None:
        return JSONResponse({"code": 5, "message": "not found"}, 404)
    order = stage.world.order_of(review.uuid)
    link = "" if stage.switches.chat.buyer in {"none", "page"} else buyer_link(stage, review)
    more = {"order_number": order.number if order else "", "chat_url": link, "visibility": "UNKNOWN"}
    return _json(stage, _row(stage, product, review) | more)


def _json(stage: Stage, answer: object) -> Response:
    text = stage.rename(json.dumps(answer, ensure_ascii=False))
    return Response(text, media_type="application/json")


def _row(stage: Stage, product: Product, review: Review) -> dict[str, object]:
    published = datetime.fromtimestamp(review.published_at, UTC)
    marks = set(review.cabinet_marks)
    why = "Отзыв проверяется" if "not_shown" in marks else ""
    return {
        "uuid": review.uuid,
        "text": {"positive": review.positive, "negative": review.negative, "comment": review.text},
        "published_at": published.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "rating": review.rating,
        "author_name": review.author.name,
        "interaction_status": "NOT_VIEWED",
        "orderDeliveryType": f"REVIEW_ORDER_DELIVERY_{'CANCELED' if review.is_order_cancelled else 'DONE'}",
        "is_pinned": False,
        "is_delivery_review": "about_delivery" in marks,
        "is_quality_control": "quality_control" in marks,
        "publish_delayed_info": {"reason": "CHECK"} if "delayed" in marks else None,
        "visibility_message_short": {"short_description": why},
        "photos_count": len(review.photos),
        "product": {
            "title": product.title,
            "url": f"{stage.origin('www')}/product/{product.slug}-{review.item_id}/",
            "sku": review.item_id,
            "offer_id": f"ART-{product.index}",
        },
    }
