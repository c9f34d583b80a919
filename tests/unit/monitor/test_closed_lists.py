"""Closed lists have a word for each member: no message, report or document shows the name of a value to a person."""

from __future__ import annotations

import re

import pytest
import typer

from monitor.bootstrap import Installation
from monitor.cli import app
from monitor.cli.reference import walk_commands
from monitor.incident_kinds import INCIDENTS, IncidentKind
from monitor.outgoing.cards import make_card
from monitor.state.outbox import OutboxRecord
from monitor.state.text import JsonValue
from tests.appeal_world import ACCOUNT, START
from tests.unit.monitor.notify_world import telling_world

RUSSIAN = re.compile(r"[А-ЯЁа-яё]")
COMMANDS = {path.removeprefix("fairreview ") for path, _ in walk_commands("fairreview", typer.main.get_command(app))}


def test_every_kind_of_incident_has_its_rule() -> None:
    assert set(INCIDENTS) == set(IncidentKind)
    for kind, rule in INCIDENTS.items():
        assert RUSSIAN.search(rule.title), kind
        assert RUSSIAN.search(rule.next_step), kind
        assert rule.threshold >= 1


def test_every_next_step_of_an_incident_names_a_command_that_exists() -> None:
    for rule in INCIDENTS.values():
        for named in re.findall(r"fairreview ([a-z]+(?: [a-z]+)?)", rule.next_step):
            assert named in COMMANDS, rule


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return telling_world(tmp_path_factory.mktemp("telling"), seller=["hook"]).opened


@pytest.mark.parametrize("step", ["open", "remind", "close"])
@pytest.mark.parametrize("kind", IncidentKind)
def test_a_message_of_an_incident_shows_words_and_no_name_of_a_value(
    telling: Installation, kind: IncidentKind, step: str
) -> None:
    payload: dict[str, JsonValue] = {"kind": kind.value, "subject": "1001", "detail": "503", "step": step}
    card = make_card(telling, OutboxRecord(1, ACCOUNT, f"incident.{step}", "key", payload, "pending", START))
    assert not re.search(r"[a-z]_[a-z]", card.title + card.body), card
    assert INCIDENTS[kind].title in card.title
