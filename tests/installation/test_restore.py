"""An old backup put back: noticed, and nothing is sent before the site was asked."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import Reconciler
from monitor.appeals.restore import RestoreResult, settle_restore
from monitor.clock import ManualClock
from monitor.errors import MustReconcile
from monitor.state import State
from tests.appeal_world import ACCOUNT, IDENTITY, START, StoreHome, approved, lease_of, load, settle_in, sqlite_home
from tests.faults.appeal_visit import Visitor, terms_of
from tests.faults.simulated_site import Kind, Mode, SimulatedSite

LATER = timedelta(minutes=20)


class Shop:
    """A seller who makes backups."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.clock = ManualClock(START)
        self.home: StoreHome = sqlite_home(folder, self.clock)
        self.terms = terms_of(kind)
        self.site = SimulatedSite(folder / "site.jsonl", kind, self.clock)
        self.visitor = Visitor(self.home, self.site, Mode.OK, self.terms)
        with self.home.open() as state:
            settle_in(state, ["r1", "r2"])
            self.first = approved(state, "r1", self.terms).id

    @property
    def database(self) -> Path:
        return self.home.folder / "db" / "state.db"

    def back_up(self) -> Path:
        return Path(shutil.copy(self.database, self.home.folder / "backup.db"))

    def visit(self) -> None:
        self.clock.advance(LATER)
        self.visitor.visit(f"visit at {self.clock.now()}")

    def settle(self, state: State) -> RestoreResult:
        self.clock.advance(LATER)
        lease = lease_of(state, f"settling at {self.clock.now()}")
        Ledger(state).abandon(lease, "restored")
        reconciler = Reconciler(state)
        for appeal in reconciler.waiting(ACCOUNT, [self.terms]):
            reconciler.apply(appeal.id, self.site.look(appeal.review_id), lease, self.terms)
        looks = {self.terms.channel: self.site.look("")} if self.terms.has_list else {}
        result = settle_restore(state, lease, identity=IDENTITY, looks=looks, terms=[self.terms])
        state.release(lease)
        return result


@pytest.fixture(params=[Kind.LIST, Kind.DELAYED_LIST, Kind.NO_LIST])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    return Shop(tmp_path, request.param)


def test_a_backup_from_before_the_gesture_does_not_send_a_second_time(shop: Shop) -> None:
    backup = shop.back_up()
    shop.visit()
    assert len(shop.site.events("gesture")) == 1
    shutil.copy(backup, shop.database)
    for _ in range(3):
        shop.visit()
    with shop.home.open() as state:
        with pytest.raises(MustReconcile):
            Ledger(state).take_intent(shop.first, lease_of(state), shop.terms)
        with state.read() as tx:
            assert tx.installation.get().epoch == 1
    assert len(shop.site.events("gesture")) == 1


def test_once_the_site_was_asked_the_account_may_file_again_and_knows_what_was_sent(shop: Shop) -> None:
    backup = shop.back_up()
    shop.visit()
    shutil.copy(backup, shop.database)
    with shop.home.open() as state:
        results = [shop.settle(state) for _ in range(3)]
        assert results[-1].is_over
        expected = AppealState.CONFIRMED if shop.terms.has_list else AppealState.NEEDS_HUMAN
        assert load(state, shop.first).state == expected
    shop.visit()
    assert len(shop.site.events("gesture")) == 1


def test_an_attempt_that_the_backup_caught_in_flight_is_not_taken_for_unsent(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Kind.LIST)
    with shop.home.open() as state:
        lease = lease_of(state, "half way")
        Ledger(state).take_intent(shop.first, lease, shop.terms)
        state.release(lease)
    backup = shop.back_up()
    shop.visit()
    assert len(shop.site.events("stored")) == 1
    shutil.copy(backup, shop.database)
    with shop.home.open() as state:
        for _ in range(3):
            shop.settle(state)
        assert load(state, shop.first).state == AppealState.CONFIRMED


def test_an_appeal_the_backup_never_knew_is_taken_over_from_the_list(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Kind.LIST)
    backup = shop.back_up()
    with shop.home.open() as state:
        approved(state, "r2", shop.terms)
    shop.visit()
    assert len(shop.site.events("stored")) == 2
    shutil.copy(backup, shop.database)
    with shop.home.open() as state:
        shop.settle(state)
        with state.read() as tx:
            adopted = tx.appeals.generations(IDENTITY, "r2")
    assert [appeal.state for appeal in adopted] == [AppealState.ALREADY_REPORTED]


def test_a_database_made_anew_beside_an_old_mark_is_noticed(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Kind.LIST)
    shop.visit()
    shop.database.unlink()
    with shop.home.open() as state, state.transaction() as tx:
        account = tx.accounts.add(ACCOUNT, site="ozon")
    assert account.must_reconcile_since is not None


def test_an_ordinary_restart_is_no_restore(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Kind.LIST)
    for _ in range(3):
        shop.visit()
    with shop.home.open() as state, state.read() as tx:
        assert tx.installation.get().epoch == 0


def test_a_lost_mark_of_a_store_that_has_filed_counts_as_a_restore(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Kind.LIST)
    shop.visit()
    (tmp_path / "elsewhere" / "mark.json").unlink()
    with shop.home.open() as state, state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.must_reconcile_since is not None


def test_what_the_mirror_knew_more_is_kept_aside(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Kind.LIST)
    backup = shop.back_up()
    shop.visit()
    shutil.copy(backup, shop.database)
    shop.home.open().close()
    assert [path.name.split(".")[1] for path in (tmp_path / "log").glob("*.before-restore-1.jsonl")] == [
        "before-restore-1"
    ]
