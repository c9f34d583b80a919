"""Many reviews judged one after the other: each as by itself, and what they share is read once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cases import judging
from monitor.clock import ManualClock
from monitor.state.reviews import ReviewRecord, Reviews
from tests.appeal_world import OPERATOR
from tests.command_world import ACCOUNT, forget_home, make_home, open_home


def test_each_is_judged_as_by_itself_and_their_surroundings_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    make_home(tmp_path / "home", clock, reviews=7)
    installation = open_home(tmp_path / "home", clock)
    account = installation.settings.find_account(ACCOUNT)
    with installation.state.read() as tx:
        ids = [one.review_id for one in tx.reviews.find(ACCOUNT)]
    alone = [judging.consider(installation, account, one).verdict for one in ids]
    asked: list[object] = []
    find = Reviews.find

    def counted(self: Reviews, *given: object, **named: object) -> list[ReviewRecord]:
        asked.append(named)
        return find(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Reviews, "find", counted)

    judged = list(judging.judge_reviews(installation, account, ids, actor=OPERATOR))

    assert [one.verdict for one in judged] == alone
    assert len(asked) == 2, "the product's own and the newest of others, whatever number is judged"
    with installation.state.read() as tx:
        assert all(tx.verdicts.newest(one.case.id) is not None for one in judged)
    forget_home(tmp_path / "home")
