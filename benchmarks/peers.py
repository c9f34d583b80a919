"""A poll by us and by others, on the same mock pages, in one run: processor time, speed, memory, and how it grows.

    python3 run.py bench peers [--products 400] [--growth 10000] [--stored 1000000] [--json] [--check]

Others: raw httpx (the floor), a naive Playwright script, crawlee and scrapy-playwright as their guides show them, each
in an environment of its own below var/peers (made at the first run; needs a package index). Where our figure
rests on the site answering 304, the one without it stands beside it. Peers open every page, changed or not.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import text

from benchmarks._browser import open_machine_browser
from benchmarks._measuring import Cost, Mock, Product, TreeClock, measured, running_mock
from benchmarks.polling import (
    BASE,
    Bench,
    ask,
    measure_fairreview,
    measure_httpx,
    measure_naive_script,
    workbench,
)
from benchmarks.polling import show as show_costs
from flows.browser import BrowserHandle
from flows.library.read_reviews import PollResult, read_reviews
from flows.readings.merge import unchanged_read
from monitor.config.settings import default_settings
from monitor.state import State, StatePlaces
from monitor.watching.recording import record_poll

PEERS = {"crawlee": "crawlee[playwright]==1.11.0", "scrapy-playwright": "scrapy-playwright==0.0.48"}
SCRIPTS = {"crawlee": "crawlee_poll.py", "scrapy-playwright": "scrapy_poll.py"}
ENVIRONMENTS = Path(__file__).parents[1] / "var" / "peers"
FEW, MORE = 2, 12  # polls of a peer; what one more costs is the slope
_SAMPLE_SECONDS = 0.5

TIMES_LESS = 100.0
"""How much less a further unchanged product must cost than crawlee's and scrapy-playwright's defaults."""
FLAT = 1.3
"""Most that a poll may cost more at the large end than at the small one."""
VISITED = 1_000
"""Products of the visits that are compared with the peers."""
_FEW_REVIEWS = 3


@dataclass
class Watcher(threading.Thread):
    """Looks at a process tree while it runs: its processor time, the ended included, and its peak memory (PSS).

    Attributes:
        root: The tree's first process.
        not_counted: Processes that are not part of what is measured.
    """

    root: psutil.Process
    not_counted: set[int] = field(default_factory=set)
    spent: dict[tuple[int, float], float] = field(default_factory=dict)
    peak: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self.over.wait(_SAMPLE_SECONDS):
            self.look()

    def look(self) -> None:
        memory = 0
        try:
            tree = [self.root, *self.root.children(recursive=True)]
        except psutil.Error:
            return
        for process in tree:
            if process.pid in self.not_counted:
                continue
            try:
                times = process.cpu_times()
                self.spent[process.pid, process.create_time()] = times.user + times.system
                memory += process.memory_full_info().pss
            except (psutil.Error, AttributeError):
                continue
        self.peak = max(self.peak, memory)

    @property
    def cpu_seconds(self) -> float:
        return sum(self.spent.values())


@contextmanager
def watched(root: psutil.Process, *, not_counted: set[int] | None = None) -> Iterator[Watcher]:
    """Watches a tree for as long as the block runs."""
    watcher = Watcher(root, not_counted or set())
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.over.set()
        watcher.join()


def ensure_peer(name: str) -> Path | None:
    """Makes a peer's environment; None where that is not possible here."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == PEERS[name]:
        return python
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    if any(subprocess.run(step, check=False, stderr=subprocess.DEVNULL).returncode for step in _steps(name, folder)):
        return None
    stamp.write_text(PEERS[name])
    return python


def _steps(name: str, folder: Path) -> tuple[list[str], list[str]]:
    """The two commands that make a peer's environment: by uv, or, where that is missing, by Python itself."""
    python, uv = str(folder / "bin" / "python"), shutil.which("uv")
    if uv is None:
        return (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEERS[name]],
        )
    return (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", python, PEERS[name]],
    )


def measure_peer(bench: Bench, name: str, browser: str) -> tuple[Cost, int] | None:
    """Runs a peer twice; what one more poll costs is the slope. Returns it with the peak memory of the larger run."""
    python = ensure_peer(name)
    if python is None:
        print(f"  {name}: not installed (needs a package index)", file=sys.stderr)
        return None
    runs = [_run_peer(bench, python, name, browser, count) for count in (FEW, MORE)]
    (cpu_few, wall_few, requests_few, _), (cpu_more, wall_more, requests_more, peak) = runs
    cost = Cost(name, MORE - FEW, cpu_more - cpu_few, wall_more - wall_few, requests_more - requests_few)
    print(f"  {name}: {cost.cpu_ms:.1f} ms", file=sys.stderr, flush=True)
    return cost, peak


