"""What a person can say they found on the site about an appeal, and which state each finding is."""

from __future__ import annotations

from enum import StrEnum

from monitor.closed_lists.states import AppealState


class Finding(StrEnum):
    """What a person saw on the site."""

    THERE = "there"
    TWICE = "twice"
    REPORTED = "reported"
    NOT_THERE = "not-there"
    OVER = "over"
    DRAFT = "draft"


_STATES = {
    Finding.THERE: AppealState.CONFIRMED,
    Finding.TWICE: AppealState.DUPLICATE_SEEN,
    Finding.REPORTED: AppealState.ALREADY_REPORTED,
    Finding.NOT_THERE: AppealState.ABSENT,
    Finding.OVER: AppealState.MOOT,
    Finding.DRAFT: AppealState.DRAFT,
}


def state_of(finding: Finding, *, has_list: bool) -> AppealState:
    """Returns the state a finding is; without a list of its appeals the site gives no number to confirm by."""
    if finding is Finding.THERE and not has_list:
        return AppealState.ACKNOWLEDGED
    return _STATES[finding]
