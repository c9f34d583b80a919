"""12 crash points x 6 boundary modes x 3 kinds of site, each restarted: at most one gesture, no outcome lost."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Dialect, Engine

from evidence_store.journal import read_lines
from flows.channels import FilledForm, Observation
from flows.errors import FlowError
from monitor.appeals.crash import CRASH_POINTS, CrashPoint, no_crash
from monitor.appeals.filing import Filing, OpenForm
from monitor.appeals.ledger import Intent, Ledger, WaitingRequest
from monitor.appeals.payload import order_of
from monitor.appeals.terms import ChannelTerms
from monitor.clock import ManualClock
from monitor.state import Lease
from monitor.state.appeals import AppealRecord
from monitor.state.engine import open_engine
from tests.appeal_world import START, approved, fast_folder, load, settle_in, sqlite_home
from tests.faults.appeal_checks import find_violations
from tests.faults.appeal_visit import CrashNow, CrashOnce, Visitor, _seal, terms_of
from tests.faults.simulated_site import Kind, Mode, SimulatedSite

REVIEW = "0192f0c1-0000-7000-8000-000000000001"
RESTARTS = 4
"""Two restarts right after the crash, two more a settle window later each, so that proofs of absence can be had."""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the world in it, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with sqlite_home(folder).open() as state:
        settle_in(state, [REVIEW])
    return folder


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the world."""
    with fast_folder(tmp_path) as base:
        shutil.copytree(migrated, base / "home")
        yield base / "home"


