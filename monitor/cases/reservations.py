"""What speaks against an appeal besides the text: the review is about another item, or the site does not count it.

Sources: ``is_rating_participant`` and ``order_status`` are fields of the official Seller API (2026-10); that reviews of
cancelled orders stay off the card and out of the rating is told by sellers only, so a person decides there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.closed_lists.states import Decision
from monitor.state import Transaction
from monitor.state.reviews import ReviewRecord
from monitor.triage.models import Reason, Verdict


@dataclass(frozen=True)
class Reservation:
    """Why no appeal is drafted, whatever the text says."""

    decision: Decision
    reason: Reason


def find_reservations(tx: Transaction, review: ReviewRecord) -> list[Reservation]:
    """Looks at what is known about a review besides its text."""
    found = []
    if not is_own_item(tx, review):
        text = f"Это отзыв о другом товаре карточки: {tell_item(review)}. Ваш ли это товар, решает человек."
        found.append(Reservation(Decision.NEEDS_PERSON, Reason("other_item", text)))
    newest = tx.reviews.newest_version(review.account_id, review.review_id)
    if newest is not None and newest.to_reading().origin("text") == "cut":
        text = "Прочитано только начало текста: страница показала его не целиком. Решает человек, который прочитал всё."
        found.append(Reservation(Decision.NEEDS_PERSON, Reason("text_cut", text)))
    sightings = tx.sources.of_review(review.account_id, review.review_id)
    if any(one.is_counted is False for one in sightings):
        text = "Площадка уже не учитывает этот отзыв в рейтинге: тратить на него обращение незачем."
        found.append(Reservation(Decision.DO_NOT_FILE, Reason("not_counted", text)))
    elif any(one.order_status == "cancelled" for one in sightings):
        text = "Заказ отменён. Учитывает ли площадка такой отзыв, не описано: решает человек."
        found.append(Reservation(Decision.NEEDS_PERSON, Reason("order_cancelled", text)))
    for remark in dict.fromkeys(line for one in sightings for line in one.remarks.splitlines()):
        text = f"{remark}. Что это значит для обращения, не описано: решает человек."
        found.append(Reservation(Decision.NEEDS_PERSON, Reason("cabinet_remark", text)))
    return found


def hold_back(verdict: Verdict, reservations: list[Reservation]) -> Verdict:
    """Puts the reservations before the verdict's own reasons; a verdict to file becomes theirs. Pure."""
    if not reservations:
        return verdict
    reasons = (*(one.reason for one in reservations), *verdict.reasons)
    if verdict.decision is Decision.DO_NOT_FILE:
        return replace(verdict, reasons=reasons)
    refusing = [one for one in reservations if one.decision is Decision.DO_NOT_FILE]
    decision = Decision.DO_NOT_FILE if refusing else Decision.NEEDS_PERSON
    return replace(verdict, decision=decision, ground=None, reasons=reasons)


def is_own_item(tx: Transaction, review: ReviewRecord) -> bool:
    """Whether a review is about one of the account's own products, as far as anybody knows.

    An item is the account's own when it is watched, when the seller's own lists show it, or when the page calls it by
    the name of a watched product: then it is a variant of that. What has no name and no sign against it counts as own.
    """
    item_id, account_id = review.item_id, review.account_id
    if not item_id or tx.products.get(account_id, item_id) is not None or tx.sources.shows_item(account_id, item_id):
        return True
    if tx.counters.get(account_id, item_id) is not None:
        return True
    names = tx.products.own_names(account_id)
    return not review.item_name or not names or review.item_name in names


def name_variant(review: ReviewRecord) -> str:
    """Names the very item within its product, for words to the site: «SKU 1009, Цвет товара: синий», or nothing."""
    return ", ".join(filter(None, (f"SKU {review.item_id}" if review.item_id else "", review.item_variant)))


def tell_item(review: ReviewRecord) -> str:
    """Names the item a review is about: its number, name and variant.

    Where nobody told the item, the number is that of the product whose page shows the review, with a question mark.
    """
    details = ", ".join(filter(None, (review.item_name, review.item_variant)))
    number = review.item_id or f"{review.sku}?"
    return f"{number} ({details})" if details else number
