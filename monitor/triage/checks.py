"""The four credibility checks, each with its own answer. None decides alone; a check that was not made says so."""

from __future__ import annotations

from dataclasses import replace

from monitor.triage.models import Check, Outcome, Signal, TriageInput
from monitor.triage.normalise import prepare
from monitor.triage.signals.circumstances import activity_span, order_contradictions
from monitor.triage.signals.content import Topics
from monitor.triage.texts import CHECK_TITLES

_SETTLED_REVIEWS = 10
_SETTLED_DAYS = 180
_SHORT_DAYS = 14
_SOON_HOURS = 1
_SAME_WORDS = 2
_CARD_FACTS = 3


def run_checks(review: TriageInput, signals: tuple[Signal, ...], topics: Topics) -> tuple[Check, ...]:
    """Author, content, timing and facts, in this order."""
    kinds = {signal.kind: signal for signal in signals}
    return (
        _check_author(review),
        _check_content(kinds),
        _check_timing(review, kinds),
        _with_own_files(_check_facts(review, kinds, topics), review),
    )


def _check(name: str, outcome: Outcome, *sentences: str) -> Check:
    return Check(name, CHECK_TITLES[name], outcome, " ".join(sentence for sentence in sentences if sentence))


def _check_author(review: TriageInput) -> Check:
    author = review.author
    if author is None:
        hidden = "Автор скрыл имя; это не нарушение." if review.is_anonymous else ""
        return _check("author", Outcome.NOT_SEEN, "Профиль не прочитан.", hidden)
    if author.is_anonymous:
        return _check("author", Outcome.SEEN, "Профиль скрыт: ни за, ни против.")
    count = author.reviews_count
    lived = activity_span(author)
    line = f"Отзывов: {count if count is not None else 'неизвестно'}."
    if lived is not None and lived.days <= _SHORT_DAYS and (count or 0) > 1:
        return _check("author", Outcome.SPEAKS_FOR, line, f"Вся активность уложилась в {lived.days + 1} дн.")
    if count is not None and count <= 1:
        return _check("author", Outcome.SPEAKS_FOR, line, "Других отзывов нет.")
    if (count or 0) >= _SETTLED_REVIEWS and lived is not None and lived.days >= _SETTLED_DAYS:
        return _check("author", Outcome.SPEAKS_AGAINST, line, f"Автор пишет давно ({lived.days} дн.).")
    return _check("author", Outcome.SEEN, line)


def _check_content(kinds: dict[str, Signal]) -> Check:
    broken = [signal.meaning for signal in kinds.values() if signal.kind == signal.ground and signal.spans]
    if broken:
        return _check("content", Outcome.SPEAKS_FOR, "В тексте: " + "; ".join(broken) + ".")
    if "factual_defect" in kinds and kinds["factual_defect"].spans:
        words = ", ".join(f"«{span.text}»" for span in kinds["factual_defect"].spans[:4])
        return _check("content", Outcome.SPEAKS_AGAINST, f"Конкретные факты о товаре: {words}.")
    if "vague" in kinds:
        return _check("content", Outcome.SEEN, "Только общие слова: это неубедительно, но не запрещено.")
    return _check("content", Outcome.SEEN, "Нарушений в тексте не видно.")


def _check_timing(review: TriageInput, kinds: dict[str, Signal]) -> Check:
    if "burst" in kinds:
        return _check("timing", Outcome.SPEAKS_FOR, *kinds["burst"].facts)
    delivered = review.order.delivered.earliest if review.order and review.order.delivered else None
    if delivered is None or review.published is None:
        return _check("timing", Outcome.NOT_SEEN, "Дата доставки или публикации неизвестна.")
    if review.published < delivered:
        return _check("timing", Outcome.SPEAKS_FOR, f"Отзыв написан раньше доставки {delivered:%d.%m.%Y}.")
    days = (review.published - delivered).days
    return _check("timing", Outcome.SEEN, f"От доставки до отзыва {days} дн.")


def _check_facts(review: TriageInput, kinds: dict[str, Signal], topics: Topics) -> Check:
    contradictions = order_contradictions(review, topics)
    if contradictions:
        return _check("facts", Outcome.SPEAKS_FOR, *contradictions)
    if "copied" in kinds:
        return _check("facts", Outcome.SPEAKS_FOR, *kinds["copied"].facts)
    agreeing = _agreeing_neighbours(review, topics)
    if agreeing:
        return _check("facts", Outcome.SPEAKS_AGAINST, f"О том же пишут и другие покупатели: {agreeing}.")
    sentences = [*kinds["order_confirms"].facts] if "order_confirms" in kinds else []
    sentences += _card_lines(review)
    if sentences:
        outcome = Outcome.SPEAKS_AGAINST if "order_confirms" in kinds else Outcome.SEEN
        return _check("facts", outcome, *sentences)
    return _check("facts", Outcome.NOT_SEEN, "Ни заказ, ни карточка товара не прочитаны.")


def _with_own_files(check: Check, review: TriageInput) -> Check:
    """Names the seller's own files. What they show a person must say: they move no check for or against."""
    if not review.own_facts:
        return check
    files = "; ".join(f"{file.reference} (SHA-256 {file.note})" for file in review.own_facts)
    told = f"Продавец подкрепляет файлами: {files}. Программа их не читала."
    outcome = Outcome.SEEN if check.outcome is Outcome.NOT_SEEN else check.outcome
    return replace(check, outcome=outcome, text=f"{check.text} {told}")


def _agreeing_neighbours(review: TriageInput, topics: Topics) -> int:
    """Other reviews that use at least two of the same words about the item."""
    said = {word.plain[:5] for word in topics.concrete}
    if len(said) < _SAME_WORDS:
        return 0
    return sum(
        len(said & {word.plain[:5] for word in prepare(other.text).words}) >= _SAME_WORDS
        for other in review.neighbours
        if other.review_id != review.review_id and other.author_id != review.author_id
    )


def _card_lines(review: TriageInput) -> list[str]:
    """What the product card says on the points that the review mentions."""
    if review.product_card is None:
        return []
    text = review.text.casefold()
    named = [f"{name}: {value}" for name, value in review.product_card.characteristics if name.casefold()[:5] in text]
    return ["Карточка: " + "; ".join(named[:_CARD_FACTS]) + "."] if named else ["Карточка товара прочитана."]
