"""Removing what people wrote about one review from the tables. Everything else stays: states, moments, digests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from monitor.state.cases import ArtifactRecord
from monitor.state.repository import Repository
from monitor.state.tables import (
    appeal_files,
    appeal_transitions,
    appeals,
    artifacts,
    cases,
    contacts,
    letters,
    outbox,
    questions,
    review_decisions,
    review_versions,
    reviews,
    verdicts,
)
from monitor.state.text import JsonValue

_WORDS_OF_A_READING = {"text": "", "author_name": "", "author_id": "", "photos": []}


@dataclass(frozen=True)
class _Version:
    version: int
    reading: JsonValue


@dataclass(frozen=True)
class _Message:
    id: int
    payload: JsonValue


class Personal(Repository):
    """Forgets the personal content of one review."""

    def forget(self, account_id: str, review_id: str, *, going: Collection[str]) -> None:
        """Blanks texts, names and reasons, and marks the index rows of the evidence that goes.

        The digest of the review's content stays, or the next poll would take the review for an edited one.

        Args:
            account_id: The account.
            review_id: The review.
            going: SHA-256 (hex) of the artifacts that are removed.
        """
        of_review = (reviews.c.account_id == account_id, reviews.c.review_id == review_id)
        self._connection.execute(update(reviews).where(*of_review).values(author_name="", author_id=""))
        self._forget_versions(account_id, review_id)
        self._forget_case(account_id, review_id)
        self._forget_messages(account_id, review_id)
        asked = (review_decisions.c.account_id == account_id, review_decisions.c.review_id == review_id)
        self._connection.execute(update(review_decisions).where(*asked).values(note=""))
        statement = select(artifacts).where(artifacts.c.account_id == account_id, artifacts.c.review_id == review_id)
        for row in self._all(ArtifactRecord, statement):
            if row.sha256 in going:
                kept = {"kind": row.notes["kind"]} if isinstance(row.notes, dict) and "kind" in row.notes else {}
                marked = update(artifacts).where(artifacts.c.id == row.id).values(notes={**kept, "purged": True})
                self._connection.execute(marked)

    def _forget_versions(self, account_id: str, review_id: str) -> None:
        these = (review_versions.c.account_id == account_id, review_versions.c.review_id == review_id)
        found = self._all(_Version, select(review_versions.c.version, review_versions.c.reading).where(*these))
        for row in found:
            reading = {**row.reading, **_WORDS_OF_A_READING} if isinstance(row.reading, dict) else row.reading
            this = (*these, review_versions.c.version == row.version)
            self._connection.execute(update(review_versions).where(*this).values(text="", reading=reading))

    def _forget_messages(self, account_id: str, review_id: str) -> None:
        about = outbox.c.event.startswith("review.", autoescape=True)
        these = select(outbox.c.id, outbox.c.payload).where(outbox.c.account_id == account_id, about)
        for row in self._all(_Message, these):
            if isinstance(row.payload, dict) and row.payload.get("review") == review_id and "text" in row.payload:
                payload = {**row.payload, "text": ""}
                self._connection.execute(update(outbox).where(outbox.c.id == row.id).values(payload=payload))

    def _forget_case(self, account_id: str, review_id: str) -> None:
        ours = select(appeals.c.id).where(appeals.c.account_id == account_id, appeals.c.review_id == review_id)
        self._connection.execute(delete(appeal_files).where(appeal_files.c.appeal_id.in_(ours)))
        self._connection.execute(update(appeals).where(appeals.c.id.in_(ours)).values(text=""))
        asked = update(questions).where(questions.c.appeal_id.in_(ours))
        self._connection.execute(asked.values(asked_raw="", answer_text=""))
        steps = update(appeal_transitions).where(appeal_transitions.c.appeal_id.in_(ours))
        self._connection.execute(steps.values(raw_text=""))
        said = update(contacts).where(contacts.c.account_id == account_id, contacts.c.review_id == review_id)
        words = {"text": "", "who": "", "address": "", "promised": "", "struck_why": "", "files": []}
        self._connection.execute(said.values(**words))
        written = update(letters).where(letters.c.account_id == account_id, letters.c.review_id == review_id)
        gone = {"text": "", "to_address": "", "subject": "", "answer": "", "files": []}
        self._connection.execute(written.values(**gone))
        own_case = select(cases.c.id).where(cases.c.account_id == account_id, cases.c.review_id == review_id)
        self._connection.execute(update(verdicts).where(verdicts.c.case_id.in_(own_case)).values(reasons=[]))
