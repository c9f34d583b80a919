"""What one full capture of a review costs: by the clock, in processor time, and in bytes of each artifact, on the mock.

    python3 run.py bench capture [CAPTURES]      by default 20

The store is on this machine's disk, durably. Milliseconds of a step are what lies between it and the step before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks._browser import open_machine_browser
from benchmarks._measuring import TreeClock, running_mock
from evidence_store.store import ArtifactStore
from flows.browser import BrowserHandle
from flows.capture.values import Capture, CaptureOrder
from flows.catalog.loader import SiteOverlay, load_site
from flows.library.capture_review import capture_review
from flows.politeness import Budget, Politeness
from flows.workbench import Workbench

REVIEWS = 100


def main(argv: Sequence[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", type=int, nargs="?", default=20)
    count: int = parser.parse_args(argv).captures
    clock = TreeClock()
    with running_mock(products=2, reviews=REVIEWS, seed=3) as mock, open_machine_browser() as browser:
        clock.not_counted.add(mock.process.pid)
        bench = _workbench(mock.origins, browser)
        order = CaptureOrder(moment="public", url=f"{mock.origins['www']}{mock.products(1)[0].path}reviews/")
        capture_review(bench, order)  # the browser's first page is dearer than any other
        cpu, started = clock.cpu_seconds(), time.perf_counter()
        captures = [capture_review(bench, order) for _ in range(count)]
        wall, cpu = time.perf_counter() - started, clock.cpu_seconds() - cpu
    stored = _store(captures)
    size = sum(len(artifact.data) for capture in captures for artifact in capture.artifacts) / count
    print(
        f"capture: {wall / count * 1000:.0f} ms by the clock, {cpu / count * 1000:.0f} ms of processor time "
        f"and {size / 1000:.0f} kB; storing it durably {stored / count * 1000:.0f} ms"
    )
    _print_steps(captures)
    _print_sizes(captures)
    return 0


def _workbench(origins: dict[str, str], browser: BrowserHandle) -> Workbench:
    # Politeness would only hide what a capture costs.
    unhurried = Politeness(budget=Budget(per_second=1e6, burst=1_000_000), pause=_pause)
    return Workbench(
        browser=browser, site=load_site("ozon", overlay=SiteOverlay(origins=origins)), politeness=unhurried
    )


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _store(captures: Sequence[Capture]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        for number, capture in enumerate(captures):
            store = ArtifactStore(Path(folder) / str(number))  # each in its own: the same bytes are stored once only
            for artifact in capture.artifacts:
                store.put(artifact.data)
        return time.perf_counter() - started


def _print_steps(captures: Sequence[Capture]) -> None:
    spent: dict[str, list[float]] = defaultdict(list)
    for capture in captures:
        before = capture.times.started
        for step in capture.steps:
            spent[step.action].append((step.at - before).total_seconds() * 1000)
            before = step.at
        spent["sheet and description"].append((capture.times.finished - before).total_seconds() * 1000)
    print("  " + ", ".join(f"{action} {median(values):.0f} ms" for action, values in spent.items()))


def _print_sizes(captures: Sequence[Capture]) -> None:
    sizes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for capture in captures:
        for artifact in capture.artifacts:
            sizes[artifact.kind.value].append((len(artifact.data), len(zlib.compress(artifact.data))))
    for kind, values in sizes.items():
        whole, packed = (median(one[at] for one in values) / 1000 for at in (0, 1))
        print(f"  {kind:<18} {whole:8.1f} kB, deflated {packed:8.1f} kB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
