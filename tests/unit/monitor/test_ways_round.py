"""Ways round the ledger that somebody tried: other names for one sender, clocks that are set, homes that are put back.

Each ends with nothing sent twice and nothing taken for absent, told by the site's own count.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import tomlkit

from flows.catalog.loader import catalog_folder
from flows.errors import WallMet
from monitor.clock import ManualClock
from monitor.state.even_clock import EvenClock
from monitor.state.login_locks import one_spelling
from monitor.state.watermark import Mark, Seal, why_restored
from monitor.visit_protocol import TaskKind, VisitKind
from tests.appeal_world import fast_folder
from tests.command_world import LOGIN, ORDER, REPORT, CommandWorld, Said, forget_home, make_home, patched
from tests.site_in_memory import new_site

HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CommandWorld]:
    """A home that knows two bad reviews."""
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "place" / "home", site.clock)
        yield CommandWorld(folder / "place" / "home", site)
        for home in folder.rglob("home"):
            forget_home(home)


def approve(world: CommandWorld, how: tuple[str, ...]) -> str:
    assert world.draft(how=how).code == 0
    appeal = world.newest().id
    assert world.run("appeal", "approve", appeal).code == 0
    return appeal


def edit(world: CommandWorld, old: str, new: str) -> None:
    """Changes the settings as a person does with an editor."""
    forget_home(world.home)
    config = world.home / "config.toml"
    assert old in config.read_text("utf-8")
    config.write_text(config.read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.parametrize("how", [ORDER, REPORT], ids=["with a list", "without a list"])
@pytest.mark.parametrize("login", ["Shop@Example.test", "SHOP@example.test", "somebody-else@example.test"])
def test_another_name_for_the_login_makes_no_second_appeal(
    world: CommandWorld, how: tuple[str, ...], login: str
) -> None:
    assert world.run("appeal", "submit", approve(world, how)).code == 0
    world.site.clock.advance(HOUR)
    edit(world, LOGIN, login)

    refused = world.draft(how=how)

    assert refused.code == 1
    assert "this review has an open appeal" in refused.err
    assert len(world.appeals()) == 1
    assert world.site.gestures.total() == 1


def test_a_draft_can_be_reworded_after_its_login_was_spelled_otherwise(world: CommandWorld) -> None:
    assert world.draft(how=ORDER).code == 0
    edit(world, LOGIN, LOGIN.upper())
    appeal = approve(world, (*ORDER[:-1], "Другими словами."))
    assert len(world.appeals()) == 1
    assert world.run("appeal", "submit", appeal).code == 0


def test_nothing_is_sent_as_somebody_else_than_it_was_approved_for(world: CommandWorld) -> None:
    appeal = approve(world, ORDER)
    edit(world, LOGIN, "somebody-else@example.test")

    refused = world.run("appeal", "submit", appeal)

    assert refused.code == 1
    assert f"it is {LOGIN}'s appeal" in refused.err
    assert world.site.visits == []
    assert world.run("appeal", "drop", appeal).code == 0, "what the hint names works"
    assert world.draft(how=ORDER).code == 0


def test_the_list_of_another_login_proves_no_absence(world: CommandWorld) -> None:
    world.site.mode = "503 kept"
    world.site.list_delay = timedelta(days=9)  # that login's list does not have it
    appeal = approve(world, ORDER)
    assert world.run("appeal", "submit", appeal).code == 8
    edit(world, LOGIN, "somebody-else@example.test")
    for _ in range(3):
        world.site.clock.advance(HOUR)
        world.run("appeal", "follow")
    assert world.newest().state == "unknown"


def test_a_sender_without_a_login_is_not_two_because_the_account_was_renamed(world: CommandWorld) -> None:
    edit(world, f'login = "{LOGIN}"', 'login = ""')
    edit(world, 'sign_in = "code"', 'sign_in = "hand_over"')
    assert world.run("appeal", "submit", approve(world, REPORT)).code == 0
    edit(world, 'name = "shop"', 'name = "store"')
    world.take_over("store")

    refused = world.run("appeal", "draft", "r1", *REPORT, "--account", "store")

    assert refused.code == 1, refused.err
    assert "this review has an open appeal (acknowledged) as shop/site_profile" in refused.err
    assert world.site.gestures.total() == 1


def test_a_second_name_for_the_site_makes_no_second_appeal(world: CommandWorld) -> None:
    """The site's catalog is copied under a name of one's own, and the account goes on there."""
    world.site.mode = "hang"
    assert world.run("appeal", "submit", approve(world, REPORT)).code == 8
    world.site.mode = "ok"
    copy_catalog(world, "again")

    refused = world.run("appeal", "draft", "r1", "--account", "again", *REPORT)

    assert (refused.code, "has an open appeal (unknown)" in refused.err) == (1, True), refused.err
    assert world.site.gestures.total() == 1


def copy_catalog(world: CommandWorld, account: str) -> None:
    """Copies the site's catalog under the name "mirror", for another account of the same login."""
    forget_home(world.home)
    own = world.home / "catalogs" / "mirror"
    shutil.copytree(catalog_folder() / "ozon", own)
    told = (own / "site.toml").read_text("utf-8")
    (own / "site.toml").write_text(told.replace('name = "ozon"', 'name = "mirror"', 1), "utf-8")
    settings = tomlkit.parse((world.home / "config.toml").read_text("utf-8"))
    sites, accounts = cast("Any", settings["sites"]), cast("Any", settings["account"])
    sites["mirror"] = copy.deepcopy(sites["ozon"])
    accounts.append({**accounts[0].unwrap(), "name": account, "site": "mirror"})
    (world.home / "config.toml").write_text(tomlkit.dumps(settings), "utf-8")
    assert world.run("catalog", "adopt", "mirror", "--why", "a copy").code == 0
    world.take_over(account, site="mirror")


