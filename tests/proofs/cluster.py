"""Two machines on one PostgreSQL, hundreds of accounts, and a nemesis that kills, stops, cuts and restarts.

``python -m tests.proofs.cluster --accounts 300`` prints ``injections / violations / seed``. At the end one machine dies
for good and its accounts are moved from a copy of its home.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Event

from sqlalchemy import text

from evidence_store.digests import Digest
from monitor.bootstrap import Installation, open_installation
from monitor.config.home import Home
from monitor.config.template import write_config
from monitor.engine.moving import MoveTerms, move_account
from monitor.engine.slots import SlotBook
from monitor.errors import AccountBusy
from monitor.state.cases import ArtifactRecord
from tests.fixtures_postgres import Cluster, drop_cluster, make_cluster
from tests.proofs.appeals_workers import cut_a_connection
from tests.proofs.cluster_worker import Assignment
from tests.proofs.counted import Counted, scratch_folder
from tests.quick_secrets import create_quick_store

ROOT = Path(__file__).parents[2]
PASSPHRASE = "a phrase for the proof"
DEAD_AFTER = 3.0  # seconds
_UNDER_WAY = """SELECT account, visit, id FROM proof_actions one WHERE pid = :pid AND step = 1
    AND at > clock_timestamp() - interval '0.3 s'
    AND NOT EXISTS (SELECT 1 FROM proof_actions WHERE visit = one.visit AND step > 1) ORDER BY id DESC LIMIT 1"""
_TAKEN_OVER = """SELECT id FROM proof_actions
    WHERE account = :account AND visit <> :visit AND pid <> :pid AND id > :id LIMIT 1"""
_ACTS_AGAIN = """SELECT id FROM proof_actions WHERE pid = :pid AND at > clock_timestamp() - interval '0.5 s'
    AND id > :id AND visit <> :visit LIMIT 1"""
MACHINES = ("m1", "m2")
WITH_THINGS = 10  # accounts a machine that own evidence and a session


@dataclass
class Proof:
    """One run on one database."""

    folder: Path
    cluster: Cluster
    url: str
    counted: Counted
    accounts: tuple[str, ...]
    poisoned: tuple[str, ...] = ()
    is_shared: bool = False
    is_locked: bool = True
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    frozen: dict[str, float] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    calm_since: datetime | None = None

    def home(self, name: str) -> Path:
        return self.folder / name

    def open(self, name: str) -> Installation:
        return open_installation(self.home(name), ask_passphrase=lambda: PASSPHRASE)

    @cached_property
    def witness(self) -> Installation:
        """A view of the store that belongs to no machine's process."""
        return self.open(MACHINES[0])

    def prepare(self) -> None:
        """Makes the machines, enrols the accounts half and half, and gives some of them evidence and a session."""
        for name in MACHINES:
            make_home(self.home(name), name, self.url, self.accounts, poll="1s" if self.is_shared else "8s")
        installation = self.open(MACHINES[0])
        with installation.state.transaction() as tx:
            columns = "id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), account text, visit text"
            tx.connection.execute(text(f"CREATE TABLE proof_actions ({columns}, fence bigint, step int, pid int)"))
        book = SlotBook(installation)
        for number, account in enumerate(installation.settings.account):
            book.enrol(account)
            with installation.state.transaction() as tx:
                tx.homes.settle(account.name, "all" if self.is_shared else MACHINES[number % 2])
        for number, name in enumerate(MACHINES):
            give_things(self.open(name), self.accounts[number::2][:WITH_THINGS])

    def spawn(self, name: str) -> None:
        pace = 0.2 if self.is_shared else 0.02
        given = Assignment(str(self.home(name)), self.is_shared, self.is_locked, pace, self.poisoned)
        command = [sys.executable, "-m", "tests.proofs.cluster_worker", given.to_json()]
        with (self.folder / f"{name}.err").open("ab") as log:
            self.running[name] = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log)

    def torment(self, *, seconds: float, every: float) -> None:
        """Runs both machines under the nemesis."""
        chance, pause, begun = random.Random(self.counted.seed), Event(), time.monotonic()
        following = begun + 2 * every
        for name in MACHINES:
            self.spawn(name)
        while (now := time.monotonic()) - begun < seconds:
            pause.wait(0.1)
            self._wake(now)
            self.revive()
            if now >= following:
                self._inject(chance)
                following = now + every * chance.uniform(0.5, 1.5)
        self._wake(float("inf"))
        with self.open(MACHINES[0]).state.read() as tx:
            self.calm_since = tx.now()

    def duel(self, rounds: int, limit: float) -> None:
        """Freezes a machine in the middle of a visit until the other one has taken the account, then wakes it."""
        for name in MACHINES:
            self.spawn(name)
        until = time.monotonic() + limit
        while self.counted.injections < rounds and time.monotonic() < until:
            name = MACHINES[self.counted.injections % 2]
            frozen = self.running[name]
            found = self._await(_UNDER_WAY, until, pid=frozen.pid)
            frozen.send_signal(signal.SIGSTOP)
            self._await(_TAKEN_OVER, until, pid=frozen.pid, **found)
            frozen.send_signal(signal.SIGCONT)
            self.counted.injections += 1
            self._await(_ACTS_AGAIN, until, pid=frozen.pid, **found)
        self.counted.expect(self.counted.injections == rounds, "time ran out")

    def _await(self, query: str, until: float, **values: object) -> dict[str, object]:
        while time.monotonic() < until:
            with self.witness.state.read() as tx:
                row = tx.connection.execute(text(query), values).mappings().first()
            if row is not None:
                return dict(row)
            Event().wait(0.03)
        return {"account": "", "visit": "", "id": 0}

    def _inject(self, chance: random.Random) -> None:
        name, kind = chance.choice(MACHINES), chance.choice(["kill", "stop", "stop", "cut", "restart"])
        process = self.running[name]
        self.counted.injections += 1
        self.kinds[kind] += 1
        if kind == "cut":
            for _ in range(4):
                cut_a_connection(self.cluster, self.url)
        elif kind == "stop" and name not in self.frozen:
            process.send_signal(signal.SIGSTOP)
            self.frozen[name] = time.monotonic() + DEAD_AFTER * chance.uniform(0.5, 3.5)
        elif kind == "kill":
            process.kill()
        elif kind == "restart" and name not in self.frozen:
            process.terminate()

    def _wake(self, now: float) -> None:
        for name, until in list(self.frozen.items()):
            if now >= until:
                self.running[name].send_signal(signal.SIGCONT)
                del self.frozen[name]

    def revive(self) -> None:
        """Starts machines that died again."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self.frozen.pop(name, None)
                self.spawn(name)

    def end(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def kill_for_good(self, name: str) -> Path:
        """Ends a machine and takes its home away; returns the copy that was made of it."""
        process = self.running.pop(name)
        process.kill()
        process.wait()
        self.counted.injections += 1
        self.kinds["death"] += 1
        return Path(shutil.move(self.home(name), self.folder / f"copy-of-{name}"))

    def move_all(self, copy: Path, to: str) -> int:
        """Moves every account of a dead home from its copy; returns how many."""
        source = open_installation(copy, ask_passphrase=lambda: PASSPHRASE)
        target, moved = self.open(to), 0
        with target.state.read() as tx:
            names = [account for account, worker in tx.homes.all().items() if worker == MACHINES[1]]
        for name in names:
            for _ in range(100):
                try:
                    move_account(source, target, name, MoveTerms())
                    moved += 1
                    break
                except AccountBusy:  # the dead machine's lease has to run out first
                    Event().wait(0.1)
        return moved

    def wait_for_all(self, limit: float) -> set[str]:
        """Waits until every healthy account was visited since all is calm and every poisoned one was stopped.

        Returns:
            The healthy accounts that were not visited.
        """
        query = text("SELECT account FROM proof_actions WHERE step = 3 AND at > :since GROUP BY account")
        installation, until = self.open(MACHINES[0]), time.monotonic() + limit
        left, unstopped = set(self.accounts) - set(self.poisoned), set(self.poisoned)
        while (left or unstopped) and time.monotonic() < until:
            self.revive()
            with installation.state.read() as tx:
                done = set(tx.connection.execute(query, {"since": self.calm_since}).scalars())
                records = {account: tx.accounts.get(account) for account in self.poisoned}
            unstopped = {name for name, one in records.items() if one is None or one.stopped_at is None}
            left = set(self.accounts) - set(self.poisoned) - done
            Event().wait(0.2)
        return left

    def judge_actions(self) -> None:
        """No visit acts after another one of the same account has begun, and no fence goes back."""
        with self.open(MACHINES[0]).state.read() as tx:
            rows = tx.connection.execute(text("SELECT account, visit, fence FROM proof_actions ORDER BY id")).all()
        current: dict[str, tuple[str, int]] = {}
        over: set[str] = set()
        for account, visit, fence in rows:
            before, last = current.get(account, ("", 0))
            self.counted.expect(fence >= last, f"{account}: fence {fence} acted after fence {last}")
            if visit != before:
                self.counted.expect(visit not in over, f"{account}: two visits at once")
                over.add(before)
            current[account] = (visit, fence)
        self.counted.notes.append(f"{len(rows)} actions")

    def judge_things(self, worker: str) -> None:
        """Evidence and sessions of the dead machine have arrived."""
        installation = self.open(worker)
        for account in self.accounts[1::2][:WITH_THINGS]:
            self.counted.expect(
                installation.artifacts.read(Digest.of(thing(account))) == thing(account), f"{account}: lost"
            )
            found = installation.secrets.load(f"session/{account}/site_profile")
            self.counted.expect(found is not None and found.value == thing(account), f"{account}: session lost")

    def judge_poisoned(self) -> None:
        with self.open(MACHINES[0]).state.read() as tx:
            for account in self.poisoned:
                record = tx.accounts.get(account)
                self.counted.expect(record is not None and record.stopped_at is not None, f"{account} was not stopped")


def make_home(folder: Path, name: str, url: str, accounts: tuple[str, ...], *, poll: str) -> None:
    """Makes a machine's home with its own secrets."""
    Home(folder).create()
    phrase = folder.parent / "passphrase"
    phrase.write_text(PASSPHRASE)
    phrase.chmod(0o600)
    origins = {host: f"http://{host}.localhost:9" for host in ("www", "seller", "sso")}
    values = {
        "state": {"url": url},
        "vault": {"passphrase_file": str(phrase)},
        "cluster": {"worker": name, "dead_after": f"{DEAD_AFTER:g}s"},
        "sites": {"ozon": {"origins": origins}},
        "account": [{"name": account, "schedule": {"poll": poll}} for account in accounts],
    }
    write_config(folder / "config.toml", values)
    create_quick_store(folder / "secrets", PASSPHRASE)


