"""What another source shows becomes a stored review, once: the public page and the source speak of one id."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.readings.models import PageHealth
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.state import State
from monitor.state.reviews import ReviewRecord
from monitor.watching.sources import REFUSED, find_unread_products, record_failure
from tests.appeal_world import ACCOUNT, SKU, START, lease_of
from tests.source_world import SourceWorld, migrated, state

__all__ = ["migrated", "state"]  # fixtures


@pytest.fixture
def world(state: State) -> SourceWorld:
    made = SourceWorld(state, born={"old": START})
    made.source("old")
    made.wait(1)
    return made


def stored(state: State, review_id: str) -> ReviewRecord:
    with state.read() as tx:
        found = tx.reviews.get(ACCOUNT, review_id)
    assert found is not None
    return found


def texts(state: State, review_id: str) -> list[str]:
    with state.read() as tx:
        return [version.text for version in tx.reviews.versions(ACCOUNT, review_id)]


def test_a_review_only_the_api_shows_is_news(world: SourceWorld, state: State) -> None:
    found = world.source("old", "r1")
    assert found.new == ("r1",)
    assert (stored(state, "r1").presence, stored(state, "r1").is_baseline) == ("unlisted", False)
    assert world.messages() == ["review.new"]
    with state.read() as tx:
        assert [one.review_id for one in tx.reviews.find(ACCOUNT, only_news=True)] == ["r1"]
        assert tx.listings.count_visible(ACCOUNT, SKU) == 1, "the page's counter does not know of it"


def test_it_is_told_once_however_often_and_wherever_it_is_seen(world: SourceWorld) -> None:
    for _ in range(3):
        world.source("old", "r1")
        world.source("old", "r1", source="cabinet")
    world.page("old", "r1")
    world.page("old", "r1")
    assert world.messages() == ["review.new"]


def test_the_page_adds_what_it_knows_when_it_shows_it(world: SourceWorld, state: State) -> None:
    world.source("old", "r1")
    told = world.review("r1", text="плохо\nДостоинства: нет").model_copy(
        update={"author_name": "Имя Ф.", "author_id": "a1", "url": "https://example.test/r1"}
    )
    world.page("old", told)
    head = stored(state, "r1")
    assert (head.presence, head.author_name, head.author_id, head.url) == (
        "present",
        "Имя Ф.",
        "a1",
        "https://example.test/r1",
    )
    assert texts(state, "r1") == ["плохо", "плохо\nДостоинства: нет"]
    assert world.messages() == ["review.new"], "more of the same text is no edit"


def test_the_api_telling_less_of_a_text_is_no_edit_of_what_the_page_shows(world: SourceWorld, state: State) -> None:
    world.page("old", world.review("p1", text="плохо\nи дорого"))
    for text in ("плохо", "совсем плохо"):
        world.source("old", world.row("p1", text=text))
    assert texts(state, "p1") == ["плохо\nи дорого"]


def test_an_edit_of_a_review_the_page_never_showed_is_told(world: SourceWorld, state: State) -> None:
    world.source("old", "r1")
    world.wait()
    world.born["r1"] = world.now()  # an edit is published anew
    assert world.source("old", world.row("r1", text="ужасно")).edited == ("r1",)
    assert texts(state, "r1") == ["плохо", "ужасно"]
    assert world.messages() == ["review.new", "review.edited"]


def test_another_text_that_was_not_published_anew_is_no_edit(world: SourceWorld, state: State) -> None:
    world.source("old", "r1", "r2", "r3")
    assert world.source("old", world.row("r1", text="NEW"), "r2", "r3").edited == ()
    assert texts(state, "r1") == ["плохо"]


def test_a_list_that_contradicts_what_is_stored_as_a_body_is_refused(world: SourceWorld, state: State) -> None:
    world.source("old", "r1", "r2")
    rows = [world.row(name, text="NEW") for name in ("r1", "r2", "r3")]
    found = world.source("old", *rows)
    assert (found.new, found.edited) == ((), ())
    assert texts(state, "r1") == ["плохо"]
    with state.read() as tx:
        incident = tx.incidents.current(ACCOUNT, IncidentKind.SOURCE_BROKEN, "api")
        assert incident is not None
        assert "another 'text' than before" in incident.detail
        assert tx.reviews.get(ACCOUNT, "r3") is None

    world.source("old", "r1", "r2")
    with state.read() as tx:
        assert tx.incidents.current(ACCOUNT, IncidentKind.SOURCE_BROKEN, "api") is None, "the words are back"


def test_the_page_not_showing_it_does_not_make_it_gone(world: SourceWorld, state: State) -> None:
    world.source("old", "r1")
    for _ in range(3):
        world.wait()
        world.page("old")
    assert stored(state, "r1").presence == "unlisted"


def test_the_first_reading_learns_what_is_there(state: State) -> None:
    world = SourceWorld(state, born={"old": START, "before": START - timedelta(days=2)})
    world.wait(1)
    found = world.source("old", "before", "after")
    assert (found.baseline, found.new) == (("before",), ("after",)), "what came after the watch began is news"
    assert stored(state, "before").is_baseline
    assert world.messages() == ["review.new"]


def test_reviews_of_products_that_are_not_watched_are_counted_and_left(world: SourceWorld, state: State) -> None:
    assert world.source("old", world.row("x1", item="555")).foreign == 1
    with state.read() as tx:
        assert tx.reviews.get(ACCOUNT, "x1") is None


def test_a_variant_is_known_by_the_page_that_showed_it(world: SourceWorld, state: State) -> None:
    world.page("old", world.review("p1", item="1002"))
    assert world.source("old", world.row("r2", item="1002")).new == ("r2",)
    assert stored(state, "r2").sku == SKU


def test_a_partial_reading_keeps_its_rows_and_is_no_success(world: SourceWorld, state: State) -> None:
    with state.read() as tx:
        before = tx.sources.state(ACCOUNT, "api")
    assert before is not None
    assert world.source("r1", health=PageHealth.PARTIAL).new == ("r1",)
    with state.read() as tx:
        after = tx.sources.state(ACCOUNT, "api")
    assert after is not None
    assert (after.good_at, after.problem) == (before.good_at, "page 2: no answer")


def test_a_sighting_keeps_its_first_moment(world: SourceWorld, state: State) -> None:
    world.source("old", "r1")
    first = world.now()
    world.wait(3)
    world.source("old", "r1")
    with state.read() as tx:
        (seen,) = tx.sources.of_review(ACCOUNT, "r1")
    assert (seen.first_seen_at, seen.last_seen_at) == (first, world.now())


def test_a_refusal_is_told_at_once_and_closed_by_the_next_success(world: SourceWorld, state: State) -> None:
    lease = lease_of(state)
    hold = timedelta(minutes=5)
    record_failure(state, lease, "api", kind=REFUSED, problem="no subscription", hint="take one", hold=hold)
    state.release(lease)
    with state.read() as tx:
        held = tx.sources.state(ACCOUNT, "api")
    assert held is not None
    assert (held.problem, held.hint, held.held_until) == ("no subscription", "take one", world.now() + hold)
    assert world.open_incidents() == [f"{REFUSED} api"]
    world.source("old")
    assert world.open_incidents() == []


def test_a_source_names_the_products_whose_page_is_worth_a_look(world: SourceWorld, state: State) -> None:
    def hints(*rows: str) -> set[str]:
        read = world.read_of(*rows)
        with state.read() as tx:
            return set(find_unread_products(tx, ACCOUNT, read))

    assert hints("old") == set()
    assert hints("old", "r1") == {SKU}


def test_a_remark_that_was_told_once_stays_when_its_key_goes_away(world: SourceWorld, state: State) -> None:
    told = world.row("r1").model_copy(update={"remarks": ("Отзыв о доставке",)})
    for row in (told, world.row("r1"), told.model_copy(update={"remarks": ("Публикация отложена",)})):
        world.source("old", row)
    with state.read() as tx:
        (seen,) = tx.sources.of_review(ACCOUNT, "r1")
    assert sorted(seen.remarks.splitlines()) == ["Отзыв о доставке", "Публикация отложена"]