@pytest.fixture
def two(world: CommandWorld) -> CommandWorld:
    """Two accounts with one login, of one site under two names, each with an approved appeal."""
    copy_catalog(world, "again")
    approve(world, (*REPORT, "--account", "shop"))
    assert world.run("appeal", "draft", "r2", "--account", "again", *REPORT).code == 0
    [drafted] = world.appeals("again")
    assert world.run("appeal", "approve", drafted.id).code == 0
    return world


@pytest.mark.parametrize("locks", ["as they are", "by the site's name alone"])
def test_one_login_is_locked_whatever_the_site_is_called(
    two: CommandWorld, monkeypatch: pytest.MonkeyPatch, locks: str
) -> None:
    """The control is the rule of before: the second account files in the middle of the first one's filing."""
    if locks == "by the site's name alone":
        monkeypatch.setattr(
            "monitor.visiting.entry.logins_of", lambda account, _: [(account.site, one_spelling(LOGIN))]
        )
    meanwhile: list[Said] = []

    def file_the_other() -> None:
        two.site.clock.advance(timedelta(seconds=1))
        meanwhile.append(two.run("appeal", "submit", "--account", "again"))

    two.site.on_reach["released"] = file_the_other

    two.run("appeal", "submit", "--account", "shop")

    [second] = meanwhile
    is_refused = "account again has the login of account shop, which is being worked on" in second.err
    assert (is_refused, two.site.gestures.total()) == ((True, 1) if locks == "as they are" else (False, 2)), second.err


def test_a_lock_of_an_earlier_version_holds_against_this_one(two: CommandWorld) -> None:
    """It knows the site's name alone."""
    state = two.installation().state
    held = state.acquire("shop", "an older program", HOUR, logins=[("mirror", one_spelling(LOGIN))])
    refused = two.run("appeal", "submit", "--account", "again")
    assert (refused.code, "has the login of account shop" in refused.err) == (6, True), refused.err
    state.release(held)
    assert two.run("appeal", "submit", "--account", "again").code == 0


def test_an_unknown_outcome_holds_every_account_of_the_login(two: CommandWorld) -> None:
    two.site.mode = "hang"
    assert two.run("appeal", "submit", "--account", "shop").code == 8
    two.site.mode = "ok"

    refused = two.run("appeal", "submit", "--account", "again")

    assert "an earlier appeal's outcome is not known yet" in refused.err
    assert two.site.gestures.total() == 1


def test_the_cap_counts_what_every_account_of_the_login_sent(two: CommandWorld) -> None:
    edit(two, "appeals_per_day = 100", "appeals_per_day = 1")
    assert two.run("appeal", "submit", "--account", "shop").code == 0

    refused = two.run("appeal", "submit", "--account", "again")

    assert "the cap of 1 appeals in 24 hours is reached" in refused.err
    assert two.site.gestures.total() == 1


