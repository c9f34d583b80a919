"""Following says when the site's own list told nothing: what moved is then not all that there is to know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from flows.readings.models import AppealListReading, PageHealth
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.visiting.following import FollowUp
from tests.appeal_world import fast_folder
from tests.command_world import ACCOUNT, ORDER, CommandWorld, Said, forget_home, make_home, open_home, patched
from tests.site_in_memory import new_site

_READ_LIST = FollowUp._read_list  # as it is, before the world puts its own in its place


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "home", site.clock)
        yield CommandWorld(folder / "home", site)
        forget_home(folder / "home")


def follow(world: CommandWorld, listing: AppealListReading) -> Said:
    reader = SimpleNamespace(read_list=lambda: listing)
    with (
        patch("monitor.visiting.following.FollowUp._read_list", _READ_LIST),
        patch("monitor.visiting.following.AppealListReader", lambda *_, **__: reader),
    ):
        return world.run("appeal", "follow")


@pytest.mark.parametrize("health", [PageHealth.BROKEN, PageHealth.OFFLINE])
def test_a_list_whose_rows_cannot_be_read_is_told_and_is_no_success(world: CommandWorld, health: PageHealth) -> None:
    world.draft(how=ORDER)
    world.run("appeal", "approve", world.newest().id)
    world.run("appeal", "submit")

    said = follow(world, AppealListReading(health=health, problems=("row 1 has no number",)))

    assert said.code == 1, said.err
    assert "the list of appeals (appeals) could not be read" in said.err
    assert "row 1 has no number" in said.err
    with open_home(world.home, world.site.clock).state.read() as tx:
        assert tx.incidents.current(ACCOUNT, IncidentKind.LIST_UNREADABLE, "site_profile") is not None


def test_an_empty_list_is_read(world: CommandWorld) -> None:
    world.draft(how=ORDER)
    world.run("appeal", "approve", world.newest().id)
    world.run("appeal", "submit")

    said = follow(world, AppealListReading(health=PageHealth.EMPTY, is_complete=True))

    assert (said.code, "could not be read" in said.err) == (0, False), said.err
