"""What an answer proves: every row by its own answer, and the rules above the rows over everything that can be said."""

from __future__ import annotations

import itertools

import pytest

from flows.channels import Observation, ObservedKind
from monitor.appeals.answer_table import MOCK_ONLY, ROWS, AnswerRow, Asked, judge_answer
from monitor.appeals.machine import AppealState

STATUSES = (None, 200, 201, 204, 303, 307, 400, 401, 403, 404, 405, 408, 409, 413, 422, 425, 429, 500, 502, 503)
EVERYTHING = [
    (
        Asked(was_released=was_released, has_list=has_list, is_vouched=is_vouched),
        Observation(kind=kind, status_code=status, released=released, number=number),
    )
    for kind, status, was_released, has_list, is_vouched, released, number in itertools.product(
        ObservedKind, STATUSES, (False, True), (False, True), (False, True), (0, 1, 2), (None, "A-1")
    )
]
OUR_OWN = Asked(was_released=True, has_list=True)
UNLISTED = Asked(was_released=True, has_list=False)


def seen(kind: ObservedKind, status: int | None = 200, number: str | None = None) -> Observation:
    return Observation(kind=kind, status_code=status, released=1, number=number)


EXAMPLES = {
    "the form says no by itself, before any request": (
        Asked(was_released=False, has_list=False, is_vouched=True),
        Observation(kind=ObservedKind.FORM_ERROR),
    ),
    "a number, with a success or a redirect": (OUR_OWN, seen(ObservedKind.NUMBER, 303, "A-1")),
    "the site's own word of success, to exactly one request, where there is no list": (
        UNLISTED,
        seen(ObservedKind.SUCCESS_TEXT),
    ),
    "the form says no, and the status that the request was not processed, where a list can be asked": (
        OUR_OWN,
        seen(ObservedKind.FORM_ERROR, 422),
    ),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_has_its_answer_and_its_source(row: AnswerRow) -> None:
    asked, answer = EXAMPLES[row.name]

    assert [other.name for other in ROWS if other.fits(asked, answer)] == [row.name]
    assert judge_answer(asked, answer) is row.proves
    assert row.source


def test_no_answer_fits_two_rows() -> None:
    assert not [pair for pair in EVERYTHING if sum(row.fits(*pair) for row in ROWS) > 1]


def test_after_a_release_nothing_on_a_channel_without_a_list_says_not_taken() -> None:
    told = {judge_answer(asked, answer) for asked, answer in EVERYTHING if asked.was_released and not asked.has_list}

    assert told == {AppealState.UNKNOWN, AppealState.CONFIRMED, AppealState.ACKNOWLEDGED}


def test_no_row_without_an_outside_source_says_not_taken() -> None:
    assert not [row.name for row in ROWS if row.proves is AppealState.REJECTED_BY_FORM and row.source == MOCK_ONLY]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        *((ObservedKind.ALREADY_REPORTED, status) for status in STATUSES),
        *(
            (ObservedKind.FORM_ERROR, status)
            for status in (None, 200, 303, 307, 401, 403, 404, 408, 409, 425, 429, 500)
        ),
        *((kind, 200) for kind in (ObservedKind.WALL, ObservedKind.SIGNED_OUT, ObservedKind.UNCLEAR)),
        (ObservedKind.NUMBER, 503),
        (ObservedKind.SUCCESS_TEXT, None),
    ],
)
@pytest.mark.parametrize("asked", [OUR_OWN, UNLISTED], ids=["list", "no list"])
def test_everything_else_proves_nothing(asked: Asked, kind: ObservedKind, status: int | None) -> None:
    assert judge_answer(asked, seen(kind, status, "A-1")) is AppealState.UNKNOWN
    assert judge_answer(asked, None) is AppealState.UNKNOWN
