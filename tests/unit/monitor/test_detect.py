"""New, edited, missing, gone, back: what one reading means against what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.readings.models import PageHealth, ReviewReading
from monitor.clock import ManualClock
from monitor.closed_lists.review_changes import Change
from monitor.state import Lease, State
from monitor.watching.detect import BETWEEN_READS, Detection, compute_content_digest
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SKU, START, fast_folder, lease_of, listing, review, settle_in, sqlite_home


class Watch:
    """A store that polls one product."""

    def __init__(self, state: State, clock: ManualClock) -> None:
        self.state, self.clock = state, clock
        settle_in(state, ["r1", "r2"])
        self.lease: Lease = lease_of(state, seconds=10**9)

    def poll(
        self,
        *reviews: ReviewReading,
        health: PageHealth = PageHealth.HEALTHY,
        is_complete: bool = True,
        is_unchanged: bool = False,
    ) -> Detection:
        self.clock.advance(BETWEEN_READS + timedelta(minutes=1))
        read = listing(list(reviews), self.clock.now(), health=health, is_complete=is_complete)
        return record_poll(self.state, self.lease, read.model_copy(update={"is_unchanged": is_unchanged}))

    def changes(self, found: Detection) -> list[tuple[Change, str]]:
        return [(event.change, event.review_id) for event in found.events]

    def messages(self) -> list[str]:
        with self.state.read() as tx:
            return [message.event for message in tx.outbox.all(ACCOUNT)]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    clock = ManualClock(START)
    with fast_folder(tmp_path) as folder, sqlite_home(folder, clock).open() as state:
        yield Watch(state, clock)


def test_what_was_there_before_watching_began_is_not_news(watch: Watch) -> None:
    with watch.state.read() as tx:
        assert all(head.is_baseline for head in tx.reviews.heads(ACCOUNT, SKU))
    assert watch.messages() == []


def test_a_review_that_comes_later_is_news_once(watch: Watch) -> None:
    found = watch.poll(review("r1"), review("r2"), review("r3"))
    assert watch.changes(found) == [(Change.NEW, "r3")]
    assert watch.changes(watch.poll(review("r1"), review("r2"), review("r3"))) == []
    assert watch.messages() == ["review.new"]


def test_an_edit_is_a_new_version(watch: Watch) -> None:
    watch.poll(review("r1", text="ужасно", version=1), review("r2"))
    with watch.state.read() as tx:
        assert [version.text for version in tx.reviews.versions(ACCOUNT, "r1")] == ["плохо", "ужасно"]


def test_an_edit_that_only_the_site_s_version_and_dates_tell_is_seen(watch: Watch) -> None:
    later = START + timedelta(hours=3)
    assert watch.changes(watch.poll(review("r1", version=1, at=later), review("r2"))) == [(Change.EDITED, "r1")]
    assert watch.changes(watch.poll(review("r1", version=1, at=later), review("r2"))) == []


def test_a_text_that_changes_while_the_version_does_not_is_a_flag_and_no_edit(watch: Watch) -> None:
    found = watch.poll(review("r1", text="другое"), review("r2"))
    assert watch.changes(found) == []
    assert found.problems == ("r1: text_changed",)


def test_rows_that_contradict_what_is_stored_as_a_body_are_a_changed_page(watch: Watch) -> None:
    found = watch.poll(review("r1", rating=5), review("r2", rating=5), review("r3"))
    assert (found.health, watch.changes(found)) == (PageHealth.BROKEN, [])
    assert "'rating'" in found.problems[0]
    assert watch.messages() == ["incident.open"]
    with watch.state.read() as tx:
        assert [one.kind for one in tx.incidents.unclosed(ACCOUNT)] == ["page_drift"]
        assert tx.reviews.get(ACCOUNT, "r3") is None, "nothing of such a page is stored"
    found = watch.poll(review("r1"), review("r2"), review("r3"))
    assert watch.changes(found) == [(Change.NEW, "r3")]
    assert watch.messages() == ["incident.open", "review.new", "incident.close"]


def test_a_review_is_between_reads_two_complete_readings_without_it(watch: Watch) -> None:
    assert watch.changes(watch.poll(review("r1"))) == [(Change.MISSING, "r2")]
    assert watch.changes(watch.poll(review("r1"))) == [(Change.GONE, "r2")]
    assert watch.changes(watch.poll(review("r1"))) == []
    assert watch.changes(watch.poll(review("r1"), review("r2"))) == [(Change.BACK, "r2")]


def test_an_unchanged_listing_says_that_what_it_lacked_is_lacking_still(watch: Watch) -> None:
    watch.poll(review("r1"))
    assert watch.changes(watch.poll(is_unchanged=True)) == [(Change.GONE, "r2")]


def test_unchanged_after_a_cut_reading_says_nothing(watch: Watch) -> None:
    watch.poll(review("r1"))
    watch.poll(review("r1"), is_complete=False)
    assert watch.changes(watch.poll(is_unchanged=True)) == []


@pytest.mark.parametrize(
    ("health", "is_complete"),
    [
        (PageHealth.HEALTHY, False),
        (PageHealth.PARTIAL, True),
        (PageHealth.BROKEN, True),
        (PageHealth.WALL, True),
        (PageHealth.SIGNED_OUT, True),
        (PageHealth.OFFLINE, True),
        (PageHealth.PRODUCT_GONE, True),
    ],
)
def test_a_reading_that_is_not_an_answer_takes_nothing_away(
    watch: Watch, health: PageHealth, is_complete: bool
) -> None:
    for _ in range(3):
        found = watch.poll(health=health, is_complete=is_complete)
        assert not found.can_tell_gone
    with watch.state.read() as tx:
        assert {head.presence for head in tx.reviews.heads(ACCOUNT, SKU)} == {"present"}


def test_a_missing_review_that_is_seen_again_is_told_and_starts_anew(watch: Watch) -> None:
    watch.poll(review("r1"))
    assert watch.changes(watch.poll(review("r1"), review("r2"))) == [(Change.BACK, "r2")]
    assert watch.messages() == ["review.back"]
    assert watch.changes(watch.poll(review("r1"))) == [(Change.MISSING, "r2")]


def test_a_row_read_twice_counts_once_and_is_noted(watch: Watch) -> None:
    found = watch.poll(review("r1"), review("r2"), review("r3"), review("r3", text="иначе", version=1))
    assert watch.changes(found) == [(Change.NEW, "r3")]
    assert found.events[0].reading is not None
    assert found.events[0].reading.version == 1
    assert "read twice" in found.problems[0]


def test_two_broken_polls_open_an_incident_and_a_good_one_closes_it(watch: Watch) -> None:
    watch.poll(health=PageHealth.BROKEN)
    assert watch.messages() == []
    watch.poll(health=PageHealth.BROKEN)
    watch.poll(review("r1"), review("r2"))
    assert watch.messages() == ["incident.open", "incident.close"]


def test_the_way_of_reading_does_not_change_the_digest() -> None:
    by_json = review("r1", text="одна\nдве")
    by_text = by_json.model_copy(update={"text": "одна две", "source": "dom_text", "rating_raw": "Оценка: 1 из 5"})
    assert compute_content_digest(by_json) == compute_content_digest(by_text)


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "delete", "reorder", "poll", "cut poll"]), st.integers(0, 5)),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_authors_do_the_store_ends_equal_to_the_site(watch: Watch, steps: list[tuple[str, int]]) -> None:
    """A few quick histories; ``tests/proofs/test_watching_histories.py`` has the many, with a world of its own."""
    site = _live_through(watch, steps)
    for _ in range(3):
        watch.poll(*_shown(site))
    with watch.state.read() as tx:
        stored = {
            head.review_id: len(tx.reviews.versions(ACCOUNT, head.review_id))
            for head in tx.reviews.heads(ACCOUNT, SKU)
            if head.presence == "present"
        }
        newest = {name: tx.reviews.newest_version(ACCOUNT, name) for name in stored}
    assert set(stored) == set(site)
    assert {name: version.text for name, version in newest.items() if version} == {
        name: f"текст {edits}" for name, edits in site.items()
    }


def _live_through(watch: Watch, steps: list[tuple[str, int]]) -> dict[str, int]:
    site: dict[str, int] = {}
    begun = watch.clock.now()
    for count, (what, number) in enumerate(steps):
        name = next((one for one in site if one.startswith(f"h{number}-")), None)
        if what == "add" and name is None:
            site[f"h{number}-{begun.timestamp():.0f}-{count}"] = 0  # the site gives no id twice
        elif what == "edit" and name is not None:
            site[name] += 1
        elif what == "delete" and name is not None:
            del site[name]
        elif what == "reorder":
            site = dict(sorted(site.items(), reverse=True))
        elif what == "poll":
            watch.poll(*_shown(site))
        elif what == "cut poll":
            watch.poll(*_shown(site)[: len(site) // 2], is_complete=False)
    return site


def _shown(site: dict[str, int]) -> list[ReviewReading]:
    return [review(name, text=f"текст {edits}", version=edits) for name, edits in site.items()]
