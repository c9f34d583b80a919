"""Bad input in bulk, ``python3 run.py prove inputs``: 20,000 values a parser; only stated refusals may come back."""

from __future__ import annotations

import secrets
import sys

import pytest

from tests.proofs.counted import scratch_folder
from tests.proofs.inputs import examine, parsers

pytestmark = pytest.mark.timeout(7_200)


def test_no_parser_lets_anything_but_its_refusal_out(pytestconfig: pytest.Config) -> None:
    examples = int(pytestconfig.getoption("--examples"))
    seed = secrets.randbelow(2**32)
    injections = failed = 0
    with scratch_folder() as folder:
        for name, parser in parsers(folder).items():
            report = examine(name, parser, examples, with_seed=seed)
            injections += report.injections
            failed += report.report()
            sys.stdout.flush()
    sys.stdout.write(f"inputs: {injections} injections, seed {seed}\n")

    assert failed == 0
