"""The last word about filings: nothing is called sent that was not, nor unsent that may have been."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.appeals.machine import AppealState
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import EndKind
from monitor.visiting.outcomes import tell_filings
from tests.appeal_world import START
from tests.command_world import ORDER, CommandWorld
from tests.unit.monitor.test_next_steps import world

__all__ = ["world"]

_S = AppealState


@pytest.mark.parametrize(
    ("state", "was_released", "message", "kind"),
    [
        (_S.CONFIRMED, True, "1 appeal filed", EndKind.DONE),
        (_S.UNKNOWN, True, "1 went out and the outcome is not known", EndKind.UNKNOWN_OUTCOME),
        (_S.UNKNOWN, False, "1 begun and not seen to go out, the outcome is not known", EndKind.UNKNOWN_OUTCOME),
        (_S.ALREADY_REPORTED, False, "nothing was sent about 1 that the site had before", EndKind.FINDINGS),
        (_S.NEEDS_HUMAN, False, "0 appeals filed", EndKind.FINDINGS),
    ],
)
def test_what_one_filing_is_called(
    world: CommandWorld, state: AppealState, was_released: bool, message: str, kind: EndKind
) -> None:
    assert world.draft(how=ORDER).code == 0
    told = tell_filings([_as(world.newest(), state, was_released)], ordered=1, has_problems=False)
    assert (told.message, told.kind) == (message, kind)


def _as(appeal: AppealRecord, state: AppealState, was_released: bool) -> AppealRecord:
    return replace(appeal, state=state, released_at=START if was_released else None)
