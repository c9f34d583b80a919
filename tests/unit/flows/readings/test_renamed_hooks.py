"""Every selector of the listing's readings renamed in turn: broken or a recorded fallback, never "no reviews"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.catalog import ReadingHooks, Site, load_site
from flows.catalog.entries import FieldHook
from flows.readings.listing import read_listing_html
from flows.readings.models import ListingPage, PageHealth
from tests.recorded.reading import case

SITE: Site = load_site("ozon")
HOOKS = SITE.page("reviews").reading
PAGES = ("layout_a", "layout_b", "layout_a_without_state", "layout_b_without_state")
GONE = "[data-renamed-by-the-site]"


def renamed() -> Iterator[tuple[str, ReadingHooks]]:
    """Gives every variation of the hooks with one selector that matches nothing any more."""
    yield "states", HOOKS.model_copy(update={"states": ("renamedWidget-",)})
    for kind in ("witness", "rows"):
        selectors = getattr(HOOKS, kind)
        for i in range(len(selectors)):
            yield f"{kind}.{i}", HOOKS.model_copy(update={kind: (*selectors[:i], GONE, *selectors[i + 1 :])})
    for kind in ("fields", "page_fields"):
        fields = getattr(HOOKS, kind)
        for name, hooks in fields.items():
            for i in range(len(hooks)):
                changed = (*hooks[:i], FieldHook(css=GONE), *hooks[i + 1 :])
                yield f"{kind}.{name}.{i}", HOOKS.model_copy(update={kind: {**fields, name: changed}})
    yield "everything", ReadingHooks()


def read(hooks: ReadingHooks, page: str) -> ListingPage:
    pages = {**SITE.pages, "reviews": SITE.page("reviews").model_copy(update={"reading": hooks})}
    recorded = case(f"reviews/{page}")
    return read_listing_html(
        recorded.source,
        SITE.model_copy(update={"pages": pages}),
        seen_at=recorded.seen_at,
        url=recorded.meta["url"],
        expected=recorded.wanted,
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("name", "hooks"), renamed(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_renamed_selector_is_a_fallback_or_broken(name: str, hooks: ReadingHooks, page: str) -> None:
    healthy, found = read(HOOKS, page), read(hooks, page)

    assert found.health is not PageHealth.EMPTY
    if found.health is PageHealth.HEALTHY:
        assert [row.review_id for row in found.reviews] == [row.review_id for row in healthy.reviews], name
        assert [row.rating for row in found.reviews if row.was_read("rating")] == [
            row.rating for row, other in zip(healthy.reviews, found.reviews, strict=True) if other.was_read("rating")
        ]
    else:
        assert found.problems


def test_an_empty_listing_whose_words_are_renamed_is_not_believed() -> None:
    recorded = case("reviews/empty_layout_b_without_state")
    text = recorded.source.replace("пока нет отзывов", "ещё пусто").replace(">0<", "><").replace("0 отзывов", "")

    found = read_listing_html(text, SITE, seen_at=recorded.seen_at, url=recorded.meta["url"], expected=recorded.wanted)

    assert found.health is PageHealth.BROKEN
