"""What is due, from the stored state alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import ABSENCE
from monitor.state.accounts import AccountRecord, ProductRecord
from monitor.state.appeals import AppealRecord, LookRecord
from monitor.watching.coverage import find_gaps
from monitor.watching.due import DueTask, Pace, Picture, Task, find_due
from tests.appeal_world import ACCOUNT, LIST_TERMS, SITE, START
from tests.unit.monitor.test_reconcile import UNKNOWN

NOW = START + timedelta(days=1)
FREE = AccountRecord(ACCOUNT, SITE, "", START, None, None, "", None, None)


def product(sku: str, *, polled: timedelta | None) -> ProductRecord:
    polled_at = None if polled is None else NOW - polled
    return ProductRecord(
        account_id=ACCOUNT, sku=sku, url="u", title="", rating_raw="", reviews_total=None, poll_memory="", pulse="",
        added_at=START, baseline_at=None, last_polled_at=polled_at, last_complete_at=polled_at, gone_at=None,
        retired_at=None,
    )  # fmt: skip


def due(
    *,
    account: AccountRecord = FREE,
    products: tuple[ProductRecord, ...] = (),
    appeals: tuple[AppealRecord, ...] = (),
    looks: dict[str, tuple[LookRecord, ...]] | None = None,
) -> list[tuple[Task, str]]:
    picture = Picture(account=account, products=products, appeals=appeals, looks=looks or {}, followed_at=NOW)
    found: list[DueTask] = find_due(picture, {LIST_TERMS.channel: LIST_TERMS}, Pace(), NOW)
    return [(task.task, task.subject) for task in found]


def test_products_are_due_an_interval_after_their_last_poll() -> None:
    products = (
        product("never", polled=None),
        product("old", polled=timedelta(hours=2)),
        product("new", polled=timedelta(minutes=5)),
    )
    assert due(products=products) == [(Task.POLL, "never"), (Task.POLL, "old")]


@pytest.mark.parametrize(
    "account",
    [
        replace(FREE, disabled_at=START),
        replace(FREE, stopped_at=START, stopped_why="captcha"),
        replace(FREE, stopped_at=START, stopped_until=NOW + timedelta(hours=1)),
    ],
)
def test_nothing_is_due_for_an_account_behind_a_wall(account: AccountRecord) -> None:
    assert due(account=account, products=(product("p", polled=None),), appeals=(UNKNOWN,)) == []


def test_a_wall_with_an_end_ends() -> None:
    over = replace(FREE, stopped_at=START, stopped_until=NOW - timedelta(minutes=1))
    assert due(account=over, products=(product("p", polled=None),)) == [(Task.POLL, "p")]


def test_what_is_unclear_comes_first_and_what_is_approved_is_due() -> None:
    ready = replace(UNKNOWN, id="a2", state=AppealState.APPROVED)
    assert due(appeals=(ready, UNKNOWN)) == [(Task.RECONCILE, "a1"), (Task.SUBMIT, "a2")]


def test_the_second_look_waits_for_the_settle_window() -> None:
    fresh = LookRecord(1, "a1", ABSENCE, NOW - timedelta(minutes=1), True, "", None)  # noqa: FBT003 - a row as stored
    assert due(appeals=(UNKNOWN,), looks={"a1": (fresh,)}) == []
    ripe = replace(fresh, read_at=NOW - LIST_TERMS.settle_window)
    assert due(appeals=(UNKNOWN,), looks={"a1": (ripe,)}) == [(Task.RECONCILE, "a1")]


def test_after_a_restore_asking_is_due_and_sending_is_not() -> None:
    restored = replace(FREE, must_reconcile_since=START)
    assert (Task.SUBMIT, "a2") not in due(
        account=restored, appeals=(replace(UNKNOWN, id="a2", state=AppealState.APPROVED),)
    )


def test_a_product_nobody_reads_fully_is_a_gap() -> None:
    products = [product("silent", polled=timedelta(hours=30)), product("fine", polled=timedelta(hours=1))]
    assert [gap.sku for gap in find_gaps(products, NOW, limit=timedelta(hours=24))] == ["silent"]
