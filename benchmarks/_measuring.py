"""Processor time of a process tree, and the mock in a process of its own so that it is not counted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import psutil

_WARMTH = 1e-9  # keeps a ratio finite


@dataclass(frozen=True)
class Cost:
    """What a number of polls cost.

    Attributes:
        way: How they were made.
        polls: How many.
        cpu_seconds: Processor time of the whole tree: Python, driver and browser.
        wall_seconds: Time by the clock.
        requests: Requests the mock counted.
    """

    way: str
    polls: int
    cpu_seconds: float
    wall_seconds: float
    requests: int

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time a poll."""
        return self.cpu_seconds / self.polls * 1000

    @property
    def wall_ms(self) -> float:
        """Milliseconds by the clock a poll."""
        return self.wall_seconds / self.polls * 1000

    def times(self, base: Cost) -> float:
        """Processor time a poll as a multiple of another way's."""
        return self.cpu_ms / max(base.cpu_ms, _WARMTH)


@dataclass
class TreeClock:
    """Sums the processor time of a process and all its children, those that ended meanwhile included."""

    root: psutil.Process = field(default_factory=psutil.Process)
    not_counted: set[int] = field(default_factory=set)

    def cpu_seconds(self) -> float:
        """Processor time so far."""
        own = self.root.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in self.root.children(recursive=True):
            if child.pid in self.not_counted:
                continue
            try:
                spent = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += spent.user + spent.system + spent.children_user + spent.children_system
        return total


@dataclass(frozen=True)
class Product:
    """One product of the mock."""

    sku: str
    path: str


class Mock:
    """The mock site in another process.

    Attributes:
        origins: Origins by name, as Chromium resolves them.
    """

    def __init__(self, process: subprocess.Popen[str], origins: dict[str, str], control: str) -> None:
        self.process = process
        self.origins = origins
        self._control = httpx.Client(base_url=control, timeout=60)

    def products(self, count: int) -> list[Product]:
        """Returns the first products."""
        found: list[Product] = []
        while len(found) < count:
            rows = self._control.get("/products", params={"start": len(found)}).json()["products"]
            if not rows:
                break
            found += [Product(sku=row["sku"], path=row["path"]) for row in rows]
        return found[:count]

    def requests(self) -> int:
        """Returns how many requests reached the socket since the last ``forget``."""
        return int(self._control.get("/ledger").json()["total"])

    def forget(self) -> None:
        """Starts counting anew."""
        self._control.delete("/ledger")

    def turn(self, **switches: object) -> None:
        """Turns switches."""
        self._control.patch("/switches", json=switches).raise_for_status()

    def add_review(self, index: int) -> None:
        """Publishes a negative review of a product."""
        body = {"product": index, "rating": 1, "text": "Пришло не то, что заказывали."}
        self._control.post("/reviews", json=body).raise_for_status()


@contextmanager
def running_mock(*, products: int, reviews: int, seed: int) -> Iterator[Mock]:
    """Starts the mock in a process of its own and ends it."""
    command = [sys.executable, "-m", "mock_site", "--scenario", "calm", "--seed", str(seed)]
    command += ["--products", str(products), "--reviews", str(reviews)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            origins = dict(_announced(process))
            yield Mock(process, origins, origins.pop("control"))
        finally:
            process.terminate()


def _announced(process: subprocess.Popen[str]) -> Iterator[tuple[str, str]]:
    assert process.stderr is not None
    for line in process.stderr:
        name, _, value = line.strip().partition(": ")
        if name == "seed":
            return
        yield name, value
    raise RuntimeError("the mock did not start")


@contextmanager
def measured(clock: TreeClock, mock: Mock, way: str, polls: int, into: list[Cost]) -> Iterator[None]:
    """Measures the block and appends its cost."""
    mock.forget()
    cpu, wall = clock.cpu_seconds(), time.perf_counter()
    yield
    spent = (clock.cpu_seconds() - cpu, time.perf_counter() - wall)
    into.append(Cost(way, polls, *spent, requests=mock.requests()))
