"""The share of the proof of inputs that always runs, and that the proof finds what it looks for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tests.proofs.counted import scratch_folder
from tests.proofs.inputs import Parser, examine, parsers

EXAMPLES = 150
with scratch_folder() as _folder:
    NAMES = list(parsers(_folder))


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_answers_or_refuses(tmp_path: Path, name: str) -> None:
    report = examine(name, parsers(tmp_path)[name], EXAMPLES, with_seed=7)

    assert report.violations == []
    assert report.injections >= EXAMPLES // 2


def test_the_proof_finds_a_parser_that_lets_something_else_out() -> None:
    report = examine("broken", Parser(st.text(), lambda text: int(str(text)), (KeyError,)), 20, with_seed=7)

    assert report.violations


def test_the_proof_finds_a_parser_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(0, 1_000, 5))
    monkeypatch.setattr(time, "process_time", lambda: next(moments))

    report = examine("slow", Parser(st.text(), str, ()), 5, with_seed=7)

    assert report.violations
