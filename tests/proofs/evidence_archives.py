"""Packs a bundle so that two unpackers make different things of it, and asks the verifier under the reader's key.

python -m tests.proofs.evidence_archives [MUTATIONS] [SEED]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

from evidence_store.verifier import Report, check_bundle
from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.forged_bundle import read_folder
from tests.proofs.zip_forgeries import HONEST, ZIP_FORGERIES, Files, streamed
from tests.unit.evidence_store.bundles import KEY, sample_case

CompareArchive = Callable[[bytes, Report], str]
"""Returns how another verifier differs from a report about this archive under the key; empty when it does not."""


def prove_archives(mutations: int, seed: int, compare: CompareArchive | None = None) -> Counted:
    """Judges archives of every forged and every honest kind, and archives that were changed at random.

    Whether a changed archive is harmless is decided by unpacking it as a stream, not by the verifier.

    Args:
        mutations: How many archives are changed at random.
        seed: Chooses the changes.
        compare: Another verifier, which must say the same.
    """
    counted = Counted("archives", seed)
    with scratch_folder() as base:
        files = read_folder(sample_case(base / "store").export(base / "bundle").folder)
        asked = Asked(counted, base / "case.zip", compare)
        for name, forge in ZIP_FORGERIES.items():
            counted.injections += 1
            report = asked.judge(name, forge(files))
            counted.expect(report.exit_code == 1, f"{name}: ends with {report.exit_code}")
        for name, pack in HONEST.items():
            counted.injections += 1
            data = pack(files)
            counted.expect(asked.judge(name, data).exit_code == 0, f"{name}: a false alarm")
            counted.expect(unpacked(data) == files, f"{name}: does not unpack to the bundle")
        rng = random.Random(seed)
        for _ in range(mutations):
            counted.injections += 1
            _mutate(asked, rng, files)
    return counted


class Asked:
    """The verifier, given archives one after the other."""

    def __init__(self, counted: Counted, path: Path, compare: CompareArchive | None) -> None:
        self.counted = counted
        self.path = path
        self.compare = compare

    def judge(self, name: str, data: bytes) -> Report:
        """Returns what verify.py finds under the key; that the other verifier finds it too is expected."""
        self.path.write_bytes(data)
        report = check_bundle(self.path, keys=(KEY.public_key,))
        difference = self.compare(data, report) if self.compare is not None else ""
        self.counted.expect(not difference, f"{name}: the two verifiers differ: {difference}")
        return report


def unpacked(data: bytes) -> Files:
    """What a streaming reader makes of an archive, without the common folder."""
    files = {name: found for name, found in streamed(data).items() if not name.endswith("/")}
    return {name.removeprefix("case/").removeprefix("Дело 5, отзыв/"): found for name, found in files.items()}


def _mutate(asked: Asked, rng: random.Random, files: Files) -> None:
    kind = rng.choice(sorted(HONEST))
    data = HONEST[kind](files)
    way = rng.choice(sorted(MUTATIONS))
    changed = MUTATIONS[way](rng, data)
    if changed == data:
        return
    report = asked.judge(f"{way} of {kind}", changed)
    if report.exit_code == 0:
        asked.counted.expect(unpacked(changed) == files, f"{way} of {kind}: ends with 0 and unpacks to something else")


def _flip(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def _flip_header(rng: random.Random, data: bytes) -> bytes:
    """Changes one of the bytes that are no content."""
    starts = [place for place in range(len(data) - 46) if data[place : place + 2] == b"PK"]
    place = rng.choice(starts) + rng.randrange(46)
    return data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]


def _insert(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.randbytes(rng.randrange(1, 60)) + data[place:]


def _drop(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.randrange(1, 60) :]


def _double(rng: random.Random, data: bytes) -> bytes:
    """Says a part twice, at a place of its own."""
    start, place = rng.randrange(len(data)), rng.randrange(len(data))
    return data[:place] + data[start : start + rng.randrange(1, 9_000)] + data[place:]


def _splice(rng: random.Random, data: bytes) -> bytes:
    """Puts a forged archive, or a piece of one, somewhere into the genuine one, at the border of a member."""
    borders = [place for place in range(len(data)) if data[place : place + 2] == b"PK"] + [len(data)]
    place = rng.choice(borders)
    forged = rng.choice([b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\7\x08", b"PK\6\6"]) + rng.randbytes(rng.randrange(60))
    return data[:place] + forged + data[place:]


MUTATIONS: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "flip": _flip,
    "flip in a header": _flip_header,
    "insert": _insert,
    "drop": _drop,
    "double": _double,
    "splice": _splice,
}


def main(argv: list[str]) -> int:
    mutations, seed = (int(value) for value in (argv + ["2000", "11"][len(argv) :]))
    return prove_archives(mutations, seed).report()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
