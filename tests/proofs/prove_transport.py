"""The pinned transport against the browser's own, over every way to lose an answer: ``run.py prove transport``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from flows.browser import open_browser
from tests.proofs.transports import LOSSES, measure, trying_again

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(3 * 3600)
ROUNDS = 3


@pytest.fixture(scope="module")
def own_browser() -> Iterator[Browser]:
    with open_browser() as handle:
        yield handle.browser


def test_a_pinned_request_arrives_once_whatever_becomes_of_its_answer(own_browser: Browser) -> None:
    measured = measure(own_browser, ROUNDS)

    sys.stdout.write(f"\n{measured.table()}\n")
    assert measured.counted.report() == 0
    assert (measured.requests("browser"), measured.requests("pinned")) == (2, 1), "or nothing was lost at all"


def test_a_client_that_tries_again_shows_violations(own_browser: Browser) -> None:
    with trying_again():
        measured = measure(own_browser, 1, [loss for loss in LOSSES if "RST" in loss.title])

    measured.counted.report()
    assert measured.requests("pinned") == 2
    assert measured.counted.violations
