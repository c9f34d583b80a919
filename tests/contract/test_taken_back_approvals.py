"""Whoever takes an appeal back to a draft, or ends it unsent, takes its approval back; on both stores."""

from __future__ import annotations

from importlib import import_module

import pytest
from sqlalchemy import text

from monitor.appeals.machine import AppealState, Taker
from monitor.appeals.steps import StepContext, move
from monitor.state import State
from monitor.state.appeals import AppealRecord
from tests.appeal_world import OPERATOR, approved, settle_in

_S, _T = AppealState, Taker
WAYS = (
    ((_S.DRAFT, _T.FILING),),
    ((_S.MOOT, _T.FILING),),
    ((_S.DRAFT, _T.REVOKE),),
    ((_S.MOOT, _T.DROP),),
    ((_S.NEEDS_HUMAN, _T.RESTORE), (_S.DRAFT, _T.RESOLVE)),
    ((_S.NEEDS_HUMAN, _T.RESTORE), (_S.MOOT, _T.RESOLVE)),
)


def holds(state: State, appeal: AppealRecord) -> bool:
    with state.read() as tx:
        return tx.approvals.valid(appeal.id, appeal.payload_hash) is not None


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(f"{taker}" for _, taker in way) + f"-{way[-1][0]}")
def test_no_approval_holds_of_what_was_taken_back(state: State, way: tuple[tuple[AppealState, Taker], ...]) -> None:
    settle_in(state, ["r1"])
    appeal = moved = approved(state, "r1")
    assert holds(state, appeal)

    with state.transaction() as tx:
        for wanted, taker in way:
            moved = move(tx, moved, wanted, taker, StepContext(actor=OPERATOR))

    assert not holds(state, appeal)


def test_the_migration_takes_back_what_earlier_versions_left(state: State) -> None:
    settle_in(state, ["r1", "r2"])
    left, standing = approved(state, "r1"), approved(state, "r2")
    migration = import_module("monitor.state.migrations.versions.0020_taken_back_approvals")

    with state.transaction() as tx:
        connection = tx.appeals._connection
        connection.execute(text("UPDATE appeals SET state = 'draft' WHERE id = :id"), {"id": left.id})
        connection.execute(text(migration._TAKEN_BACK))

    assert not holds(state, left)
    assert holds(state, standing)
