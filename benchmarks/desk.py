"""How soon the desk's pages answer over a full store: first byte and weight of each page, in one run.

    python3 run.py bench desk [--reviews 300000] [--appeals 20000] [--entries 1000000] [--rounds 20] [--waiting 200]

The store is filled by copies of real rows: reviews, cases with verdicts, closed and open appeals, entries of the log.
The desk runs in this process without a socket; a client asks as a browser does. Aims: first byte at most 80 ms in the
median and 200 ms at the 95th percentile, at most 150 kB a page without pictures. The first look after a change, which
counts what waits anew, stands apart.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from starlette.testclient import TestClient

from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.guard import Limits
from tests.desk_world import ACCOUNT, make_desk_home

PORT = 8124
MEDIAN, TAIL, HEAVIEST = 80.0, 200.0, 150_000
READS = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}


def fill(database: Path, *, reviews: int, appeals: int, entries: int, waiting: int) -> None:
    """Copies rows until there are so many."""
    with contextlib.closing(sqlite3.connect(database)) as store, store:
        _copy(store, "reviews", reviews, {"review_id": "'b' || n", "is_baseline": "1", "rating": "1 + n % 5"})
        _copy(store, "review_versions", reviews, {"review_id": "'b' || n"})
        many = appeals + waiting
        store.execute(
            "UPDATE reviews SET is_baseline = 0, rating = 1 WHERE CAST(substr(review_id, 2) AS INT) <= ?", (many,)
        )
        _copy(store, "cases", many, {"id": "'case_b' || n", "review_id": "'b' || n"})
        _copy(store, "verdicts", many, {"id": "1000000 + n", "case_id": "'case_b' || n"})
        _copy(
            store,
            "appeals",
            appeals,
            {
                "id": "'appeal_b' || n",
                "case_id": "'case_b' || n",
                "review_id": "'b' || n",
                "state": "CASE n % 50 WHEN 0 THEN 'unknown' WHEN 1 THEN 'approved' ELSE 'confirmed' END",
                "moderation": "CASE WHEN n % 50 < 2 THEN '' WHEN n % 4 = 0 THEN 'in_review' ELSE 'rejected' END",
                "closed_at": "CASE WHEN n % 4 = 0 OR n % 50 < 2 THEN NULL ELSE updated_at END",
                "updated_at": "datetime(updated_at, '-' || n || ' seconds') || '.000000'",
            },
        )
        [(chain, last)] = store.execute("SELECT chain, seq FROM journal_heads WHERE account_id = ?", (ACCOUNT,))
        _copy(
            store,
            "journal_entries",
            entries,
            {"seq": f"{last} + n", "subject": "'b' || (n % 300000)", "digest": "digest || n"},
        )
        store.execute("UPDATE journal_heads SET seq = seq + ? WHERE chain = ?", (entries, chain))
    with contextlib.closing(sqlite3.connect(database)) as store:
        store.execute("ANALYZE")


def _copy(store: sqlite3.Connection, table: str, count: int, changed: dict[str, str]) -> None:
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    given = ", ".join(changed.get(name, name) for name in columns)
    store.execute(
        f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {given} FROM (SELECT * FROM {table} LIMIT 1), numbers"
    )


@contextlib.contextmanager
def entered(calls: Calls) -> Iterator[TestClient]:
    """A client that has entered."""
    door = Door(port=PORT, idle=3600, people=calls.people)
    app = build_app(calls, door, port=PORT, limits=Limits(burst=1_000_000, a_second=1_000_000))
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}", headers=READS) as client:
        client.get(door.new_link())
        yield client


def measure(calls: Calls, rounds: int, appeals: int) -> list[tuple[str, float, float, float, int]]:
    """Asks for each page; returns its name, the first look, median and 95th percentile in ms, and its bytes."""
    pages = {
        "inbox": "/inbox",
        "one review": f"/inbox/{ACCOUNT}/b{appeals + 7}",
        "search": "/inbox?q=дебил",
        "decided": "/inbox/decided",
        "appeals, waiting for a person": "/appeals?stage=you",
        "appeals, over": "/appeals?stage=done",
        "one appeal": "/appeals/appeal_b50",
        "case": f"/case/{ACCOUNT}/b50",
        "log": "/log",
        "log, in the middle": "/log?before=500000",
        "log about a review": "/log?about=b77",
        "condition": "/health",
    }
    rows = []
    with entered(calls) as client:
        for name, path in pages.items():
            times, answer = [], None
            for _ in range(rounds + 1):
                began = time.perf_counter()
                answer = client.get(path)
                times.append((time.perf_counter() - began) * 1000)
            assert answer is not None, path
            assert answer.status_code == 200, path
            first, *later = times
            tail = sorted(later)[max(round(len(later) * 0.95) - 1, 0)]
            rows.append((name, first, statistics.median(later), tail, len(answer.content)))
    return rows


def main() -> int:
    """Fills a store, measures and compares with the aims."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in (("reviews", 300_000), ("appeals", 20_000), ("entries", 1_000_000), ("waiting", 200)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = make_desk_home(Path(folder) / "home").installation
        fill(
            installation.home.database,
            reviews=asked.reviews,
            appeals=asked.appeals,
            entries=asked.entries,
            waiting=asked.waiting,
        )
        rows = measure(Calls(installation), asked.rounds, asked.appeals)
        installation.state.close()
    print(f"{'page':32} {'first ms':>9} {'median':>8} {'p95':>8} {'kB':>7}  aims")
    missed = 0
    for name, first, median, tail, size in rows:
        is_met = median <= MEDIAN and tail <= TAIL and size <= HEAVIEST
        missed += not is_met
        print(f"{name:32} {first:9.1f} {median:8.1f} {tail:8.1f} {size / 1000:7.1f}  {'met' if is_met else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
