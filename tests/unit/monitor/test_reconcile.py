"""What a look at the site proves about one appeal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from evidence_store.canonical import canonical_bytes
from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth, TimeReading
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import ABSENCE, Judgement, SiteLook, is_suspect, judge, needs_look
from monitor.appeals.terms import ChannelTerms
from monitor.state.appeals import AppealRecord
from monitor.state.looks import LookRecord
from tests.appeal_world import LIST_TERMS, NO_LIST_TERMS, START

SENT = START
SETTLE = LIST_TERMS.settle_window

UNKNOWN = AppealRecord(
    id="a1", case_id="c1", account_id="main", site="ozon", identity="me", review_id="r1", generation=1,
    review_version=1, channel="order_appeal", ground="g", reason_label="r", text="t", product_url="u",
    order_number=None, payload_hash="h", state=AppealState.UNKNOWN, moderation="", outcome="", number=None, fence=1,
    deadline_at=None, intent_at=SENT, gesture_at=SENT, released_at=SENT, settled_at=SENT, counted_at=None,
    decided_at=None, returns=0, created_at=SENT, updated_at=SENT, closed_at=None, closed_why="",
)  # fmt: skip


def row(number: str = "A-1", *, review_id: str | None = "r1", at: datetime = SENT) -> AppealStatusReading:
    submitted = TimeReading(raw="", earliest=at, latest=at, basis="unix_seconds")
    return AppealStatusReading(
        number=number, review_id=review_id, status_raw="Принято", status="received", submitted=submitted
    )


def look(
    *rows: AppealStatusReading,
    after: timedelta = SETTLE,
    is_complete: bool = True,
    clock_offset: timedelta | None = None,
) -> SiteLook:
    health = PageHealth.HEALTHY if rows else PageHealth.EMPTY
    listing = AppealListReading(
        health=health, rows=rows, total=len(rows), is_complete=is_complete, clock_offset=clock_offset
    )
    return SiteLook(read_at=SENT + after, account_proven=True, submitter_gone=True, listing=listing)


def first_look(after: timedelta = timedelta(0), *, is_healthy: bool = True) -> LookRecord:
    return LookRecord(1, "a1", ABSENCE, SENT + after, is_healthy, "", {"is_complete": True})


def judged(
    seen: SiteLook,
    *,
    appeal: AppealRecord = UNKNOWN,
    terms: ChannelTerms = LIST_TERMS,
    earlier: tuple[LookRecord, ...] = (first_look(),),
    claimed: tuple[str, ...] = (),
) -> Judgement:
    return judge(appeal, seen, terms, earlier=earlier, claimed=claimed)


def test_a_row_about_the_review_confirms() -> None:
    found = judged(look(row()))
    assert (found.state, found.number, found.is_counted) == (AppealState.CONFIRMED, "A-1", True)


def test_a_row_read_too_early_confirms_but_does_not_rule_out_a_duplicate() -> None:
    assert judged(look(row(), after=timedelta(minutes=1))).is_counted is False


def test_a_site_whose_clock_is_behind_ours_still_confirms() -> None:
    behind = timedelta(days=-21)
    late = look(row(at=SENT + behind), clock_offset=behind)
    assert judged(late).state is AppealState.CONFIRMED
    assert judged(look(row(at=SENT + behind))).state is AppealState.NEEDS_HUMAN, "without its clock it looks old"


@pytest.mark.parametrize("rows", [[], [row()], [row("A-1"), row("A-2")]], ids=["none", "one", "two"])
def test_what_is_said_of_a_site_s_wrong_clock_can_be_logged(rows: list[AppealStatusReading]) -> None:
    found = judged(look(*rows, clock_offset=timedelta(hours=3, milliseconds=417)))
    assert found.facts["clock_offset_seconds"] == 10_800
    assert canonical_bytes(found.facts)


def test_an_old_row_of_a_site_whose_clock_is_ahead_of_ours_is_not_taken_for_ours() -> None:
    ahead = timedelta(hours=3)
    old = row(at=SENT - timedelta(hours=1) + ahead)
    assert judged(look(old, clock_offset=ahead)).state is not AppealState.CONFIRMED
    assert judged(look(old)).state is AppealState.CONFIRMED, "without its clock it looks new"


def test_two_rows_are_a_duplicate_even_after_a_confirmation() -> None:
    confirmed = replace(UNKNOWN, state=AppealState.CONFIRMED, number="A-1")
    assert judged(look(row("A-1"), row("A-2")), appeal=confirmed).state is AppealState.DUPLICATE_SEEN


def test_a_row_that_belongs_to_an_earlier_generation_is_not_ours() -> None:
    assert judged(look(row("A-1")), claimed=("A-1",)).state is AppealState.ABSENT


def test_absence_needs_two_looks_a_settle_window_apart() -> None:
    assert judged(look(), earlier=()).state is None
    assert judged(look(), earlier=(first_look(timedelta(seconds=1)),)).state is None
    assert judged(look()).state is AppealState.ABSENT


SPOILED = {
    "the list was not read to its end": look(is_complete=False),
    "the wrong account": replace(look(), account_proven=False),
    "the form may still be open": replace(look(), submitter_gone=False),
    "the review is marked as reported": replace(look(), reported_mark=True),
    "a row that cannot be attributed": look(row(review_id=None)),
    "no list could be read": replace(look(), listing=None),
}


@pytest.mark.parametrize("seen", SPOILED.values(), ids=SPOILED.keys())
def test_absence_is_not_proven_by_a_spoiled_look(seen: SiteLook) -> None:
    assert judged(seen).state is not AppealState.ABSENT


def test_a_spoiled_first_look_does_not_count() -> None:
    assert judged(look(), earlier=(first_look(is_healthy=False),)).state is None


def test_an_old_row_of_another_review_without_its_id_spoils_nothing() -> None:
    old = row(review_id=None, at=SENT - timedelta(days=2))
    assert judged(look(old)).state is AppealState.ABSENT


def test_a_number_that_the_list_does_not_have_needs_a_person() -> None:
    confirmed = replace(UNKNOWN, state=AppealState.CONFIRMED, number="A-9")
    assert judged(look(), appeal=confirmed).state is AppealState.NEEDS_HUMAN


def test_a_number_that_the_list_gives_to_another_review_is_not_ours() -> None:
    confirmed = replace(UNKNOWN, state=AppealState.CONFIRMED, number="A-1")
    assert judged(look(row(review_id="r2")), appeal=confirmed).state is AppealState.NEEDS_HUMAN


def test_no_gesture_and_no_release_mean_not_sent_where_the_catalog_vouches() -> None:
    untouched = replace(UNKNOWN, released_at=None, gesture_at=None)
    assert judged(look(), appeal=untouched, earlier=()).state is AppealState.APPROVED


@pytest.mark.parametrize("terms", [LIST_TERMS, NO_LIST_TERMS])
def test_one_look_never_tells_absence(terms: ChannelTerms) -> None:
    stamped = replace(UNKNOWN, released_at=None)
    assert judged(look(), appeal=stamped, terms=terms, earlier=()).state is None


def test_what_the_page_has_after_our_gesture_is_ours_until_shown_otherwise() -> None:
    seen = replace(look(), listing=None, reported_mark=True)
    stamped = replace(UNKNOWN, released_at=None)
    assert judged(seen, appeal=stamped, terms=NO_LIST_TERMS, earlier=()).state is AppealState.ACKNOWLEDGED


def test_a_number_that_the_answer_showed_is_never_called_not_sent() -> None:
    numbered = replace(UNKNOWN, released_at=None, gesture_at=None, number="A-1")
    assert judged(look(), appeal=numbered, earlier=()).state is None


def test_no_release_proves_nothing_where_the_catalog_does_not_vouch() -> None:
    terms = replace(LIST_TERMS, submits_by_visible_request=False)
    assert judged(look(), appeal=replace(UNKNOWN, released_at=None), terms=terms, earlier=()).state is None


def test_no_release_proves_nothing_while_the_form_may_be_open() -> None:
    seen = replace(look(), submitter_gone=False)
    assert judged(seen, appeal=replace(UNKNOWN, released_at=None), earlier=()).state is None


def test_a_form_that_failed_too_often_needs_a_person() -> None:
    tired = replace(UNKNOWN, released_at=None, gesture_at=None, returns=LIST_TERMS.max_returns)
    assert judged(look(), appeal=tired).state is AppealState.NEEDS_HUMAN


def test_without_a_list_the_mark_acknowledges_and_nothing_else_is_ever_proven() -> None:
    seen = replace(look(), listing=None)
    assert judged(replace(seen, reported_mark=True), terms=NO_LIST_TERMS).state is AppealState.ACKNOWLEDGED
    assert judged(replace(seen, reported_mark=False), terms=NO_LIST_TERMS).state is AppealState.NEEDS_HUMAN
    assert judged(replace(seen, reported_mark=None), terms=NO_LIST_TERMS, earlier=()).state is None


def test_a_refusal_by_the_form_is_overruled_by_the_list() -> None:
    refused = replace(UNKNOWN, state=AppealState.REJECTED_BY_FORM)
    assert judged(look(row()), appeal=refused).state is AppealState.CONFIRMED
    assert judged(look(), appeal=refused).is_counted


def test_a_row_from_before_the_intent_is_somebody_else_s_report() -> None:
    terms = replace(LIST_TERMS, submits_by_visible_request=False)
    old = row(at=SENT - timedelta(days=1))
    found = judged(look(old), appeal=replace(UNKNOWN, released_at=None), terms=terms)
    assert (found.state, found.number) == (AppealState.ALREADY_REPORTED, "A-1")


def test_after_a_restore_a_missing_release_proves_nothing() -> None:
    stamped = replace(UNKNOWN, released_at=None)
    found = judge(stamped, look(), LIST_TERMS, earlier=(), claimed=(), is_suspect=True)
    assert found.state is None
    assert is_suspect(stamped, SENT + timedelta(days=1))
    assert not is_suspect(stamped, None)


def test_duplicates_are_counted_a_settle_window_after_whoever_could_send_is_gone() -> None:
    """A process stopped in the middle of a filing sends the request again when it wakes; the list shows that later."""
    confirmed = replace(UNKNOWN, state=AppealState.CONFIRMED)
    woke = SENT + timedelta(hours=1)
    seen = replace(look(row(), after=timedelta(hours=1, seconds=1)), gone_since=woke)
    assert not judged(seen, appeal=confirmed).is_counted
    later = replace(seen, read_at=woke + LIST_TERMS.settle_window)
    assert judged(later, appeal=confirmed).is_counted


def test_what_is_counted_or_closed_is_not_asked_about_again() -> None:
    confirmed = replace(UNKNOWN, state=AppealState.CONFIRMED)
    assert needs_look(confirmed, LIST_TERMS)
    assert not needs_look(replace(confirmed, counted_at=SENT), LIST_TERMS)
    assert not needs_look(replace(UNKNOWN, closed_at=SENT), LIST_TERMS)
    assert not needs_look(confirmed, NO_LIST_TERMS)
