"""How long sign-ins held, as the action log tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.clock import ManualClock
from monitor.state import Action, subject
from monitor.use_cases.signed_in import Held, show_held
from tests.appeal_world import ACCOUNT, START, sqlite_home

IDENTITY = "site_profile"


def told(folder: Path, *seen: tuple[float, str]) -> Held:
    """What the program says where such things were seen, each so many days after the start: a way, or empty: lost."""
    clock = ManualClock(START)
    state = sqlite_home(folder, clock).open()
    with state.transaction() as tx:
        tx.accounts.add(ACCOUNT, site="ozon")
    for day, way in seen:
        clock.advance(START + timedelta(days=day) - clock.now())
        action = Action(
            "session.proven" if way else "session.lost",
            subjects=[subject("account", ACCOUNT)],
            outputs={"identity": IDENTITY, "state": "", "way": way},
        )
        with state.transaction() as tx:
            tx.journal.record(ACCOUNT, action)
    held = show_held(state, ACCOUNT, zone="UTC").get(IDENTITY, Held(now=None, is_cut=False, before=(), usual=None))
    state.close()
    return held


def test_a_forecast_is_the_median_of_sign_ins_that_ended(tmp_path: Path) -> None:
    held = told(
        tmp_path,
        *((0, "code"), (4, "restored"), (10, "restored"), (10.5, "")),
        *((11, "hand_over"), (31, "restored"), (31.5, "")),
        *((32, "code"), (33, "restored")),
    )
    assert held.now is not None
    assert (held.now.way, held.now.length) == ("code", timedelta(days=1))
    assert [(one.way, one.length.days) for one in held.before] == [("hand_over", 20), ("code", 10)]
    assert held.usual == timedelta(days=15)
    assert held.until == datetime(2026, 10, 1, 9, 0, tzinfo=UTC) + timedelta(days=47)


def test_of_one_ended_sign_in_nothing_is_forecast_and_a_new_one_ends_the_one_before(tmp_path: Path) -> None:
    held = told(tmp_path, (0, "code"), (3, "restored"), (5, "code"), (6, "restored"))
    assert held.usual is None
    assert held.until is None
    assert [one.length.days for one in held.before] == [3]
    assert held.now is not None
    assert held.now.length.days == 1


def test_a_sign_in_whose_beginning_nobody_saw_counts_for_no_forecast(tmp_path: Path) -> None:
    held = told(tmp_path, (0, "restored"), (8, "restored"))
    assert held.is_cut
    assert held.until is None
    ended = told(tmp_path / "more", (0, "restored"), (8, "restored"), (9, ""), (10, "code"), (12, ""), (13, "code"))
    assert ended.usual is None, "of the two that ended one was cut"


def test_without_a_sign_in_nothing_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) == Held(now=None, is_cut=False, before=(), usual=None)
    lost = told(tmp_path / "lost", (0, ""))
    assert (lost.now, lost.before) == (None, ())