def _run_peer(bench: Bench, python: Path, name: str, browser: str, count: int) -> tuple[float, float, int, int]:
    www = bench.mock.origins["www"]
    urls = [f"{www}{product.path}reviews/" for product in bench.products[:count]]
    given = json.dumps({"urls": urls, "browser": browser, "sandbox": default_settings().browser.sandbox})
    bench.mock.forget()
    begun, ended = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    script = Path(__file__).with_name("peers_scripts") / SCRIPTS[name]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [str(python), str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
        ) as child,
        watched(psutil.Process(child.pid)) as watcher,
    ):
        out, _ = child.communicate(given, timeout=180)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - ended.ru_utime - ended.ru_stime
    found = json.loads(out.strip().splitlines()[-1])
    assert len(found) == count, (name, found)
    assert all(found), (name, found)
    return max(cpu, watcher.cpu_seconds), wall, bench.mock.requests(), watcher.peak


def read_all(mock: Mock, products: Sequence[Product]) -> dict[str, PollResult]:
    """Reads every product once, so that each is unchanged afterwards."""
    results: dict[str, PollResult] = {}
    with open_machine_browser() as browser:
        for result in read_reviews(workbench(mock, browser), [ask(one, mock, results) for one in products]):
            results[result.sku] = result
    return results


def measure_visit(
    mock: Mock, products: Sequence[Product], known: dict[str, PollResult], *, answers_304: bool = True
) -> tuple[Cost, int]:
    """One visit to unchanged products, the browser's start included; with its peak memory."""
    mock.turn(conditional=answers_304)
    count = len(products)
    costs: list[Cost] = []
    clock = TreeClock(not_counted={mock.process.pid})
    with (
        watched(psutil.Process(), not_counted={mock.process.pid}) as watcher,
        measured(clock, mock, f"a visit to {count} unchanged{'' if answers_304 else ', no 304'}", count, costs),
        open_machine_browser() as browser,
    ):
        for result in read_reviews(workbench(mock, browser), [ask(one, mock, known) for one in products]):
            assert result.read.is_unchanged
    return costs[0], watcher.peak


