"""Looks at the public page: is the review still there? A failed or challenged page never counts as gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.errors import BrowserGone, FlowError, PageGone, WallMet
from flows.library.read_reviews import PollOptions, ProductPoll, read_reviews
from flows.pages.reviews import ReviewsPage
from flows.readings.models import PageHealth
from flows.readings.text import comparable
from flows.retrying import read_with_retries
from flows.workbench import reading_tab

if TYPE_CHECKING:
    from flows.readings.models import ListingPage, ListingRead, ReviewReading
    from flows.workbench import Tab, Workbench

Verdict = Literal["visible", "gone", "edited", "cannot_say"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCheck:
    """What one look at the public page says about one review.

    ``verdict`` is ``gone`` only after a healthy listing was read to its end, agreed with its counter, and the review's
    own link did not show it either: a healthy page without it, or the site's own word that there is no such page.
    ``witnesses`` says what it rests on, ``problems`` why it cannot say.
    """

    review_id: str
    verdict: Verdict
    listing: ListingRead | None
    review: ReviewReading | None = None
    witnesses: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def check_public(
    bench: Workbench, *, sku: str, product_url: str, review_id: str, known_text: str, known_version: int | None
) -> PublicCheck:
    """Looks at the review's own link first, then reads the whole listing, not signed in.

    Args:
        bench: Browser, site and budget.
        sku: The product.
        product_url: Any of its addresses.
        review_id: The review.
        known_text: Its text as stored.
        known_version: Its version as stored; None where its reading could not tell.

    Raises:
        flows.errors.WallMet: the site asks for a person.
    """
    with reading_tab(bench) as tab:
        link = _look_at_link(tab, product_url, review_id)
    if link.shown is not None:
        verdict = _compare(link.shown, known_text, known_version)
        return PublicCheck(
            review_id=review_id, verdict=verdict, listing=None, review=link.shown, witnesses=(link.witness,)
        )
    poll = ProductPoll(sku=sku, url=product_url, is_full=True)
    try:
        (result,) = read_reviews(bench, [poll], options=PollOptions(opens_changed=False))
    except (WallMet, BrowserGone):
        raise
    except FlowError as error:
        problems = tuple(filter(None, (link.problem, f"the listing could not be read: {error}")))
        return PublicCheck(review_id=review_id, verdict="cannot_say", listing=None, problems=problems)
    return _judge(review_id, result.read, link, known_text, known_version)


@dataclass(frozen=True, slots=True)
class _Link:
    """What the review's own link shows: the review, a page that tells of its absence (``witness``), or trouble."""

    shown: ReviewReading | None = None
    witness: str = ""
    problem: str = ""


def _look_at_link(tab: Tab, product_url: str, review_id: str) -> _Link:
    product = tab.site.product_from_url(product_url)
    page = ReviewsPage(tab.page, tab.site, sku=product.sku, slug=product.slug)

    def look() -> ListingPage:
        with tab.turn(product.url):
            return page.open_review(review_id).read(seen_at=tab.bench.now())

    try:
        listing = read_with_retries(look, tab.bench.retries)
    except (WallMet, BrowserGone):
        raise
    except PageGone:
        return _Link(witness="the review's own link: the site says that there is no such page")
    except FlowError as error:
        return _Link(problem=f"the review's own link could not be read: {error}")
    found = next((review for review in listing.reviews if review.review_id == review_id), None)
    if found is not None:
        return _Link(found, "the review's own link")
    if listing.health in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        return _Link(witness="the review's own link shows other reviews only")
    return _Link(problem="the review's own link: " + "; ".join(listing.problems))


def _judge(review_id: str, read: ListingRead, link: _Link, known_text: str, known_version: int | None) -> PublicCheck:
    found = next((review for review in read.reviews if review.review_id == review_id), None)
    if found is not None:
        verdict = _compare(found, known_text, known_version)
        return PublicCheck(
            review_id=review_id, verdict=verdict, listing=read, review=found, witnesses=("the product's listing",)
        )
    problems = tuple(filter(None, (link.problem, *read.coverage.problems)))
    is_whole = read.health in {PageHealth.HEALTHY, PageHealth.EMPTY} and read.coverage.is_complete
    if not link.witness or not is_whole:
        return PublicCheck(
            review_id=review_id,
            verdict="cannot_say",
            listing=read,
            problems=problems or (f"the listing is {read.health}, not read to its end",),
        )
    return PublicCheck(
        review_id=review_id,
        verdict="gone",
        listing=read,
        witnesses=(
            link.witness,
            f"the listing was read to its end: {read.coverage.rows_seen} rows, counter {read.coverage.site_total}",
        ),
        problems=read.coverage.problems,
    )


def _compare(review: ReviewReading, known_text: str, known_version: int | None) -> Verdict:
    is_same = comparable(review.text) == comparable(known_text) and _is_version(review, known_version)
    return "visible" if is_same else "edited"


def _is_version(review: ReviewReading, known: int | None) -> bool:
    """Whether a page may show this version: one without numbers says no more than that a review was edited."""
    if known is None or review.has_unread_mark:
        return True
    return review.version == known if review.was_read("version") else review.is_edited == (known > 0)
