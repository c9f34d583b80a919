"""What can be known to be wrong is refused before a browser starts, and a schedule waits for a change of mind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from monitor.visit_protocol import TaskKind, VisitKind
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, PRODUCT, CommandWorld, forget_home, make_home, open_home, patched
from tests.site_in_memory import new_site

ADDRESS = f"{PRODUCT}reviews?ruuid=r1"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "home", site.clock)
        yield CommandWorld(folder / "home", site)
        forget_home(folder / "home")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (("--ground", "advert"), "no ground 'advert'"),
        (("--channel", "fax"), "has no channel 'fax'"),
        (("--channel", "cabinet_complaint"), "needs the identity seller_cabinet"),
        (("--channel", "public_report", "--reason", "Не нравится"), "no reason «Не нравится»"),
        (("--channel", "order_appeal", "--text", "я" * 4001), "takes 4000 characters"),
        (("--channel", "order_appeal", "--text", " "), "needs a text"),
        (("--attach", "/nowhere/box.png"), "cannot be read"),
        (("--channel", "public_report", "--attach", __file__), "takes 0 files"),
        (("--channel", "order_appeal", "--attach", __file__), "does not take text/x-python"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_starts_no_browser(
    world: CommandWorld, wish: tuple[str, ...], told: str
) -> None:
    said = world.run("appeal", "submit", ADDRESS, *wish)
    assert said.code == 2, said.err
    assert told in said.err
    assert world.site.visits == []


def test_nothing_approved_starts_no_browser(world: CommandWorld) -> None:
    world.draft()
    said = world.run("appeal", "submit")
    assert (said.code, world.site.visits) == (1, [])
    assert "nothing is approved" in said.err


@pytest.mark.parametrize("is_named", [False, True])
def test_one_that_may_have_gone_out_is_named_and_starts_no_browser(world: CommandWorld, *, is_named: bool) -> None:
    world.draft(how=ORDER)
    world.run("appeal", "approve", world.newest().id)
    world.site.mode = "lost"
    world.run("appeal", "submit")
    before = len(world.site.visits)
    said = world.run("appeal", "submit", *([world.newest().id] if is_named else []))
    assert (said.code, len(world.site.visits)) == (8, before), said.err
    assert f"{world.newest().id}: the appeal is unknown, so it is not sent" in said.err
    assert "appeal follow" in said.err


def test_an_account_that_waits_starts_no_browser(world: CommandWorld) -> None:
    world.draft()
    world.run("appeal", "approve", world.newest().id)
    with open_home(world.home, world.site.clock).state.transaction() as tx:
        tx.accounts.stop("shop", "captcha")
    said = world.run("appeal", "submit")
    assert (said.code, world.site.visits) == (1, [])
    assert "captcha" in said.err


def test_a_form_is_not_filled_for_an_appeal_that_went_out(world: CommandWorld) -> None:
    world.draft(how=ORDER)
    world.run("appeal", "approve", world.newest().id)
    world.run("appeal", "submit")
    before = len(world.site.visits)
    said = world.run("appeal", "preview", world.newest().id, "--live")
    assert (said.code, len(world.site.visits)) == (1, before), said.err
    assert "there is no form to fill any more" in said.err


@pytest.mark.parametrize("command", ["preview --live", "submit"])
def test_a_channel_nobody_has_seen_starts_no_browser_and_names_the_appeal(world: CommandWorld, command: str) -> None:
    world.draft(how=ORDER)
    appeal = world.newest().id
    world.run("appeal", "approve", appeal)
    with patch("monitor.cases.channel_choice.is_here", lambda *_: False):  # as at a site that is not on this machine
        said = world.run("appeal", *command.split(), appeal)
    assert (said.code, world.site.visits) == (1, []), said.err
    assert f"{appeal}: order_appeal is off here" in said.err
    assert "probe run" in said.err


@pytest.mark.parametrize(
    ("typed", "help_of"),
    [("probe run", "probe run"), ("appeal submit --grund x", "appeal submit"), ("reviews lst", "reviews"), ("no", "")],
)
def test_a_wrong_command_line_names_the_help_that_helps(world: CommandWorld, typed: str, help_of: str) -> None:
    said = world.run(*typed.split())
    assert said.code == 2
    assert f"`{' '.join(('fairreview', *help_of.split()))} --help`" in said.err


def test_a_schedule_leaves_time_to_change_one_s_mind(world: CommandWorld) -> None:
    world.draft()
    appeal = world.newest().id
    said = world.run("appeal", "approve", appeal)
    assert "not before" in said.err
    assert f"`fairreview appeal revoke {appeal}`" in said.err
    world.site.clock.advance(timedelta(minutes=9))
    world.visit(VisitKind.DUE, TaskKind.SUBMIT)
    assert world.site.gestures.total() == 0
    world.site.clock.advance(timedelta(minutes=2))
    world.visit(VisitKind.DUE, TaskKind.SUBMIT)
    assert world.site.gestures.total() == 1


def test_a_change_of_mind_within_the_time_sends_nothing(world: CommandWorld) -> None:
    world.draft()
    world.run("appeal", "approve", world.newest().id)
    world.site.clock.advance(timedelta(minutes=5))
    assert world.run("appeal", "revoke", world.newest().id).code == 0
    world.site.clock.advance(timedelta(minutes=30))
    world.visit(VisitKind.DUE, TaskKind.SUBMIT)
    assert world.site.gestures.total() == 0


def test_a_person_who_types_it_need_not_wait(world: CommandWorld) -> None:
    world.draft(how=ORDER)
    world.run("appeal", "approve", world.newest().id)
    assert world.run("appeal", "submit").code == 0
    assert world.site.gestures.total() == 1


def test_the_outbox_tells_until_when_it_can_be_taken_back(world: CommandWorld) -> None:
    from monitor.outgoing.cards import make_card  # noqa: PLC0415 - after the patches, as the commands are

    world.draft()
    world.run("appeal", "approve", world.newest().id)
    installation = open_home(world.home, world.site.clock)
    with installation.state.read() as tx:
        found = tx.outbox.all("shop")
    (card,) = [
        make_card(installation.state, installation.settings, one)
        for one in found
        if one.event == "appeal.filing.approved"
    ]
    assert "не раньше 01.10 12:10" in card.body
    assert f"fairreview appeal revoke {world.newest().id}" in card.body
