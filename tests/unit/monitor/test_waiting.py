"""``--wait``: a command whose account somebody else works on waits for that instead of leaving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.cli.exits import ExitCode
from monitor.state.locks import Lease
from tests.appeal_world import fast_folder
from tests.command_world import ACCOUNT, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import new_site


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "home", site.clock)
        yield CommandWorld(folder / "home", site)
        forget_home(folder / "home")


def hold(world: CommandWorld) -> Lease:
    with world.installation().state.transaction() as tx:
        return tx.locks.acquire(ACCOUNT, "another visit", timedelta(minutes=5), boottime=world.site.clock.boottime())


def give_back(world: CommandWorld, lease: Lease) -> None:
    with world.installation().state.transaction() as tx:
        tx.locks.release(lease)


def test_a_busy_account_is_left_with_the_way_to_wait(world: CommandWorld) -> None:
    hold(world)
    said = world.run("appeal", "follow")
    assert said.code == ExitCode.BUSY
    assert "--wait 10m" in said.err


def test_a_command_that_waits_goes_on_when_the_account_is_free_and_sends_once(
    world: CommandWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.draft().code == 0
    appeal = world.newest().id
    assert world.run("appeal", "approve", appeal).code == 0
    lease, slept = hold(world), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            give_back(world, lease)

    monkeypatch.setattr("monitor.cli.visiting.time.sleep", sleep)
    said = world.run("appeal", "submit", appeal, "--wait", "10m")
    assert (said.code, len(slept), world.site.gestures[appeal]) == (0, 2, 1)
    assert "waiting for it" in said.err


def test_waiting_ends(world: CommandWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(world)
    monkeypatch.setattr(
        "monitor.cli.visiting.time.sleep", lambda seconds: world.site.clock.advance(timedelta(seconds=seconds))
    )
    assert world.run("--wait", "10s", "appeal", "follow").code == ExitCode.BUSY


def test_a_time_that_is_none_is_refused(world: CommandWorld) -> None:
    said = world.run("appeal", "follow", "--wait", "soon")
    assert said.code == ExitCode.USAGE
    assert "--wait" in said.err
