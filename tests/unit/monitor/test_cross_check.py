"""A review that one source shows and another misses is an incident; what the site does by its own ways is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.readings.models import PageHealth
from monitor.state import State
from monitor.watching.cross_check import LOOK_BACK, MOST_OPEN, find_reach, find_suspects
from tests.appeal_world import ACCOUNT, SKU, START
from tests.source_world import GRACE, SourceWorld, migrated, state

MISSED = "review_missed_by_public"


__all__ = ["migrated", "state"]  # fixtures


@pytest.fixture
def world(state: State) -> SourceWorld:
    """Both were read once, and an hour has gone by."""
    made = SourceWorld(state, born={"old": START})
    made.source("old")
    made.wait(1)
    return made


def later(world: SourceWorld, *shown: str, hours: float = 7) -> list[str]:
    """After the grace period the API still shows its reviews, and the page those that are told."""
    world.wait(hours)
    world.source("old", "r1")
    world.page("old", *shown)
    return world.compare()


def test_a_review_the_page_never_showed_is_an_incident_after_the_grace_period(world: SourceWorld) -> None:
    world.source("old", "r1")
    world.page("old")
    assert world.compare() == [], "a source may lag"
    assert later(world) == [f"{MISSED} r1"]
    assert "incident.open" in world.messages()


def test_it_is_closed_when_the_page_shows_it_after_all(world: SourceWorld) -> None:
    world.source("old", "r1")
    assert later(world) == [f"{MISSED} r1"]
    assert later(world, "r1", hours=1) == []
    assert world.last_incident().closed_why == "it was seen after all"
    assert world.messages()[-1] == "incident.close"


def test_it_is_closed_when_the_source_shows_it_no_more(world: SourceWorld) -> None:
    world.source("old", "r1")
    assert later(world) == [f"{MISSED} r1"]
    world.wait(1)
    world.source("old")
    assert world.compare() == []
    assert "any more" in world.last_incident().closed_why


def test_a_reading_that_does_not_reach_back_to_it_closes_nothing(world: SourceWorld) -> None:
    world.source("old", "r1")
    assert later(world) == [f"{MISSED} r1"]
    world.wait(1)
    world.source(reach=world.now() - timedelta(minutes=5))
    assert world.compare() == [f"{MISSED} r1"]


@pytest.mark.parametrize("health", [PageHealth.BROKEN, PageHealth.WALL, PageHealth.PARTIAL, PageHealth.OFFLINE])
def test_a_page_that_was_not_read_whole_has_missed_nothing(world: SourceWorld, health: PageHealth) -> None:
    world.source("old", "r1")
    world.wait()
    world.source("old", "r1")
    world.page(*(["old"] if health is PageHealth.PARTIAL else []), health=health, is_complete=False)
    assert [one for one in world.compare() if one.startswith(MISSED)] == []


def test_a_page_read_before_the_grace_was_over_has_missed_nothing(world: SourceWorld) -> None:
    world.source("old", "r1")
    world.wait(5)
    world.page("old")
    world.wait(2)
    world.source("old", "r1")
    assert world.compare() == []


def test_a_partial_reading_of_a_source_has_missed_nothing(world: SourceWorld) -> None:
    world.page("old", "p1")
    world.wait()
    world.source("old", health=PageHealth.PARTIAL)
    assert [one for one in world.compare() if "missed" in one] == []


def test_a_source_that_failed_has_missed_nothing(world: SourceWorld) -> None:
    world.page("old", "p1")
    world.wait()
    assert world.compare() == [], "it was not read since the grace period was over"


@pytest.mark.parametrize(
    "told",
    [{"order": "cancelled"}, {"is_counted": False}, {"text": ""}],
    ids=["order cancelled", "not counted in the rating", "stars without a text"],
)
def test_what_only_the_seller_is_told_is_no_incident(world: SourceWorld, told: dict[str, str]) -> None:
    row = world.row("r1", **told)  # type: ignore[arg-type]
    world.source("old", row)
    world.wait()
    world.source("old", row)
    world.page("old")
    assert world.compare() == []


def test_one_source_that_knows_of_the_cancelled_order_is_enough(world: SourceWorld) -> None:
    world.switched_on = ("cabinet", "api")
    shown = (world.row("r1", order="unknown"), world.row("r1", order="cancelled"))
    for _ in range(2):
        world.source("old", shown[0])
        world.source("old", shown[1], source="cabinet")
        world.wait()
    world.page("old")
    assert world.compare() == []


def test_what_was_there_before_the_watch_is_not_expected_anywhere(state: State) -> None:
    world = SourceWorld(state, born={"old": START, "before": START - timedelta(days=1)})
    for _ in range(2):
        world.source("old", "before")
        world.wait()
    world.page("old")
    assert world.compare() == []


def test_a_review_that_is_gone_from_the_page_was_not_missed_by_it(world: SourceWorld) -> None:
    world.page("old", "r1")
    world.source("old", "r1")
    for _ in range(3):
        world.wait()
        world.page("old")
        world.source("old", "r1")
    assert world.compare() == []


def test_a_review_the_api_never_showed_is_an_incident_and_is_closed_when_it_does(world: SourceWorld) -> None:
    world.page("old", "p1")
    world.wait(1)
    world.source("old")
    assert world.compare() == [], "the API may lag"
    world.wait()
    world.page("old", "p1")
    world.source("old")
    assert world.compare() == ["review_missed_by_api p1"]
    world.wait(1)
    world.source("old", "p1")
    assert world.compare() == []
    assert world.last_incident().closed_why == "it was seen after all"


def test_what_the_api_misses_is_over_when_the_page_shows_it_no_more(world: SourceWorld) -> None:
    world.page("old", "p1")
    world.wait()
    world.source("old")
    assert world.compare() == ["review_missed_by_api p1"]
    for _ in range(2):
        world.wait(1)
        world.page("old")
        world.source("old")
    assert world.compare() == []
    assert world.last_incident().closed_why == "the review is gone"


def test_a_review_gone_from_the_page_is_not_looked_for_in_the_api(world: SourceWorld) -> None:
    world.page("old", "p1")
    for _ in range(3):
        world.wait()
        world.page("old")
    world.source("old")
    assert world.compare() == []


def test_variants_of_which_a_source_shows_nothing_may_not_be_its_own(world: SourceWorld) -> None:
    world.page("old", world.review("p1", item="7777"))
    world.wait()
    world.source("old")
    assert world.compare() == []


def test_an_edit_moves_the_date_on_the_page_and_is_no_new_review(world: SourceWorld) -> None:
    # Written before the reach of the list, by the time in its id; the page shows the day of the edit.
    old = "01969a2c-4659-7aa4-9fa8-000000000101"
    world.page("old", old)
    world.wait()
    world.source("old", reach=world.now() - timedelta(days=1))
    assert world.compare() == []


def test_what_the_reading_does_not_reach_was_not_missed(world: SourceWorld) -> None:
    world.page("old", "p1")
    world.wait()
    world.source(reach=world.now() - timedelta(hours=2))
    assert world.compare() == []


def test_two_sources_are_compared_with_each_other_too(world: SourceWorld) -> None:
    world.switched_on = ("cabinet", "api")
    row = world.row("r1", order="cancelled")
    for _ in range(2):
        world.source("old", row, source="cabinet")
        world.source("old")
        world.wait()
    assert world.compare() == ["review_missed_by_api r1"]


def test_two_sources_are_not_compared_over_variants_that_one_never_showed(world: SourceWorld) -> None:
    world.switched_on = ("cabinet", "api")
    world.page("old", world.review("p1", item="7777"))
    for _ in range(2):
        world.source("old", world.row("p1", item="7777"), world.row("r1", item="7777"), source="cabinet")
        world.source("old")
        world.wait()
    assert [one for one in world.compare() if "by_api" in one] == []


def test_a_source_that_is_switched_off_is_not_said_to_miss_anything(world: SourceWorld) -> None:
    world.page("old", "p1")
    world.wait()
    world.source("old")
    assert world.compare() == ["review_missed_by_api p1"]
    world.switched_on = ()
    assert world.compare() == []


def test_a_source_that_is_switched_off_closes_what_it_opened(world: SourceWorld) -> None:
    world.source("old", "r1")
    assert later(world) == [f"{MISSED} r1"]
    world.switched_on = ()
    assert world.compare() == []
    assert "switched off" in world.last_incident().closed_why


def test_an_incident_ends_when_its_review_is_too_old_to_be_looked_for(world: SourceWorld) -> None:
    world.source("old", "r1")
    assert later(world) == [f"{MISSED} r1"]
    world.wait(LOOK_BACK / timedelta(hours=1))
    assert world.compare() == []


def test_a_source_that_misses_everything_does_not_flood(world: SourceWorld) -> None:
    many = [f"r{number}" for number in range(MOST_OPEN + 5)]
    world.source("old", *many)
    world.wait()
    world.source("old", *many)
    world.page("old")
    assert len(world.compare()) == MOST_OPEN
    assert len(world.compare()) == MOST_OPEN, "the rest does not trickle in"


def test_a_page_that_should_show_a_review_by_now_is_read_whole_once(world: SourceWorld, state: State) -> None:
    def suspects() -> list[str]:
        with state.read() as tx:
            return list(find_suspects(tx, ACCOUNT, grace=GRACE))

    world.source("old", "r1")
    assert suspects() == []
    world.wait()
    assert suspects() == [SKU]
    world.page("old")
    assert suspects() == []


def test_a_list_is_read_back_to_what_is_in_doubt(world: SourceWorld, state: State) -> None:
    def reach() -> timedelta:
        with state.read() as tx:
            return world.now() - find_reach(tx, ACCOUNT, "api", grace=GRACE)

    assert reach() == timedelta(hours=1) + 2 * GRACE
    world.page("old", "p1")
    world.source("old", "r1")
    for _ in range(4):
        world.wait(10)
        world.source("old", "r1")
    assert reach() == timedelta(hours=40), "a review that the page does not show must be shown again"
    world.source("old", "r1")
    world.page("old", "p1", "r1")
    assert world.compare() == ["review_missed_by_api p1"]
    assert reach() == timedelta(hours=40), "a review that the list does not show is looked for"
