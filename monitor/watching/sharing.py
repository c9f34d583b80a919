"""Which products share one listing: all variants of a card show one pool of reviews, and sellers list every variant.

Nobody says so in words, so it is proven: the product's own page counts what the listing counts and shows none but its
reviews. The proof is repeated once a day, for sellers split and join cards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from flows.readings.models import ListingRead, PageHealth
from monitor.closed_lists.states import Presence
from monitor.state import Transaction
from monitor.state.accounts import ProductRecord
from monitor.state.repository import new_id

PROOF_HOLDS = timedelta(days=1)
_MOVED = 1  # a review may come or go between two looks
_ANSWERS = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL})


def group_by_listing(wanted: Iterable[ProductRecord], watched: Sequence[ProductRecord]) -> list[list[ProductRecord]]:
    """Returns the listings of the wanted products, each with all products that share it, in the order wanted. Pure.

    The first product of a listing is the one it is read through: the one watched longest whose page is not gone.
    """
    shared: dict[str, list[ProductRecord]] = {}
    for product in sorted(watched, key=lambda one: (one.gone_at is not None, one.added_at, one.sku)):
        shared.setdefault(product.listing, []).append(product)
    wanted_listings = dict.fromkeys(product.listing for product in wanted)
    return [shared[listing] for listing in wanted_listings if listing in shared]


def shows_listing(read: ListingRead, shown: Collection[str], total: int | None) -> bool:
    """Whether the first page of a product shows a listing that was just read. Pure.

    Args:
        read: The product's first page.
        shown: Ids of all reviews that the listing shows.
        total: How many reviews the site counts for the listing.
    """
    ids = {review.review_id for review in read.reviews}
    counted = read.coverage.site_total
    if read.health not in _ANSWERS or not ids or counted is None or total is None:
        return False
    return abs(counted - total) <= _MOVED and len(ids - set(shown)) <= _MOVED


def find_shared(tx: Transaction, product: ProductRecord) -> str | None:
    """Names another listing that shows exactly the reviews that the product's own, just read whole, shows."""
    own = {
        one.review_id for one in tx.listings.of(product.account_id, product.listing) if one.presence == Presence.PRESENT
    }
    if not own:
        return None
    others = {one.listing for one in tx.listings.of_review(product.account_id, min(own))} - {product.listing}
    for listing in sorted(others):
        if not tx.listings.products(product.account_id, listing):
            continue
        shown = {
            one.review_id for one in tx.listings.of(product.account_id, listing) if one.presence == Presence.PRESENT
        }
        if len(own ^ shown) <= min(_MOVED, len(own) - 1):
            return listing
    return None


def join(tx: Transaction, product: ProductRecord, listing: str) -> None:
    """Lets a product share a listing from now on: what is known of that is known of it."""
    first = tx.listings.products(product.account_id, listing)[0]
    tx.listings.join(product.account_id, product.sku, listing)
    tx.products.change(
        product.account_id,
        product.sku,
        listing_checked_at=tx.now(),
        baseline_at=first.baseline_at,
        is_baseline_whole=first.is_baseline_whole,
        last_polled_at=first.last_polled_at,
        last_complete_at=first.last_complete_at,
        reviews_total=first.reviews_total,
        cut=first.cut,
        reviews_shown=first.reviews_shown,
        pulse=first.pulse,
        poll_memory="",
        gone_at=None,
    )


def part(tx: Transaction, product: ProductRecord) -> None:
    """Gives a product a listing of its own again: its page does not show the shared one."""
    tx.listings.part(product.account_id, product.sku, new_id("listing"))
    tx.products.change(product.account_id, product.sku, listing_checked_at=tx.now(), poll_memory="")


def needs_proof(product: ProductRecord, tx: Transaction) -> bool:
    """Whether it is time to look again whether a product's own page shows the listing it shares."""
    return product.listing_checked_at is None or tx.now() - product.listing_checked_at >= PROOF_HOLDS