def test_a_wall_stops_every_account_of_the_login(two: CommandWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def meet_wall(*_: object) -> None:
        raise WallMet("the site asks for a person", kind="captcha")

    with monkeypatch.context() as walled:
        walled.setattr("monitor.visiting.signing_in.SignIns.require", meet_wall)
        assert two.run("appeal", "submit", "--account", "shop").code == 7

    refused = two.run("appeal", "submit", "--account", "again")

    assert (refused.code, "the account is stopped: captcha" in refused.err) == (1, True), refused.err
    assert two.site.gestures.total() == 0


def test_a_clock_set_forward_between_two_looks_proves_no_absence(world: CommandWorld) -> None:
    world.site.mode = "503 kept"
    world.site.list_delay = timedelta(days=9)  # slow by its own clock
    appeal = approve(world, ORDER)
    assert world.run("appeal", "submit", appeal).code == 8
    world.run("appeal", "follow")
    world.site.clock.jump(2 * HOUR)
    world.run("appeal", "follow")
    assert world.newest().state == "unknown", "no time has passed"
    world.site.clock.advance(timedelta(minutes=20))
    world.run("appeal", "follow")
    assert world.newest().state == "absent", "now some has"


def test_a_clock_set_forward_leaves_the_time_to_change_ones_mind(world: CommandWorld) -> None:
    approve(world, ORDER)
    world.site.clock.jump(2 * HOUR)
    world.visit(VisitKind.DUE, TaskKind.SUBMIT)
    assert world.site.gestures.total() == 0
    world.site.clock.advance(timedelta(minutes=11))
    world.visit(VisitKind.DUE, TaskKind.SUBMIT)
    assert world.site.gestures.total() == 1


def put_back(world: CommandWorld, *, is_emptied: bool) -> None:
    """Puts back what ``kept`` has of the home and of what lies beside it."""
    place = world.home.parent
    forget_home(world.home)
    if is_emptied:
        # A file system may give the new folder the old one's number: here it does not have to.
        for path in place.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        world.home.mkdir()
    shutil.copytree(place.with_name("kept"), place, dirs_exist_ok=True)
    world.site.clock.advance(HOUR)


@pytest.mark.parametrize("is_emptied", [False, True], ids=["over what is there", "after everything was deleted"])
@pytest.mark.parametrize("has_filed", [False, True])
def test_a_folder_put_back_with_the_mark_beside_the_home_sends_nothing_unasked(
    world: CommandWorld, *, is_emptied: bool, has_filed: bool
) -> None:
    if has_filed:
        assert world.draft("r2", REPORT).code == 0
        assert world.run("appeal", "approve", world.newest("r2").id).code == 0
        assert world.run("appeal", "submit").code == 0
        world.site.clock.advance(HOUR)
    appeal = approve(world, REPORT)
    forget_home(world.home)
    shutil.copytree(world.home.parent, world.home.parent.with_name("kept"))
    assert world.run("appeal", "submit", appeal).code == 0
    made = world.site.gestures.total()
    put_back(world, is_emptied=is_emptied)

    refused = world.run("appeal", "submit", appeal)

    assert refused.code in {1, 8}, refused.err
    assert "put back from a copy" in refused.err or "home claim`" in refused.err
    world.run("appeal", "follow")
    assert world.run("appeal", "submit").code != 0
    assert world.site.gestures.total() == made
    assert world.newest().state == "needs_human", "no list can tell"


SEALED = Mark("one", 3, sealed_at=70)


@pytest.mark.parametrize(
    ("known", "seal", "is_told"),
    [
        (SEALED, Seal(3, 70), False),
        (SEALED, Seal(4, 80), False),  # killed between seal and file
        (SEALED, Seal(3, 71), True),
        (SEALED, Seal(2, 60), True),
        (SEALED, None, True),
        (Mark("one", 3), None, False),  # an older version's
        (Mark("one", 3), Seal(3, 70), False),
        (None, Seal(0, 70), True),
    ],
)
def test_a_seal_of_the_same_mark_and_another_moment_was_put_back(
    known: Mark | None, seal: Seal | None, is_told: bool
) -> None:
    stored = Mark("one", 0 if known is None else known.mark)
    assert bool(why_restored(known, stored, is_single_machine=True, seal=seal)) is is_told
    assert not why_restored(known, stored, is_single_machine=False, seal=seal), "a shared store has the promise itself"


def test_a_clock_is_even_until_it_jumps_or_the_machine_starts_anew(tmp_path: Path) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    clock = ManualClock(start)
    even = EvenClock(tmp_path / "runs" / "even-clock", clock)
    assert even.observe() == start
    clock.advance(HOUR)
    clock.jump(timedelta(seconds=5))  # what a network's time corrects
    assert even.observe() == start
    for step in (2 * HOUR, -3 * HOUR):
        clock.jump(step)
        assert even.observe() == clock.now()
        since = clock.now()
        clock.advance(HOUR)
        assert even.observe() == since
    restarted = ManualClock(clock.now() + timedelta(minutes=1))
    assert EvenClock(tmp_path / "runs" / "even-clock", restarted).observe() == restarted.now()
    (tmp_path / "runs" / "even-clock").write_text("{", "utf-8")
    assert even.observe() == clock.now()