def give_things(installation: Installation, accounts: tuple[str, ...]) -> None:
    """Gives accounts one artifact and one session each."""
    for account in accounts:
        digest = installation.artifacts.put(thing(account))
        installation.secrets.save(f"session/{account}/site_profile", thing(account))
        with installation.state.transaction() as tx:
            tx.artifacts.add(record(account, digest, tx.now()))


def record(account: str, digest: Digest, at: datetime) -> ArtifactRecord:
    return ArtifactRecord(
        id=f"artifact_{account}", account_id=account, moment="public", sha256=digest.hex, manifest_sha256="",
        path="", media_type="text/plain", size=1, review_id="", case_id=None, appeal_id=None, visit_id=None,
        captured_at=at, is_complete=True, notes=None,
    )  # fmt: skip


def thing(account: str) -> bytes:
    return f"something of {account}".encode()


@contextmanager
def on_a_database(
    seed: int, suite: str, accounts: int, *, poisoned: int = 0, is_shared: bool = False, is_locked: bool = True
) -> Iterator[Proof]:
    names = tuple(f"a{number}" for number in range(accounts))
    cluster = make_cluster()
    try:
        with scratch_folder() as folder:
            counted = Counted(suite, seed)
            proof = Proof(
                folder, cluster, cluster.new_database(), counted, names, names[:poisoned], is_shared, is_locked
            )
            proof.prepare()
            try:
                yield proof
            finally:
                proof.end()
    finally:
        drop_cluster(cluster)


