"""Several workers, many appeals, and a nemesis that stops, wakes and kills them and cuts their connections.

``python -m tests.proofs.appeals_workers --store postgres --workers 6 --appeals 1000`` prints one line
``injections / violations / seed``. The site's own files are the only truth about what reached it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import psycopg

from monitor.appeals.drafting import Drafting
from monitor.appeals.machine import AppealState
from monitor.errors import StorageBusy
from monitor.state import State, StatePlaces
from monitor.state.appeals import AppealRecord
from monitor.watching.recording import record_poll
from tests.appeal_world import IDENTITY, LIST_TERMS, OPERATOR, SITE, listing, payload_for, review
from tests.faults.appeal_checks import find_violations
from tests.fixtures_postgres import Cluster, drop_cluster, make_cluster
from tests.proofs.appeals_worker import SETTLED, SHORTEST_WINDOW, Assignment, mode_of, site_of

ROOT = Path(__file__).parents[2]
APPEALS_AN_ACCOUNT = 25
_COMMITS_MEASURED = 20
_COMMITS_A_WINDOW = 60  # a filing makes about ten, and several workers want the one file
_ROUNDS_WITHOUT_STEP = 40
_TICKS_A_LOOK = 50


@dataclass
class Proof:
    """One run."""

    url: str
    folder: Path
    seed: int
    workers: int
    accounts: tuple[str, ...] = ()
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    injections: Counter[str] = field(default_factory=Counter)
    stopped: dict[int, float] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    unfinished: int = 0
    window: float = SHORTEST_WINDOW
    progress: tuple[int, int] = (0, -1)

    def prepare(self, appeals: int) -> None:
        """Makes the accounts and approves the appeals."""
        count = max(self.workers, appeals // APPEALS_AN_ACCOUNT)
        self.accounts = tuple(f"account{number}" for number in range(count))
        (self.folder / "site").mkdir()
        with State.open(StatePlaces(url=self.url)) as state:
            for number, account in enumerate(self.accounts):
                _approve(state, account, [f"r{number}-{item}" for item in range(appeals // count)])

    def spawn(self, name: str) -> None:
        given = Assignment(self.url, str(self.folder), self.accounts, self.seed, name, self.window)
        command = [sys.executable, "-m", "tests.proofs.appeals_worker", given.to_json()]
        log = (self.folder / f"{name}.err").open("ab")
        self.running[name] = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log)
        log.close()

    def measure(self) -> None:
        """Makes every window as long as this machine needs: a busy one must be slow, not wrong."""
        begun = time.monotonic()
        with State.open(StatePlaces(url=self.url), may_migrate=False) as state:
            for _ in range(_COMMITS_MEASURED):
                state.release(state.acquire(self.accounts[0], "measuring", timedelta(minutes=1)))
        self.window = max(SHORTEST_WINDOW, _COMMITS_A_WINDOW * (time.monotonic() - begun) / _COMMITS_MEASURED)

    def run(self, cluster: Cluster | None, *, injections: int, every: float) -> None:
        """Runs workers and nemesis until all is settled; after so many injections the nemesis rests.

        The limit counts work: a round of visits without a step of any appeal, long after the last injection.
        """
        chance, pause = random.Random(self.seed), Event()
        next_injection = time.monotonic() + every
        for number in range(self.workers):
            self.spawn(f"w{number}")
        for tick in itertools.count():
            if not self.running or (tick % _TICKS_A_LOOK == 0 and self._is_stalled()):
                return
            pause.wait(0.1)
            now = time.monotonic()
            self._wake(now)
            self._reap()
            self._end_visits_of_the_dead()
            if self.running and now >= next_injection and self.injections.total() < injections:
                self._inject(chance, cluster)
                next_injection = now + every * chance.uniform(0.5, 1.5)

    def _is_stalled(self) -> bool:
        """Whether the workers went round all accounts many times and no appeal took a step.

        A worker that was stopped while it held the whole store keeps this look out too, until the nemesis wakes it:
        then nothing is known yet, and the loop has to go on, or nobody would wake it.
        """
        with suppress(StorageBusy):
            return self._look_for_steps()
        return False

    def _look_for_steps(self) -> bool:
        with State.open(self._places_of_a_look(), may_migrate=False) as state, state.read() as tx:
            visits = sum(len(tx.visits.latest(account, limit=10**6)) for account in self.accounts)
            steps = sum(
                len(tx.appeals.transitions(appeal.id)) + (appeal.counted_at is not None)
                for account in self.accounts
                for appeal in tx.appeals.of_account(account)
            )
        if steps != self.progress[1]:
            self.progress = (visits, steps)
        return visits - self.progress[0] > _ROUNDS_WITHOUT_STEP * len(self.accounts)

    def _inject(self, chance: random.Random, cluster: Cluster | None) -> None:
        name = chance.choice(sorted(self.running))
        process = self.running[name]
        kinds = ["stop", "stop", "kill", "kill"] + (["cut"] if cluster else [])
        kind = chance.choice(kinds)
        self.injections[kind] += 1
        if kind == "cut" and cluster is not None:
            cut_a_connection(cluster, self.url)
        elif kind == "stop" and process.pid not in self.stopped:
            process.send_signal(signal.SIGSTOP)
            self.stopped[process.pid] = time.monotonic() + self.window * chance.uniform(0.5, 3)
        elif kind == "kill":
            process.kill()

    def _wake(self, now: float) -> None:
        for pid, until in list(self.stopped.items()):
            if now >= until:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                del self.stopped[pid]

    def _reap(self) -> None:
        for name, process in list(self.running.items()):
            code = process.poll()
            if code is None:
                continue
            del self.running[name]
            self.stopped.pop(process.pid, None)
            self.dead.add(process.pid)
            if code != 0:
                base, _, generation = name.partition("-")
                self.spawn(f"{base}-{int(generation or 0) + 1}")

    def _end_visits_of_the_dead(self) -> None:
        """Writes down that dead workers' visits are over, as a visit's parent does that saw its processes die.

        Where a stopped worker holds the store, it is written down at a later tick.
        """
        if not self.dead:
            return
        with suppress(StorageBusy):
            with State.open(self._places_of_a_look(), may_migrate=False) as state, state.transaction() as tx:
                for visit in tx.visits.unfinished():
                    if int(visit.owner.split(":")[1]) in self.dead:
                        tx.visits.finish(visit.id, "killed")
            self.dead.clear()

    def _places_of_a_look(self) -> StatePlaces:
        """The store, not waited for: who waits here wakes no stopped worker meanwhile."""
        return StatePlaces(url=self.url, busy_seconds=1.0)

    def end(self) -> None:
        """Ends what still runs."""
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def judge(self) -> list[str]:
        """Compares the ledger with the site's files."""
        found: list[str] = []
        with State.open(StatePlaces(url=self.url), may_migrate=False) as state, state.read() as tx:
            for account in self.accounts:
                for appeal in tx.appeals.of_account(account):
                    found += self._judge_appeal(appeal)
                    fences = [step.fence for step in tx.appeals.transitions(appeal.id) if step.fence is not None]
                    if fences != sorted(fences):
                        found.append(f"{appeal.id}: a stale fence wrote")
        return found

    def _judge_appeal(self, appeal: AppealRecord) -> list[str]:
        is_uncounted = appeal.state == AppealState.CONFIRMED and appeal.counted_at is None
        if appeal.state not in SETTLED or is_uncounted:
            # The workers went round in vain: nothing is wrong, and nothing is proven but that it was sent once at most.
            self.unfinished += 1
            return []
        site = site_of(self.folder, appeal.review_id, self.window, lambda _: True)
        mode = mode_of(self.seed, appeal.review_id)
        return [f"{appeal.id} ({mode}): {broken}" for broken in find_violations(site, [appeal], mode)]

    def states(self) -> Counter[str]:
        with State.open(StatePlaces(url=self.url), may_migrate=False) as state, state.read() as tx:
            return Counter(appeal.state for account in self.accounts for appeal in tx.appeals.of_account(account))