@pytest.fixture(scope="module", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Each restart opens the store anew; without this it would also compile anew what it asks: a third of the time."""
    dialects: list[Dialect] = []
    compiled: dict[object, object] = {}

    def opened(url: str, **options: Any) -> Engine:
        engine = open_engine(url, **options).execution_options(compiled_cache=compiled)
        dialects.append(engine.dialect)
        engine.dialect = dialects[0]  # part of what a statement is known by
        return engine

    with patch("monitor.state.store.open_engine", opened):
        yield


class Case:
    """One case: a fresh copy of the world with one approved appeal."""

    def __init__(self, folder: Path, kind: Kind, mode: Mode) -> None:
        self.clock = ManualClock(START + timedelta(hours=1))
        self.home = sqlite_home(folder, self.clock)
        self.terms = terms_of(kind)
        with self.home.open() as state:
            self.appeal_id = approved(state, REVIEW, self.terms).id
        self.probe = self.home.open()
        site = SimulatedSite(folder / "site.jsonl", kind, self.clock, is_released=self._is_released)
        self.visitor = Visitor(self.home, site, mode, self.terms)

    def restart(self) -> None:
        for number in range(RESTARTS):
            self.clock.advance(timedelta(minutes=6) if number < 2 else self.terms.settle_window)
            self.visitor.visit(f"restart {number}")

    def judge(self) -> list[str]:
        try:
            appeal = load(self.probe, self.appeal_id)
            return find_violations(self.visitor.site, [appeal], self.visitor.mode) + self._judge_mirror()
        finally:
            self.probe.close()

    def _is_released(self, appeal_id: str) -> bool:
        return load(self.probe, appeal_id).released_at is not None

    def _judge_mirror(self) -> list[str]:
        with self.probe.read() as tx:
            heads = tx.journal.heads()
        found = []
        for head in heads.values():
            entries, findings = read_lines((self.home.folder / "log" / f"{head.chain}.jsonl").read_bytes())
            if findings or entries[-1].digest != head.digest or len(entries) != head.count:
                found.append("the mirror differs from the log")
        return found


CASES = [
    pytest.param(point, mode, kind, id=f"{point}-{mode}-{kind}")
    for point, mode, kind in itertools.product(CRASH_POINTS, Mode, Kind)
]


@pytest.mark.parametrize(("point", "mode", "kind"), CASES)
def test_a_crash_anywhere_sends_once_or_says_what_is_not_known(
    folder: Path, point: CrashPoint, mode: Mode, kind: Kind
) -> None:
    case = Case(folder, kind, mode)
    with suppress(CrashNow):
        case.visitor.visit("first", CrashOnce(point))
    case.restart()
    assert case.judge() == []


REAL_KILLS = [("C2", Mode.OK), ("C4", Mode.FIN), ("C5", Mode.OK), ("C6", Mode.HANG), ("C7", Mode.OK), ("C9", Mode.FIN)]


@pytest.mark.parametrize("kind", [Kind.LIST, Kind.NO_LIST])
@pytest.mark.parametrize(("point", "mode"), REAL_KILLS)
def test_a_killed_process_leaves_the_truth_behind(folder: Path, point: str, mode: Mode, kind: Kind) -> None:
    case = Case(folder, kind, mode)
    given = {
        "folder": str(folder),
        "site": str(case.visitor.site.path),
        "now": case.clock.now().isoformat(),
        "kind": kind,
        "mode": mode,
        "point": point,
        "owner": "killed",
    }
    command = [sys.executable, "-m", "tests.faults.appeal_visit", json.dumps(given)]
    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], capture_output=True, timeout=60)
    assert ended.returncode == -9, ended.stderr.decode()
    case.restart()
    assert case.judge() == []


class ForgetfulLedger(Ledger):
    """Negative control: the intent and all that follows never reach the disk."""

    def take_intent(self, appeal_id: str, lease: Lease, terms: ChannelTerms) -> Intent:
        with self._state.read() as tx:
            appeal = tx.appeals.get(appeal_id)
            assert appeal is not None
            return Intent(appeal_id, lease, terms, order_of(tx, appeal), lease.sure_until)

    def arm(self, intent: Intent, form: FilledForm, *, picture: str | None) -> None:
        """Writes nothing."""

    def stamp_gesture(self, intent: Intent) -> None:
        """Writes nothing."""

    def record_release(self, intent: Intent, request: WaitingRequest) -> None:
        """Writes nothing."""

    def settle(self, intent: Intent, seen: Observation | None, *, picture: str | None = None) -> AppealRecord:
        del seen, picture
        return load(self._state, intent.appeal_id)


class StubbornFiling(Filing):
    """Negative control: clicks again when no answer came."""

    def _send(self, intent: Intent, form: OpenForm) -> Observation | None:
        seen = super()._send(intent, form)
        if seen is None:
            try:
                form.channel.gesture()
            except FlowError:
                return None
        return seen


def _violations(case: Case, point: CrashPoint | None = None) -> list[str]:
    with suppress(CrashNow):
        case.visitor.visit("first", CrashOnce(point) if point else no_crash)
    case.restart()
    return case.judge()


def test_without_a_durable_intent_the_checks_see_a_second_gesture(folder: Path) -> None:
    case = Case(folder, Kind.LIST, Mode.OK)
    case.visitor.make_ledger = lambda state, hook: ForgetfulLedger(state, crash_hook=hook)
    assert any("gestures" in found for found in _violations(case, "C7"))


def test_without_the_gate_the_checks_see_two_requests(folder: Path) -> None:
    case = Case(folder, Kind.LIST, Mode.OK)
    case.visitor.has_gate, case.visitor.requests_per_gesture = False, 2
    found = _violations(case)
    assert any("requests" in violation for violation in found)
    assert any("before RELEASED" in violation for violation in found)


def test_with_the_gate_a_page_that_sends_twice_sends_once(folder: Path) -> None:
    case = Case(folder, Kind.LIST, Mode.OK)
    case.visitor.requests_per_gesture = 2
    assert _violations(case) == []
    assert len(case.visitor.site.events("post")) == 1


def test_a_retry_on_time_out_is_seen_by_the_checks(folder: Path) -> None:
    case = Case(folder, Kind.LIST, Mode.HANG)
    case.visitor.make_filing = lambda ledger, hook: StubbornFiling(ledger, _seal, crash_hook=hook)
    assert any("gestures" in found for found in _violations(case))
