"""Every hint about an appeal names commands that work from where it stands: each is typed, and must do its work."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.appeals.machine import AppealState, Moderation
from monitor.appeals.next_steps import next_step
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, REPORT, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import new_site

_S = AppealState


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "home", site.clock)
        yield CommandWorld(folder / "home", site)
        forget_home(folder / "home")


def draft(world: CommandWorld, how: tuple[str, ...] = ORDER) -> None:
    assert world.draft(how=how).code == 0


def approve(world: CommandWorld, how: tuple[str, ...] = ORDER) -> None:
    draft(world, how)
    assert world.run("appeal", "approve", world.newest().id).code == 0


def submit(world: CommandWorld, mode: str, how: tuple[str, ...] = ORDER, *, death: str = "") -> None:
    approve(world, how)
    world.site.mode, world.site.death = mode, death
    world.run("appeal", "submit", world.newest().id)
    world.site.mode = "ok"


def wait(world: CommandWorld) -> None:
    world.site.clock.advance(timedelta(minutes=20))
    world.run("appeal", "follow")


def make_absent(world: CommandWorld) -> None:
    submit(world, "lost")
    wait(world)
    wait(world)


def make_lost_without_list(world: CommandWorld) -> None:
    submit(world, "lost", REPORT)
    wait(world)
    wait(world)


def drop(world: CommandWorld) -> None:
    draft(world)
    world.run("appeal", "drop", world.newest().id)


WAYS: list[tuple[AppealState, Callable[[CommandWorld], None]]] = [
    (_S.DRAFT, draft),
    (_S.APPROVED, approve),
    (_S.UNKNOWN, lambda world: submit(world, "hang")),
    (_S.UNKNOWN, lambda world: submit(world, "ok", death="kept")),
    (_S.CONFIRMED, lambda world: submit(world, "ok")),
    (_S.ACKNOWLEDGED, lambda world: submit(world, "ok", REPORT)),
    (_S.REJECTED_BY_FORM, lambda world: submit(world, "refused")),
    (_S.ALREADY_REPORTED, lambda world: submit(world, "taken")),
    (_S.NEEDS_HUMAN, lambda world: submit(world, "drift")),
    (_S.NEEDS_HUMAN, make_lost_without_list),
    (_S.ABSENT, make_absent),
    (_S.MOOT, drop),
]


@pytest.mark.parametrize(("state", "reach"), WAYS, ids=[f"{number}-{state}" for number, (state, _) in enumerate(WAYS)])
def test_each_command_of_a_hint_works(
    world: CommandWorld, state: AppealState, reach: Callable[[CommandWorld], None]
) -> None:
    reach(world)
    appeal = world.newest()
    assert appeal.state == state
    told = world.run("appeal", "status", appeal.id).err
    commands = re.findall(r"`fairreview ([^`]+)`", told.replace("\n", " "))
    assert commands, told
    for number, command in enumerate(commands):
        elsewhere = world.twin(world.home.with_name(f"home{number}"))
        done = elsewhere.run(*shlex.split(command))
        assert done.code == 0, f"{command}: {done.err}"
        forget_home(elsewhere.home)


@pytest.mark.parametrize(("state", "reach"), [WAYS[2], WAYS[6], WAYS[8], WAYS[10]])
def test_what_approve_refuses_it_refuses_with_the_hint_of_the_state(
    world: CommandWorld, state: AppealState, reach: Callable[[CommandWorld], None]
) -> None:
    reach(world)
    appeal, made = world.newest(), sum(world.site.gestures.values())
    refused = world.run("appeal", "approve", appeal.id, "--hash", appeal.payload_hash)
    assert refused.code == 1
    assert world.newest().state == state, "nothing moved"
    assert "`fairreview appeal" in refused.err
    world.run("appeal", "submit")
    assert sum(world.site.gestures.values()) == made


def test_an_unknown_outcome_has_no_door_but_a_look_at_the_site(world: CommandWorld) -> None:
    submit(world, "hang")
    appeal = world.newest()
    for door in (
        ("approve", appeal.id, "--hash", appeal.payload_hash),
        ("revoke", appeal.id),
        ("drop", appeal.id),
        ("release", appeal.id),
        ("draft", "r1", *ORDER),
    ):
        assert world.run("appeal", *door).code in {1, 8}, door
        assert world.newest() == appeal
    assert world.run("appeal", "resolve", appeal.id, "over").code == 0
    assert world.draft().code == 1, "left without finding out: the site may have it"
    assert world.site.gestures.total() == 1


def test_an_appeal_that_was_decided_is_not_said_to_lie_with_the_site(world: CommandWorld) -> None:
    submit(world, "ok")
    decided = replace(world.newest(), moderation=Moderation.REJECTED)
    told = next_step(decided, is_doubtful=False)
    assert told.startswith("The site has decided (rejected). It is open until the review's public page was looked at")
    assert "`fairreview appeal follow --account shop`" in told


def test_an_approval_whose_channel_is_off_by_now_names_the_way_to_turn_it_on(world: CommandWorld) -> None:
    """The settings name the live site since it was approved: there the channel is off until a look was confirmed."""
    approve(world)
    forget_home(world.home)
    config = world.home / "config.toml"
    config.write_text(config.read_text("utf-8").replace("http://127.0.0.1:9", "https://shop.example.com"), "utf-8")

    told = world.run("appeal", "status", world.newest().id).err
    refused = world.run("appeal", "submit", world.newest().id)

    assert "It is not sent yet: order_appeal is off here" in told
    (first, *_) = re.findall(r"`fairreview ([^`]+)`", told.replace("\n", " "))
    assert first == "probe run r1 --channel order_appeal"
    assert (refused.code, world.newest().state) == (1, _S.APPROVED)
    assert f"`fairreview {first}`" in refused.err.replace("\n", " ")
