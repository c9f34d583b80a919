"""What fills an installation before it is frozen still reaches every state, so that the next release can be frozen."""

from __future__ import annotations

from pathlib import Path

from monitor.appeals.machine import AppealState, Moderation, Outcome
from monitor.clock import SystemClock
from monitor.closed_lists.states import AnswerState
from tests.appeal_world import ACCOUNT, IDENTITY, fast_folder, settle_in, sqlite_home
from tests.frozen.in_every_state import Desk, fill


def test_every_state_of_appeals_and_answers_is_reached(tmp_path: Path) -> None:
    reviews = [f"r{number}" for number in range(60)]
    with fast_folder(tmp_path) as folder, sqlite_home(folder, SystemClock()).open() as state:
        settle_in(state, reviews)
        fill(Desk(state, ACCOUNT, IDENTITY, iter(reviews)))
        with state.read() as tx:
            appeals = tx.appeals.of_account(ACCOUNT)
            answers = {one.state for appeal in appeals for one in tx.questions.of(appeal.id)}
    assert {one.state for one in appeals} == set(AppealState)
    assert {one.moderation for one in appeals} == {"", *Moderation}
    assert {one.outcome for one in appeals} == {"", *Outcome}
    assert answers == set(AnswerState)
