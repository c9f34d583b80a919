"""What one reading of a page after another may tell of a review."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """What happened to one review.

    LISTED: another source had shown it, now the public page does. SURFACED: older than the watch, out of reach until
    now. COMPLETED: what an earlier reading or a lesser source did not tell.
    """

    NEW = "new"
    SURFACED = "surfaced"
    EDITED = "edited"
    BACK = "back"
    LISTED = "listed"
    COMPLETED = "completed"
    MISSING = "missing"
    GONE = "gone"


ARRIVALS = frozenset({Change.NEW, Change.SURFACED})
"""Changes that store a review for the first time."""

STEPS_OF_A_CASE = frozenset({Change.EDITED, Change.MISSING, Change.GONE, Change.BACK})
"""Changes that the log tells of by the review's id: whoever appeals it sees them in its case."""
