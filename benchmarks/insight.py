"""Processor time and memory of learning from reviews, over a store of many reviews: from nothing, and after a poll.

    python3 run.py bench insight FILE [--reviews 1000000] [--folder FOLDER]

FILE holds reviews (JSON lines, plain or gzip) with ``text`` and ``rating``; they are repeated until there are NUMBER
(1,000,000 unless told). Each command runs in a process of its own; time is that of its processor.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from monitor.bootstrap import open_installation
from monitor.config.home import Home
from monitor.config.template import write_config

_ACCOUNT = "main"
_PRODUCTS = 500
_DAYS = 730
_NEW = 100
_STARS = (5, 5, 5, 4, 5, 1, 5, 4, 5, 3, 5, 5, 2, 5, 5, 4, 5, 5, 1, 5)
"""Of texts without stars: a fifth of at most three, as a card that is doing well has."""
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
_REVIEWS = """INSERT INTO reviews (account_id, review_id, site, sku, item_id, item_name, item_variant, url, version,
  site_version, content_digest, rating, author_name, author_id, published_raw, published_earliest, published_latest,
  is_baseline, presence, first_seen_at, last_seen_at)
SELECT 'main', 'r' || i, 'ozon', 's' || (i % {products}), 's' || (i % {products}), '', '', '', 1, 0, 'd' || i,
  (SELECT rating FROM texts WHERE k = i % {texts}), '', '', '',
  datetime('{now}', '-' || (i % {days}) || ' days') || '.000000', NULL, 0, 'present',
  '{now}.000000', '{now}.000000' FROM n"""
_VERSIONS = """INSERT INTO review_versions (account_id, review_id, version, site_version, content_digest, rating, text,
  reading, seen_at, was_cleaned)
SELECT 'main', 'r' || i, 1, 0, 'd' || i, 1, (SELECT text FROM texts WHERE k = i % {texts}), '{{}}', '{now}.000000', 0
FROM n"""
_UNTOLD = "INSERT INTO untold_reviews (account_id, review_id) SELECT 'main', 'r' || i FROM n"


def main(source: Path, number: int, folder: Path) -> None:
    home = make_home(folder)
    fill(home, source, 0, number)
    print(f"{number} reviews, {_PRODUCTS} products, {_DAYS} days")
    measure("from nothing: insight moves", home, "insight", "moves", "--json")
    fill(home, source, number, number + _NEW)
    print(f"{_NEW} new reviews")
    measure("after a poll:  insight moves", home, "insight", "moves", "--json")
    measure("again:         insight moves", home, "insight", "moves", "--json")
    measure("insight show by product", home, "insight", "show", "--json")
    measure("insight digest of a week", home, "insight", "digest", "--team", "packing")
    month = f"{datetime.now(UTC):%Y-%m}"
    out = str(folder / "report.html")
    measure("insight report of a month", home, "insight", "report", "--month", month, "--out", out, "--force")
    measure("an empty interpreter's: insight --help", home, "insight", "--help")


def make_home(folder: Path) -> Home:
    home = Home(folder / "home")
    home.create()
    write_config(home.config, {"account": [{"name": _ACCOUNT}]})
    installation = open_installation(home.root)
    with installation.state.transaction() as tx:
        tx.accounts.add(_ACCOUNT, site="ozon")
        for product in range(_PRODUCTS):
            tx.products.add(_ACCOUNT, f"s{product}", url=f"https://example.test/product/{product}")
    installation.state.close()
    return home


def fill(home: Home, source: Path, first: int, last: int) -> None:
    texts = list(islice(read(source), 50_000))
    values = {
        "products": _PRODUCTS,
        "days": _DAYS,
        "texts": len(texts),
        "now": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
    }
    numbers = _NUMBERS.format(first=first, last=last - 1)
    with closing(sqlite3.connect(home.database)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TEMP TABLE texts (k INTEGER PRIMARY KEY, rating INTEGER, text TEXT)")
        database.executemany("INSERT INTO texts VALUES (?, ?, ?)", ((at, *row) for at, row in enumerate(texts)))
        for statement in (_REVIEWS, _VERSIONS, _UNTOLD):
            head, rest = statement.split("SELECT", 1)
            database.execute(f"{head} {numbers} SELECT{rest}".format(**values))
        database.commit()


def read(source: Path) -> list[tuple[int | None, str]]:
    with (
        gzip.open(source, "rt", encoding="utf-8") if source.suffix == ".gz" else source.open(encoding="utf-8") as lines
    ):
        rows = (json.loads(line) for line in lines)
        return [
            (row.get("rating") or _STARS[at % len(_STARS)], row["text"]) for at, row in enumerate(islice(rows, 50_000))
        ]


def measure(name: str, home: Home, *command: str) -> None:
    started = datetime.now(UTC)
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", "--home", str(home.root), *command],
        cwd=home.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        stdout=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    spent, wall = usage.ru_utime + usage.ru_stime, (datetime.now(UTC) - started) / timedelta(seconds=1)
    told = f"{spent:7.2f} s of processor time, {wall:7.2f} s of the clock, peak {usage.ru_maxrss / 1024:4.0f} MB"
    print(f"{name:<42} {told}" + (f" (exit code {process.returncode})" if process.returncode else ""), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        main(given.file, given.reviews, given.folder or Path(scratch))
