"""The sending of a letter, struck by real signals: a share of ``run.py prove chats``."""

from __future__ import annotations

import signal

import pytest

from tests.proofs.letter_kills import kill_each

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(("step", "what"), [("rcpt", signal.SIGTERM), ("arrived", signal.SIGKILL)])
def test_a_struck_command_sends_at_most_once_and_the_next_one_tells(step: str, what: signal.Signals) -> None:
    counted = kill_each((step,), (what,))
    assert counted.violations == []
