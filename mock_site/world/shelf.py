"""The reviews of one product: order, pages, counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from mock_site.world.models import Product, Review, SourceName

PER_PAGE = 30
SORTINGS: dict[str, str] = {
    "usefulness_desc": "новые и полезные",
    "score_desc": "с высокой оценкой",
    "score_asc": "с низкой оценкой",
}
_BOOST_PER_USEFUL = 3 * 86_400  # a useful vote counts as three days of youth


def _by_usefulness(review: Review) -> tuple[int, str]:
    return (-(review.published_at + review.useful * _BOOST_PER_USEFUL), review.uuid)


def _by_date(review: Review) -> tuple[int, str]:
    return (-review.published_at, review.uuid)


def _best_first(review: Review) -> tuple[int, int, str]:
    return (-review.rating, -review.published_at, review.uuid)


def _worst_first(review: Review) -> tuple[int, int, str]:
    return (review.rating, -review.published_at, review.uuid)


_ORDERS: dict[str, Callable[[Review], tuple[int, ...] | tuple[int, str] | tuple[int, int, str]]] = {
    "usefulness_desc": _by_usefulness,
    "usefullness_desc": _by_usefulness,
    "published_at_desc": _by_date,
    "score_desc": _best_first,
    "score_asc": _worst_first,
}


@dataclass(frozen=True, slots=True)
class Counters:
    """What the score block shows: how many reviews, and how many of each rating."""

    stars: tuple[int, int, int, int, int]

    @property
    def total(self) -> int:
        """All published reviews."""
        return sum(self.stars)

    @property
    def score(self) -> float:
        """The mean to one decimal, 0.0 without reviews."""
        if not self.total:
            return 0.0
        return round(sum(place * count for place, count in enumerate(self.stars, 1)) / self.total, 1)

    @classmethod
    def of(cls, ratings: list[int]) -> Counters:
        """Counts a list of ratings."""
        counted = Counter(ratings)
        return cls((counted[1], counted[2], counted[3], counted[4], counted[5]))


class Shelf:
    """All reviews of one product, removed ones included.

    Attributes:
        revision: Grows with every change; 0 is as generated, so the shelf can be thrown away and made again.
    """

    def __init__(self, product: Product, reviews: list[Review]) -> None:
        self.product = product
        self.revision = 0
        self._reviews = {review.uuid: review for review in reviews}
        self._sorted: dict[str, list[Review]] = {}

    def find(self, uuid: str) -> Review | None:
        """The review of an id, whatever its state."""
        return self._reviews.get(uuid)

    def everything(self) -> list[Review]:
        """All reviews, removed ones included, in the order they came."""
        return list(self._reviews.values())

    def put(self, review: Review) -> None:
        """Adds a review."""
        self._reviews[review.uuid] = review
        self.touch()

    def touch(self) -> None:
        """Says that something changed."""
        self.revision += 1
        self._sorted.clear()

    def published(self, sort: str = "usefulness_desc") -> list[Review]:
        """The published reviews in one order; an unknown order is the default one."""
        key = sort if sort in _ORDERS else "usefulness_desc"
        if key not in self._sorted:
            visible = [review for review in self._reviews.values() if review.is_listed("public")]
            self._sorted[key] = sorted(visible, key=_ORDERS[key])
        return self._sorted[key]

    def listed(self, source: SourceName) -> list[Review]:
        """The reviews a source lists, the newest first."""
        return sorted((one for one in self._reviews.values() if one.is_listed(source)), key=_by_date)

    def counters(self) -> Counters:
        """Counts the published reviews."""
        return Counters.of([review.rating for review in self.published()])
