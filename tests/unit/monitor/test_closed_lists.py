"""Closed lists have a word for each member: no message, report or document shows the name of a value to a person."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest

import monitor
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.findings import Severity
from evidence_store.manifest import CaptureMoment
from flows.readings.models import Cut
from monitor.appeals.machine import AppealState, Moderation, Outcome
from monitor.appeals.words import ANSWERS, FILING, MODERATION, OUTCOMES
from monitor.bootstrap import Installation
from monitor.cli import command_tree
from monitor.cli.reference import walk_commands
from monitor.cli.setup import CHECK_TITLES
from monitor.closed_lists.contact_kinds import Direction, LetterAnswer, LetterState, Saying, Speaker, Turn, Way
from monitor.closed_lists.incident_kinds import INCIDENTS, IncidentKind
from monitor.closed_lists.review_changes import Change
from monitor.closed_lists.states import (
    AnswerState,
    Decision,
    MessageState,
    Presence,
    ReviewDecision,
    SessionState,
    Track,
)
from monitor.doctor.findings import Level
from monitor.language.words import NAMES, Words
from monitor.outgoing.cards import make_card
from monitor.outgoing.message_words import MESSAGES
from monitor.outgoing.wording import ACTIONS, DECISIONS
from monitor.state.outbox import OutboxRecord
from monitor.state.text import JsonValue
from monitor.support.contact_words import (
    ANSWERS_TO_LETTERS,
    CHAT_MESSAGES,
    DIRECTIONS,
    LETTERS,
    SAYINGS,
    SPEAKERS,
    TURNS,
    WAYS,
)
from monitor.triage.models import Outcome as CheckOutcome
from monitor.triage.titles import CHECKS, VERDICTS
from monitor.watching.cuts import CUT_WORDS, CUT_WORDS_RU
from monitor.watching.words import CHANGES
from tests.appeal_world import ACCOUNT, START
from tests.unit.monitor.notify_world import telling_world

TABLES: list[tuple[type[Enum], Mapping[Any, Words]]] = [
    (AppealState, FILING),
    (Moderation, MODERATION),
    (Outcome, OUTCOMES),
    (AnswerState, ANSWERS),
    (ReviewDecision, DECISIONS),
    (Decision, VERDICTS),
    (Change, CHANGES),
    (Way, WAYS),
    (Direction, DIRECTIONS),
    (Speaker, SPEAKERS),
    (Saying, SAYINGS),
    (Turn, TURNS),
    (LetterState, LETTERS),
    (LetterState, CHAT_MESSAGES),
    (LetterAnswer, ANSWERS_TO_LETTERS),
]
DESK = Path(__file__).parents[3].parent / "shared" / "design" / "desk" / "README.md"
RUSSIAN = re.compile(r"[А-ЯЁа-яё]")
COMMANDS = {path.removeprefix("fairreview ") for path, _ in walk_commands("fairreview", command_tree())}


def test_every_kind_of_incident_has_its_rule() -> None:
    assert set(INCIDENTS) == set(IncidentKind)
    for kind, rule in INCIDENTS.items():
        assert RUSSIAN.search(rule.title), kind
        assert RUSSIAN.search(rule.next_step), kind
        assert rule.threshold >= 1


def find_unworded(members: type[Enum], table: Mapping[Any, Words]) -> list[str]:
    """Returns the members that have no word of their own, or whose sentence says something else than the word."""
    return [
        f"{members.__name__}.{member.name}"
        for member in members
        if (words := table.get(member)) is None
        or not RUSSIAN.search(words.word)
        or words.word.lower() not in words.title.lower()
    ]


@pytest.mark.parametrize(("members", "table"), TABLES, ids=[members.__name__ for members, _ in TABLES])
def test_every_member_has_its_word_and_its_sentence_says_it(members: type[Enum], table: Mapping[Any, Words]) -> None:
    assert find_unworded(members, table) == []


@pytest.mark.parametrize(("members", "table"), TABLES, ids=[members.__name__ for members, _ in TABLES])
def test_the_walk_sees_one_title_that_is_missing(members: type[Enum], table: Mapping[Any, Words]) -> None:
    for member in members:
        assert find_unworded(members, {key: words for key, words in table.items() if key is not member})


def test_a_state_is_called_the_same_on_every_track_of_one_name() -> None:
    assert ANSWERS[AnswerState.UNKNOWN].word == FILING[AppealState.UNKNOWN].word
    assert ANSWERS[AnswerState.APPROVED].word == FILING[AppealState.APPROVED].word
    assert CHANGES[Change.EDITED].word == OUTCOMES[Outcome.EDITED].word
    assert CHANGES[Change.GONE].word == OUTCOMES[Outcome.REMOVED].word


def test_checks_and_moments_have_words() -> None:
    assert set(CHECKS) == set(CheckOutcome)
    assert set(MOMENT_WORDS) == set(get_args(CaptureMoment))
    assert set(CUT_WORDS) == set(CUT_WORDS_RU) == set(get_args(Cut)) - {""}


def find_names_as_words(folder: Path) -> list[str]:
    """Returns the places where the name of a value stands in for a word that is missing: ``words.get(kind, kind)``."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) != 2 or getattr(node.func, "attr", "") != "get":
                continue
            if ast.dump(node.args[0]) == ast.dump(node.args[1]):
                found.append(f"{path.name}:{node.lineno}")
    return found


