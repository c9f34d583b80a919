"""What a site's catalog says of one channel: its kind, its pages, what its form takes, and how it sends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flows.catalog.answers import AnswerRefusal
from flows.catalog.channel_kinds import KINDS, ChannelKind, KindFacts
from flows.catalog.vocabulary import Address, CatalogValue, Days, Name, Phrase, Seconds, Verified


class ChannelSpec(CatalogValue):
    """What one way to appeal can do, and what is not known about it.

    Attributes:
        kind: How one files; name, title and pages are the site's own.
        submit_url: The one request that files: an address with ``*`` as wildcard, for the gate.
        submits_by: How the site's own page sends it.
        refusals: What the answer to that request says when it was refused with a status of success.
        reply_url: The request that answers a question of the site, for the gate; None: nobody knows how.
        upload_url: The request that takes a file before the form is sent; the gate lets it pass.
        request_verified: Where ``submit_url``, ``submit_method`` and ``submits_by`` come from, whatever else of the
            channel is known.
        gate_sees_submit: The catalog vouches that the gate sees this request; only of one that was captured.
        asks_sender: The form asks who writes: name and e-mail.
        text_max: Longest text the form takes, in characters; None where it states no limit.
        draft_max: Longest text of our own making where the form states no limit.
        disputed: Sources contradict each other; off on a live origin until a probe and a person confirm it.
        filing_window_days: How long after publication the site takes it; None when not known.
        review_time_days: How long the site's answer takes; None when not known.
        settle_window_seconds: Two reads that prove absence lie at least this far apart.
        answer_window_seconds: How long to watch the page after the gesture.
        reappeals: Further attempts the site allows after a rejection; None when not known.
    """

    kind: ChannelKind
    title: Phrase
    identity: Name
    page: Name
    has_list: bool
    list_page: Name | None = None
    attachments: bool = False
    max_files: Annotated[int, Field(ge=0, le=50)] = 0
    max_file_bytes: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    file_types: tuple[Phrase, ...] = ()
    text_required: bool = False
    text_max: Annotated[int, Field(ge=1, le=100_000)] | None = None
    draft_max: Annotated[int, Field(ge=1, le=100_000)] | None = None
    reasons: tuple[Phrase, ...] = ()
    submit_url: Address
    submit_method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    submits_by: Literal["fetch", "xhr", "navigation", "iframe", "service_worker", "unknown"]
    request_verified: Verified = "guess"
    gate_sees_submit: bool = False
    refusals: Annotated[tuple[AnswerRefusal, ...], Field(max_length=10)] = ()
    reply_url: Address | None = None
    upload_url: Address | None = None
    asks_sender: bool = False
    disputed: bool = False
    filing_window_days: Days | None = None
    review_time_days: Days | None = None
    settle_window_seconds: Seconds = 900
    answer_window_seconds: Seconds = 20
    reappeals: Annotated[int, Field(ge=0, le=10)] | None = None
    verified: Verified
    source: Phrase

    @model_validator(mode="after")
    def _check_flags(self) -> ChannelSpec:
        if self.text_max is not None and self.draft_max is not None:
            raise ValueError("draft_max is for a form that states no limit (text_max)")
        if self.has_list != (self.list_page is not None):
            raise ValueError("has_list and list_page go together")
        if self.attachments != (self.max_files > 0):
            raise ValueError("attachments and max_files go together")
        if self.attachments and not self.facts.takes_files:
            raise ValueError(f"a channel of the kind {self.kind} takes no files (attachments)")
        if self.submits_by in {"service_worker", "unknown"} and self.gate_sees_submit:
            raise ValueError("nobody can vouch for a request whose way is not known")
        if self.gate_sees_submit and not self.request_verified.startswith(("capture", "test")):
            raise ValueError("nobody can vouch for a request that was not captured (request_verified)")
        return self

    @property
    def details_page(self) -> str | None:
        """The page of one of its appeals: its list's name without the ``s``, and ``_details``; None without a list."""
        return None if self.list_page is None else f"{self.list_page.removesuffix('s')}_details"

    @property
    def facts(self) -> KindFacts:
        """What follows from the kind."""
        return KINDS[self.kind]
