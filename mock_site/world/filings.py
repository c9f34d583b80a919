"""Reports and appeals as the site stores them, and what the moderator makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mock_site import ids
from mock_site.world.models import Account, Appeal, AppealStatus, ChannelName, HistoryEntry, Review, StoredFile
from mock_site.world.moderation import ANSWERS, Decision, Moderation

_PREFIXES = {"cabinet_complaint": "C", "support_ticket": "T"}


@dataclass(frozen=True, slots=True)
class Filing:
    """What a form sends: one report or appeal."""

    channel: ChannelName
    review_uuid: str
    reason: str
    text: str
    files: tuple[StoredFile, ...] = ()


@dataclass(slots=True)
class Filings:
    """Everything that was ever stored; two POSTs are two entries.

    Attributes:
        stored: All reports and appeals, in the order they came.
        uploads: Uploaded files by id.
        reported: (account guid, review uuid) pairs whose cards say «Вы пожаловались на этот отзыв».
        moderation: How the moderator decides; may be replaced at any time.
    """

    stored: list[Appeal] = field(default_factory=list)
    uploads: dict[str, StoredFile] = field(default_factory=dict)
    reported: set[tuple[str, str]] = field(default_factory=set)
    moderation: Moderation = field(default_factory=Moderation)

    def upload(self, name: str, size: int, sha256: str) -> StoredFile:
        """Keeps the facts of an uploaded file (not its bytes)."""
        stored = StoredFile(ids.guid("file", len(self.uploads), sha256), name, size, sha256)
        self.uploads[stored.file_id] = stored
        return stored

    def file(self, account: Account, filing: Filing, now: datetime) -> Appeal:
        """Stores one filing, whether or not the review was appealed before."""
        appeal = Appeal(
            number=f"{_PREFIXES.get(filing.channel, 'A')}-{100 + len(self.stored) + 1:06d}",
            channel=filing.channel,
            review_uuid=filing.review_uuid,
            account=account.guid,
            reason=filing.reason,
            text=filing.text,
            submitted_at=now,
            files=filing.files,
            history=[HistoryEntry(now, "received")],
        )
        self.stored.append(appeal)
        if filing.channel == "public_report":
            self.reported.add((account.guid, filing.review_uuid))
        return appeal

    def find(self, number: str) -> Appeal | None:
        """The appeal of a number."""
        return next((appeal for appeal in self.stored if appeal.number == number), None)

    def reply(self, appeal: Appeal, text: str, files: tuple[StoredFile, ...], now: datetime) -> None:
        """Stores an answer to the moderator's question and puts the appeal back into review."""
        appeal.replies.append(text)
        appeal.files = (*appeal.files, *files)
        _move(appeal, "in_review", now, note=text)

    def decide(self, appeal: Appeal, decision: Decision, now: datetime, answer: str | None = None) -> None:
        """Records the moderator's decision."""
        appeal.answer = ANSWERS[decision] if answer is None else answer
        if decision != "needs_information":
            appeal.decided_at = now
        _move(appeal, decision, now, note=appeal.answer)

    def work(self, now: datetime, review_of: Callable[[str], Review | None]) -> list[Appeal]:
        """Lets the moderator do what is due.

        Returns:
            The appeals accepted just now: their reviews must leave the site.
        """
        accepted = []
        delay = timedelta(seconds=self.moderation.delay_s)
        for appeal in self.stored:
            if appeal.status not in {"received", "in_review"}:
                continue
            waited = now - _waiting_since(appeal)
            decision = self.moderation.decide(appeal, review_of(appeal.review_uuid))
            if decision is not None and waited >= delay:
                self.decide(appeal, decision, now)
                if decision == "accepted":
                    accepted.append(appeal)
            elif appeal.status == "received" and waited >= delay / 2:
                _move(appeal, "in_review", now)
        return accepted

    def per_review(self) -> Counter[str]:
        """How many stored filings each review has: anything above one is a duplicate."""
        return Counter(appeal.review_uuid for appeal in self.stored)


def _waiting_since(appeal: Appeal) -> datetime:
    answered = [entry.at for entry in appeal.history if entry.status == "in_review" and entry.note]
    return answered[-1] if answered else appeal.submitted_at


def _move(appeal: Appeal, status: AppealStatus, now: datetime, note: str = "") -> None:
    appeal.status = status
    appeal.history.append(HistoryEntry(now, appeal.status, note))
