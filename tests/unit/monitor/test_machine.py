"""The table of states, the payload's hash, and caps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.channels import Attachment, FilingOrder, FilledForm
from monitor.appeals.caps import Activity, require_room
from monitor.appeals.filing import find_differences
from monitor.appeals.machine import ARROWS, IN_FLIGHT, MAY_FOLLOW, AppealState, Taker, may_take, require_may_take
from monitor.appeals.payload import Payload
from monitor.errors import CapReached, IllegalTransition
from tests.appeal_world import LIST_TERMS, START, payload_for

IDLE = Activity(gestures_in_day=0, last_gesture=None, rejections=(), unknown=0)


def test_the_table_names_every_state() -> None:
    assert set(MAY_FOLLOW) == set(AppealState)


def test_nothing_leads_back_to_a_request_but_a_person_s_approval() -> None:
    may_become_intent = {state for state, after in MAY_FOLLOW.items() if AppealState.INTENT in after}
    assert may_become_intent == {AppealState.APPROVED}
    after_release = {AppealState.RELEASED}
    while True:
        reached = after_release | {after for state in after_release for after in MAY_FOLLOW[state]}
        if reached == after_release:
            break
        after_release = reached
    # UNKNOWN leads on only under a condition that a release forbids, NEEDS_HUMAN only through a draft.
    assert AppealState.APPROVED not in MAY_FOLLOW[AppealState.RELEASED]
    assert not IN_FLIGHT & set().union(
        *(MAY_FOLLOW[state] for state in after_release - IN_FLIGHT - {AppealState.APPROVED})
    )


def test_an_arrow_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(IllegalTransition, match="cannot make it"):
        require_may_take(Taker.APPROVE, AppealState.CONFIRMED, AppealState.APPROVED)


def test_approve_and_release_begin_at_a_draft_and_nowhere_else() -> None:
    for taker in (Taker.APPROVE, Taker.RELEASE):
        mine = [(before, after) for row in ARROWS if row.by is taker for before in row.before for after in row.after]
        assert mine == [(AppealState.DRAFT, AppealState.APPROVED)]


def test_what_may_have_gone_out_is_closed_only_by_a_person_who_looked() -> None:
    doubtful = {AppealState.UNKNOWN, *IN_FLIGHT}
    assert not [state for state in doubtful if may_take(Taker.DROP, state, AppealState.MOOT)]
    assert may_take(Taker.RESOLVE, AppealState.UNKNOWN, AppealState.MOOT)


def test_each_arrow_says_why_and_none_is_anybody_s_twice() -> None:
    assert all(row.why for row in ARROWS)
    single = [(row.by, before, after) for row in ARROWS for before in row.before for after in row.after]
    assert len(single) == len(set(single))


GIVEN = payload_for("r1")
CHANGED = [
    replace(GIVEN, site="other"),
    replace(GIVEN, identity="other"),
    replace(GIVEN, channel="other"),
    replace(GIVEN, review_id="other"),
    replace(GIVEN, review_version=2),
    replace(GIVEN, ground="other"),
    replace(GIVEN, reason_label="other"),
    replace(GIVEN, text=GIVEN.text + "!"),
    replace(GIVEN, product_url="other"),
    replace(GIVEN, order_number="1"),
    replace(GIVEN, files=(Attachment(path=Path("a"), name="a.png", sha256="0" * 64, media_type="image/png"),)),
]


@pytest.mark.parametrize("changed", CHANGED)
def test_every_part_of_the_payload_changes_its_hash(changed: Payload) -> None:
    assert changed.compute_hash() != GIVEN.compute_hash()


def test_where_a_file_lies_is_no_part_of_the_payload() -> None:
    files = [Attachment(path=Path(name), name="a.png", sha256="0" * 64, media_type="image/png") for name in "ab"]
    one, two = (replace(GIVEN, files=(file,)).compute_hash() for file in files)
    assert one == two


@pytest.mark.parametrize(
    ("activity", "message"),
    [
        (replace(IDLE, gestures_in_day=20), "cap of 20"),
        (replace(IDLE, last_gesture=START - timedelta(seconds=30)), "distance"),
        (replace(IDLE, rejections=[START - timedelta(hours=hours) for hours in (3, 2, 1)]), "rejected lately"),
        (replace(IDLE, unknown=1), "not known"),
    ],
)
def test_each_limit_holds_by_itself(activity: Activity, message: str) -> None:
    terms = replace(LIST_TERMS, daily_cap=20, pace=timedelta(minutes=2), stops_on_unknown=True)
    require_room(IDLE, terms, START)
    with pytest.raises(CapReached, match=message):
        require_room(activity, terms, START)


def test_people_are_told_in_their_own_zone_when_it_can_be_tried_again() -> None:
    terms = replace(LIST_TERMS, pace=timedelta(minutes=2), zone="Asia/Yekaterinburg")
    with pytest.raises(CapReached) as refused:
        require_room(replace(IDLE, last_gesture=START), terms, START)
    again = START + timedelta(minutes=2)
    assert f"{again + timedelta(hours=5):%Y-%m-%d %H:%M:%S} (Asia/Yekaterinburg)" in refused.value.hint
    assert refused.value.not_before == again.isoformat(timespec="seconds"), "programs are told the offset"


ORDER = FilingOrder(
    appeal_id="a", generation=1, site="ozon", identity="me", channel="c", review_id="r1", review_text="плохо",
    product_url="u", order_number=None, ground="g", reason_label="Не о товаре", text="Текст\nдве строки",
)  # fmt: skip
FORM = FilledForm(url="u", review_id="r1", review_text="плохо", reason_label="Не о товаре", text="Текст две строки")


def test_a_form_that_shows_the_order_has_no_differences() -> None:
    assert find_differences(FORM, ORDER) == []


@pytest.mark.parametrize(
    "change",
    [
        {"review_id": "r2"},
        {"review_id": None},
        {"reason_label": "Спам"},
        {"text": "Текст"},
        {"attachment_names": ("a.png",)},
    ],
)
def test_any_difference_between_form_and_order_is_named(change: dict[str, object]) -> None:
    assert len(find_differences(FORM.model_copy(update=change), ORDER)) == 1
