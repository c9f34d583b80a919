"""Looks at the public page: is the review still there? A failed or challenged page never counts as gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flows.readings.models import ListingRead, ReviewReading
    from flows.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCheck:
    """What one look at the public page says about one review.

    ``verdict`` is ``gone`` only after a healthy listing was read to its end, agreed with its counter, and the review's
    own link did not show it either. ``witnesses`` says what it rests on, ``problems`` why it cannot say.
    """

    review_id: str
    verdict: Literal["visible", "gone", "edited", "cannot_say"]
    listing: ListingRead | None
    review: ReviewReading | None = None
    witnesses: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def check_public(
    bench: Workbench, *, sku: str, product_url: str, review_id: str, known_text: str, known_version: int
) -> PublicCheck:
    """Reads the public listing, not signed in, and says what became of the review.

    Raises:
        flows.errors.WallMet: the site asks for a person.
    """
    raise NotImplementedError
