"""In which order a form is closed, pictured and settled: a page that waits for its answer may send again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.channels import FilingOrder, Observation, ObservedKind
from monitor.appeals.filing import Filing
from monitor.appeals.ledger import Intent, Ledger
from monitor.clock import ManualClock
from monitor.state import State
from monitor.state.appeals import AppealRecord
from tests.appeal_world import LIST_TERMS, START, approved, lease_of, settle_in
from tests.faults.simulated_site import Kind, Mode, SimulatedForm, SimulatedSite

SILENT = Observation(kind=ObservedKind.UNCLEAR, released=1)
ANSWERED = Observation(kind=ObservedKind.NUMBER, number="A-1", status_code=303, released=1, screenshot=b"picture")


class Answering(SimulatedForm):
    """A form whose answer is what the test says."""

    answer = SILENT

    def observe(self) -> Observation:
        return self.answer


class Noting(Ledger):
    """Notes when an outcome is written down."""

    told: list[str]

    def settle(self, intent: Intent, seen: Observation | None, *, picture: str | None = None) -> AppealRecord:
        self.told.append("settled")
        return super().settle(intent, seen, picture=picture)


@pytest.mark.parametrize(
    ("answer", "order"),
    [
        (SILENT, ["filled_form", "closed", "settled"]),
        (ANSWERED, ["filled_form", "confirmation", "settled", "closed"]),
    ],
    ids=["silence", "a number"],
)
def test_a_silent_form_is_closed_before_anything_else(
    state: State, tmp_path: Path, answer: Observation, order: list[str]
) -> None:
    settle_in(state, ["r1"])
    appeal, ledger = approved(state, "r1"), Noting(state)
    told: list[str] = []
    ledger.told = told
    form = Answering(SimulatedSite(tmp_path / "site", Kind.LIST, ManualClock(START)), Mode.OK)
    form.answer = answer

    @contextmanager
    def opening(_: FilingOrder) -> Iterator[SimulatedForm]:
        yield form
        told.append("closed")

    def seal(_: FilingOrder, moment: str, __: bytes) -> str | None:
        told.append(moment)
        return None

    Filing(ledger, seal).file(appeal.id, lease_of(state), LIST_TERMS, opening)
    assert told == order
