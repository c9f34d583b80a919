"""What an answer to the gesture proves: one table, each row with where it comes from. Pure.

Whatever no row names proves nothing, and UNKNOWN is settled by asking the site. Three rules stand above the rows. After
a release, no answer on a channel without a list says "not taken": nobody could look it up. No row without a source
outside this project says "not taken" at all. And an answer may be the one to a request that the browser's network stack
sent a second time after the first answer was lost (measured), so "already reported" may be our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.channels import Observation, ObservedKind
from monitor.appeals.machine import AppealState

_S, _K = AppealState, ObservedKind
MOCK_ONLY = "mock only"
"""The source of a row that nobody has seen outside our own mock."""

# The request itself is at fault, and the server says that it will not process it. Not among them: 401, 403 and 407 ask
# who is there, 408, 425 and 429 speak of time, 404 and 410 of an address, 409 may be our own first request.
_NOT_PROCESSED = frozenset({400, 405, 411, 413, 414, 415, 422})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an answer was an answer to.

    Attributes:
        was_released: A request was let go, and that is on record.
        has_list: The site shows the account a list of its appeals.
        is_vouched: The catalog vouches, from a capture, for the request that files.
    """

    was_released: bool
    has_list: bool
    is_vouched: bool = False


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One kind of answer and what it proves.

    Attributes:
        name: What the site did, for people.
        fits: Tells whether an answer is of this kind.
        proves: The state.
        source: Where this is known from, or ``MOCK_ONLY``.
    """

    name: str
    fits: Callable[[Asked, Observation], bool]
    proves: AppealState
    source: str


def _is_success(seen: Observation) -> bool:
    return seen.status_code is not None and 200 <= seen.status_code < 400


ROWS: tuple[AnswerRow, ...] = (
    AnswerRow(
        name="the form says no by itself, before any request",
        fits=lambda asked, seen: not asked.was_released and asked.is_vouched and seen.kind is _K.FORM_ERROR,
        proves=_S.REJECTED_BY_FORM,
        source="the capture that the catalog vouches by: this form sends by a request that the gate sees, and saw none",
    ),
    AnswerRow(
        name="a number, with a success or a redirect",
        fits=lambda asked, seen: (
            asked.was_released and seen.kind is _K.NUMBER and bool(seen.number) and _is_success(seen)
        ),
        proves=_S.CONFIRMED,
        source=MOCK_ONLY,
    ),
    AnswerRow(
        name="the site's own word of success, to exactly one request, where there is no list",
        fits=lambda asked, seen: (
            asked.was_released
            and not asked.has_list
            and seen.kind is _K.SUCCESS_TEXT
            and _is_success(seen)
            and seen.released == 1
        ),
        proves=_S.ACKNOWLEDGED,
        source="capture 2026-09: the text of the report dialog in the site's own data",
    ),
    AnswerRow(
        name="the form says no, and the status that the request was not processed, where a list can be asked",
        fits=lambda asked, seen: (
            asked.was_released and asked.has_list and seen.kind is _K.FORM_ERROR and seen.status_code in _NOT_PROCESSED
        ),
        proves=_S.REJECTED_BY_FORM,
        source="RFC 9110 §15.5.1, .6, .12, .14, .15, .16, .21; the list is asked all the same and has the last word",
    ),
)


def judge_answer(asked: Asked, seen: Observation | None) -> AppealState:
    """Says what an answer proves.

    Args:
        asked: What it answers.
        seen: The answer; None when there was none.
    """
    if seen is None:
        return _S.UNKNOWN
    return next((row.proves for row in ROWS if row.fits(asked, seen)), _S.UNKNOWN)
