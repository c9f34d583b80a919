from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.channels import ObservedKind
from flows.errors import AlreadyReported, FormMismatch, SignInRequired, WallMet, WrongAccount
from flows.gate import SubmitRequest
from flows.library.filing import open_channel
from mock_site.switches import Wall
from tests.browser.conftest import signed_in_state
from tests.browser.orders import fill, negative_review, report_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite


def ignore(_: SubmitRequest) -> None:
    """Stands in for the record."""


@pytest.mark.parametrize("layout", ["A", "B"])
def test_report_goes_out_once_and_after_the_record(  # noqa: PLR0917
    mock: MockSite,
    bench: Workbench,
    state: bytes,
    owner: AccountWitness,
    layout: str,
    round_number: int,
    unsteady: Callable[..., None],
) -> None:
    unsteady(round_number, layout)
    review = negative_review(mock, number=round_number)
    order = report_order(mock, review)
    posts_at_release: list[int] = []

    def on_release(_: SubmitRequest) -> None:
        posts_at_release.append(len(mock.ledger.submits))

    with open_channel(bench, "public_report", state=state, expected=owner) as opened:
        opened.channel.prepare(order)
        form = opened.channel.inspect()
        opened.gate.arm(on_release)
        opened.channel.gesture()
        seen = opened.channel.observe()

    assert form.problems == ()
    assert (seen.kind, seen.released, seen.status_code) == (ObservedKind.SUCCESS_TEXT, 1, 200)
    assert posts_at_release == [0]
    assert [appeal.review_uuid for appeal in mock.world.stored_appeals] == [review.uuid]


def test_form_of_another_review_is_not_filled(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    order = report_order(mock, negative_review(mock), review_text="Совсем другой текст")

    with open_channel(bench, "public_report", state=state, expected=owner) as form, pytest.raises(FormMismatch):
        form.channel.prepare(order)

    assert mock.ledger.submits == []


def test_dialog_that_opens_for_a_neighbour_stops_before_the_gesture(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    order = report_order(mock, negative_review(mock))

    with open_channel(bench, "public_report", state=state, expected=owner) as form:
        form.channel.prepare(order)
        form.tab.page.evaluate("document.querySelector('[role=dialog]').setAttribute('data-review-uuid', 'other')")
        form.gate.arm(ignore)
        with pytest.raises(FormMismatch, match="other"):
            form.channel.gesture()

    assert mock.ledger.submits == []


def test_reason_the_site_no_longer_offers_is_a_mismatch(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.renames = {"Неприемлемое содержание": "Нежелательное содержание"}

    opening = open_channel(bench, "public_report", state=state, expected=owner)
    with opening as opened, pytest.raises(FormMismatch) as caught:
        opened.channel.prepare(report_order(mock, negative_review(mock)))

    assert "Нежелательное содержание" in caught.value.hint


def test_new_required_field_is_a_mismatch(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    field = '<input name="phone" aria-label="Ваш телефон" required><textarea name="comment"'
    mock.switches.renames = {'<textarea name="comment"': field}

    opening = open_channel(bench, "public_report", state=state, expected=owner)
    with opening as opened, pytest.raises(FormMismatch, match="Ваш телефон"):
        opened.channel.prepare(report_order(mock, negative_review(mock)))


def test_review_reported_before_is_said_to_be(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    review = negative_review(mock)
    mock.world.filings.reported.add((mock.world.accounts[0].guid, review.uuid))

    with open_channel(bench, "public_report", state=state, expected=owner) as form, pytest.raises(AlreadyReported):
        form.channel.prepare(report_order(mock, review))


def test_another_account_files_nothing(mock: MockSite, bench: Workbench, owner: AccountWitness) -> None:
    other = signed_in_state(mock, "+79000000002")

    with open_channel(bench, "public_report", state=other, expected=owner) as form, pytest.raises(WrongAccount):
        form.channel.prepare(report_order(mock, negative_review(mock)))


def test_lost_session_files_nothing(mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness) -> None:
    mock.switches.session_life_s = 0.0

    with open_channel(bench, "public_report", state=state, expected=owner) as form, pytest.raises(SignInRequired):
        form.channel.prepare(report_order(mock, negative_review(mock)))


def test_wall_in_front_of_the_review_stops(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.walls = [Wall(kind="challenge", path="/product/*")]

    with open_channel(bench, "public_report", state=state, expected=owner) as form, pytest.raises(WallMet):
        form.channel.prepare(report_order(mock, negative_review(mock)))

    assert mock.ledger.submits == []


def test_live_preview_sends_nothing(mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness) -> None:
    form = fill(bench, report_order(mock, negative_review(mock)), state=state, expected=owner)

    assert form.problems == ()
    assert form.screenshot.startswith(b"\x89PNG")
    assert mock.ledger.submits == []


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("inline_error", ObservedKind.FORM_ERROR),
        ("500_after_store", ObservedKind.FORM_ERROR),
        ("hang", ObservedKind.UNCLEAR),
        ("captcha", ObservedKind.WALL),
    ],
)
def test_answer_is_read_as_what_it_is(  # noqa: PLR0917
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, mode: str, kind: ObservedKind
) -> None:
    mock.switches.submit = mode

    with open_channel(bench, "public_report", state=state, expected=owner, answer_window_seconds=2) as form:
        form.channel.prepare(report_order(mock, negative_review(mock)))
        form.gate.arm(ignore)
        form.channel.gesture()
        seen = form.channel.observe()

    assert (seen.kind, seen.released) == (kind, 1)
