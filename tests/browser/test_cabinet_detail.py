"""What the cabinet says of one review beside the review: read where a person named it, and shown with the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from monitor.bootstrap import open_installation
from monitor.secrets.vault import SessionVault
from monitor.use_cases.reviews import show_review
from monitor.visit_protocol import EndKind, VisitEnd, VisitKind
from tests.browser.conftest import signed_in_state
from tests.filing_world import ACCOUNT, FilingWorld, make_filing_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from mock_site.server import MockSite
    from mock_site.world.models import Review
    from monitor.use_cases.models import ReviewStory

CABINET = """
[account.identities.seller_cabinet]
login = "{login}"
sign_in = "code"
witness = "ООО Пример"
"""


@pytest.fixture
def world(tmp_path: Path, mock: MockSite) -> FilingWorld:
    """A home whose account reads the cabinet too; its pages load their own answers."""
    made = make_filing_world(tmp_path, mock)
    config = made.installation.home.config
    login = mock.world.options.accounts[0].email
    text = config.read_text("utf-8").replace("[account.sources]", "[account.sources]\ncabinet = true")
    config.write_text(text + CABINET.format(login=login), encoding="utf-8")
    made.installation = open_installation(made.installation.home.root)
    SessionVault(made.installation.secrets).save(ACCOUNT, "seller_cabinet", signed_in_state(mock, site="seller"))
    made.take_note()
    mock.switches.cabinet_answers = "beside"
    return made


def look(world: FilingWorld, browser: Browser, *, named: bool = True) -> tuple[Review, VisitEnd, ReviewStory]:
    """Marks a review in the cabinet, lets a visit capture it, and tells what is stored then."""
    review = world.reviews()[0]
    review.cabinet_marks = ("not_shown", "quality_control")
    review.item_id = review.sku  # as the world noted it
    ids = (review.uuid,) if named else ()
    end = world.visit(VisitKind.CAPTURE, browser, review_ids=ids)
    with world.installation.state.read() as tx:
        stored = tx.reviews.get(ACCOUNT, review.uuid)
    assert stored is not None
    return review, end, show_review(world.installation.state, stored, zone="Europe/Moscow")


def details(world: FilingWorld) -> int:
    return world.site.ledger.count("/api/v2/review/detail", "POST")


def test_a_named_review_is_opened_and_what_is_set_makes_a_person_decide(world: FilingWorld, browser: Browser) -> None:
    _, end, story = look(world, browser)
    assert (end.kind, end.problems, details(world)) == (EndKind.DONE, (), 1)
    (seen,) = story.sources
    assert (seen.source, seen.remarks) == (
        "cabinet",
        ("Кабинет пишет, почему отзыв не показан: Отзыв проверяется", "Отзыв помечен как контроль качества"),
    )
    assert story.verdict is not None
    assert story.verdict.kind == "needs_person"
    assert sum("Что это значит для обращения, не описано" in one for one in story.verdict.sentences) == 2
    assert world.site.ledger.submits == []


def test_nobody_opens_what_no_person_named(world: FilingWorld, browser: Browser) -> None:
    look(world, browser, named=False)
    assert details(world) == 0


@pytest.mark.parametrize("changed", ["another review", "another text"])
def test_an_answer_that_is_not_believed_is_told_and_leaves_the_verdict_alone(
    world: FilingWorld, browser: Browser, changed: Literal["another review", "another text"]
) -> None:
    renames = {"another review": {'"uuid"': '"id"'}, "another text": {'"comment": "': '"comment": "Не то. '}}
    world.site.switches.renames = renames[changed]
    review, end, story = look(world, browser)
    assert story.sources == ()
    told = "what the cabinet says of it was not read" if changed == "another review" else "(text_changed)"
    assert [problem for problem in end.problems if problem.startswith(review.uuid) and told in problem]
