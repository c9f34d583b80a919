"""The public profile of an author: what else he wrote. Its existence is known, its markup is a guess."""

from __future__ import annotations

import random
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_site import texts
from mock_site.pages import dates
from mock_site.pages.stage import Stage
from mock_site.world.generation import DAY
from mock_site.world.models import Author, Review, ReviewKind


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One review in a profile."""

    title: str
    rating: int
    published_at: int
    text: str
    uuid: str = ""

    @property
    def date_text(self) -> str:
        """The date as shown."""
        return dates.day_of_unix(self.published_at)

    @property
    def published_iso(self) -> str:
        """The date for machines."""
        return dates.iso(self.published_at)


class ProfilePages:
    """``/user/<guid>/reviews``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of www."""
        return [Route("/user/{guid}/reviews", self.profile), Route("/user/{guid}/reviews/", self.profile)]

    async def profile(self, request: Request) -> Response:
        """The author's reviews, newest first."""
        guid = request.path_params["guid"]
        own = self._stage.world.reviews_by(guid)
        if not own:
            return self._stage.page(request, "profile_hidden.html", {})
        rows = sorted([*self._here(own), *elsewhere(own[0])], key=lambda row: -row.published_at)
        return self._stage.page(request, "profile.html", {"author": own[0].author, "rows": rows})

    def _here(self, own: list[Review]) -> list[ProfileRow]:
        titles = {review.sku: self._stage.world.product(review.sku) for review in own}
        return [
            ProfileRow(product.title, review.rating, review.published_at, review.text, review.uuid)
            for review in own
            if (product := titles[review.sku]) is not None
        ]


def elsewhere(review: Review) -> list[ProfileRow]:
    """What the author wrote about other shops' goods, as his kind of profile says."""
    author: Author = review.author
    rng = random.Random(f"profile {author.guid}")
    if author.profile == "fresh":
        return []
    if author.profile == "burst":
        moments = [review.published_at - rng.randrange(3 * DAY) for _ in range(rng.randrange(8, 16))]
        return [_row(rng, rng.choice((1, 1, 1, 2)), moment) for moment in moments]
    moments = [review.published_at - rng.randrange(DAY, 700 * DAY) for _ in range(rng.randrange(5, 26))]
    return [_row(rng, rng.choices((1, 2, 3, 4, 5), (6, 6, 10, 23, 55))[0], moment) for moment in moments]


def _row(rng: random.Random, rating: int, moment: int) -> ProfileRow:
    category = rng.choice(texts.categories())
    kind: ReviewKind = "positive" if rating >= 4 else "mixed" if rating == 3 else "fair_negative"
    return ProfileRow(rng.choice(category.titles), rating, moment, texts.compose(kind, category, rng))