def measure_growth(most: int, *, seed: int) -> list[tuple[Cost, int]]:
    """Visits to ten, half and all of so many products; of few reviews each, for an unchanged one sends none of them."""
    with running_mock(products=most, reviews=_FEW_REVIEWS, seed=seed) as mock:
        products = mock.products(most)
        known = read_all(mock, products)
        return [measure_visit(mock, products[:count], known) for count in sorted({10, most // 2, most})]


def measure_store(stored: int) -> float:
    """Milliseconds of processor time to record one unchanged poll beside so many stored reviews."""
    with tempfile.TemporaryDirectory() as folder:
        state = State.open(StatePlaces(url=f"sqlite:///{folder}/state.db"))
        _fill(state, stored)
        lease = state.acquire("main", "bench", timedelta(hours=1))
        begun, polls = time.process_time(), 200
        for number in range(polls):
            at = datetime.now(UTC)
            read = unchanged_read(
                sku=f"p{number % 30}", way="fetch_json", started_at=at, finished_at=at, site_total=30, covers_all=True
            )
            record_poll(state, lease, read)
        spent = (time.process_time() - begun) / polls * 1000
        state.close()
    return spent


def _fill(state: State, stored: int) -> None:
    moment = "2026-10-01 09:00:00.000000"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {})"
    with state.transaction() as tx:
        tx.accounts.add("main", site="ozon")
        run = tx.connection.exec_driver_sql
        run(
            "INSERT INTO products (account_id, sku, listing, url, added_at, baseline_at, last_polled_at) "
            + numbers.format(max(stored // 30, 31))
            + f" SELECT 'main', 'p' || i, 'p' || i, 'u', '{moment}', '{moment}', '{moment}' FROM n"
        )
        tx.connection.execute(
            text(
                "INSERT INTO reviews (account_id, review_id, site, sku, version, content_digest, first_seen_at, "
                "last_seen_at) "
                + numbers.format(stored // 30 * 30)
                + " SELECT 'main', 'r' || i, 'ozon', 'p' || (i / 30), 1, 'd', :at, :at FROM n"
            ),
            {"at": moment},
        )
        run(
            "INSERT INTO listing_reviews (account_id, listing, review_id) "
            "SELECT account_id, sku, review_id FROM reviews WHERE account_id = 'main'"
        )


@dataclass(frozen=True)
class Report:
    """What one run brought."""

    costs: list[Cost]
    visits: list[tuple[Cost, int]]
    plain: tuple[Cost, int]
    growth: list[tuple[Cost, int]]
    peers_peak: dict[str, int]
    store_ms: dict[int, float]

    def ratios(self) -> dict[str, float]:
        """The figures the targets speak of."""
        by_way = {cost.way: cost for cost in self.costs}
        small, large = self.visits[0][0], self.visits[-1][0]
        few, half, most = (cost for cost, _ in self.growth)
        stores = list(self.store_ms.values())
        others = {name: by_way[name].cpu_ms for name in PEERS if name in by_way}
        further, plain = _slope(small, large), _slope(small, self.plain[0])
        found = {name: spent / further for name, spent in others.items()}
        found |= {f"{name}, no 304": spent / plain for name, spent in others.items()}
        found |= {"httpx, HTML": by_way[BASE].cpu_ms / further, "httpx, HTML, no 304": by_way[BASE].cpu_ms / plain}
        return {
            **found,
            "growth of products": _slope(half, most) / _slope(few, half),
            "growth of the store": stores[-1] / stores[0],
        }


def _slope(few: Cost, many: Cost) -> float:
    """Milliseconds of processor time that one more unchanged product adds to a visit."""
    return max((many.cpu_seconds - few.cpu_seconds) / (many.polls - few.polls) * 1000, 1e-3)


def run(*, products: int, growth: int, stored: int, seed: int) -> Report:
    """Measures everything on one mock."""
    with running_mock(products=max(VISITED, products), reviews=30, seed=seed) as mock:
        costs: list[Cost] = []
        bench = Bench(mock, mock.products(products), TreeClock(not_counted={mock.process.pid}), costs)
        measure_httpx(bench)
        with open_machine_browser() as browser:
            measure_fairreview(bench, browser)
            measure_naive_script(bench, browser)
            program = _program(browser)
        peaks = {}
        for name in PEERS:
            if (found := measure_peer(bench, name, program)) is not None:
                costs.append(found[0])
                peaks[name] = found[1]
        polled = mock.products(VISITED)
        known = read_all(mock, polled)
        visits = [measure_visit(mock, polled[:count], known) for count in (10, VISITED)]
        plain = measure_visit(mock, polled, known, answers_304=False)
    store = {count: measure_store(count) for count in (1_000, stored)}
    return Report(costs, visits, plain, measure_growth(growth, seed=seed), peaks, store)


def _program(browser: BrowserHandle) -> str:
    return browser.executable if Path(browser.executable).exists() else shutil.which(browser.executable) or ""


def show(report: Report) -> str:
    """Lays everything out as tables."""
    lines = [show_costs(report.costs), "", "polls per second by the clock"]
    lines += [f"  {cost.way:38} {1000 / max(cost.wall_ms, 1e-6):8.1f}" for cost in report.costs]
    lines += ["", f"{'visit, start included':44} {'CPU s':>7} {'CPU ms a product':>17} {'peak MB (PSS)':>14}"]
    lines += [
        f"{c.way:44} {c.cpu_seconds:7.2f} {c.cpu_ms:17.2f} {peak / 1e6:14.0f}"
        for c, peak in (*report.visits, report.plain, *report.growth)
    ]
    lines += [
        f"{name + f', {MORE} pages':44} {'':7} {'':17} {peak / 1e6:14.0f}" for name, peak in report.peers_peak.items()
    ]
    lines += ["", "recording one unchanged poll beside so many stored reviews"]
    lines += [f"  {count:>10,}: {spent:.2f} ms of CPU" for count, spent in report.store_ms.items()]
    lines += ["", "how many times more a poll by others costs than one more unchanged product of ours; growth"]
    lines += [f"  {name:32} {ratio:8.2f} ×" for name, ratio in report.ratios().items()]
    return "\n".join(lines)


def main() -> int:
    """Runs the benchmark and compares it with the targets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=400, help="polled for each way")
    parser.add_argument("--growth", type=int, default=10_000, help="products of the largest visit")
    parser.add_argument("--stored", type=int, default=1_000_000, help="stored reviews of the largest store")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures for a program")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    asked = parser.parse_args()
    report = run(products=asked.products, growth=asked.growth, stored=asked.stored, seed=asked.seed)
    ratios = report.ratios()
    print(json.dumps({"costs": [asdict(c) for c in report.costs], "ratios": ratios}) if asked.json else show(report))
    slow = [name for name in PEERS if name in ratios and ratios[name] < TIMES_LESS]
    steep = [name for name, ratio in ratios.items() if name.startswith("growth") and ratio > FLAT]
    for name in slow + steep:
        print(f"missed: {name} {ratios[name]:.2f}", file=sys.stderr)
    return 1 if asked.check and (slow or steep) else 0


if __name__ == "__main__":
    sys.exit(main())
