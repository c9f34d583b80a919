"""What the seller changed, on both stores."""

from __future__ import annotations

import pytest

from monitor.state import State
from monitor.state.changes import ChangeRecord
from monitor.state.repository import new_id
from tests.appeal_world import ACCOUNT, START, settle_in


def a_change() -> ChangeRecord:
    return ChangeRecord(
        id=new_id("change"),
        account_id=ACCOUNT,
        what="Плотная коробка",
        why="мнётся",
        aspect="packaging",
        products=("1001",),
        comparable=(),
        reviews=("r1",),
        owner="Пётр",
        risk="дороже на рубль",
        state="planned",
        begins_at=None,
        lag_days=14,
        before_days=90,
        look_at=None,
        added_by="Анна",
        added_at=START,
    )


def test_a_change_and_its_steps_come_back_as_they_were_stored(state: State) -> None:
    change = a_change()
    settle_in(state, ["r1"])
    with state.transaction() as tx:
        tx.changes.add(change)
        tx.changes.begin(change.id, at=START, look_at=START)
        tx.changes.step(change.id, "begun", by="Анна", result={"answer": "too_few"})
    with state.read() as tx:
        (found,), steps = tx.changes.of_account(ACCOUNT), tx.changes.steps(change.id)
        streamed = list(tx.review_stream.all_of(ACCOUNT))

    assert (found.products, found.reviews, found.state, found.begins_at) == (("1001",), ("r1",), "begun", START)
    assert [(step.number, step.state, step.result) for step in steps] == [
        (1, "planned", None),
        (2, "begun", {"answer": "too_few"}),
    ]
    assert [one.review_id for one in streamed] == ["r1"]


def test_a_state_that_is_none_is_refused() -> None:
    values = a_change().__dict__ | {"state": "forgotten"}

    with pytest.raises(ValueError, match="no state of a change"):
        ChangeRecord(**values)
