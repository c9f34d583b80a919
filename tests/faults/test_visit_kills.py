"""A share of the proof by kills: real visits, real Chromium, SIGKILL at random instants, and the negative controls."""

from __future__ import annotations

import pytest

from tests.proofs.filing_kills import PROTECTIONS, prove_kills, prove_sabotage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]


def test_kills_at_random_instants_send_nothing_twice_and_lose_nothing() -> None:
    assert prove_kills(6, 5).report() == 0


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_without_a_protection_the_same_harness_sees_violations(protection: str) -> None:
    assert prove_sabotage(protection, 6).violations
