"""Products and reviews out of a seed. The same seed and epoch give the same bytes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from mock_site import ids, texts
from mock_site.world.models import Author, Item, Photo, Product, Profile, Review, ReviewKind
from mock_site.world.options import WorldOptions

DAY = 86_400
_FIRST_SKU = 1_600_000_001
_SKU_STEP = 7_919
_STRANGERS_FROM = 4_000  # numbers that are no product's of the shop
_TRANSLIT = dict(zip("абвгдеёзийклмнопрстуфхцыэ", "abvgdeeziyklmnoprstufhcye", strict=True)) | {
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}


@dataclass(frozen=True, slots=True)
class Generator:
    """Makes products and their reviews on demand.

    Attributes:
        options: The world's options.
        anchor: No generated review is younger than this moment.
    """

    options: WorldOptions
    anchor: datetime

    def sku(self, index: int) -> str:
        """The article number of the n-th product."""
        return str(_FIRST_SKU + index * _SKU_STEP)

    def index_of(self, sku: str) -> int | None:
        """Which product an article number belongs to, variants included; None for a stranger."""
        if not (sku.isascii() and sku.isdigit()):
            return None
        index = (int(sku) - _FIRST_SKU) // _SKU_STEP
        offset = (int(sku) - _FIRST_SKU) % _SKU_STEP
        return index if 0 <= index < self.options.products and offset < 16 else None

    def product(self, index: int) -> Product:
        """Makes the n-th product's card."""
        rng = self._rng("product", index)
        number = rng.randrange(len(texts.categories()))
        category = texts.categories()[number]
        brand = rng.choice(category.brands)
        title = f"{rng.choice(category.titles)} {brand} {rng.choice('АВЕКМНРС')}{rng.randrange(10, 99)}"
        sku = self.sku(index)
        items = tuple(
            Item(str(int(sku) + place), category.variant, value)
            for place, value in enumerate(rng.sample(category.values, k=min(len(category.values), 3)))
        )
        extra = range(len(items), self.options.variants)
        items += tuple(Item(str(int(sku) + place), category.variant, f"вариант {place + 1}") for place in extra)
        return Product(
            sku=sku,
            index=index,
            slug=_slug(title),
            title=title,
            brand=brand,
            category=number,
            price=rng.randrange(category.price[0] // 10, category.price[1] // 10) * 10,
            description=category.description,
            characteristics=(("Бренд", brand), ("Артикул", sku), *category.characteristics),
            items=items,
            strangers=self._strangers(index, number),
        )

    def _strangers(self, index: int, category_number: int) -> tuple[Item, ...]:
        other, rng = texts.categories()[category_number - 1], self._rng("strangers", index)
        first = _FIRST_SKU + index * _SKU_STEP + _STRANGERS_FROM
        return tuple(
            Item(
                str(first + place), other.variant, rng.choice(other.values), f"{rng.choice(other.titles)} НеНаш{place}"
            )
            for place in range(self.options.strangers)
        )

    def ratings(self, index: int) -> list[int]:
        """The stars of all generated reviews of a product, without writing a single text."""
        rng = self._rng("ratings", index)
        wanted, spread = self.options.reviews_per_product, self.options.spread
        count = wanted if not spread else rng.randint(round(wanted * (1 - spread)), round(wanted * (1 + spread)))
        bad = self.options.negative_share
        weights = (bad * 0.65, bad * 0.35, (1 - bad) * 0.09, (1 - bad) * 0.16, (1 - bad) * 0.75)
        return rng.choices((1, 2, 3, 4, 5), weights=weights, k=count)

    def reviews(self, product: Product) -> list[Review]:
        """Writes all generated reviews of a product."""
        rng = self._rng("reviews", product.index)
        return [self._review(product, rating, rng) for rating in self.ratings(product.index)]

    def _review(self, product: Product, rating: int, rng: random.Random) -> Review:
        age = DAY // 4 + min(int(rng.expovariate(1 / (90 * DAY))), 700 * DAY)
        published = int(self.anchor.timestamp()) - age
        uuid = ids.uuid7((published - 4) * 1000 + rng.randrange(1000), rng, locator=product.index)
        kind = self._kind(rating, rng)
        category = texts.categories()[product.category]
        item_id = rng.choice((*product.items[:3], *product.strangers)).item_id
        review = Review(
            uuid=uuid,
            sku=product.sku,
            item_id=item_id,
            hidden_from=product.sources_hiding(item_id),
            author=author(uuid, rng),
            kind=kind,
            rating=rating,
            text=texts.compose(kind, category, rng),
            created_at=published,
            published_at=published,
            useful=int(rng.expovariate(0.8)),
            not_useful=int(rng.expovariate(2.0)),
            photos=photos(uuid, rng.choices((0, 1, 2, 3), weights=(80, 10, 6, 4))[0]),
            answers=tuple(
                (question, rng.choice(_ANSWERS[rating])) for question in category.questions[: rng.randrange(4)]
            ),
        )
        if rng.random() < 0.06:
            _backdate_first_version(review, rng)
        return review

    def _kind(self, rating: int, rng: random.Random) -> ReviewKind:
        if rating >= 4:
            return "positive"
        if rating == 3:
            return "mixed"
        if rng.random() < self.options.rule_breaking_share:
            return rng.choice(("obscene", "insult", "personal_data", "advert", "wrong_product"))
        return "delivery" if rng.random() < 0.25 else "fair_negative"

    def _rng(self, *parts: object) -> random.Random:
        return random.Random(repr((self.options.seed, *parts)))


_ANSWERS = {
    1: ("Плохое", "Ужасное"),
    2: ("Плохое", "Слабое"),
    3: ("Среднее", "Терпимо"),
    4: ("Хорошее", "Удобно"),
    5: ("Отличное", "Великолепное"),
}


def author(key: str, rng: random.Random) -> Author:
    """Makes the author of a review; a few hide their profile, a few wrote in one burst."""
    if rng.random() < 0.08:
        return Author(guid="", name="Пользователь OZON", is_anonymous=True)
    profiles: tuple[Profile, ...] = ("fresh", "regular", "burst")
    profile = rng.choices(profiles, weights=(25, 65, 10))[0]
    return Author(guid=ids.author_guid(key), name=texts.author_name(rng), profile=profile)


def photos(review_uuid: str, count: int) -> tuple[Photo, ...]:
    """Makes the ids of a review's pictures."""
    return tuple(Photo(ids.guid("photo", review_uuid, place)) for place in range(count))


def _backdate_first_version(review: Review, rng: random.Random) -> None:
    # An edit moves createdAt and publishedAt to the re-publication; the first moment stays in the uuid only.
    review.version = 1
    later = rng.randrange(300, 6_000)
    review.updated_at = review.published_at + later - 4
    review.created_at = review.published_at = review.published_at + later


def _slug(title: str) -> str:
    letters = "".join(_TRANSLIT.get(char, char) for char in title.lower())
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in letters).split())[:80]
