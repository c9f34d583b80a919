"""One lock for one login on one site, whoever configures it twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.clock import ManualClock
from monitor.errors import AccountBusy, LeaseLost
from monitor.state import State
from monitor.state.login_locks import one_spelling
from tests.appeal_world import SITE

MINUTE = timedelta(minutes=1)
LOGIN = [(SITE, "shop@example.test")]


@pytest.fixture(autouse=True)
def _accounts(state: State) -> None:
    with state.transaction() as tx:
        for name in ("one", "two"):
            tx.accounts.add(name, site=SITE)


def test_two_accounts_of_one_login_never_act_at_once(state: State) -> None:
    first = state.acquire("one", "v1", MINUTE, logins=LOGIN)
    with pytest.raises(AccountBusy, match="has the login of account one"):
        state.acquire("two", "v2", MINUTE, logins=LOGIN)
    state.acquire("two", "v3", MINUTE, logins=[(SITE, "other@example.test")])
    state.release(first)
    with pytest.raises(AccountBusy):
        state.acquire("two", "v4", MINUTE, logins=LOGIN)


def test_a_refused_login_leaves_the_account_s_own_lock_free(state: State) -> None:
    state.acquire("one", "v1", MINUTE, logins=LOGIN)
    with pytest.raises(AccountBusy):
        state.acquire("two", "v2", MINUTE, logins=LOGIN)
    assert state.acquire("two", "v3", MINUTE).owner == "v3"


def test_whoever_lost_a_login_writes_nothing_more(state: State, clock: ManualClock) -> None:
    lost = state.acquire("one", "v1", MINUTE, logins=LOGIN)
    clock.advance(MINUTE * 2)
    state.acquire("two", "v2", MINUTE, logins=LOGIN)
    with pytest.raises(LeaseLost):
        state.heartbeat(lost)
    with pytest.raises(LeaseLost), state.transaction(lost):
        pass


def test_a_heartbeat_keeps_the_login_too(state: State, clock: ManualClock) -> None:
    held = state.acquire("one", "v1", MINUTE, logins=LOGIN)
    for _ in range(5):
        clock.advance(MINUTE / 2)
        state.heartbeat(held)
    with pytest.raises(AccountBusy):
        state.acquire("two", "v2", MINUTE, logins=LOGIN)


def test_a_dead_visit_s_login_is_free_with_its_account(state: State) -> None:
    state.acquire("one", "v1", MINUTE, logins=LOGIN)
    with state.transaction() as tx:
        tx.locks.seize("one", "v1/parent", MINUTE, boottime=state.clock.boottime())
    assert state.acquire("two", "v2", MINUTE, logins=LOGIN).owner == "v2"


def test_a_login_has_one_spelling() -> None:
    assert one_spelling(" Shop@Example.test ") == one_spelling("shop@example.test")
    assert one_spelling("+7 (900) 123-45-67") == one_spelling("8 900 1234567")
