"""How soon the desk answers: each page asked for as a browser does, over the socket of the installed command."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import dataclass

import httpx
import psutil

from benchmarks._desk_store import ACCOUNT, Sizes
from evidence_store.journal import Actor
from monitor.closed_lists.states import ReviewDecision
from monitor.use_cases.deciding import Looked, decide, undo
from tests.desk_browser import Desk

MEDIAN, TAIL, HEAVIEST = 80.0, 200.0, 150_000
READS = {"sec-fetch-site": "none", "sec-fetch-dest": "document"}
_ID = re.compile(rf'class="row" href="/inbox/{ACCOUNT}/(b[0-9]+)')
_PARTS = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:css|js))"')


@dataclass(frozen=True)
class PageCost:
    """What one page costs.

    Attributes:
        times: Until the first byte of each answer, in milliseconds.
        cpu_ms: Processor time of the desk for one answer.
        weight: Bytes of the page with its styles and scripts, without pictures; nothing is compressed.
    """

    name: str
    times: list[float]
    cpu_ms: float
    weight: int

    @property
    def median(self) -> float:
        """Half of the answers are no later."""
        return statistics.median(self.times)

    @property
    def tail(self) -> float:
        """The 95th percentile."""
        return sorted(self.times)[max(round(len(self.times) * 0.95) - 1, 0)]

    @property
    def is_met(self) -> bool:
        """Whether it keeps all three bounds."""
        return self.median <= MEDIAN and self.tail <= TAIL and self.weight <= HEAVIEST


def page_paths(sku: str, sizes: Sizes) -> dict[str, str]:
    """Every page of the desk over a store that ``fill`` made, by its name."""
    middle = sizes.entries // 2
    return {
        "inbox": "/inbox",
        "inbox, one review": f"/inbox/{ACCOUNT}/b{sizes.appeals + 7}",
        "inbox, search": "/inbox?q=дебил",
        "inbox, only the doubtful": "/inbox?view=needs_person",
        "decided": "/inbox/decided",
        "appeals, waiting for a person": "/appeals?stage=you",
        "appeals, under way": "/appeals?stage=going",
        "appeals, over": "/appeals?stage=done",
        "appeals, board": "/appeals?look=board",
        "one appeal": "/appeals/appeal_b50",
        "case": f"/case/{ACCOUNT}/b50",
        "case for a colleague": f"/case/{ACCOUNT}/b50/colleague",
        "log": "/log",
        "log, in the middle": f"/log?before={middle}",
        "log, only decisions": "/log?kind=decisions",
        "log about a review": "/log?about=b77",
        "condition": "/health",
        "products": "/products",
        "one product (nearly all reviews)": f"/products/{ACCOUNT}/{sku}",
        "accounts": "/accounts",
        "guide": "/start",
        "work": "/work",
        "help": "/help",
    }


def measure_pages(desk: Desk, sku: str, sizes: Sizes, rounds: int) -> list[PageCost]:
    """Asks for each page once so that it is warm, then ``rounds`` times; the inbox also just after each change."""
    assert desk.process is not None
    worker = psutil.Process(desk.process.pid)
    pages = page_paths(sku, sizes)
    with httpx.Client(base_url=desk.origin, headers=READS, timeout=60, follow_redirects=True) as client:
        client.get(desk.link).raise_for_status()
        costs = [_measure(client, worker, name, path, rounds) for name, path in pages.items()]
        return [*costs, _after_changes(client, worker, desk, rounds)]


def _measure(client: httpx.Client, worker: psutil.Process, name: str, path: str, rounds: int) -> PageCost:
    _, text = _ask(client, path)
    busy = _cpu(worker)
    times = [_ask(client, path)[0] for _ in range(rounds)]
    return PageCost(name, times, (_cpu(worker) - busy) / rounds, _weigh(client, text))


def _after_changes(client: httpx.Client, worker: psutil.Process, desk: Desk, rounds: int) -> PageCost:
    """Somebody else decides about a review, or takes it back, before each look: what waits is another each time."""
    installation, other = desk.installation(), Looked(ACCOUNT, _ID.findall(_ask(client, "/inbox")[1])[-1], 1)
    person = Actor(kind="operator", id="benchmark", name="benchmark")
    times, text, made, busy = [], "", "", _cpu(worker)
    for _ in range(rounds):
        if made:
            undo(installation.state, made, actor=person)
            made = ""
        else:
            made = decide(installation.state, [other], ReviewDecision.LEFT, actor=person)
        taken, text = _ask(client, "/inbox")
        times.append(taken)
    installation.state.close()
    return PageCost("inbox, just after a change", times, (_cpu(worker) - busy) / rounds, _weigh(client, text))


def _ask(client: httpx.Client, path: str) -> tuple[float, str]:
    began = time.perf_counter()
    with client.stream("GET", path) as answer:
        pieces = answer.iter_bytes()
        first = next(pieces)
        taken = (time.perf_counter() - began) * 1000
        rest = b"".join(pieces)
    assert answer.status_code == 200, (path, answer.status_code)
    return taken, (first + rest).decode()


def _weigh(client: httpx.Client, text: str) -> int:
    parts = dict.fromkeys(_PARTS.findall(text))
    return len(text.encode()) + sum(len(client.get(one).content) for one in parts)


def _cpu(worker: psutil.Process) -> float:
    spent = worker.cpu_times()
    return (spent.user + spent.system) * 1000
