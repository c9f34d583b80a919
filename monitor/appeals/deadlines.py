"""When something is too late. Pure; the windows come from the catalog, with its source and whether it was verified."""

from __future__ import annotations

from datetime import datetime

from monitor.appeals.terms import ChannelTerms
from monitor.state.appeals import AppealRecord
from monitor.state.reviews import ReviewRecord


def filing_closes(review: ReviewRecord, terms: ChannelTerms) -> datetime | None:
    """Returns until when the site takes an appeal; None when the window or the publication is not known.

    Counted from the earliest moment the review can have been published: rather too early than too late.
    """
    if terms.filing_window is None or review.published_earliest is None:
        return None
    return review.published_earliest + terms.filing_window


def decision_expected(appeal: AppealRecord, terms: ChannelTerms) -> datetime | None:
    """Returns by when the site should have decided; None when nothing was sent."""
    sent = appeal.released_at or appeal.gesture_at
    return None if sent is None else sent + terms.review_time


def answer_due(asked_at: datetime, terms: ChannelTerms) -> datetime | None:
    """Returns by when a question has to be answered; None when the site does not say."""
    return None if terms.answer_window is None else asked_at + terms.answer_window
