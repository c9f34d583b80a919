"""Reviews judged per second on one core, and memory, over a file of reviews (JSON lines, plain or gzip).

    python3 run.py bench triage_speed FILE [--limit REVIEWS]

Each line needs ``text``; ``rating`` is used when present. Rates are given per second of processor time, which a busy
machine does not distort, and per second of the clock.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from monitor.triage.models import TriageInput
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage_many

_BLOCK = 10_000


def read_reviews(path: Path) -> Iterator[TriageInput]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            yield TriageInput(review_id=str(number), text=row["text"], rating=row.get("rating"))


def resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_import() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import monitor.triage.triage"], check=True)
    bare = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return (bare - started) - (time.perf_counter() - bare)


def main(path: Path, limit: int | None) -> None:
    print(f"import of monitor.triage.triage: {measure_import():.2f} s more than an empty interpreter")
    reviews = islice(read_reviews(path), limit)
    rules, now = load_rules(), datetime.now(UTC)
    decisions: Counter[str] = Counter()
    cpu, wall = time.process_time(), time.perf_counter()
    for number, verdict in enumerate(triage_many(reviews, rules, now=now), start=1):
        decisions[verdict.decision] += 1
        if number % (_BLOCK * 2) == 0:
            print(f"{number:>8} reviews  {number / (time.process_time() - cpu):>7.0f}/s  peak {resident_mb():.0f} MB")
    total = sum(decisions.values())
    spent_cpu, spent_wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{total} reviews: {total / spent_cpu:.0f}/s of processor time, {total / spent_wall:.0f}/s of the clock")
    print(", ".join(f"{decision}: {count}" for decision, count in sorted(decisions.items())))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    main(given.file, given.limit)
