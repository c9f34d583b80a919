"""Many visits on the mock, one in five with a fault: nothing of them is left, and the watcher does not grow."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mock_site.server import MockSite
from mock_site.switches import Latency, Wall
from tests.e2e.installed import environment, install
from tests.meta.checkout import ROOT
from tests.proofs.counted import Counted
from tests.proofs.soak_watcher import DEADLINE, HANGING, SHORT_DEADLINE, STRIKING

EXPECTED = {
    "none": {"done"},
    "wall": {"wall"},
    "hang": {"killed"},
    "kill_visit": {"killed"},
    "kill_browser": {"environment", "killed", "findings", "done"},
    "freeze_visit": {"killed"},
    "freeze_browser": {"killed", "environment", "findings"},
}
"""How a visit may end, by its fault. Done means that all was read, whenever the browser died."""

FAULTS = tuple(name for name in EXPECTED if name != "none")
PRODUCTS = 2
_WARM_UP = 3  # visits before the first that counts: caches fill
_GRACE = 10.0  # seconds a visit may take beyond its deadline
_STEEPEST = 50_000  # bytes of memory a visit
_FEWEST_FOR_SLOPE = 100
_MOST_MISSED = 0.1  # of the faults: the others found nobody to strike any more


@contextmanager
def watcher(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Runs the watching process with a temporary folder of its own."""
    temporary = tempfile.mkdtemp(prefix="fs-", dir="/tmp")
    command = [sys.executable, "-m", "tests.proofs.soak_watcher", str(home)]
    variables = {**environment(), **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), temporary)}
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=variables)
    try:
        yield child
    finally:
        if child.stdin is not None:
            child.stdin.close()
        child.wait(timeout=60)
        shutil.rmtree(temporary, ignore_errors=True)


def soak(site: MockSite, home: Path, visits: int, seed: int, *, share: float = 0.2) -> Counted:
    """Makes the visits and checks after each that nothing of it is left."""
    counted = Counted("soak", seed)
    rng = random.Random(seed)
    installed = install(home, site, products=PRODUCTS)
    reports: list[dict[str, float]] = []
    faults = missed = 0
    with watcher(installed.home) as child:
        for number in range(visits + _WARM_UP):
            is_struck = number >= _WARM_UP and rng.random() < share
            fault = FAULTS[faults % len(FAULTS)] if is_struck else "none"
            faults += is_struck
            told = _visit(site, child, fault)
            if fault in STRIKING and not told["struck"]:
                fault, missed = "none", missed + 1
            if number >= _WARM_UP:
                counted.injections += 1
                reports.append(told)
                _check(counted, fault, told, reports[0])
    counted.expect(missed <= max(1, faults * _MOST_MISSED), f"{missed} of {faults} faults came too late")
    counted.notes += [f"{faults - missed} with a fault", f"memory {_slope(reports) / 1000:+.1f} kB a visit"]
    if visits >= _FEWEST_FOR_SLOPE:
        counted.expect(_slope(reports) < _STEEPEST, f"memory grows by {_slope(reports):.0f} bytes a visit")
    return counted


def _visit(site: MockSite, child: subprocess.Popen[str], fault: str) -> dict[str, float]:
    assert child.stdin is not None
    assert child.stdout is not None
    site.switches.walls = [Wall(kind="captcha", path="*")] if fault == "wall" else []
    site.switches.latency = [Latency(mean_ms=60_000)] if fault == "hang" else []
    site.ledger.clear()
    child.stdin.write(fault + "\n")
    child.stdin.flush()
    answer = child.stdout.readline()
    assert answer, "the watcher died"
    found: dict[str, float] = json.loads(answer)
    return found


def _check(counted: Counted, fault: str, told: dict[str, float], first: dict[str, float]) -> None:
    counted.expect(str(told["end"]) in EXPECTED[fault], f"{fault}: ended as {told['end']}")
    counted.expect(
        str(told["end"]) != "done" or told["read"] == PRODUCTS, f"{fault}: done, {told['read']} products read"
    )
    limit = (SHORT_DEADLINE if fault in HANGING else DEADLINE) + _GRACE
    counted.expect(told["seconds"] <= limit, f"{fault}: took {told['seconds']} s")
    for what in ("processes", "records", "temporary"):
        counted.expect(told[what] == 0, f"{fault}: {told[what]} {what} left")
    counted.expect(told["descriptors"] <= first["descriptors"], f"{fault}: {told['descriptors']} descriptors")


def _slope(reports: list[dict[str, float]]) -> float:
    """Returns the growth of memory a visit, by least squares over all but the first fifth."""
    memory = [report["memory"] for report in reports[len(reports) // 5 :]]
    middle = (len(memory) - 1) / 2
    mean = sum(memory) / max(len(memory), 1)
    spread = sum((index - middle) ** 2 for index in range(len(memory)))
    return sum((index - middle) * (value - mean) for index, value in enumerate(memory)) / max(spread, 1.0)
