"""One suite, two engines: the loop of one machine and the queue of several bring every due account to its visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import cast

import pytest

from monitor.bootstrap import Installation, open_installation
from monitor.config.sections import AccountSection
from monitor.engine.homes import HomeTurns
from monitor.engine.loop import WatchLoop
from monitor.engine.moving import MoveTerms, move_account
from monitor.engine.queue import QueueEngine, QueuePlace, note_death
from monitor.engine.turns import AccountTurns
from monitor.engine.visits import VisitRunner
from monitor.errors import AccountElsewhere, MoveIncomplete, SettingsError, StorageUnavailable
from monitor.visit_protocol import EndKind, TaskKind, VisitEnd
from tests.fixtures_postgres import Cluster
from tests.proofs.cluster import PASSPHRASE, give_things, make_home, thing

pytestmark = pytest.mark.postgres
NAMES = ("a0", "a1", "a2")


@dataclass
class Runner:
    """Notes whom it visited; some visits raise."""

    broken: frozenset[str] = frozenset()
    visited: list[str] = field(default_factory=list)
    under_way: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def run(self, account: AccountSection, *_: object) -> VisitEnd:
        with self.lock:
            assert account.name not in self.under_way
            self.under_way.add(account.name)
            self.visited.append(account.name)
        self.under_way.discard(account.name)
        if account.name in self.broken:
            raise StorageUnavailable("as if the store had gone")
        return VisitEnd(kind=EndKind.DONE)


Engine = Callable[[Installation, Runner], None]


def run_loop(installation: Installation, runner: Runner) -> None:
    WatchLoop(_turns(installation, runner), Event()).run(only_once=True)


def run_queue(installation: Installation, runner: Runner) -> None:
    turns, place = HomeTurns(installation, _turns(installation, runner)), QueuePlace(installation.settings.state.url)
    QueueEngine(turns, place, Event(), say=print, tick_seconds=0.1).run(only_once=True)


def _turns(installation: Installation, runner: Runner) -> AccountTurns:
    return AccountTurns(installation, cast("VisitRunner", runner), installation.settings.account, say=print)


@pytest.fixture(params=[run_loop, run_queue], ids=["loop", "queue"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return cast("Engine", request.param)


@pytest.fixture
def url(postgres_template: Cluster) -> str:
    return postgres_template.new_database(template="migrated")


def machine(folder: Path, name: str, url: str, accounts: tuple[str, ...] = NAMES) -> Installation:
    make_home(folder / name, name, url, accounts, poll="1h")
    return open_installation(folder / name, ask_passphrase=lambda: PASSPHRASE)


def test_every_due_account_is_visited_once(engine: Engine, folder: Path, url: str) -> None:
    installation, runner = machine(folder, "m1", url), Runner()
    engine(installation, runner)
    assert sorted(runner.visited) == sorted(NAMES)
    engine(installation, runner)
    assert len(runner.visited) == len(NAMES), "nothing is due again before its time"


def test_one_accounts_trouble_never_stops_the_others(engine: Engine, folder: Path, url: str) -> None:
    runner = Runner(broken=frozenset({"a0"}))
    engine(machine(folder, "m1", url), runner)
    assert sorted(runner.visited) == sorted(NAMES)


def test_what_became_due_again_is_visited_again(engine: Engine, folder: Path, url: str) -> None:
    installation, runner = machine(folder, "m1", url), Runner()
    engine(installation, runner)
    with installation.state.transaction() as tx:
        tx.schedule.make_all_due("a1")
    engine(installation, runner)
    assert runner.visited[len(NAMES) :] == ["a1"]


def test_a_turn_forgets_slots_nobody_asks_for(
    engine: Engine, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.engine.slots.KEPT_IN_ANY_CASE", 0)
    installation = machine(folder, "m1", url, accounts=("a0",))
    kept_for = installation.settings.windows.keep_slots
    with installation.state.transaction() as tx:
        tx.accounts.add("a0", site="ozon")
        tx.schedule.skip_slots("a0", TaskKind.POLL, {tx.now() - age: "old" for age in (kept_for, kept_for / 2)})
    engine(installation, Runner())
    with installation.state.read() as tx:
        assert [one.reason for one in tx.schedule.slots("a0")].count("old") == 1


def test_an_account_is_visited_at_its_home_only_and_after_a_move_at_the_new_one(folder: Path, url: str) -> None:
    first, second = machine(folder, "m1", url), machine(folder, "m2", url, accounts=())
    runners = Runner(), Runner()
    run_queue(first, runners[0])
    give_things(first, ("a1",))
    run_queue(second, runners[1])
    assert runners[1].visited == []

    moved = move_account(first, second, "a1", MoveTerms())
    assert (moved.files, moved.secrets, moved.lost) == (1, 1, [])
    second = open_installation(second.home.root, ask_passphrase=lambda: PASSPHRASE)
    run_queue(second, runners[1])
    assert runners[1].visited == ["a1"]
    found = second.secrets.load("session/a1/site_profile")
    assert found is not None
    assert found.value == thing("a1")
    with pytest.raises(AccountElsewhere):
        move_account(first, second, "a1", MoveTerms())


def test_a_move_without_all_evidence_changes_nothing_unless_it_is_written_off(folder: Path, url: str) -> None:
    first, second = machine(folder, "m1", url), machine(folder, "m2", url)
    run_queue(first, Runner())
    give_things(first, ("a1",))
    first.artifacts.path_of(next(iter(first.artifacts.digests()))).unlink()
    with pytest.raises(MoveIncomplete):
        move_account(first, second, "a1", MoveTerms())
    with first.state.read() as tx:
        assert tx.homes.all()["a1"] == "m1"
    assert len(move_account(first, second, "a1", MoveTerms(accepts_loss=True)).lost) == 1


def test_an_account_whose_visits_kill_their_worker_is_stopped_the_third_time_in_a_row(folder: Path, url: str) -> None:
    installation = machine(folder, "m1", url)
    run_queue(installation, Runner())
    for account, deaths in (("a0", 2), ("a1", 3)):
        for _ in range(deaths):
            note_death(installation.state, account)
    with installation.state.read() as tx:
        records = {account.id: account.stopped_at for account in tx.accounts.all()}
        assert all(due.next_at <= tx.now() for due in tx.schedule.all("a0")), "its lost visit is due again at once"
    assert records["a0"] is None
    assert records["a1"] is not None
    run_queue(installation, Runner())
    note_death(installation.state, "a0")
    with installation.state.read() as tx:
        found = tx.accounts.get("a0")
    assert found is not None
    assert found.stopped_at is None, "a visit that ended well in between makes it a first time again"


def test_two_homes_cannot_share_a_name(folder: Path, url: str) -> None:
    run_queue(machine(folder, "m1", url), Runner())
    other = machine(folder / "elsewhere", "m1", url)
    with pytest.raises(SettingsError, match="already"):
        run_queue(other, Runner())


def test_a_home_on_another_store_is_refused(folder: Path, url: str, postgres_template: Cluster) -> None:
    first = machine(folder, "m1", url)
    second = machine(folder, "m2", postgres_template.new_database(template="migrated"))
    run_queue(first, Runner())
    with pytest.raises(SettingsError, match="share"):
        move_account(first, second, "a1", MoveTerms())
