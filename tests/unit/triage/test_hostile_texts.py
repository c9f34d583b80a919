"""Hostile texts take bounded time and crash nothing; no pattern can backtrack without bound."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import monitor.triage
from monitor.triage.lexicon import load_lexicon
from monitor.triage.normalise import MAX_CHARS
from tests.unit.triage.judging import judge_text

MEGABYTE = 1_000_000
HOSTILE = {
    "letters": "а",
    "masks": "х*й",
    "dots": "п..",
    "zalgo": "а\u0336\u0335\u0334",
    "zero width": "\u200b\u200d",
    "digits": "8 903 123 45 6",
    "at": "a@b.",
    "spaced": "х у ",
    "nul": "\x00",
    "rtl": "\u202eא",
    "capitals": "Иванов Иван ",
    "links": "a.ru/",
    "quotes": "магазин «",
    "surrogate": "\ud800",
    "ligature": "\ufdfa",
    "letter runs": "ааа*",
}


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_costs_no_more_than_the_part_that_is_read(pattern: str) -> None:
    judge_text(pattern * 20)
    cut = max(_seconds(pattern * (MAX_CHARS // len(pattern) + 1)) for _ in range(3))
    whole = min(_seconds(pattern * (MEGABYTE // len(pattern))) for _ in range(3))
    assert whole <= 20 * cut  # read whole, a megabyte would cost at least 50 times as much


def _seconds(text: str) -> float:
    started = time.process_time()
    verdict = judge_text(text)
    spent = time.process_time() - started
    assert verdict.reasons
    return spent


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=st.sampled_from("абхуйпиздец еblя@*#.…!3148+-\u200b\u0301\u202eИванов«»"), max_size=60))
def test_any_mixture_gets_a_verdict_whose_spans_are_in_the_text(text: str) -> None:
    for signal in judge_text(text).signals:
        assert all(text[span.start : span.end] == span.text for span in signal.spans)


def test_no_pattern_repeats_a_repetition() -> None:
    patterns = list(_all_patterns())
    assert len(patterns) > 40
    assert [pattern.pattern for pattern in patterns if _nests(parser.parse(pattern.pattern), inside=False)] == []


def test_a_nested_repetition_would_be_found() -> None:
    assert _nests(parser.parse("(a+)+$"), inside=False)


def test_importing_triage_loads_no_dictionary() -> None:
    heavy = ("pymorphy3", "phonenumbers", "badwords", "rapidfuzz")
    code = f"import sys, monitor.triage.triage; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _all_patterns() -> Iterator[re.Pattern[str]]:
    for info in pkgutil.walk_packages(monitor.triage.__path__, "monitor.triage."):
        for value in vars(importlib.import_module(info.name)).values():
            if isinstance(value, re.Pattern):
                yield value
    lexicon = load_lexicon()
    for _, starts, exception in lexicon._classes:
        yield from starts.patterns()
        if exception:
            yield exception
    yield from (pattern for _, pattern in lexicon._anywhere)


def _nests(tree: Any, *, inside: bool) -> bool:
    """Whether an unbounded or long repetition stands within another one."""
    for code, argument in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            _, most, body = argument
            if (inside and most > 16) or _nests(body, inside=inside or most > 1):
                return True
        elif (code is codes.SUBPATTERN and _nests(argument[-1], inside=inside)) or (
            code is codes.BRANCH and any(_nests(branch, inside=inside) for branch in argument[1])
        ):
            return True
    return False
