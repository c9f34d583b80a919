"""Ctrl-C at a terminal goes to the command and its visit at once; what went out is told all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from tests.e2e.installed import COMMAND, environment
from tests.filing_world import FilingWorld, make_filing_world
from tests.foreground_shell import CTRL_C, ForegroundShell

SIGNED_IN = "/my/orderlist"


@pytest.fixture
def world(tmp_path: Path, mock_site: MockSite) -> FilingWorld:
    return make_filing_world(tmp_path, mock_site)


@pytest.fixture
def shell(world: FilingWorld) -> Iterator[ForegroundShell]:
    home = str(world.installation.home.root)
    with ForegroundShell({**environment(), "FAIRREVIEW_HOME": home}) as opened:
        yield opened


@pytest.mark.parametrize("command", [("appeal", "submit"), ("watch",)], ids=["submit", "watch"])
def test_what_went_out_is_told(world: FilingWorld, shell: ForegroundShell, command: tuple[str, ...]) -> None:
    appeal = world.approve()

    def press() -> None:
        world.on_arrival = None
        shell.press(CTRL_C)

    world.on_arrival = press

    code, told = shell.run([str(COMMAND), *command])

    assert code == 8, told
    assert f"{appeal} went out and its outcome is not known" in " ".join(told.split())
    assert "`fairreview appeal follow" in told
    assert "Traceback" not in told
    followed, told = shell.run([str(COMMAND), "appeal", "follow"])
    assert followed == 0, told
    assert world.load(appeal).state == AppealState.CONFIRMED
    assert sum(world.posts().values()) == 1


def test_before_anything_left_nothing_did(world: FilingWorld, shell: ForegroundShell) -> None:
    appeal = world.approve()

    def press(_: Request) -> Response:
        shell.press(CTRL_C)
        return Response()

    world.site.set_route(SIGNED_IN, press)

    code, told = shell.run([str(COMMAND), "appeal", "submit"])

    assert code == 130, told
    assert "This visit sent nothing" in " ".join(told.split())
    assert world.load(appeal).state == AppealState.APPROVED
    assert sum(world.posts().values()) == 0
