"""What a person can ask for, on both engines: one rule for a draft, and nothing told before it is safe."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.appeals.machine import AppealState
from monitor.clock import ManualClock
from monitor.errors import AlreadyOpen, DeadlinePassed
from monitor.state import Lease, State
from monitor.state.appeals import AppealRecord
from monitor.use_cases import answers, appeals
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.appeals import Rewording
from monitor.use_cases.deciding import Looked, approve_shown
from monitor.use_cases.reviews import list_cases, list_reviews
from tests.appeal_world import ACCOUNT, LIST_TERMS, OPERATOR, approved, draft, lease_of, load, payload_for, settle_in

ZONE = "Asia/Vladivostok"


@pytest.fixture
def lease(state: State) -> Lease:
    settle_in(state, ["r1", "r2"])
    return lease_of(state)


def reword(state: State, appeal: AppealRecord, rewording: Rewording, *, identity: str | None = None) -> AppealRecord:
    payload = payload_for(appeal.review_id, text="Другими словами.")
    if identity is not None:
        payload = replace(payload, identity=identity)
    return appeals.prepare_draft(state, appeal.case_id, payload, actor=OPERATOR, terms=LIST_TERMS, rewording=rewording)


@pytest.mark.usefixtures("lease")
@pytest.mark.parametrize("rewording", Rewording)
def test_a_waiting_draft_is_reworded_and_not_doubled(state: State, rewording: Rewording) -> None:
    first = draft(state, "r1")
    again = reword(state, first, rewording)
    assert (again.id, again.text) == (first.id, "Другими словами.")


@pytest.mark.usefixtures("lease")
def test_a_person_may_reword_what_they_approved_and_the_approval_falls_away(state: State) -> None:
    first = approved(state, "r1")
    again = reword(state, first, Rewording.BY_A_PERSON)
    assert (again.id, again.state) == (first.id, AppealState.DRAFT)
    with state.read() as tx:
        assert tx.approvals.valid(first.id, first.payload_hash) is None


@pytest.mark.usefixtures("lease")
def test_a_visit_never_rewords_what_a_person_approved(state: State) -> None:
    first = approved(state, "r1")
    with pytest.raises(AlreadyOpen):
        reword(state, first, Rewording.WAITING_DRAFT)
    with state.read() as tx:
        kept = tx.appeals.get(first.id)
        assert kept is not None
        assert (kept.state, kept.text) == (AppealState.APPROVED, first.text)
        assert tx.approvals.valid(first.id, first.payload_hash) is not None


@pytest.mark.usefixtures("lease")
def test_a_visit_makes_no_second_draft_under_another_identity(state: State) -> None:
    first = draft(state, "r1")
    with pytest.raises(AlreadyOpen, match="another identity"):
        reword(state, first, Rewording.WAITING_DRAFT, identity="somebody@example.com")
    with state.read() as tx:
        assert [one.id for one in tx.appeals.of_case(first.case_id)] == [first.id]


@pytest.mark.usefixtures("lease")
def test_what_is_approved_is_in_the_mirror_when_the_use_case_returns(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = draft(state, "r1")
    seen: list[str] = []
    flush = state.flush_mirror

    def look() -> None:
        with state.read() as tx:
            found = tx.appeals.get(first.id)
        seen.append(found.state if found else "")
        flush()

    monkeypatch.setattr(state, "flush_mirror", look)
    appeals.approve(state, first.id, first.payload_hash, actor=OPERATOR, terms=LIST_TERMS)
    assert seen == [AppealState.APPROVED], "stored first, then mirrored, then told"


def approve_late(state: State, late: AppealRecord) -> None:
    terms = replace(LIST_TERMS, filing_window=timedelta(0))
    appeals.approve(state, late.id, late.payload_hash, actor=OPERATOR, terms=terms)


def approve_late_at_desk(state: State, late: AppealRecord) -> None:
    terms, looked = replace(LIST_TERMS, filing_window=timedelta(0)), Looked(ACCOUNT, late.review_id, 1)
    approve_shown(state, looked, late.id, late.payload_hash, actor=OPERATOR, terms=lambda _: terms)


@pytest.mark.usefixtures("lease")
@pytest.mark.parametrize("approve_it", [approve_late, approve_late_at_desk])
def test_what_the_site_takes_no_more_is_not_approved(
    state: State, approve_it: Callable[[State, AppealRecord], None]
) -> None:
    first = draft(state, "r1")

    with pytest.raises(DeadlinePassed, match="the site took appeals until"):
        approve_it(state, first)

    assert load(state, first.id).state is AppealState.DRAFT


def test_every_use_case_that_stores_something_acknowledges() -> None:
    inner = acknowledged(lambda _state: None).__code__
    for module in (appeals, answers):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "actor" in inspect.signature(function).parameters:
                assert function.__code__ is inner, f"{name} is told before it is safe"


@pytest.mark.usefixtures("lease")
def test_lists_are_values_with_types(state: State) -> None:
    first = approved(state, "r1")
    (one,) = appeals.list_appeals(state, [ACCOUNT], zone=ZONE, limit=5).rows
    assert (one.id, one.number, one.moderation, one.closed_at) == (first.id, None, None, None)
    assert one.created_at.utcoffset() == timedelta(hours=10)
    (case,) = list_cases(state, [ACCOUNT], zone=ZONE, limit=5).rows
    assert (case.id, case.appeal_id, case.appeal_state) == (first.case_id, first.id, "approved")
    reviews = list_reviews(state, [ACCOUNT], zone=ZONE, limit=5).rows
    assert {row.id for row in reviews} == {"r1", "r2"}
    assert all(row.stars is None or isinstance(row.stars, int) for row in reviews)


@pytest.mark.usefixtures("lease")
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_lists_keep_the_newest_and_say_what_they_left_out(state: State, clock: ManualClock, limit: int) -> None:
    made = [approved(state, "r1")]
    clock.advance(timedelta(minutes=1))
    made.append(approved(state, "r2"))
    of_appeals = appeals.list_appeals(state, [ACCOUNT], zone=ZONE, limit=limit)
    of_cases = list_cases(state, [ACCOUNT], zone=ZONE, limit=limit)
    of_reviews = list_reviews(state, [ACCOUNT], zone=ZONE, limit=limit)
    assert {one.has_more for one in (of_appeals, of_cases, of_reviews)} == {limit < 2}
    assert [row.id for row in of_appeals.rows] == [one.id for one in made][-limit:]
    assert [row.id for row in of_cases.rows] == [one.case_id for one in made][-limit:]
    assert len(of_reviews.rows) == min(limit, 2)
