"""Which values the flows put into which addresses and entries: a placeholder beyond them would have no value.

Kept beside the code that gives them: whoever gives one more writes it here, and a catalog may use it from then on.
"""

from __future__ import annotations

from collections.abc import Mapping

from flows.catalog.vocabulary import placeholders_in

_NOTHING: frozenset[str] = frozenset()
_PRODUCT = frozenset({"sku", "slug"})
_PAGED = _PRODUCT | {"page", "offset", "sort"}
_OF_REVIEW = frozenset({"review_id"})

# By address; one that is not here is built by no flow under this name.
GIVEN_TO_ADDRESSES: Mapping[str, frozenset[str]] = {
    "home": _NOTHING,
    "product": _PRODUCT,
    "reviews": _PRODUCT,
    "reviews_page": _PAGED,
    "reviews_cursor_page": _PAGED | {"page_key"},
    "review": _PRODUCT | _OF_REVIEW,
    "page_json": frozenset({"path"}),
    "storefront": frozenset({"shop", "page"}),
    "author": frozenset({"author_id"}),
    "orders": _NOTHING,
    "orders_page": frozenset({"page"}),
    "order_details": frozenset({"order_number"}),
    "appeals": _NOTHING,
    "appeals_page": frozenset({"page"}),
    "appeal_details": frozenset({"appeal_number"}),
    "cabinet_reviews": _NOTHING,
    "chats": _NOTHING,
    "chat": frozenset({"chat_id"}),
}
NEEDED_BY_ADDRESSES: Mapping[str, frozenset[str]] = {
    "product": frozenset({"sku"}),
    "reviews": frozenset({"sku"}),
    "review": frozenset({"sku"}),
    "order_details": frozenset({"order_number"}),
    "appeal_details": frozenset({"appeal_number"}),
    "author": frozenset({"author_id"}),
    "page_json": frozenset({"path"}),
    "chat": frozenset({"chat_id"}),
}
"""Without these an address would always lead to the same place."""

# By entry, of whatever page it is.
GIVEN_TO_ENTRIES: Mapping[str, frozenset[str]] = {
    "reason": frozenset({"reason"}),
    "uploaded": frozenset({"file_name"}),
    "company": frozenset({"company"}),
    **dict.fromkeys(
        ("row", "open_review", "card", "card_menu", "card_report_button", "show_full_text", "reported_mark"), _OF_REVIEW
    ),
    "review_block": _OF_REVIEW,
}
GIVEN_TO_PAGES: Mapping[str, frozenset[str]] = {"order_details": frozenset({"order_number"})}
"""To every entry of a page."""


def strangers(address: str, given: frozenset[str]) -> list[str]:
    """Names the placeholders of an address that nobody gives it."""
    return sorted(placeholders_in(address) - given)
