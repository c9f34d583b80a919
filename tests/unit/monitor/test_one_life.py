"""One home, one life: a copied, moved or restored home sends nothing before a person has said which one lives on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from monitor.config.home import Home
from monitor.state.life import Life, find_moves, life_of
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, REPORT, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import new_site


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    """A home that has approved an appeal and never filed one."""
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "one" / "home", site.clock)
        world = CommandWorld(folder / "one" / "home", site)
        assert world.draft(how=REPORT).code == 0
        assert world.run("appeal", "approve", world.newest().id).code == 0
        forget_home(world.home)
        yield world
        for place in folder.rglob("home"):
            forget_home(place)


def copied(world: CommandWorld) -> CommandWorld:
    return world.copy(world.home.parent.with_name("two") / "home")


def copied_with_what_lies_beside_it(world: CommandWorld) -> CommandWorld:
    elsewhere = world.home.parent.with_name("two")
    shutil.copytree(world.home.parent, elsewhere)
    return CommandWorld(elsewhere / "home", world.site)


def moved(world: CommandWorld) -> CommandWorld:
    world.home.parent.rename(world.home.parent.with_name("two"))
    return CommandWorld(world.home.parent.with_name("two") / "home", world.site)


def put_back_at_its_path(world: CommandWorld) -> CommandWorld:
    world.home.parent.rename(world.home.parent.with_name("kept"))
    shutil.copytree(world.home.parent.with_name("kept"), world.home.parent)
    return world


@pytest.mark.parametrize("how", [copied, copied_with_what_lies_beside_it, moved, put_back_at_its_path])
def test_another_place_sends_nothing_before_a_person_says_so(
    world: CommandWorld, how: Callable[[CommandWorld], CommandWorld]
) -> None:
    elsewhere = how(world)
    refused = elsewhere.run("appeal", "submit", elsewhere.newest().id)
    assert refused.code == 1
    assert "`fairreview home claim`" in refused.err
    assert elsewhere.run("appeal", "submit").code == 1
    assert elsewhere.run("home", "status").code == 1
    assert world.site.visits == [], "no browser was started for it"

    assert elsewhere.run("home", "claim", says="n").code == 1
    assert elsewhere.run("appeal", "submit").code == 1
    assert elsewhere.run("home", "claim").code == 0
    assert elsewhere.run("home", "status").code == 0
    assert elsewhere.run("appeal", "submit").code == 8, "the site is asked first: another copy may have sent it"
    assert world.site.gestures.total() == 0


def test_of_two_homes_on_one_machine_only_the_named_one_sends(world: CommandWorld) -> None:
    appeal = world.newest().id
    forget_home(world.home)
    other = copied(world)
    assert other.run("home", "claim").code == 0
    refused = world.run("appeal", "submit", appeal)
    assert refused.code == 1
    assert "another one that a person has named" in refused.err
    assert world.run("home", "claim").code == 0, "a person may change their mind"
    forget_home(other.home)
    assert other.run("appeal", "submit").code == 1
    assert world.site.gestures.total() == 0


def test_the_home_that_stayed_goes_on(world: CommandWorld) -> None:
    forget_home(copied(world).home)
    assert world.run("appeal", "submit").code == 0
    assert world.site.gestures.total() == 1


def test_a_list_shows_the_new_home_what_the_old_one_sent(world: CommandWorld) -> None:
    assert world.draft("r2", ORDER).code == 0
    assert world.run("appeal", "approve", world.newest("r2").id).code == 0
    forget_home(world.home)
    other = copied(world)
    for _ in range(2):
        world.site.clock.advance(timedelta(minutes=1))
        world.run("appeal", "submit")
    assert world.site.gestures.total() == 2
    assert other.run("home", "claim").code == 0
    for _ in range(3):
        world.site.clock.advance(timedelta(minutes=20))
        other.run("appeal", "follow")
    assert other.newest("r2").state == "confirmed"
    assert other.newest("r1").state == "needs_human", "no list can tell"
    other.run("appeal", "submit")
    assert world.site.gestures.total() == 2


HERE = Life(machine="m", user="1000", path="/home/anna/fairreview", folder="12")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"machine": "n"}, "on another machine"),
        ({"user": "1001"}, "for another user"),
        ({"path": "/tmp/copy", "folder": "13"}, "at another path"),
        ({"folder": "13"}, "in another folder of the same path"),
    ],
)
def test_each_part_of_a_place_tells_a_copy(change: dict[str, str], told: str) -> None:
    assert find_moves(HERE.to_json(), HERE) == ()
    assert find_moves(HERE.to_json(), replace(HERE, **change)) == (told,)


def test_a_container_names_its_volume_once(tmp_path: Path) -> None:
    with patch("monitor.state.life._machine_id", lambda: "container-1"):
        first, unnamed = life_of(tmp_path, machine_name="shop-volume"), life_of(tmp_path)
    with patch("monitor.state.life._machine_id", lambda: "container-2"):
        assert find_moves(first.to_json(), life_of(tmp_path, machine_name="shop-volume")) == ()
        assert find_moves(unnamed.to_json(), life_of(tmp_path)) == ("on another machine",)


def test_a_home_of_an_older_program_takes_its_place_for_its_own(world: CommandWorld) -> None:
    elsewhere = world.twin(world.home.parent.with_name("two") / "home")
    assert elsewhere.run("home", "status").code == 0
    assert not Home(elsewhere.home).given_away.exists()


def test_a_new_home_at_the_path_of_a_deleted_one_is_told_what_it_is(world: CommandWorld) -> None:
    assert world.run("appeal", "submit").code == 0
    forget_home(world.home)
    shutil.rmtree(world.home)
    make_home(world.home, world.site.clock)
    assert world.draft(how=REPORT).code == 0
    assert world.run("appeal", "approve", world.newest().id).code == 0

    refused = world.run("appeal", "submit")

    assert "another home was used at this path before: nothing is sent before the site was asked" in refused.err
    assert "restored" not in refused.err
    assert sum(world.site.posts.values()) == 1
