"""The last word about filings: nothing is called sent that was not, nor unsent that may have been."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor import language
from monitor.appeals.machine import AppealState
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import EndKind
from monitor.visiting.outcomes import tell_filed, tell_filings
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


def test_a_ticket_whose_first_message_did_not_go_out_is_no_clean_end(world: CommandWorld) -> None:
    assert world.draft(how=ORDER).code == 0
    opened = _as(world.newest(), _S.CONFIRMED, was_released=True)
    assert tell_filings([opened], ordered=1, has_problems=True, is_left_unsaid=True).kind is EndKind.FINDINGS
    assert tell_filings([opened], ordered=1, has_problems=True).kind is EndKind.DONE


def _as(appeal: AppealRecord, state: AppealState, was_released: bool) -> AppealRecord:
    return replace(appeal, state=state, released_at=START if was_released else None)


def test_what_was_filed_is_told_in_russian(world: CommandWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.draft(how=ORDER).code == 0
    sent = replace(_as(world.newest(), _S.CONFIRMED, was_released=True), number="A-1")
    monkeypatch.setenv(language.VARIABLE, language.spoken())
    monkeypatch.setattr(language, "_catalogue", language._load(language.RUSSIAN))
    assert tell_filings([sent], ordered=1, has_problems=False).message == "подано: 1 обращение"
    assert tell_filed(sent) == f"{sent.id}: Отправлено, номер A-1"
