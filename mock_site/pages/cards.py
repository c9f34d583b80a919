"""A review as the templates of both layouts want it."""

from __future__ import annotations

from dataclasses import dataclass

from mock_site.pages import dates
from mock_site.pages.states import ListingView
from mock_site.world.models import Product, Review


@dataclass(frozen=True, slots=True)
class CardView:
    """What a card shows."""

    uuid: str
    published_at: int
    published_iso: str
    author: str
    author_guid: str
    initial: str
    date_text: str
    rating: int
    text: str
    positive: str
    negative: str
    variant: str
    useful: int
    not_useful: int
    photos: tuple[str, ...]
    is_reportable: bool
    is_reported: bool


def card_views(view: ListingView) -> list[CardView]:
    """The cards of one listing page, in order."""
    return [card_view(review, view.product, view) for review in view.rows]


def card_view(review: Review, product: Product, view: ListingView | None = None) -> CardView:
    """One card; without a listing it cannot be reported from."""
    shown = dates.day_of_unix(review.published_at)
    item = product.item(review.item_id)
    is_reported = view is not None and review.uuid in view.reported
    return CardView(
        uuid=review.uuid,
        published_at=review.published_at,
        published_iso=dates.iso(review.published_at),
        author=review.author.name,
        author_guid=review.author.guid,
        initial=review.author.name[:1],
        date_text=f"изменен {shown}" if review.is_edited else shown,
        rating=review.rating,
        text=review.text,
        positive=review.positive,
        negative=review.negative,
        variant=f"{item.variant_name}: {item.variant_value}",
        useful=review.useful,
        not_useful=review.not_useful,
        photos=tuple(f"/photos/{photo.photo_id}.jpeg" for photo in review.photos),
        is_reportable=view is not None and view.account is not None,
        is_reported=is_reported,
    )