@pytest.mark.parametrize("members", [SessionState, Presence, Level, Severity, Track], ids=lambda one: one.__name__)
def test_every_member_of_a_short_list_has_its_name(members: type[StrEnum]) -> None:
    assert {member.value for member in members} <= set(NAMES)


def test_no_name_of_a_value_stands_in_for_a_word(tmp_path: Path) -> None:
    assert find_names_as_words(Path(monitor.__file__).parent) == []
    (tmp_path / "page.py").write_text("title = WORDS.get(kind, kind)", encoding="utf-8")
    assert find_names_as_words(tmp_path) == ["page.py:1"]


@pytest.mark.skipif(not DESK.exists(), reason="the design of the desk is not beside this checkout")
def test_the_words_are_those_of_the_desk() -> None:
    table = DESK.read_text("utf-8").partition("## Words: one for each state")[2].partition("###")[0]
    own = {words.word for _, rows in TABLES[:3] for words in rows.values()} | {
        words.word for words in VERDICTS.values()
    }
    added = {OUTCOMES[Outcome.REINSTATED].word}  # the desk has no word for a removed review that is back
    assert [word for word in sorted(own - added) if word not in table] == []


def test_the_log_knows_every_action_that_the_code_writes() -> None:
    assert find_unworded_actions(ACTIONS) == []


def test_the_walk_of_actions_sees_one_that_is_missing() -> None:
    assert find_unworded_actions({name: one for name, one in ACTIONS.items() if name != "poll.failed"}) == [
        "poll.failed"
    ]


def find_unworded_actions(known: Mapping[str, Words]) -> list[str]:
    """Returns the actions that the sources name and the table does not."""
    found: set[str] = set()
    for path in sorted((Path(monitor.__file__).parent).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            place = {"Action": 0, "action": 0, "note": 2, "note_custody": 2}.get(name)
            if place is not None and len(call.args) > place:
                texts = [node for node in ast.walk(call.args[place]) if isinstance(node, ast.Constant)]
                found |= {one.value for one in texts if isinstance(one.value, str) and is_action(one.value)}
    return sorted(found - known.keys())


def is_action(text: str) -> bool:
    """Whether a text is a whole name and not the beginning of one that is composed."""
    return not text.endswith(".") and text != "."


def test_every_message_is_about_something_and_has_a_title() -> None:
    for event, kind in MESSAGES.items():
        assert RUSSIAN.search(kind.title), event
        assert f".{event}.".find(f".{kind.about.value}.") >= 0, event


def test_every_next_step_of_an_incident_names_a_command_that_exists() -> None:
    for rule in INCIDENTS.values():
        for named in re.findall(r"fairreview ([a-z]+(?: [a-z]+)?)", rule.next_step):
            assert named in COMMANDS, rule


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return telling_world(tmp_path_factory.mktemp("telling"), seller=["hook"]).installation


@pytest.mark.parametrize("step", ["open", "remind", "close"])
@pytest.mark.parametrize("kind", IncidentKind)
def test_a_message_of_an_incident_shows_words_and_no_name_of_a_value(
    telling: Installation, kind: IncidentKind, step: str
) -> None:
    payload: dict[str, JsonValue] = {"kind": kind.value, "subject": "1001", "detail": "503", "step": step}
    card = make_card(
        telling.state,
        telling.settings,
        OutboxRecord(1, ACCOUNT, f"incident.{step}", "key", payload, MessageState.PENDING, START),
    )
    assert not re.search(r"[a-z]_[a-z]", card.title + card.body), card
    assert INCIDENTS[kind].title in card.title


def test_every_check_of_the_doctor_has_a_title() -> None:
    folder = Path(monitor.__file__).parent / "doctor"
    calls = (
        node
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and node.args
    )
    assert {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)} == CHECK_TITLES.keys()
