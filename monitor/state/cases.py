"""Cases, verdicts and the index of artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import desc, func, select, update

from monitor.closed_lists.states import Decision
from monitor.state.repository import Repository, member, new_id
from monitor.state.tables import artifacts, cases, verdicts
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class CaseRecord:
    """All about one review's appeal; one case a review."""

    id: str
    account_id: str
    review_id: str
    opened_at: datetime
    closed_at: datetime | None
    closed_why: str


@dataclass(frozen=True)
class VerdictRecord:
    """What triage or a person said, with reasons."""

    id: int
    case_id: str
    review_version: int
    kind: Decision
    ground: str
    reasons: JsonValue
    decided_by: str
    decided_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", member(Decision, self.kind))

    @property
    def told(self) -> dict[str, JsonValue]:
        """The explanation that triage stored: reasons, spans, checks; empty where there is none."""
        first = self.reasons[0] if isinstance(self.reasons, list) and self.reasons else {}
        return first if isinstance(first, dict) else {}

    @property
    def sentences(self) -> list[str]:
        """The reasons as people read them."""
        listed = self.told.get("reasons")
        return [str(one.get("text", "")) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


@dataclass(frozen=True)
class ArtifactRecord:
    """Where the evidence store keeps one artifact, and what it belongs to.

    Attributes:
        moment: ``evidence_store.manifest.CaptureMoment``: when in the story it was taken.
        path: Relative to the evidence store's root.
    """

    id: str
    account_id: str
    moment: str
    sha256: str
    manifest_sha256: str
    path: str
    media_type: str
    size: int
    review_id: str
    case_id: str | None
    appeal_id: str | None
    visit_id: str | None
    captured_at: datetime
    is_complete: bool
    notes: JsonValue = None

    @property
    def is_purged(self) -> bool:
        """Whether its bytes were removed for good: the row stays, so that the log and it agree."""
        return isinstance(self.notes, dict) and bool(self.notes.get("purged"))


class Cases(Repository):
    """Opens and closes cases."""

    def open(self, account_id: str, review_id: str) -> CaseRecord:
        """Returns the review's case; opens it when there is none, re-opens it when it was closed."""
        statement = self._insert(cases).values(
            id=new_id("case"), account_id=account_id, review_id=review_id, opened_at=self._now()
        )
        statement = statement.on_conflict_do_update(
            index_elements=["account_id", "review_id"], set_={"closed_at": None, "closed_why": ""}
        )
        self._connection.execute(statement)
        found = self.of_review(account_id, review_id)
        assert found is not None  # noqa: S101 - inserted above
        return found

    def all(self, account_id: str) -> list[CaseRecord]:
        """Returns the account's cases, oldest first."""
        statement = select(cases).where(cases.c.account_id == account_id)
        return self._all(CaseRecord, statement.order_by(cases.c.opened_at, cases.c.id))

    def newest_of_account(self, account_id: str, limit: int) -> list[CaseRecord]:
        """Returns so many of the account's cases, those that were opened last; of these the oldest first."""
        newest_first = (desc(cases.c.opened_at), desc(cases.c.id))
        statement = select(cases).where(cases.c.account_id == account_id).order_by(*newest_first).limit(limit)
        return self._all(CaseRecord, statement)[::-1]

    def get(self, case_id: str) -> CaseRecord | None:
        """Returns one case."""
        return self._first(CaseRecord, select(cases).where(cases.c.id == case_id))

    def of_review(self, account_id: str, review_id: str) -> CaseRecord | None:
        """Returns the case of a review."""
        statement = select(cases).where(cases.c.account_id == account_id, cases.c.review_id == review_id)
        return self._first(CaseRecord, statement)

    def of_account(self, account_id: str, *, only_open: bool = False) -> list[CaseRecord]:
        """Returns the account's cases, the newest first."""
        statement = select(cases).where(cases.c.account_id == account_id)
        if only_open:
            statement = statement.where(cases.c.closed_at.is_(None))
        return self._all(CaseRecord, statement.order_by(desc(cases.c.opened_at), cases.c.id))

    def close(self, case_id: str, why: str) -> None:
        """Closes a case."""
        statement = update(cases).where(cases.c.id == case_id)
        self._connection.execute(statement.values(closed_at=self._now(), closed_why=why))


class Verdicts(Repository):
    """Appends verdicts."""

    def add(
        self,
        case_id: str,
        *,
        review_version: int,
        kind: Decision,
        reasons: Sequence[JsonValue],
        decided_by: str,
        ground: str = "",
    ) -> int:
        """Stores a verdict and returns its number."""
        statement = verdicts.insert().values(
            case_id=case_id,
            review_version=review_version,
            kind=kind,
            ground=ground,
            reasons=list(reasons),
            decided_by=decided_by,
            decided_at=self._now(),
        )
        key = self._connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101 - a single insert has one
        return int(key[0])

    def of_case(self, case_id: str) -> list[VerdictRecord]:
        """Returns the case's verdicts, the first one first."""
        return self._all(VerdictRecord, select(verdicts).where(verdicts.c.case_id == case_id).order_by(verdicts.c.id))

    def newest(self, case_id: str) -> VerdictRecord | None:
        """Returns the case's newest verdict."""
        statement = select(verdicts).where(verdicts.c.case_id == case_id)
        return self._first(VerdictRecord, statement.order_by(desc(verdicts.c.id)).limit(1))

    def newest_of(self, account_id: str) -> list[VerdictRecord]:
        """Returns the newest verdict of each case of an account that has one."""
        newest = (
            select(func.max(verdicts.c.id))
            .join(cases, cases.c.id == verdicts.c.case_id)
            .where(cases.c.account_id == account_id)
            .group_by(verdicts.c.case_id)
        )
        return self._all(VerdictRecord, select(verdicts).where(verdicts.c.id.in_(newest)))


class Artifacts(Repository):
    """Finds evidence by what it belongs to."""

    def add(self, record: ArtifactRecord) -> None:
        """Stores where an artifact lies; the same artifact a second time changes nothing."""
        self._connection.execute(self._insert(artifacts).values(**asdict(record)).on_conflict_do_nothing())

    def of_review(self, account_id: str, review_id: str) -> list[ArtifactRecord]:
        """Returns all evidence about a review, oldest first."""
        statement = select(artifacts).where(artifacts.c.account_id == account_id, artifacts.c.review_id == review_id)
        return self._all(ArtifactRecord, statement.order_by(artifacts.c.captured_at, artifacts.c.id))

    def newest_by_review(self, account_id: str, moment: str) -> dict[str, datetime]:
        """Returns when each review was last captured at a moment of its story."""
        statement = (
            select(artifacts.c.review_id, func.max(artifacts.c.captured_at))
            .where(artifacts.c.account_id == account_id, artifacts.c.moment == moment)
            .group_by(artifacts.c.review_id)
        )
        return {str(review_id): at for review_id, at in self._connection.execute(statement)}

    def of_moment(self, account_id: str, moment: str) -> list[ArtifactRecord]:
        """Returns all evidence of an account that was taken at a moment of the story, oldest first."""
        statement = select(artifacts).where(artifacts.c.account_id == account_id, artifacts.c.moment == moment)
        return self._all(ArtifactRecord, statement.order_by(artifacts.c.captured_at, artifacts.c.id))

    def of_appeal(self, appeal_id: str) -> list[ArtifactRecord]:
        """Returns all evidence about an appeal, oldest first."""
        statement = select(artifacts).where(artifacts.c.appeal_id == appeal_id)
        return self._all(ArtifactRecord, statement.order_by(artifacts.c.captured_at, artifacts.c.id))

    def of_account(self, account_id: str) -> list[ArtifactRecord]:
        """Returns all evidence of an account, oldest first."""
        statement = select(artifacts).where(artifacts.c.account_id == account_id)
        return self._all(ArtifactRecord, statement.order_by(artifacts.c.captured_at, artifacts.c.id))

    def get(self, artifact_id: str) -> ArtifactRecord | None:
        """Returns one artifact."""
        return self._first(ArtifactRecord, select(artifacts).where(artifacts.c.id == artifact_id))
