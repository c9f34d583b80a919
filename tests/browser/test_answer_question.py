"""An answer to the moderator's question goes out once, as approved, or says that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_site.server import MockSite
from monitor.appeals.answers import Answers
from monitor.closed_lists.states import AnswerState
from monitor.state.questions import QuestionRecord
from monitor.visit_protocol import EndKind, VisitKind
from tests.browser.test_filing_faults import pictures
from tests.filing_world import OPERATOR, OPTIONS, FilingWorld, make_filing_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPLY = "/my/appeals/*/reply"
SOON = {"action_seconds": "2s", "hydration_seconds": "2s", "upload_seconds": "3s"}
"""For forms on which what is looked for never comes."""


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def asked(present_mock: MockSite, tmp_path: Path, browser: Browser) -> FilingWorld:
    """An appeal that was filed, and about which the moderator asks."""
    return make_asked_world(present_mock, tmp_path, browser)


@pytest.fixture(scope="module")
def still_asked(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[FilingWorld]:
    """The same, once for all tests in which nothing goes out: each leaves the question as it was."""
    with MockSite.start(OPTIONS) as site:
        yield make_asked_world(site, tmp_path_factory.mktemp("asked"), browser, timings=SOON)


def make_asked_world(
    present_mock: MockSite, folder: Path, browser: Browser, *, timings: dict[str, str] | None = None
) -> FilingWorld:
    present_mock.reset()
    world = make_filing_world(folder, present_mock, timings=timings)
    world.approve()
    world.visit(VisitKind.SUBMIT, browser)
    present_mock.world.decide(present_mock.world.stored_appeals[0].number, "needs_information")
    world.visit(VisitKind.FOLLOW, browser)
    return world


def question(world: FilingWorld) -> QuestionRecord:
    (appeal,) = world.appeals()
    with world.installation.state.read() as tx:
        (found,) = tx.questions.of(appeal.id)
    return found


def approve_answer(world: FilingWorld, folder: Path) -> None:
    answers = Answers(world.installation.state)
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
    ("renames", "told"),
    [
        ({"Обращение № A-": "Обращение № B-"}, "belongs to the appeal B-000101"),
        ({'data-js="reply"': 'data-js="reply"><input name="phone" aria-label="Телефон" required'}, "Телефон"),
        ({"Отправить ответ": "Отменить обращение"}, "appeal_reply.send is not on the page"),
        ({"Ответ": "Отклик"}, "appeal_reply.text is not on the page"),
        ({"— загружен": "— принят"}, "no word of its arrival"),
    ],
    ids=["another appeal", "a new required field", "another button", "another label", "no word of the upload"],
)
def test_a_form_that_is_not_as_described_sends_nothing(
    still_asked: FilingWorld, browser: Browser, tmp_path: Path, renames: dict[str, str], told: str
) -> None:
    approve_answer(still_asked, tmp_path)
    still_asked.site.switches.renames = renames

    end = still_asked.visit(VisitKind.ANSWER, browser)

    assert told in "".join(end.problems)
    assert question(still_asked).state == AnswerState.DRAFTED
    assert still_asked.site.ledger.count(REPLY, "POST") == 0


def test_what_nobody_approved_is_not_sent(still_asked: FilingWorld, browser: Browser) -> None:
    still_asked.site.switches.renames = {}
    Answers(still_asked.installation.state).draft(question(still_asked).id, "Снимок приложен.", [], actor=OPERATOR)

    assert still_asked.visit(VisitKind.ANSWER, browser).kind is EndKind.FINDINGS
    assert still_asked.site.ledger.count(REPLY, "POST") == 0
