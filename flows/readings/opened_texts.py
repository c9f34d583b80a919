"""Joins two readings of one page: before and after its shortened texts were opened. Pure."""

from __future__ import annotations

from flows.readings.models import ListingPage, ReviewReading
from flows.readings.text import comparable

ELLIPSIS = " …."


def put_opened_texts(before: ListingPage, after: ListingPage) -> ListingPage:
    """Takes each text that opened, and only where it goes on as the shortened one began.

    Args:
        before: The page as it came.
        after: The same page once the controls of its shortened texts were pressed.

    Returns:
        The first reading with the opened texts; a text that did not open, or that is another one now, stays cut.
    """
    opened = {review.review_id: review for review in after.reviews if review.was_read("text")}
    reviews = tuple(_open(review, opened.get(review.review_id)) for review in before.reviews)
    return before.model_copy(update={"reviews": reviews})


def goes_on(beginning: str, text: str) -> bool:
    """Whether a text begins as a shortened one does."""
    return comparable(text).startswith(comparable(beginning).rstrip(ELLIPSIS))


def _open(review: ReviewReading, opened: ReviewReading | None) -> ReviewReading:
    if review.origin("text") != "cut" or opened is None or not goes_on(review.text, opened.text):
        return review
    origins = {**review.origins, "text": opened.origins["text"]}
    flags = tuple(dict.fromkeys((*review.flags, *opened.flags)))
    return review.model_copy(update={"text": opened.text, "origins": origins, "flags": flags})
