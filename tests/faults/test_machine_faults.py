"""Faults of the machine under a filing: a disk that is full or read-only, a dead database, clocks, PID namespaces.

Disks are real ones, mounted small for the test: that needs the right to mount, which CI has as root.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from monitor.config.home import Home
from monitor.engine.visit_registry import Sight
from monitor.state import Lease
from monitor.visit_protocol import TaskKind, VisitKind
from tests.appeal_world import fast_folder
from tests.command_world import ACCOUNT, ORDER, CommandWorld, Said, forget_home, make_home, patched
from tests.failing_disk import failing_disk
from tests.fixtures_postgres import Cluster, drop_cluster, make_cluster
from tests.site_in_memory import DEATHS, SiteInMemory, new_site

AFTER_RELEASE = ("released", "kept", "answered")
_HOLDER = """
import sys
from pathlib import Path
from monitor.engine.visit_registry import registered
with registered(Path(sys.argv[1]), "visit_far", Path(sys.argv[2])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@dataclass
class Disk:
    """A file system of a few megabytes."""

    path: Path

    def fill(self) -> None:
        """Leaves not one byte."""
        with (self.path / "ballast").open("ab", buffering=0) as ballast:
            try:
                for size in (1 << 16, 1 << 10, 1):
                    while True:
                        try:
                            ballast.write(bytes(size))
                        except OSError:
                            break
            finally:
                assert ballast.tell() > 0

    def free(self) -> None:
        (self.path / "ballast").unlink()

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.path)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if not sys.platform.startswith("linux"):
        pytest.skip("needs a file system of its own, as Linux mounts them")
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=False, capture_output=True, text=True
    )
    if made.returncode:
        # A right, not a tool: --no-skips is about tools, and a container of CI may not give it.
        pytest.xfail(f"needs the right to mount a small disk: {made.stderr.strip()}")
    try:
        yield Disk(place)
    finally:
        forget_home(place / "home")
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def site() -> Iterator[SiteInMemory]:
    made = new_site()
    with patched(made):
        yield made


def approved_at(home: Path, site: SiteInMemory, *, state_url: str = "") -> CommandWorld:
    """Makes a home with one approved appeal."""
    make_home(home, site.clock, state_url=state_url)
    world = CommandWorld(home, site)
    assert world.draft(how=ORDER).code == 0
    assert world.run("appeal", "approve", world.newest().id).code == 0
    return world


def require_told(said: Said, appeal_id: str) -> None:
    assert said.code == 8, said.err
    assert appeal_id in said.err
    assert "fairreview appeal follow" in said.err


def settle(world: CommandWorld) -> str:
    """Does as the last word said until nothing is open."""
    for _ in range(4):
        said = world.run("appeal", "follow")
        assert said.code in {0, 8}, said.err
        world.site.clock.advance(timedelta(minutes=20))
    return world.newest().state


@pytest.mark.parametrize("point", AFTER_RELEASE)
def test_a_disk_that_is_full_from_the_request_on_is_told_and_settled_later(
    disk: Disk, site: SiteInMemory, point: str
) -> None:
    world = approved_at(disk.path / "home", site)
    appeal = world.newest().id
    site.on_reach[point] = disk.fill

    require_told(world.run("appeal", "submit", appeal), appeal)
    disk.free()

    assert settle(world) == "confirmed" if point != "released" else settle(world) in {"confirmed", "absent"}
    assert site.posts[appeal] == 1
    assert site.gestures[appeal] == 1


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_disk_that_cannot_be_written_stops_a_filing_before_anything_leaves(
    disk: Disk, site: SiteInMemory, fault: str
) -> None:
    world = approved_at(disk.path / "home", site)
    appeal = world.newest().id
    forget_home(world.home)
    disk.fill() if fault == "full" else disk.remount("ro")

    refused = world.run("appeal", "submit", appeal)

    assert refused.code == 5, refused.err
    assert "Traceback" not in refused.err
    assert site.gestures.total() == 0
    forget_home(world.home)
    disk.free() if fault == "full" else disk.remount("rw")
    assert world.run("appeal", "submit", appeal).code == 0
    assert site.posts[appeal] == 1


@pytest.mark.parametrize("point", DEATHS)
def test_a_disk_that_turns_read_only_under_a_filing_is_told_and_settled_when_it_is_well(
    tmp_path: Path, site: SiteInMemory, point: str
) -> None:
    with failing_disk(tmp_path) as disk:
        world = approved_at(disk.path / "home", site)
        appeal = world.newest().id
        site.on_reach[point] = disk.fail

        said = world.run("appeal", "submit", appeal)

        assert "Traceback" not in said.err
        require_told(said, appeal)  # an intent that nobody could take back is not known to be nothing
        assert site.posts[appeal] == (point in AFTER_RELEASE)
        forget_home(world.home)
        disk.mend()
        with world.installation().state.read() as tx:
            [lock] = tx.locks.held()
        # What the record of a real visit does, which nobody could remove: test_commands_tell has one.
        (Home(world.home).runs / f"{lock.owner}.unsettled").touch()

        settled = settle(world)

        assert settled == ("confirmed" if site.posts[appeal] else "absent")
        assert site.posts[appeal] <= 1
        assert site.gestures[appeal] <= 1
        forget_home(world.home)


