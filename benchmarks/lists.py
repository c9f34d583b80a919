"""What a look at a full store costs, against the same look at a nearly empty one.

    python3 run.py bench lists [--reviews N] [--appeals N] [--rounds N]    300,000 and 20,000, five rounds by default

Both stores hold the same shop; one was grown. Processor time of whole commands, their start included, in turns.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks._desk_store import Sizes, fill, make_small_shop
from mock_site.server import MockSite
from tests.e2e.installed import Installed
from tests.e2e.prepared import succeed

MOST = 1.5
"""A full store's time against a nearly empty one's."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=300_000)
    parser.add_argument("--appeals", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(argv)
    many = Sizes(reviews=given.reviews, appeals=given.appeals, entries=1_000, waiting=1, drafts=1)
    with tempfile.TemporaryDirectory() as folder, MockSite.start() as site:
        (Path(folder) / "few").mkdir()
        few = make_small_shop(Path(folder) / "few", site, drafts=1)
        shutil.copytree(few.home.parent, Path(folder) / "full")
        full = replace(few, home=Path(folder) / "full" / few.home.name)
        fill(full.home, many)
        missed = [name for name, look in _looks(few).items() if not _is_met(name, look, few, full, given.rounds)]
    return 1 if missed else 0


def _looks(shop: Installed) -> dict[str, tuple[str, ...]]:
    appeal = succeed(shop.run("appeal", "status", "--json")).rows()[0]
    return {
        "reviews list": ("reviews", "list"),
        "reviews show": ("reviews", "show", str(appeal["review_id"])),
        "appeal status": ("appeal", "status"),
        "case list": ("case", "list"),
    }


def _is_met(name: str, look: tuple[str, ...], few: Installed, full: Installed, rounds: int) -> bool:
    costs: dict[str, list[float]] = {"few": [], "full": []}
    for _ in range(rounds):
        costs["few"].append(_cost(few, look))
        costs["full"].append(_cost(full, look))
    ratio = statistics.median(costs["full"]) / statistics.median(costs["few"])
    told = "  ".join(f"{where} {statistics.median(times) * 1000:5.0f} ms" for where, times in costs.items())
    print(f"{name:14} {told}  {ratio:.2f} x; aim {MOST}  {'met' if ratio <= MOST else 'MISSED'}")
    return ratio <= MOST


def _cost(shop: Installed, look: tuple[str, ...]) -> float:
    """Returns seconds of processor time of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    succeed(shop.run(*look))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