def prove_homes(*, seed: int, accounts: int, seconds: float, every: float, poisoned: int = 2) -> int:
    """Homes and locks, as they are used; a machine dies at the end and its accounts are moved."""
    with on_a_database(seed, "cluster", accounts, poisoned=poisoned) as proof:
        proof.torment(seconds=seconds, every=every)
        moved = proof.move_all(proof.kill_for_good(MACHINES[1]), MACHINES[0])
        left = proof.wait_for_all(limit=120 + accounts / 4)
        proof.counted.expect(not left, f"{len(left)} accounts were not visited: {sorted(left)[:5]}")
        proof.judge_actions()
        proof.judge_things(MACHINES[0])
        proof.judge_poisoned()
        proof.counted.notes += [f"{moved} moved", ", ".join(f"{n} {kind}" for kind, n in sorted(proof.kinds.items()))]
        return proof.counted.report()


def prove_lock(*, seed: int, rounds: int, is_locked: bool) -> int:
    """Both machines take any account: the fenced lock alone is between them. Without it, the control."""
    suite = "lock alone" if is_locked else "control without the lock"
    with on_a_database(seed, suite, 6, is_shared=True, is_locked=is_locked) as proof:
        proof.duel(rounds, limit=30 + 15 * rounds)
        proof.judge_actions()
        code = proof.counted.report()
    if is_locked:
        return code
    if not proof.counted.violations:
        sys.stdout.write("the control without the lock found nothing: this proof proves nothing\n")
        return 1
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=90.0, help="of torment")
    parser.add_argument("--every", type=float, default=2.0, help="mean seconds between two injections")
    parser.add_argument("--rounds", type=int, default=10, help="of freezing a machine in the middle of a visit")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args(arguments)
    size = {"seed": given.seed, "every": given.every, "seconds": given.seconds}
    codes = [prove_homes(accounts=given.accounts, **size)]
    codes += [prove_lock(seed=given.seed, rounds=given.rounds, is_locked=is_locked) for is_locked in (True, False)]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
