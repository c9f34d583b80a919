"""An answer to the moderator's question goes out once, as approved, or says that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_site.server import MockSite
from monitor.appeals.answers import Answers, AnswerState
from monitor.state.questions import QuestionRecord
from monitor.visit_protocol import EndKind, VisitKind
from tests.browser.test_filing_faults import pictures
from tests.filing_world import OPERATOR, OPTIONS, FilingWorld, make_filing_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPLY = "/my/appeals/*/reply"


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def asked(present_mock: MockSite, tmp_path: Path, browser: Browser) -> FilingWorld:
    """An appeal that was filed, and about which the moderator asks."""
    present_mock.reset()
    world = make_filing_world(tmp_path, present_mock)
    world.approve()
    world.visit(VisitKind.SUBMIT, browser)
    present_mock.world.decide(present_mock.world.stored_appeals[0].number, "needs_information")
    world.visit(VisitKind.FOLLOW, browser)
    return world


def question(world: FilingWorld) -> QuestionRecord:
    (appeal,) = world.appeals()
    with world.opened.state.read() as tx:
        (found,) = tx.questions.of(appeal.id)
    return found


def approve_answer(world: FilingWorld, folder: Path) -> None:
    answers = Answers(world.opened.state)
    drafted = answers.draft(question(world).id, "Снимок приложен.", pictures(folder, 1), actor=OPERATOR)
    answers.approve(drafted.id, drafted.answer_hash, actor=OPERATOR)


def test_an_approved_answer_goes_out_once_with_its_file(asked: FilingWorld, browser: Browser, tmp_path: Path) -> None:
    approve_answer(asked, tmp_path)

    end = asked.visit(VisitKind.ANSWER, browser)

    (stored,) = asked.site.world.stored_appeals
    assert (end.kind, question(asked).state) == (EndKind.DONE, AnswerState.SENT)
    assert (stored.replies, [file.name for file in stored.files]) == (["Снимок приложен."], ["снимок 0.png"])
    asked.visit(VisitKind.FOLLOW, browser)
    assert (question(asked).state, asked.appeals()[0].moderation) == (AnswerState.OVER, "in_review")
    assert asked.site.ledger.count(REPLY, "POST") == 1


def test_a_lost_answer_is_unknown_and_settled_by_the_status(
    asked: FilingWorld, browser: Browser, tmp_path: Path
) -> None:
    approve_answer(asked, tmp_path)
    asked.site.switches.submit = "503_after_store"

    end = asked.visit(VisitKind.ANSWER, browser)
    asked.visit(VisitKind.ANSWER, browser)

    assert (end.kind, question(asked).state) == (EndKind.UNKNOWN_OUTCOME, AnswerState.UNKNOWN)
    asked.visit(VisitKind.FOLLOW, browser)
    assert question(asked).state == AnswerState.OVER
    assert asked.site.ledger.count(REPLY, "POST") == 1


@pytest.mark.parametrize(
    "renames",
    [
        {"Обращение № A-": "Обращение № B-"},
        {'data-js="reply"': 'data-js="reply"><input name="phone" aria-label="Телефон" required'},
        {"Отправить ответ": "Отменить обращение"},
        {"Ответ": "Отклик"},
        {"— загружен": "— принят"},
    ],
    ids=["another appeal", "a new required field", "another button", "another label", "no word of the upload"],
)
def test_a_form_that_is_not_as_described_sends_nothing(
    asked: FilingWorld, browser: Browser, tmp_path: Path, renames: dict[str, str]
) -> None:
    approve_answer(asked, tmp_path)
    asked.site.switches.renames = renames

    asked.visit(VisitKind.ANSWER, browser)

    assert question(asked).state == AnswerState.DRAFTED
    assert asked.site.ledger.count(REPLY, "POST") == 0


def test_what_nobody_approved_is_not_sent(asked: FilingWorld, browser: Browser) -> None:
    Answers(asked.opened.state).draft(question(asked).id, "Снимок приложен.", [], actor=OPERATOR)

    assert asked.visit(VisitKind.ANSWER, browser).kind is EndKind.FINDINGS
    assert asked.site.ledger.count(REPLY, "POST") == 0
