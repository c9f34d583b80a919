"""The story of a case: everything a page about it shows, as frozen values.

A story is built from stored facts by ``monitor.outgoing.case_story`` and rendered by ``monitor.outgoing.page``; it
knows neither the database nor HTML.
"""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Picture(_Part):
    """One picture of the evidence store, inlined so that the page needs no other file.

    Attributes:
        caption: What it shows and at which moment.
        media_type: ``image/png`` or ``image/jpeg``.
        data: The bytes as stored (or a smaller derived copy, then ``is_derived``).
        digest: Digest of the original in the store.
    """

    caption: str
    media_type: str
    data: bytes
    digest: str
    is_derived: bool = False


class Step(_Part):
    """One line of the timeline.

    ``tone`` colours it: a value of ``monitor.language.words.Tone``.
    """

    at: AwareDatetime
    title: str
    detail: str = ""
    tone: str = "plain"
    pictures: tuple[Picture, ...] = ()
    journal_seq: int | None = None


class Mark(_Part):
    """A piece of the review's text that the verdict rests on."""

    start: int
    end: int
    why: str


class CaseStory(_Part):
    """One review from first sight to its outcome."""

    case_id: str
    account: str
    product_title: str
    product_url: str
    item: str = ""
    notes: tuple[str, ...] = ()
    review_id: str
    review_text: str
    rating: int | None
    author_name: str
    published_raw: str
    decision: str
    decision_title: str
    reasons: tuple[str, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    marks: tuple[Mark, ...] = ()
    outcome_title: str = ""
    outcome_tone: str = "plain"
    appeal_text: str = ""
    channel: str = ""
    turn: str = ""
    steps: tuple[Step, ...] = ()


class Chapter(_Part):
    """A figure for the head of the page."""

    label: str
    value: str


class StoryBook(_Part):
    """A page of cases with the figures of the run around them."""

    title: str
    subtitle: str
    written_at: AwareDatetime
    zone: str
    figures: tuple[Chapter, ...] = ()
    notes: tuple[str, ...] = ()
    cases: tuple[CaseStory, ...] = ()
