"""Sixty odd shapes of a reviews page, as pure readings: none is misread, neither way.

The shapes and the truth about them are the mock site's own (``mock_site.variants``), so that what is right does not
come from the reader that is tested. Shapes that only a server can make are read from recorded pages.
"""

from __future__ import annotations

import json

import pytest

from flows.catalog import Site, load_site
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.models import ListingPage, PageHealth
from mock_site.variants import VARIANTS, Variant
from qa.recorded import Case
from tests.recorded.reading import case

ANSWERS = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY})
SERVED = {
    "layout_b": "layout_b",
    "layout_c": "layout_c",
    "no_state_c": "layout_c_without_state",
    "no_state_a": "layout_a_without_state",
    "no_state_b": "layout_b_without_state",
}
SHAPED = (
    "stars_by_class",
    "seller_answers",
    "cut_texts",
    "texts_stay_cut",
    "asked_questions",
    "variant_links",
    "dates_of_edits",
    "review_tabs",
    "portions",
    "guest_wall",
)
SERVED |= dict.fromkeys(SHAPED, "layout_a_without_state")
SHAPES = [(variant, medium) for variant in VARIANTS.values() for medium in variant.media]


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site("ozon")


def read(site: Site, recorded: Case, body: str, *, status: int = 200, is_json: bool = False) -> ListingPage:
    reader = read_listing_json if is_json else read_listing_html
    wanted = recorded.wanted
    return reader(body, site, seen_at=recorded.seen_at, url=recorded.meta["url"], status_code=status, expected=wanted)


def shape(variant: Variant, medium: str) -> tuple[Case, str, int]:
    """Makes the body that a reader gets."""
    recorded = case(
        "reviews/fourteen_page_json" if medium == "json" else f"reviews/{SERVED.get(variant.name, 'fourteen_layout_a')}"
    )
    if variant.instead is not None:
        answer = variant.instead("json" if medium == "json" else "html")
        return recorded, answer.body.decode("utf-8", "replace"), answer.status
    if medium == "json":
        edited = variant.json(json.loads(recorded.source)) if variant.json else json.loads(recorded.source)
        return recorded, json.dumps(edited, ensure_ascii=False), 200
    if variant.rows is not None:
        return recorded, variant.rows(recorded.source, item_path), 200
    return recorded, variant.html(recorded.source) if variant.html else recorded.source, 200


def item_path(uuid: str) -> str:
    return f"/product/tovar-{item_of(uuid)}/"


def item_of(uuid: str) -> str:
    """An item of its own for each review."""
    return str(1_600_000_000 + int(uuid[9:13] + uuid[19:23], 16) % 1_000_000)


@pytest.mark.parametrize(("variant", "medium"), SHAPES, ids=lambda value: getattr(value, "name", value))
def test_no_shape_of_a_page_is_misread(variant: Variant, medium: str, site: Site) -> None:
    recorded, body, status = shape(variant, medium)

    page = read(site, recorded, body, status=status, is_json=medium == "json")

    assert (page.health in ANSWERS) == variant.is_answer, (page.health, page.problems)
    assert variant.is_answer or page.problems


def test_there_are_sixty_shapes_of_which_twelve_are_answers() -> None:
    assert len(VARIANTS) >= 60
    assert sum(variant.is_answer for variant in VARIANTS.values()) >= 12


@pytest.mark.parametrize("name", SHAPED)
def test_a_card_says_the_same_in_every_shape(name: str, site: Site) -> None:
    recorded, body, _ = shape(VARIANTS[name], "html")
    plain, shaped = read(site, recorded, recorded.source), read(site, recorded, body)

    assert body != recorded.source
    assert (shaped.health, shaped.total) == (PageHealth.HEALTHY, plain.total)
    for before, after in zip(plain.reviews, shaped.reviews, strict=True):
        assert (after.review_id, after.rating, after.author_name) == (
            before.review_id,
            before.rating,
            before.author_name,
        )
        assert after.published == before.published
        if after.was_read("text"):
            assert after.text == before.text
        else:
            assert name in {"cut_texts", "texts_stay_cut"}
            assert before.text.startswith(after.text.rstrip("…"))
        assert [one.value for one in after.variants] == [one.value for one in before.variants]


def test_the_shapes_show_what_they_are_named_for(site: Site) -> None:
    def shaped(name: str) -> ListingPage:
        recorded, body, _ = shape(VARIANTS[name], "html")
        return read(site, recorded, body)

    assert [one.origin("text") for one in shaped("cut_texts").reviews] == ["cut", "cut", "cut"]
    assert {one.question for review in shaped("asked_questions").reviews for one in review.questions} == {
        "Качество звука"
    }
    linked = shaped("variant_links").reviews
    assert {review.origin("item") for review in linked} == {"attribute"}
    assert [review.item_id for review in linked] == [item_of(review.review_id) for review in linked]
    assert len({review.item_id for review in linked}) == len(linked) > 1
    silent = shaped("portions").reviews
    assert {(review.item_id, review.was_read("item")) for review in silent} == {("", False)}, "no card names its item"
    assert shaped("portions").portions == 2
    assert shaped("guest_wall").has_guest_wall


@pytest.mark.parametrize("medium", ["html", "json"])
def test_entities_in_texts_are_resolved(medium: str, site: Site) -> None:
    recorded, body, _ = shape(VARIANTS["coded_texts"], medium)

    page = read(site, recorded, body, is_json=medium == "json")

    assert all('"' in review.text and "&" not in review.text for review in page.reviews)
