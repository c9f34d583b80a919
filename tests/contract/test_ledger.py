"""The appeal ledger on both stores: who may do what, when, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from evidence_store.journal import Actor
from flows.channels import FilledForm, Observation, ObservedKind
from monitor.appeals.drafting import Drafting
from monitor.appeals.ledger import Intent, Ledger
from monitor.appeals.machine import AppealState, Moderation, Outcome
from monitor.appeals.reconcile import submitter_gone_since
from monitor.appeals.terms import ChannelTerms
from monitor.clock import ManualClock
from monitor.closed_lists.states import Track
from monitor.errors import (
    AlreadyOpen,
    AppealError,
    CapReached,
    DeadlinePassed,
    IllegalTransition,
    LeaseLost,
    NotApproved,
    StorageRule,
    UnknownOutcome,
)
from monitor.state import Lease, State
from monitor.state.appeals import AppealRecord, Step
from monitor.visit_protocol import VisitKind
from monitor.watching.recording import record_poll
from tests.appeal_world import (
    ACCOUNT,
    LIST_TERMS,
    NO_LIST_TERMS,
    OPERATOR,
    approved,
    draft,
    lease_of,
    listing,
    load,
    payload_for,
    review,
    settle_in,
)
from tests.faults.simulated_site import Request

FORM = FilledForm(url="u", review_id="r1", review_text="плохо", reason_label="r", text="t")
NUMBER = Observation(kind=ObservedKind.NUMBER, number="A-1", status_code=303, released=1)
THANKS = Observation(kind=ObservedKind.SUCCESS_TEXT, raw_text="Жалоба успешно отправлена", status_code=200, released=1)


@pytest.fixture
def lease(state: State) -> Lease:
    settle_in(state, ["r1", "r2", "r3"])
    return lease_of(state)


@pytest.fixture
def ledger(state: State) -> Ledger:
    return Ledger(state)


def released(state: State, lease: Lease, terms: ChannelTerms = LIST_TERMS) -> Intent:
    """An appeal whose request was let go."""
    ledger = Ledger(state)
    intent = ledger.take_intent(approved(state, "r1", terms).id, lease, terms)
    ledger.arm(intent, FORM, picture="ab" * 32)
    ledger.stamp_gesture(intent)
    ledger.record_release(intent, Request())
    return intent


def test_the_whole_way_leaves_every_step_on_record(state: State, lease: Lease, ledger: Ledger) -> None:
    intent = released(state, lease)
    assert ledger.settle(intent, NUMBER, picture="cd" * 32).number == "A-1"
    with state.read() as tx:
        steps = [step.to_state for step in tx.appeals.transitions(intent.appeal_id)]
        log = [row.action for row in tx.journal.about(ACCOUNT, intent.appeal_id)]
    assert steps == ["approved", "intent", "armed", "released", "confirmed"]
    assert log == [
        "appeal.filing.draft",
        "appeal.filing.approved",
        "appeal.filing.intent",
        "appeal.filing.armed",
        "appeal.gesture",
        "appeal.filing.released",
        "appeal.filing.confirmed",
    ]


@pytest.mark.usefixtures("lease")
def test_a_review_has_one_open_appeal(state: State) -> None:
    first = draft(state, "r1")
    with pytest.raises(AlreadyOpen, match="open appeal"):
        draft(state, "r1", NO_LIST_TERMS)
    copy = replace(first, id="appeal_other", generation=2)
    with pytest.raises(StorageRule), state.transaction() as tx:
        tx.appeals.add(copy, ())


def test_nothing_is_taken_up_without_a_person_s_word(state: State, lease: Lease, ledger: Ledger) -> None:
    appeal = draft(state, "r1")
    with pytest.raises(NotApproved):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)
    with pytest.raises(NotApproved, match="person"):
        Drafting(state).approve(appeal.id, appeal.payload_hash, actor=Actor(kind="schedule", id="hourly"))


@pytest.mark.usefixtures("lease")
def test_an_approval_is_for_exactly_what_was_shown(state: State) -> None:
    drafting = Drafting(state)
    shown = draft(state, "r1")
    drafting.revise(shown.id, payload_for("r1", text="Другой текст."), actor=OPERATOR)
    with pytest.raises(NotApproved, match="not what was shown"):
        drafting.approve(shown.id, shown.payload_hash, actor=OPERATOR)


def test_a_changed_text_needs_a_new_approval(state: State, lease: Lease, ledger: Ledger) -> None:
    appeal = approved(state, "r1")
    Drafting(state).revise(appeal.id, payload_for("r1", text="Другой текст."), actor=OPERATOR)
    with pytest.raises(NotApproved):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)


def test_text_changed_behind_the_ledger_s_back_is_not_sent(state: State, lease: Lease, ledger: Ledger) -> None:
    appeal = approved(state, "r1")
    with state.transaction() as tx:
        assert tx.appeals.change(appeal, text="Подменённый текст")
    with pytest.raises(NotApproved, match="exactly this"):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)


def test_an_edited_review_sends_the_appeal_back_to_be_approved(
    state: State, lease: Lease, ledger: Ledger, clock: ManualClock
) -> None:
    appeal = approved(state, "r1")
    clock.advance(timedelta(hours=1))
    edited = [review("r1", text="другое", version=1), review("r2"), review("r3")]
    record_poll(state, lease, listing(edited, clock.now()))
    with pytest.raises(NotApproved, match="version 2"):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)
    assert load(state, appeal.id).state == AppealState.DRAFT


def test_an_appeal_about_a_vanished_review_is_moot(
    state: State, lease: Lease, ledger: Ledger, clock: ManualClock
) -> None:
    appeal = approved(state, "r1")
    for _ in range(2):
        clock.advance(timedelta(hours=1))
        record_poll(state, lease, listing([review("r2"), review("r3")], clock.now()))
    with pytest.raises(AppealError, match="not there any more"):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)
    after = load(state, appeal.id)
    assert (after.state, after.is_open) == (AppealState.MOOT, False)


def test_of_two_workers_one_gets_the_intent(state: State, lease: Lease, ledger: Ledger) -> None:
    appeal = approved(state, "r1")
    ledger.take_intent(appeal.id, lease, LIST_TERMS)
    with pytest.raises(NotApproved, match="intent"):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)


def test_one_generation_has_one_gesture(state: State, lease: Lease, ledger: Ledger) -> None:
    intent = ledger.take_intent(approved(state, "r1").id, lease, LIST_TERMS)
    ledger.arm(intent, FORM, picture=None)
    ledger.stamp_gesture(intent)
    with pytest.raises(IllegalTransition, match="made before"):
        ledger.stamp_gesture(intent)


def test_one_generation_has_one_release(state: State, lease: Lease, ledger: Ledger) -> None:
    intent = released(state, lease)
    with pytest.raises(IllegalTransition):
        ledger.record_release(intent, Request())


def test_the_database_itself_refuses_a_second_release(state: State, lease: Lease) -> None:
    intent = released(state, lease)
    step = Step(track=Track.FILING, from_state="armed", to_state="released", actor="x")
    with pytest.raises(StorageRule), state.transaction() as tx:
        tx.appeals.append(intent.appeal_id, step)


def test_a_worker_past_its_lease_neither_clicks_nor_releases(
    state: State, lease: Lease, ledger: Ledger, clock: ManualClock
) -> None:
    intent = ledger.take_intent(approved(state, "r1").id, lease, LIST_TERMS)
    ledger.arm(intent, FORM, picture=None)
    clock.advance(timedelta(hours=2))
    with pytest.raises(LeaseLost):
        ledger.stamp_gesture(intent)
    with pytest.raises(LeaseLost):
        ledger.record_release(intent, Request())


def test_a_fenced_off_worker_learns_it_at_the_gate(state: State, lease: Lease, ledger: Ledger) -> None:
    intent = ledger.take_intent(approved(state, "r1").id, lease, LIST_TERMS)
    ledger.arm(intent, FORM, picture=None)
    ledger.stamp_gesture(intent)
    with state.transaction() as tx:
        new = tx.locks.seize(ACCOUNT, "parent", timedelta(minutes=5), boottime=state.clock.boottime())
    assert [left.state for left in ledger.abandon(new, "killed")] == [AppealState.UNKNOWN]
    with pytest.raises(LeaseLost):
        ledger.record_release(intent, Request())
    with pytest.raises(LeaseLost):
        ledger.settle(intent, NUMBER)


def test_the_gesture_has_a_deadline(state: State, ledger: Ledger, clock: ManualClock) -> None:
    settle_in(state, ["r1"])
    lease = lease_of(state, seconds=86_400)
    intent = ledger.take_intent(approved(state, "r1").id, lease, LIST_TERMS)
    ledger.arm(intent, FORM, picture=None)
    clock.advance(LIST_TERMS.gesture_window)
    with pytest.raises(DeadlinePassed):
        ledger.stamp_gesture(intent)


def test_a_wall_clock_set_back_does_not_prolong_the_gesture_s_time(
    state: State, ledger: Ledger, clock: ManualClock
) -> None:
    settle_in(state, ["r1"])
    intent = ledger.take_intent(approved(state, "r1").id, lease_of(state, seconds=86_400), LIST_TERMS)
    ledger.arm(intent, FORM, picture=None)
    clock.advance(LIST_TERMS.gesture_window)
    clock.jump(-LIST_TERMS.gesture_window)
    with pytest.raises(DeadlinePassed):
        ledger.stamp_gesture(intent)


@pytest.mark.parametrize(
    ("terms", "seen", "expected"),
    [
        (LIST_TERMS, NUMBER, AppealState.CONFIRMED),
        (LIST_TERMS, THANKS, AppealState.UNKNOWN),
        (NO_LIST_TERMS, THANKS, AppealState.ACKNOWLEDGED),
        (NO_LIST_TERMS, THANKS.model_copy(update={"status_code": None}), AppealState.UNKNOWN),
        (NO_LIST_TERMS, THANKS.model_copy(update={"released": 2}), AppealState.UNKNOWN),
        (LIST_TERMS, NUMBER.model_copy(update={"status_code": 503}), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.WALL, status_code=403, released=1), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.SIGNED_OUT, status_code=302, released=1), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.ALREADY_REPORTED, status_code=200), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=422), AppealState.REJECTED_BY_FORM),
        (NO_LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=422), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=200), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=302), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=500), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=408), AppealState.UNKNOWN),
        (LIST_TERMS, Observation(kind=ObservedKind.FORM_ERROR, status_code=None), AppealState.UNKNOWN),
        (LIST_TERMS, None, AppealState.UNKNOWN),
    ],
)
def test_an_answer_counts_for_what_it_proves(
    state: State, lease: Lease, terms: ChannelTerms, seen: Observation | None, expected: AppealState
) -> None:
    assert Ledger(state).settle(released(state, lease, terms), seen).state == expected


def test_what_a_dead_process_left_in_flight_becomes_unknown_and_is_not_sent_again(
    state: State, lease: Lease, ledger: Ledger
) -> None:
    intent = released(state, lease)
    state.release(lease)
    new = lease_of(state, "next visit")
    assert [left.state for left in ledger.abandon(new, "gone")] == [AppealState.UNKNOWN]
    with pytest.raises(NotApproved):
        ledger.take_intent(intent.appeal_id, new, LIST_TERMS)
    with pytest.raises(UnknownOutcome):
        Drafting(state).release(intent.appeal_id, actor=OPERATOR, payload_hash="any")


def test_a_released_generation_leaves_the_earlier_one_closed(state: State, lease: Lease, ledger: Ledger) -> None:
    intent = released(state, lease)
    ledger.settle(intent, None)
    with state.transaction() as tx:
        assert tx.appeals.change(found(tx.appeals.get(intent.appeal_id)), state="absent")
    old = load(state, intent.appeal_id)
    fresh = Drafting(state).release(old.id, actor=OPERATOR, payload_hash=old.payload_hash)
    assert (fresh.generation, fresh.state, fresh.gesture_at) == (2, AppealState.APPROVED, None)
    assert not load(state, old.id).is_open


def found(appeal: AppealRecord | None) -> AppealRecord:
    assert appeal is not None
    return appeal


def test_the_cap_counts_gestures_of_the_last_day_also_after_reopening(
    state: State, lease: Lease, ledger: Ledger, clock: ManualClock
) -> None:
    terms = replace(LIST_TERMS, daily_cap=1)
    ledger.settle(released(state, lease, terms), NUMBER)
    second = approved(state, "r2")
    with pytest.raises(CapReached, match="cap of 1"):
        ledger.take_intent(second.id, lease, terms)
    clock.advance(timedelta(hours=23))
    late = lease_of_again(state, lease)
    with pytest.raises(CapReached):
        ledger.take_intent(second.id, late, terms)
    clock.advance(timedelta(hours=2))
    assert ledger.take_intent(second.id, lease_of_again(state, late), terms).appeal_id == second.id


def lease_of_again(state: State, lease: Lease) -> Lease:
    state.release(lease)
    return lease_of(state, "again")


def test_an_unknown_outcome_stops_the_account_s_filings(state: State, lease: Lease, ledger: Ledger) -> None:
    terms = replace(LIST_TERMS, stops_on_unknown=True)
    ledger.settle(released(state, lease), None)
    with pytest.raises(CapReached, match="not known"):
        ledger.take_intent(approved(state, "r2").id, lease, terms)


def test_rejections_bring_a_pause(state: State, lease: Lease, ledger: Ledger, clock: ManualClock) -> None:
    terms = replace(LIST_TERMS, rejections_before_cool_down=1)
    intent = released(state, lease)
    ledger.settle(intent, NUMBER)
    with state.transaction() as tx:
        appeal = tx.appeals.get(intent.appeal_id)
        assert appeal is not None
        tx.appeals.change(appeal, moderation=Moderation.REJECTED, decided_at=clock.now())
    with pytest.raises(CapReached, match="rejected lately") as raised:
        ledger.take_intent(approved(state, "r2").id, lease, terms)
    assert raised.value.not_before == (clock.now() + terms.cool_down).isoformat(timespec="seconds")


def test_an_attempt_that_ends_before_the_gesture_is_given_back_a_few_times_only(
    state: State, lease: Lease, ledger: Ledger
) -> None:
    appeal = approved(state, "r1")
    for _ in range(LIST_TERMS.max_returns):
        given_back = ledger.give_back(ledger.take_intent(appeal.id, lease, LIST_TERMS), "signed out")
        assert given_back.state == AppealState.APPROVED
    last = ledger.give_back(ledger.take_intent(appeal.id, lease, LIST_TERMS), "signed out")
    assert last.state == AppealState.NEEDS_HUMAN


def test_an_attempt_is_given_back_before_its_gesture_only(state: State, lease: Lease, ledger: Ledger) -> None:
    terms = replace(LIST_TERMS, submits_by_visible_request=False)
    appeal = approved(state, "r1")
    assert ledger.give_back(ledger.take_intent(appeal.id, lease, terms), "browser gone").state == AppealState.APPROVED

    intent = ledger.take_intent(appeal.id, lease, terms)
    ledger.arm(intent, FORM, picture=None)
    ledger.stamp_gesture(intent)

    assert ledger.give_back(intent, "browser gone").state == AppealState.UNKNOWN


def test_a_wall_in_answer_stops_the_account_as_long_as_it_asks(state: State, lease: Lease) -> None:
    wall = Observation(kind=ObservedKind.WALL, status_code=429, released=1, retry_after=90.0)

    Ledger(state).settle(released(state, lease), wall)

    with state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_at is not None
    assert account.stopped_until is not None
    assert account.stopped_until - account.stopped_at == timedelta(seconds=90)


def test_a_review_whose_appeal_was_granted_is_not_appealed_again(state: State, lease: Lease, ledger: Ledger) -> None:
    intent = released(state, lease)
    settled = ledger.settle(intent, NUMBER)
    with state.transaction() as tx:
        tx.appeals.change(settled, outcome=Outcome.REMOVED, closed_at=tx.now(), closed_why="removed")
    with pytest.raises(AppealError, match="already agreed"):
        draft(state, "r1")


def test_a_stopped_account_files_nothing(state: State, lease: Lease, ledger: Ledger) -> None:
    appeal = approved(state, "r1")
    with state.transaction() as tx:
        tx.accounts.stop(ACCOUNT, "captcha")
    with pytest.raises(AppealError, match="captcha"):
        ledger.take_intent(appeal.id, lease, LIST_TERMS)


def test_whoever_filled_a_form_is_gone_once_its_visit_has_an_end(state: State, lease: Lease) -> None:
    intent = released(state, lease)
    with state.transaction(lease) as tx:
        tx.visits.begin("v1", ACCOUNT, kind=VisitKind.SUBMIT, owner="anna", fence=lease.fence)
        assert submitter_gone_since(tx, found(tx.appeals.get(intent.appeal_id)), lease) == tx.now()
    state.release(lease)
    later = lease_of(state, "later")
    with state.transaction(later) as tx:
        appeal = found(tx.appeals.get(intent.appeal_id))
        assert submitter_gone_since(tx, appeal, later) is None
        tx.visits.finish("v1", "killed")
        assert submitter_gone_since(tx, appeal, later) == tx.now()
