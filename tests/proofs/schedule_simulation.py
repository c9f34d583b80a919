"""A watcher on simulated clocks: random jumps, suspends, changes of clocks in six zones, restarts, long visits.

The real due times and slots in a real store; only time and the visits are simulated. What is checked after every step
is written in ``Simulation._check``. Two broken watchers show that the checks have teeth.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from monitor.bootstrap import Installation
from monitor.clock import ManualClock
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings, default_settings
from monitor.engine.loop import LONGEST_WAIT, bounded, next_account
from monitor.engine.slots import SlotBook, Taken
from monitor.schedule import Timing
from monitor.state.tables import due_times
from monitor.state.tables import slots as slots_table
from monitor.visit_protocol import EndKind, TaskKind, VisitEnd
from monitor.watching.timings import timings_of
from tests.proofs.counted import Counted

START = datetime(2026, 1, 15, 7, 0, tzinfo=UTC)
PLACES = 2  # visits at the same time
SCHEDULES: dict[str, dict[str, object]] = {
    "berlin": {"zone": "Europe/Berlin", "poll": "30m", "submit": "30 2 * * *", "follow": "3h"},
    "new-york": {"zone": "America/New_York", "poll": "*/20 * * * *", "submit": "15 1,2,3 * * *", "follow": "1h30m"},
    "lord-howe": {"zone": "Australia/Lord_Howe", "poll": "45m", "submit": "0 2 * * mon-fri", "follow": "0 */4 * * *"},
    "santiago": {
        "zone": "America/Santiago",
        "poll": "1h",
        "poll_hours": ["22:00-06:30"],
        "submit": "20m",
        "submit_hours": ["mon-fri 09:00-19:00"],
    },
    "london": {"zone": "Europe/London", "poll": "0 0,1,2 * * *", "submit": "2h", "submit_hours": ["01:30-02:30"]},
    "auckland": {"zone": "Pacific/Auckland", "poll": "10m", "submit": "1d", "follow": "59 2 * * sun"},
}

Wait = Callable[[float], float]
Key = tuple[str, TaskKind]


@lru_cache
def edges_of(zone: str) -> list[datetime]:
    """Returns the moments in 2026 and 2027 at which the zone's clocks change."""
    place, found = ZoneInfo(zone), []
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year < 2028:
        hours = [at + timedelta(hours=hour) for hour in range(25)]
        offsets = [hour.astimezone(place).utcoffset() for hour in hours]
        if offsets[0] != offsets[-1]:
            found += [later for later, one, two in zip(hours[1:], offsets, offsets[1:], strict=False) if one != two]
        at = hours[-1]
    return found


