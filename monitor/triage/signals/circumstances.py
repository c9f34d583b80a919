"""What stands around the text: the author's profile, the order, other reviews, media.

All are hints, but for an order that contradicts the review and for copied texts, which a person is asked about.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.readings.models import AuthorReading, OrderReading, TimeReading, Variant
from monitor.triage.campaigns import Burst, CopyGroup, find_bursts, find_copies_of
from monitor.triage.models import Neighbour, Signal, TriageInput
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.content import Topics

_FEW_REVIEWS = 1
_SHORT_LIFE = timedelta(days=14)
_LOW = 2
_MANY_NEIGHBOURS = 3


def find_circumstances(review: TriageInput, topics: Topics) -> tuple[Signal, ...]:
    """Signals from everything but the text alone."""
    found = (
        _find_thin_author(review.author),
        _find_contradiction(review, topics),
        *_find_campaign(review),
        build_signal("media", 0.4, facts=(f"Приложено: {review.media_count}.",)) if review.media_count else None,
    )
    return tuple(signal for signal in found if signal is not None)


def activity_span(author: AuthorReading) -> timedelta | None:
    """From the author's first to the last review, as far as the profile shows them."""
    first, last = _moment(author.first_review), _moment(author.last_review)
    return last - first if first and last else None


def order_contradictions(review: TriageInput, topics: Topics) -> tuple[str, ...]:
    """In which points the order's facts contradict the review, in Russian."""
    order = review.order
    if order is None:
        return ()
    found = []
    speaks_of_item = bool(topics.concrete) and not topics.not_arrived
    if order.is_cancelled and speaks_of_item:
        found.append(f"Заказ {order.order_number} отменён («{order.status_raw}»), а в отзыве описан товар.")
    elif order.is_delivered is False and speaks_of_item:
        found.append(f"Заказ {order.order_number} не доставлен («{order.status_raw}»), а в отзыве описан товар.")
    if order.is_delivered and topics.not_arrived:
        found.append(f"В отзыве товар не получен, а заказ {order.order_number} доставлен{_on(order.delivered)}.")
    if review.published and (delivered := _moment(order.delivered)) and review.published < delivered and speaks_of_item:
        found.append(f"Отзыв написан раньше доставки{_on(order.delivered)}.")
    if other := _variant_difference(review.variants, order.variants):
        found.append(f"Отзыв к варианту «{other[0]}», а куплен «{other[1]}».")
    return tuple(found)


def nearby_burst(review: TriageInput) -> Burst | None:
    """The burst of low ratings of the same product that this review belongs to, or None."""
    if review.published is None:
        return None
    times = [
        other.published
        for other in review.neighbours
        if other.published and (other.rating is None or other.rating <= _LOW) and _same_product(review, other)
    ]
    for burst in find_bursts([*times, review.published]):
        if burst.start <= review.published < burst.end:
            return burst
    return None


def copies(review: TriageInput) -> CopyGroup | None:
    """Other authors' reviews that retell this one, or None."""
    if not review.neighbours or not review.text:
        return None
    own = Neighbour(
        review_id=review.review_id, text=review.text, author_id=review.author_id, product_id=review.product_id
    )
    return find_copies_of(own, [other for other in review.neighbours if other.review_id != review.review_id])


def _find_thin_author(author: AuthorReading | None) -> Signal | None:
    if author is None:
        return None
    facts = []
    if author.is_anonymous:
        facts.append("Профиль автора скрыт.")
    if author.reviews_count is not None and author.reviews_count <= _FEW_REVIEWS:
        facts.append(f"Отзывов в профиле: {author.reviews_count}.")
    lived = activity_span(author)
    if lived is not None and lived <= _SHORT_LIFE and (author.reviews_count or 0) > _FEW_REVIEWS:
        facts.append(f"Все отзывы автора написаны за {lived.days + 1} дн.")
    return build_signal("author_thin", 0.3 + 0.1 * len(facts), facts=tuple(facts)) if facts else None


def _find_contradiction(review: TriageInput, topics: Topics) -> Signal | None:
    facts = order_contradictions(review, topics)
    if facts:
        return build_signal("order_contradicts", min(0.9, 0.6 + 0.15 * len(facts)), facts=facts, ground="untrue")
    if review.order is not None and review.order.is_delivered:
        return build_signal("order_confirms", 0.7, facts=(_order_line(review.order),))
    return None


def _find_campaign(review: TriageInput) -> tuple[Signal, ...]:
    found = []
    group = copies(review)
    if group is not None and group.score >= 0.4:
        facts = (f"Похожих отзывов других авторов: {group.authors - 1}, сходство {group.similarity:.0%}.",)
        found.append(build_signal("copied", min(0.9, 0.4 + 0.2 * group.score), facts=facts, ground="copied"))
    burst = nearby_burst(review) if len(review.neighbours) >= _MANY_NEIGHBOURS else None
    if burst is not None:
        found.append(build_signal("burst", 0.5, facts=(describe_burst(burst),)))
    return tuple(found)


def describe_burst(burst: Burst) -> str:
    """The statistics of a burst in one Russian sentence."""
    return (
        f"{burst.count} низких оценок за {(burst.end - burst.start).days} дн. с {burst.start:%d.%m.%Y} "
        f"при ожидаемых {burst.expected:g}; вероятность случайности {max(burst.p_value, 1e-6):.2g} "
        f"(испытано окон: {burst.windows_tried})."
    )


def _variant_difference(said: tuple[Variant, ...], bought: tuple[Variant, ...]) -> tuple[str, str] | None:
    ordered = {variant.name.casefold(): variant.value for variant in bought}
    for variant in said:
        other = ordered.get(variant.name.casefold())
        if other is not None and other.casefold() != variant.value.casefold():
            return variant.value, other
    return None


def _same_product(review: TriageInput, other: Neighbour) -> bool:
    return not review.product_id or not other.product_id or review.product_id == other.product_id


def _moment(reading: TimeReading | None) -> datetime | None:
    return reading.earliest if reading else None


def _on(reading: TimeReading | None) -> str:
    moment = _moment(reading)
    return f" {moment:%d.%m.%Y}" if moment else ""


def _order_line(order: OrderReading) -> str:
    return f"Заказ {order.order_number} доставлен{_on(order.delivered)}."
