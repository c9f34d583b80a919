"""What keeping and checking evidence costs as it grows.

    python3 run.py bench evidence [ENTRIES …]      sizes of the log, by default 1000 10000 100000

Store: a capture's usual sizes on this machine's disk, durably. Log: bytes in memory, processor time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.journal import Actor, Entry, EntryBody, Head, SubjectId, build_entry, parse_line, verify_entries
from evidence_store.store import ArtifactStore
from evidence_store.verifier.log import Log
from evidence_store.verifier.reading import Report

CAPTURE_BYTES = (658_000, 11_000, 61_000, 23_000, 8_000, 5_000)  # full page, element, MHTML, DOM, WARC, text
CAPTURES = 20
START = datetime(2026, 1, 1, tzinfo=UTC)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entries", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    given = parser.parse_args(argv)
    measure_store()
    for count in given.entries:
        measure_log(count)
    return 0


def measure_store() -> None:
    rng = random.Random(1)
    items = [rng.randbytes(size) for _ in range(CAPTURES) for size in CAPTURE_BYTES]
    megabytes = sum(map(len, items)) / 1e6
    with tempfile.TemporaryDirectory() as name:
        store = ArtifactStore(Path(name) / "store")
        started = time.perf_counter()
        digests = [store.put(item) for item in items]
        put = time.perf_counter() - started
        started = time.perf_counter()
        assert store.fsck(digests) == []
        check = time.perf_counter() - started
    print(
        f"store: {put / CAPTURES * 1000:.0f} ms and {megabytes / CAPTURES * 1000:.0f} kB a capture of "
        f"{len(CAPTURE_BYTES)} artifacts; check {megabytes / check:.0f} MB/s, {len(items) / check:.0f} items/s"
    )


def measure_log(count: int) -> None:
    started = time.process_time()
    lines = [entry.to_line() for entry in entries(count)]
    built = time.process_time() - started
    started = time.process_time()
    findings = verify_entries(parse_line(line[:-1]) for line in lines)
    checked = time.process_time() - started
    assert all(finding.severity == "note" for finding in findings)
    started = time.process_time()
    log = Log(Report())
    for number, line in enumerate(lines, 1):
        log.take(number, line[:-1])
    standalone = time.process_time() - started
    megabytes = sum(map(len, lines)) / 1e6
    print(
        f"log of {count:>9,}: {megabytes:7.1f} MB; build {count / built:6.0f}/s; read and verify "
        f"{count / checked:6.0f}/s, {megabytes / checked:4.0f} MB/s; the bundle's verify.py {count / standalone:6.0f}/s"
    )


def entries(count: int) -> Iterator[Entry]:
    head = Head.empty("e" * 32)
    for number in range(1, count + 1):
        body = EntryBody(
            at=START,
            actor=Actor(kind="schedule", id="hourly"),
            account="shop",
            action="evidence.capture",
            inputs={"url": f"https://www.localhost/product/{number}/reviews/", "attempt": 1},
            outputs={"files": 6, "is_partial": False},
            artifacts=tuple(Digest.of(b"%d-%d" % (number, part)) for part in range(6)),
            software={"fairreview": "0.1.0"},
            subjects=(SubjectId(kind="review", id=f"r-{number}"),),
        )
        entry = build_entry(head, body)
        head = entry.head
        yield entry


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