@pytest.fixture
def mortal_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of the test's own, to be killed."""
    try:
        cluster = make_cluster()
    except LookupError as error:
        pytest.skip(str(error))
    try:
        yield cluster
    finally:
        drop_cluster(cluster)


def test_a_postgresql_that_dies_under_a_filing_is_told_and_settled_when_it_is_back(
    tmp_path: Path, site: SiteInMemory, mortal_cluster: Cluster
) -> None:
    site.clock.jump(datetime.now(UTC) - site.clock.now())  # this store goes by its own clock
    for point in ("clicking", *AFTER_RELEASE):
        home = tmp_path / point / "home"
        home.parent.mkdir()
        site.kept.clear()  # another seller's home
        world = approved_at(home, site, state_url=mortal_cluster.new_database())
        appeal = world.newest().id
        site.on_reach[point] = lambda: mortal_cluster.control("stop", "-m", "immediate")

        require_told(world.run("appeal", "submit", appeal), appeal)
        mortal_cluster.start()

        followed = world.run("appeal", "follow")
        assert followed.code in {0, 8}, followed.err
        assert site.gestures[appeal] == 1
        assert site.posts[appeal] == (0 if point == "clicking" else 1)
        assert world.newest().state == ("unknown" if point == "clicking" else "confirmed")
        forget_home(home)


@pytest.mark.parametrize("hours", [-2, 2])
@pytest.mark.parametrize("point", DEATHS)
def test_a_clock_that_jumps_under_a_filing_sends_nothing_twice_and_loses_nothing(
    tmp_path: Path, site: SiteInMemory, point: str, hours: int
) -> None:
    with fast_folder(tmp_path) as folder:
        world = approved_at(folder / "home", site)
        appeal = world.newest().id
        site.list_delay = timedelta(hours=-3)  # its rows are seen whatever our clock says
        site.on_reach[point] = lambda: site.clock.jump(timedelta(hours=hours))

        said = world.run("appeal", "submit", appeal)

        is_open_ended = world.newest().state in {"intent", "armed", "released", "unknown"}
        assert said.code == (8 if is_open_ended else 0), said.err
        settled = settle(world)
        assert settled == "confirmed" if site.posts[appeal] else settled in {"absent", "approved"}
        assert site.posts[appeal] <= 1
        assert site.gestures[appeal] <= 1
        forget_home(folder / "home")


@pytest.mark.parametrize("before", ["2026-03-29T00:55:00+00:00", "2026-10-25T00:55:00+00:00"])
def test_the_hour_that_a_summer_time_adds_or_takes_is_no_moment_to_change_ones_mind(
    tmp_path: Path, site: SiteInMemory, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    with fast_folder(tmp_path) as folder:
        site.clock.jump(datetime.fromisoformat(before) - site.clock.now())
        world = approved_at(folder / "home", site)
        site.clock.advance(timedelta(minutes=9))
        world.visit(VisitKind.DUE, TaskKind.SUBMIT)
        assert site.gestures.total() == 0
        site.clock.advance(timedelta(minutes=2))
        site.mode = "hang"
        world.visit(VisitKind.DUE, TaskKind.SUBMIT)
        assert site.gestures.total() == 1
        assert settle(world) == "confirmed"
        assert site.posts.total() == 1
        forget_home(folder / "home")
    monkeypatch.undo()
    time.tzset()


@dataclass
class FarVisit:
    """A home with which a visit in another PID namespace works: its parent lives, and cannot be seen from here."""

    world: CommandWorld
    process: subprocess.Popen[str]
    lease: Lease

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self.world.installation().state.release(self.lease)


@pytest.fixture
def far_visit(tmp_path: Path, site: SiteInMemory) -> Iterator[FarVisit]:
    if not sys.platform.startswith("linux"):
        pytest.skip("PID namespaces are Linux's")
    with fast_folder(tmp_path) as folder:
        world = approved_at(folder / "home", site)
        python = [sys.executable, "-c", _HOLDER, str(Home(world.home).runs), str(folder / "temporary")]
        with subprocess.Popen(
            ["unshare", "--pid", "--fork", "--mount-proc", *python],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as far:
            assert far.stdout is not None
            assert far.stderr is not None
            if far.stdout.readline() != "ready\n":
                pytest.xfail(f"needs the right to make a PID namespace: {far.stderr.read()}")
            yield FarVisit(world, far, world.installation().state.acquire(ACCOUNT, "visit_far", timedelta(minutes=5)))
            far.kill()
        forget_home(world.home)


def test_a_visit_in_another_pid_namespace_is_not_taken_for_dead(far_visit: FarVisit) -> None:
    world = far_visit.world
    refused = world.run("appeal", "submit")
    assert refused.code == 6, refused.err
    assert world.site.gestures.total() == 0
    assert [path.name for path in Home(world.home).runs.glob("visit_far*")] == ["visit_far.json"]

    far_visit.leave()

    assert world.run("appeal", "submit").code == 0
    assert world.site.posts.total() == 1


def test_without_that_rule_its_lock_would_be_taken_from_it(far_visit: FarVisit) -> None:
    with patch.object(Sight, "hides", lambda *_: False):
        assert far_visit.world.run("appeal", "submit").code == 0
