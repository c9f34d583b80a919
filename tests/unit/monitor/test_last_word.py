"""Whatever kills or starves a visit or its store: the command says what went out, with exit code 8 before others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.reporting import exit_code_of
from monitor.engine.last_word import add_last_word
from monitor.visit_protocol import EndKind, VisitEnd, VisitKind, VisitOrder
from tests.appeal_world import fast_folder
from tests.command_world import ACCOUNT, ORDER, REPORT, CommandWorld, forget_home, make_home, open_home, patched
from tests.site_in_memory import DEATHS, new_site


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "home", site.clock)
        world = CommandWorld(folder / "home", site)
        for review, how in (("r1", ORDER), ("r2", REPORT)):
            assert world.draft(review, how).code == 0
            assert world.run("appeal", "approve", world.newest(review).id).code == 0
        yield world
        forget_home(folder / "home")


def break_store(world: CommandWorld) -> None:
    world.site.is_store_full = True


def shut_store(world: CommandWorld) -> None:
    world.site.is_store_full = world.site.is_store_shut = True


def heal_store(world: CommandWorld) -> None:
    world.site.is_store_full = world.site.is_store_shut = False


@pytest.mark.parametrize("death", DEATHS)
def test_a_killed_visit_is_told_with_the_appeal_and_the_next_step(world: CommandWorld, death: str) -> None:
    world.site.death = death
    appeal = world.newest()
    said = world.run("appeal", "submit", appeal.id)
    assert said.code == 8
    assert f"{appeal.id} went out" in said.err or death in {"filling", "clicking"}
    assert f"`fairreview appeal follow --account {appeal.account_id}`" in said.err
    assert world.newest().state == "unknown"


@pytest.mark.parametrize("death", DEATHS)
def test_an_interrupted_command_tells_what_went_out(world: CommandWorld, death: str) -> None:
    world.site.death, world.site.is_interrupted = death, True
    said = world.run("appeal", "submit", world.newest().id)
    assert said.code == 8
    assert "its outcome is not known" in said.err


def test_what_ended_a_visit_does_not_hide_what_is_unknown(world: CommandWorld) -> None:
    world.site.death = "kept"
    world.run("appeal", "submit", world.newest().id)
    installation = open_home(world.home, world.site.clock)
    with installation.state.read() as tx:
        (visit,) = tx.visits.latest(ACCOUNT, limit=1)
    order = VisitOrder(
        visit_id=visit.id, account=ACCOUNT, kind=VisitKind.SUBMIT, home=world.home, deadline_seconds=1, operator="a:b"
    )
    for kind in EndKind:
        end = add_last_word(installation.state, order, VisitEnd(kind=kind, message="why it ended"), [])
        assert exit_code_of(end) == 8, kind
        assert end.message == "why it ended"
        assert "went out and its outcome is not known" in end.problems[0]


def test_a_store_that_is_full_from_the_request_on_is_settled_by_the_next_command(world: CommandWorld) -> None:
    world.site.on_reach["kept"] = lambda: break_store(world)
    appeal = world.newest()
    said = world.run("appeal", "submit", appeal.id)
    assert said.code == 8
    assert f"{appeal.id} went out" in said.err
    assert "could not be written" in said.err
    assert world.newest().state == "released"

    heal_store(world)
    follow = world.run("appeal", "follow")
    assert follow.code == 0, follow.err
    assert "went out and its outcome is not known" in follow.err, "the command that settles it tells it"
    assert world.newest().state == "confirmed"
    assert world.site.gestures.total() == 1


def test_a_store_that_does_not_answer_leaves_the_visit_s_announcement(world: CommandWorld) -> None:
    world.site.on_reach["kept"] = lambda: shut_store(world)
    appeal = world.newest()
    said = world.run("appeal", "submit", appeal.id)
    assert said.code == 8
    assert f"{appeal.id} was being sent" in said.err
    heal_store(world)
    assert world.run("appeal", "follow").code == 0
    assert world.newest().state == "confirmed"


def test_a_store_that_is_full_before_anything_is_a_storage_fault(world: CommandWorld) -> None:
    world.site.on_reach["filling"] = lambda: break_store(world)
    assert world.run("appeal", "submit", world.newest().id).code in {5, 8}
    heal_store(world)
    assert world.site.gestures.total() == 0


def test_the_command_after_a_killed_one_tells_what_it_left(world: CommandWorld) -> None:
    world.site.death, world.site.kills_parent = "kept", True
    appeal = world.newest()
    assert world.run("appeal", "submit", appeal.id).code is None
    world.site.kills_parent = False
    said = world.run("appeal", "follow")
    assert f"{appeal.id} went out and its outcome is not known" in said.err
    assert world.newest().state == "confirmed"
