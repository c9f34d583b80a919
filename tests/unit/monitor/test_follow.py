"""What the site says and what the public page shows, kept apart and never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth
from monitor.appeals.follow import Follower, PublicLook
from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import Reconciler, SiteLook
from monitor.appeals.terms import ChannelTerms
from monitor.clock import ManualClock
from monitor.state import Lease, State
from monitor.state.appeals import AppealRecord
from monitor.watching.recording import record_poll
from tests.appeal_world import (
    ACCOUNT,
    LIST_TERMS,
    NO_LIST_TERMS,
    START,
    approved,
    fast_folder,
    lease_of,
    listing,
    load,
    review,
    settle_in,
    sqlite_home,
)
from tests.contract.test_ledger import NUMBER, THANKS, released

Verdict = Literal["visible", "gone", "edited", "cannot_say"]
Status = Literal["received", "in_review", "needs_information", "accepted", "rejected", "unknown"]
TERMS = replace(LIST_TERMS, between_reads=timedelta(minutes=30), answer_window=timedelta(days=3))


class Desk:
    """One filed appeal that is followed."""

    def __init__(self, state: State, clock: ManualClock) -> None:
        self.state, self.clock = state, clock
        settle_in(state, ["r1", "r2"])
        self.lease: Lease = lease_of(state, seconds=10**9)
        self.follower = Follower(state)

    def file(self, terms: ChannelTerms = TERMS) -> AppealRecord:
        seen = NUMBER if terms.has_list else THANKS
        return Ledger(self.state).settle(released(self.state, self.lease, terms), seen)

    def say(self, status: Status, raw: str, *, answer: str = "") -> list[AppealRecord]:
        row = AppealStatusReading(number="A-1", review_id="r1", status_raw=raw, status=status, answer_raw=answer)
        reading = AppealListReading(health=PageHealth.HEALTHY, rows=(row,), total=1, is_complete=True)
        return self.follower.apply_list(reading, self.lease, {TERMS.channel: TERMS})

    def look(self, appeal: AppealRecord, verdict: Verdict, *, terms: ChannelTerms = TERMS) -> AppealRecord:
        self.clock.advance(terms.between_reads)
        seen = PublicLook(read_at=self.clock.now(), verdict=verdict)
        return self.follower.apply_public(appeal.id, seen, self.lease, terms)

    def track(self, appeal: AppealRecord, track: str) -> list[tuple[str, str]]:
        with self.state.read() as tx:
            steps = tx.appeals.transitions(appeal.id)
        return [(step.to_state, step.raw_text) for step in steps if step.track == track]

    def incidents(self) -> list[str]:
        with self.state.read() as tx:
            return [incident.kind for incident in tx.incidents.unclosed(ACCOUNT)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = ManualClock(START)
    with fast_folder(tmp_path) as folder, sqlite_home(folder, clock).open() as state:
        yield Desk(state, clock)


def test_each_status_is_written_down_once_with_the_site_s_words(desk: Desk) -> None:
    appeal = desk.file()
    for _ in range(2):
        desk.say("received", "Принято")
    desk.say("in_review", "На рассмотрении")
    desk.say("rejected", "Отклонено", answer="Отзыв соответствует правилам")
    assert desk.track(appeal, "moderation") == [
        ("received", "Принято"),
        ("in_review", "На рассмотрении"),
        ("rejected", "Отклонено\nОтзыв соответствует правилам"),
    ]
    assert load(desk.state, appeal.id).decided_at is not None


def test_a_wording_nobody_described_stays_unknown_and_raises_an_incident(desk: Desk) -> None:
    appeal = desk.file()
    desk.say("unknown", "Передано в отдел контроля")
    assert load(desk.state, appeal.id).moderation == "unknown"
    assert desk.incidents() == ["unknown_status"]
    desk.say("unknown", "Передано в отдел контроля")
    assert desk.incidents() == ["unknown_status"]
    desk.say("in_review", "На рассмотрении")
    assert desk.incidents() == []


def test_a_status_that_goes_back_is_written_down_and_noticed(desk: Desk) -> None:
    appeal = desk.file()
    desk.say("accepted", "Удовлетворено")
    desk.say("in_review", "На рассмотрении")
    assert [state for state, _ in desk.track(appeal, "moderation")] == ["accepted", "in_review"]
    assert desk.incidents() == ["status_went_back"]
    desk.say("unknown", "Передано в отдел контроля")
    assert set(desk.incidents()) == {"status_went_back", "unknown_status"}
    desk.say("rejected", "Отклонено")
    assert desk.incidents() == []


def test_what_is_told_of_one_appeal_ends_with_it(desk: Desk) -> None:
    appeal = desk.file()
    with desk.state.transaction(desk.lease) as tx:
        tx.appeals.change(appeal, counted_at=tx.now())
    desk.say("unknown", "Передано в отдел контроля")
    desk.look(load(desk.state, appeal.id), "gone")
    assert desk.incidents() == ["unknown_status"]
    assert not desk.look(load(desk.state, appeal.id), "gone").is_open
    assert desk.incidents() == []


def test_a_removed_review_that_is_shown_again_opens_its_appeal_anew_and_is_followed(desk: Desk) -> None:
    appeal = desk.file()
    with desk.state.transaction(desk.lease) as tx:
        tx.appeals.change(appeal, counted_at=tx.now())
    desk.say("accepted", "Удовлетворено")
    desk.look(appeal, "gone")
    removed = desk.look(load(desk.state, appeal.id), "gone")
    assert (removed.outcome, removed.is_open) == ("removed", False)
    for _ in range(2):
        desk.clock.advance(timedelta(hours=1))
        record_poll(desk.state, desk.lease, listing([review("r1"), review("r2")], desk.clock.now()))
    back = load(desk.state, appeal.id)
    assert (back.outcome, back.is_open) == ("reinstated", True)
    assert [state for state, _ in desk.track(appeal, "outcome")] == ["removed", "reinstated"]
    with desk.state.read() as tx:
        told = [one.event for one in tx.outbox.all(ACCOUNT) if one.event.startswith("appeal.outcome")]
    assert told == ["appeal.outcome.removed", "appeal.outcome.reinstated"]
    desk.look(back, "gone")
    assert desk.look(load(desk.state, appeal.id), "gone").outcome == "removed", "it is followed like any other"


def test_an_appeal_that_vanishes_from_a_complete_list_is_noticed_and_keeps_its_state(desk: Desk) -> None:
    appeal = desk.file()
    empty = AppealListReading(health=PageHealth.EMPTY, rows=(), total=0, is_complete=True)
    desk.follower.apply_list(empty, desk.lease, {TERMS.channel: TERMS})
    assert desk.incidents() == ["appeal_vanished"]
    assert load(desk.state, appeal.id).state == AppealState.CONFIRMED


def test_the_status_of_another_review_under_the_number_of_ours_is_not_ours(desk: Desk) -> None:
    appeal = desk.file()
    other = AppealStatusReading(number="A-1", review_id="r2", status_raw="Принято", status="accepted")
    reading = AppealListReading(health=PageHealth.HEALTHY, rows=(other,), total=1, is_complete=True)

    assert desk.follower.apply_list(reading, desk.lease, {TERMS.channel: TERMS}) == []

    assert load(desk.state, appeal.id).moderation == ""
    assert desk.incidents() == ["appeal_vanished"]


def test_a_number_of_another_filing_gives_way_to_the_one_of_the_settled_list(desk: Desk) -> None:
    appeal = desk.file()
    desk.clock.advance(TERMS.settle_window * 2)
    rows = tuple(
        AppealStatusReading(number=number, review_id=review, status_raw="Принято", status="received")
        for number, review in (("A-1", "r2"), ("A-2", "r1"))
    )
    listing = AppealListReading(health=PageHealth.HEALTHY, rows=rows, total=2, is_complete=True)
    look = SiteLook(read_at=desk.clock.now(), account_proven=True, submitter_gone=True, listing=listing)

    settled = Reconciler(desk.state).apply(appeal.id, look, desk.lease, TERMS)

    assert (appeal.number, settled.number, settled.state) == ("A-1", "A-2", AppealState.CONFIRMED)
    assert [one.moderation for one in desk.follower.apply_list(listing, desk.lease, {TERMS.channel: TERMS})] == [
        "received"
    ]


def test_a_question_waits_for_its_answer_and_ends_with_the_status(desk: Desk) -> None:
    appeal = desk.file()
    desk.say("needs_information", "Нужна информация", answer="Пришлите фото")
    with desk.state.read() as tx:
        question = tx.questions.open_of(appeal.id)
    assert question is not None
    assert question.asked_raw == "Нужна информация\nПришлите фото"
    assert question.answer_by == desk.clock.now() + timedelta(days=3)
    desk.say("in_review", "На рассмотрении")
    with desk.state.read() as tx:
        assert tx.questions.open_of(appeal.id) is None


@pytest.mark.parametrize(("verdict", "outcome"), [("gone", "removed"), ("edited", "edited")])
def test_an_outcome_needs_two_looks_that_agree(desk: Desk, verdict: Verdict, outcome: str) -> None:
    appeal = desk.file()
    desk.say("accepted", "Удовлетворено")
    assert desk.look(appeal, verdict).outcome == ""
    assert desk.look(appeal, verdict).outcome == outcome


def test_a_failed_look_never_counts_as_removed(desk: Desk) -> None:
    appeal = desk.file()
    desk.say("accepted", "Удовлетворено")
    desk.look(appeal, "gone")
    for _ in range(3):
        assert desk.look(appeal, "cannot_say").outcome == ""


def test_a_look_that_disagrees_starts_the_count_anew(desk: Desk) -> None:
    appeal = desk.file()
    desk.say("accepted", "Удовлетворено")
    desk.look(appeal, "gone")
    desk.look(appeal, "visible")
    assert desk.look(appeal, "gone").outcome == ""
    assert desk.look(appeal, "gone").outcome == "removed"


def test_a_visible_review_is_still_visible_only_once_the_site_decided_or_is_late(desk: Desk) -> None:
    appeal = desk.file()
    for _ in range(3):
        assert desk.look(appeal, "visible").outcome == ""
    desk.say("rejected", "Отклонено")
    assert desk.look(appeal, "visible").outcome == "still_visible"


def test_where_the_site_never_tells_the_public_page_does(desk: Desk) -> None:
    appeal = desk.file(NO_LIST_TERMS)
    assert appeal.state == AppealState.ACKNOWLEDGED
    assert [due.id for due in desk.follower.needing_public_look(ACCOUNT, [NO_LIST_TERMS], desk.clock.now())] == [
        appeal.id
    ]
    desk.look(appeal, "visible", terms=NO_LIST_TERMS)
    assert desk.follower.needing_public_look(ACCOUNT, [NO_LIST_TERMS], desk.clock.now()) == []
    desk.clock.advance(NO_LIST_TERMS.review_time)
    closed = desk.look(appeal, "visible", terms=NO_LIST_TERMS)
    assert (closed.outcome, closed.is_open) == ("still_visible", False)


def test_an_outcome_does_not_close_an_appeal_whose_duplicates_were_not_counted(desk: Desk) -> None:
    appeal = desk.file()
    desk.say("accepted", "Удовлетворено")
    desk.look(appeal, "gone")
    assert desk.look(appeal, "gone").is_open
    approved(desk.state, "r2", TERMS)
