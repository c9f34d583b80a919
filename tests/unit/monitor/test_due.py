"""Whether anything may be done for an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.state.accounts import AccountRecord
from monitor.watching.due import is_account_free
from tests.appeal_world import ACCOUNT, SITE, START

NOW = START + timedelta(days=1)
FREE = AccountRecord(ACCOUNT, SITE, "", START, None, None, "", None, None)


@pytest.mark.parametrize(
    ("account", "is_free"),
    [
        (FREE, True),
        (replace(FREE, disabled_at=START), False),
        (replace(FREE, stopped_at=START, stopped_why="captcha"), False),
        (replace(FREE, stopped_at=START, stopped_until=NOW + timedelta(hours=1)), False),
        (replace(FREE, stopped_at=START, stopped_until=NOW - timedelta(minutes=1)), True),
    ],
    ids=["in use", "disabled", "behind a wall", "behind a wall for an hour", "a wall that has ended"],
)
def test_a_wall_or_a_person_keeps_an_account_shut(account: AccountRecord, *, is_free: bool) -> None:
    assert is_account_free(account, NOW) is is_free
