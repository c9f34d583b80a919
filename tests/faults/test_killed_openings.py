"""The opening of a ticket, its visit killed when the press arrives: a share of ``run.py prove chats``."""

from __future__ import annotations

import pytest

from tests.proofs.opening_kills import kill_each

pytestmark = pytest.mark.timeout(600)


def test_a_visit_killed_when_its_press_arrives_opens_one_ticket_at_most_and_is_told() -> None:
    counted = kill_each(("at the request",), ("visit",))
    assert counted.violations == []