def cut_a_connection(cluster: Cluster, url: str) -> None:
    """Ends one of the store's connections from the server's side, wherever it is in its work."""
    name = url.split("?", 1)[0].rsplit("/", 1)[1]
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s ORDER BY random() LIMIT 1",
            (name,),
        )


def _approve(state: State, account: str, review_ids: list[str]) -> None:
    with state.transaction() as tx:
        tx.accounts.add(account, site=SITE)
        tx.products.add(account, "1001", url="https://example.test/product/1001")
    lease = state.acquire(account, "first poll", timedelta(minutes=5))
    record_poll(state, lease, listing([review(name) for name in review_ids], state.clock.now()))
    drafting = Drafting(state)
    for name in review_ids:
        with state.transaction() as tx:
            case = tx.cases.open(account, name)
        payload = replace(payload_for(name), identity=f"{IDENTITY}:{account}")
        appeal = drafting.draft(case.id, payload, actor=OPERATOR, terms=LIST_TERMS)
        drafting.approve(appeal.id, appeal.payload_hash, actor=OPERATOR)
    state.release(lease)


@contextmanager
def open_store(kind: str, folder: Path) -> Iterator[tuple[str, Cluster | None]]:
    """A store for one run."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'state.db'}", None
        return
    cluster = make_cluster()
    try:
        yield cluster.new_database(), cluster
    finally:
        drop_cluster(cluster)


def main(arguments: list[str]) -> int:
    """Runs the proof and returns how many violations there were, or unfinished appeals where there were none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--appeals", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--every", type=float, default=2.0, help="mean seconds between two injections")
    parser.add_argument("--injections", type=int, default=60, help="after so many the nemesis rests")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="appeals"))
    try:
        with open_store(given.store, folder) as (url, cluster):
            proof = Proof(url, folder, given.seed, given.workers)
            proof.prepare(given.appeals)
            try:
                proof.measure()
                proof.run(cluster, injections=given.injections, every=given.every)
            finally:
                proof.end()
            violations = proof.judge()
            states = ", ".join(f"{count} {state}" for state, count in sorted(proof.states().items()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    out = [f"{violation}\n" for violation in violations[:20]]
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(proof.injections.items()))
    out.append(f"appeals on {given.store}: {given.workers} workers, {states}; {kinds}; {proof.unfinished} unfinished\n")
    out.append(f"injections {proof.injections.total()} / violations {len(violations)} / seed {given.seed}\n")
    sys.stdout.write("".join(out))
    return len(violations) or proof.unfinished


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