@dataclass
class Simulation:
    """One installation with six accounts, and a watcher that is driven step by step.

    Attributes:
        wait: How long the watcher would wait; a broken one trusts the wall clock.
        forgets: A broken watcher, whose due times are lost at every restart.
    """

    folder: Path
    counted: Counted
    wait: Wait = bounded
    forgets: bool = False
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    running: dict[str, tuple[float, Taken]] = field(default_factory=dict)
    ran: set[tuple[str, TaskKind, datetime]] = field(default_factory=set)
    due: dict[Key, datetime] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.counted.seed)
        accounts = [{"name": name, "schedule": schedule} for name, schedule in SCHEDULES.items()]
        self.settings: Settings = default_settings({"account": accounts})
        self.timings = {one.name: timings_of(self.settings, one) for one in self.settings.account}
        self.edges = [edge for schedule in SCHEDULES.values() for edge in edges_of(str(schedule["zone"]))]
        Home(self.folder).create()
        self.installation = Installation(Home(self.folder), self.settings, self.clock)
        self._open()

    def run(self, steps: int) -> None:
        """Takes random steps and checks after each of them."""
        for _ in range(steps):
            self.counted.injections += 1
            kind = self.rng.choices(list(_STEPS), [weight for _, weight in _STEPS.values()])[0]
            self.counts[kind] = self.counts.get(kind, 0) + 1
            _STEPS[kind][0](self)
            self._go_round()
        self.counted.notes.append(f"{len(self.ran)} runs")
        self.counted.notes += [f"{count} {kind}" for kind, count in sorted(self.counts.items())]
        self.installation.state.close()

    def tick(self) -> None:
        """Nothing happens until the next slot is due, or a visit ends."""
        nearest = self.book.next_due(frozenset(self.timings) - set(self.running))
        ahead = 0.0 if nearest is None else (nearest - self.clock.now()).total_seconds()
        seconds = self.wait(ahead)
        self.counted.expect(0 < seconds <= LONGEST_WAIT, f"waits {seconds:.0f} s")
        self.clock.advance(timedelta(seconds=max(ahead, 0.0) + self.rng.uniform(0, LONGEST_WAIT)))

    def jump(self) -> None:
        """Somebody sets the wall clock, by a second or by a year, forwards or back."""
        size = 10 ** self.rng.uniform(0, 7.5)
        target = self.clock.now() + timedelta(seconds=self.rng.choice([-1, 1]) * size)
        if START <= target < START + timedelta(days=700):
            self.clock.jump(target - self.clock.now())

    def suspend(self) -> None:
        """The lid is closed for a minute or for a month."""
        self.clock.advance(timedelta(seconds=10 ** self.rng.uniform(1.8, 6.4)))
        self._stay_near()

    def go_to_edge(self) -> None:
        """The clock is set to just before a change of clocks somewhere; what follows walks through it."""
        edge = self.rng.choice(self.edges) - timedelta(minutes=self.rng.uniform(0, 150))
        self.clock.jump(edge - self.clock.now())

    def restart(self) -> None:
        """The watcher is killed with its visits and started again."""
        self.running.clear()
        self._open()

    def _stay_near(self) -> None:
        if self.clock.now() > START + timedelta(days=700):
            self.clock.jump(START - self.clock.now())

    def _open(self) -> None:
        self.book = SlotBook(self.installation)
        if self.forgets:
            with self.installation.state.transaction() as tx:
                tx.connection.execute(delete(due_times))
        before = dict(self.due)
        for account in self.settings.account:
            self.book.enrol(account)
        self._read_due()
        for key, due_at in before.items():  # what was due stays due, or is drawn near
            latest = self.timings[key[0]][key[1]].latest_due(self.clock.now())
            self.counted.expect(self.due[key] == min(due_at, latest), f"{key}: a restart moved what was due")
            self.due[key] = min(due_at, latest)

    def _go_round(self) -> None:
        now = self.clock.boottime()
        for name in [name for name, (until, _) in self.running.items() if until <= now]:
            self.book.finish(self.running.pop(name)[1], VisitEnd(kind=EndKind.DONE))
        tried: set[str] = set()
        due = self.book.due(self.settings.account)
        while (account := next_account(due, self.running, PLACES, done=tried)) is not None:
            tried.add(account.name)
            taken = self.book.take(account)
            self._check(account, taken)
            if taken is not None:
                length = 10 ** self.rng.uniform(0, 4)  # a second to almost three hours
                self.running[account.name] = (self.clock.boottime() + length, taken)

    def _check(self, account: AccountSection, taken: Taken | None) -> None:
        now = self.clock.now()
        slots = taken.slots if taken else {}
        self.counted.expect(account.name not in self.running, f"{account.name}: two visits at once")
        for task, slot in slots.items():
            run = (account.name, task, slot)
            self.counted.expect(run not in self.ran, f"{run} ran twice")
            self.counted.expect(slot <= now, f"{run} ran before its time")
            self.counted.expect(self.timings[account.name][task].is_open(now), f"{run} ran outside its hours")
            self.ran.add(run)
        was_due = dict(self.due)
        self._read_due(account.name)
        for task, timing in self.timings[account.name].items():
            key = (account.name, task)
            latest = timing.latest_due(now)
            self.counted.expect(now < self.due[key] <= latest, f"{key}: next at {self.due[key]}, now {now}")
            if was_due[key] <= now:
                self._expect_rows(key, timing, was_due[key])

    def _expect_rows(self, key: Key, timing: Timing, due_at: datetime) -> None:
        """Every slot from what was due up to now has a row, or lies in the stretch of one."""
        table = slots_table.c
        statement = select(table.slot_at, table.until_at).where(
            table.account_id == key[0],
            table.kind == key[1].value,
            table.slot_at <= self.clock.now(),
            table.slot_at >= due_at,
        )
        with self.installation.state.read() as tx:
            rows = tx.connection.execute(statement).all()
        named = {slot_at for slot_at, _ in rows}
        behind = [until for begin, until in rows if until and begin - due_at <= timedelta(microseconds=1)]
        slot = due_at
        while slot <= self.clock.now():
            if slot == due_at and behind:
                slot = max(behind)  # one row stands for all slots up to there
                continue
            if slot not in named:
                self.counted.violations.append(f"{key}: slot {slot} has no row")
                return
            slot = timing.slot_after(slot)

    def _read_due(self, only: str | None = None) -> None:
        with self.installation.state.read() as tx:
            for due in tx.schedule.all(only):
                self.due[due.account_id, TaskKind(due.kind)] = due.next_at


_STEPS: dict[str, tuple[Callable[[Simulation], None], int]] = {
    "ticks": (Simulation.tick, 70),
    "jumps": (Simulation.jump, 10),
    "suspends": (Simulation.suspend, 8),
    "edges": (Simulation.go_to_edge, 7),
    "restarts": (Simulation.restart, 5),
}


def simulate(steps: int, seed: int, folder: Path, *, wait: Wait = bounded, forgets: bool = False) -> Counted:
    """Runs one simulation and returns what it counted."""
    counted = Counted("schedule", seed)
    Simulation(folder, counted, wait=wait, forgets=forgets).run(steps)
    return counted
