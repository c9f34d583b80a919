"""Which decisions of the site still need their picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.closed_lists.states import Moderation
from monitor.state.appeals import AppealRecord
from monitor.state.cases import ArtifactRecord
from monitor.visiting.following import is_decision_unseen
from tests.appeal_world import draft, settle_in, sqlite_home

DECIDED = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def appeal(tmp_path: Path) -> AppealRecord:
    home = sqlite_home(tmp_path)
    with home.open() as state:
        settle_in(state, ["r1"])
        made = draft(state, "r1")
    return replace(made, number="A-1", moderation=Moderation.ACCEPTED, decided_at=DECIDED)


def taken(moment: str, at: datetime) -> ArtifactRecord:
    return ArtifactRecord(
        id="artifact_1",
        account_id="main",
        moment=moment,
        sha256="0" * 64,
        manifest_sha256="1" * 64,
        path="",
        media_type="image/png",
        size=1,
        review_id="r1",
        case_id=None,
        appeal_id="appeal_1",
        visit_id=None,
        captured_at=at,
        is_complete=True,
    )


def test_a_decision_needs_one_picture_taken_after_it(appeal: AppealRecord) -> None:
    later, earlier = DECIDED + timedelta(seconds=5), DECIDED - timedelta(days=1)
    assert is_decision_unseen(appeal, [])
    assert is_decision_unseen(appeal, [taken("status", earlier), taken("confirmation", later)])
    assert not is_decision_unseen(appeal, [taken("status", later)])


@pytest.mark.parametrize("change", [{"number": None}, {"decided_at": None}, {"moderation": "needs_information"}])
def test_without_a_decision_there_is_nothing_to_capture(appeal: AppealRecord, change: dict[str, str | None]) -> None:
    assert not is_decision_unseen(replace(appeal, **change), [])  # type: ignore[arg-type]
