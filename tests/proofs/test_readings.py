"""The share of the proof of readings that always runs, and that the proof finds what it looks for."""

from __future__ import annotations

import random
import sys

import pytest

from tests.proofs.reading_proof import INDISTINGUISHABLE, examine
from tests.proofs.reading_sources import FIXTURES, Source, sources

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the captures are not beside this project")
SHARE = 0.1
SOURCES = sources() if FIXTURES.is_dir() else []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_mutation_is_misread_without_a_word(source: Source) -> None:
    seed = random.randrange(2**32)
    report = examine(source, share=SHARE, seed=seed)
    sys.stdout.write(report.line(seed))

    assert report.silent == []
    assert report.mutations


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_without_the_drift_check_the_proof_finds_misreadings(source: Source) -> None:
    share = 0.02 if "capture" in source.name or "signed" in source.name else 1

    assert examine(source, share=share, seed=7, has_drift_check=False).silent


def test_at_most_ten_pairs_are_beyond_any_reader() -> None:
    assert len(INDISTINGUISHABLE) <= 10
