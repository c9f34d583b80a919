"""The appeals' rows: compare-and-set changes, append-only transitions, approvals.

What may follow what is decided in ``monitor.appeals.machine``; here a change only happens when the row still is in the
state the caller saw, so two writers can never both win.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Column, ColumnElement, and_, desc, func, or_, select, update

from flows.catalog.channel_kinds import ChannelKind
from monitor.closed_lists.states import AppealState, Moderation, Outcome, Track
from monitor.state.login_locks import one_spelling
from monitor.state.repository import Repository, member
from monitor.state.tables import appeal_files, appeal_transitions, appeals, approvals
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class AppealRecord:
    """One generation of an appeal: one approved attempt at most.

    Attributes:
        identity: The identity's name that is the same in every installation.
        review_version: Version of the review that the text speaks of.
        moderation: As the site told it last, empty before it did.
        outcome: As seen on the public page, empty before that.
        number: The site's own number, when it gave one.
        channel_kind: How the channel filed when this was drafted; empty for appeals of before that was kept.
        deadline_at: Until when the gesture may be made.
        gesture_at: Stamped durably just before the one gesture; never cleared.
        released_at: Stamped by the gate just before the request was let go; never cleared.
        counted_at: When the site's list was read to its end, late enough, and duplicates were counted.
        returns: How often the attempt was given back before any gesture.
        closed_at: Set when this generation is over; only then another one may be opened.
    """

    id: str
    case_id: str
    account_id: str
    site: str
    identity: str
    review_id: str
    generation: int
    review_version: int
    channel: str
    ground: str
    reason_label: str
    text: str
    product_url: str
    order_number: str | None
    payload_hash: str
    state: AppealState
    moderation: Moderation | Literal[""]
    outcome: Outcome | Literal[""]
    number: str | None
    fence: int | None
    deadline_at: datetime | None
    intent_at: datetime | None
    gesture_at: datetime | None
    released_at: datetime | None
    settled_at: datetime | None
    counted_at: datetime | None
    decided_at: datetime | None
    returns: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    closed_why: str
    sender_name: str = ""
    sender_email: str = ""
    channel_kind: ChannelKind | Literal[""] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", member(AppealState, self.state))
        for name, members in (("moderation", Moderation), ("outcome", Outcome), ("channel_kind", ChannelKind)):
            stored = getattr(self, name)
            object.__setattr__(self, name, member(members, stored) if stored else "")

    @property
    def is_open(self) -> bool:
        """Whether this generation is not over yet."""
        return self.closed_at is None


@dataclass(frozen=True)
class AppealFile:
    """A file of an appeal; ``sha256`` is bare hex."""

    appeal_id: str
    position: int
    name: str
    sha256: str
    media_type: str
    path: str


@dataclass(frozen=True)
class TransitionRecord:
    """One step of an appeal, append-only."""

    id: int
    appeal_id: str
    track: Track
    from_state: str
    to_state: str
    at: datetime
    fence: int | None
    actor: str
    raw_text: str
    facts: JsonValue

    def __post_init__(self) -> None:
        object.__setattr__(self, "track", member(Track, self.track))


@dataclass(frozen=True)
class ApprovalRecord:
    """A human approval, bound to the hash of exact text, files, channel, reason and review version.

    Attributes:
        send_from: Before this a schedule does not send it: time to change one's mind. A person need not wait.
    """

    id: int
    appeal_id: str
    payload_hash: str
    approver: str
    approver_kind: str
    approved_at: datetime
    send_from: datetime | None
    revoked_at: datetime | None
    revoked_why: str


@dataclass(frozen=True)
class Step:
    """One transition as the ledger asks for it."""

    track: Track
    from_state: str
    to_state: str
    actor: str
    fence: int | None = None
    raw_text: str = ""
    facts: Mapping[str, JsonValue] | None = None


class Appeals(Repository):
    """Rows of appeals, their files and their transitions."""

    def add(self, record: AppealRecord, files: Sequence[AppealFile]) -> None:
        """Stores a new generation.

        Raises:
            StorageRule: the review already has an open appeal (raised as the driver's error inside the transaction).
        """
        self._connection.execute(appeals.insert().values(**asdict(record)))
        self._write_files(files)

    def replace_files(self, appeal_id: str, files: Sequence[AppealFile]) -> None:
        """Replaces the files of a draft."""
        self._connection.execute(appeal_files.delete().where(appeal_files.c.appeal_id == appeal_id))
        self._write_files(files)

    def change(self, appeal: AppealRecord, **values: datetime | str | int | None) -> bool:
        """Changes the row if it is still in the state and under the payload the caller saw; tells whether it was."""
        statement = (
            update(appeals)
            .where(appeals.c.id == appeal.id, appeals.c.state == appeal.state)
            .where(appeals.c.payload_hash == appeal.payload_hash)
            .where(_is_or_equals(appeals.c.closed_at, appeal.closed_at))
        )
        return self._changed(statement.values(updated_at=self._now(), **values)) > 0

    def stamp_gesture(self, appeal: AppealRecord) -> bool:
        """Stamps the one gesture of this generation; false when it was stamped before or the state moved on."""
        statement = (
            update(appeals)
            .where(appeals.c.id == appeal.id, appeals.c.state == appeal.state)
            .where(appeals.c.gesture_at.is_(None), appeals.c.closed_at.is_(None))
        )
        return self._changed(statement.values(gesture_at=self._now(), updated_at=self._now())) > 0

    def append(self, appeal_id: str, step: Step) -> None:
        """Appends a transition."""
        self._connection.execute(
            appeal_transitions.insert().values(
                appeal_id=appeal_id,
                track=step.track,
                from_state=step.from_state,
                to_state=step.to_state,
                at=self._now(),
                fence=step.fence,
                actor=step.actor,
                raw_text=step.raw_text,
                facts=None if step.facts is None else dict(step.facts),
            )
        )

    def get(self, appeal_id: str, *, locks: bool = False) -> AppealRecord | None:
        """Returns one appeal; with ``locks`` nobody else can change it until the transaction ends."""
        statement = select(appeals).where(appeals.c.id == appeal_id)
        return self._first(AppealRecord, statement.with_for_update() if locks else statement)

    def files(self, appeal_id: str) -> list[AppealFile]:
        """Returns the appeal's files in order."""
        statement = select(appeal_files).where(appeal_files.c.appeal_id == appeal_id)
        return self._all(AppealFile, statement.order_by(appeal_files.c.position))

    def transitions(self, appeal_id: str) -> list[TransitionRecord]:
        """Returns the appeal's steps in order."""
        statement = select(appeal_transitions).where(appeal_transitions.c.appeal_id == appeal_id)
        return self._all(TransitionRecord, statement.order_by(appeal_transitions.c.id))

    def generations(self, identity: str, review_id: str) -> list[AppealRecord]:
        """Returns all generations for a review, the first one first, however the login of its identity was spelled."""
        wanted = one_spelling(identity)
        return [one for one in self.about(review_id) if one_spelling(one.identity) == wanted]

    def about(self, review_id: str) -> list[AppealRecord]:
        """Returns what every identity of every account here did about a review, by generation.

        Whatever the site is called: a catalog of one's own may describe the same site under a second name.
        """
        statement = select(appeals).where(appeals.c.review_id == review_id)
        return self._all(AppealRecord, statement.order_by(appeals.c.generation))

    def of_case(self, case_id: str) -> list[AppealRecord]:
        """Returns the case's appeals in order of their making."""
        statement = select(appeals).where(appeals.c.case_id == case_id)
        return self._all(AppealRecord, statement.order_by(appeals.c.created_at, appeals.c.generation))

    def newest_of_account(self, account_id: str, limit: int) -> list[AppealRecord]:
        """Returns so many of the account's appeals, those that were made last; of these the oldest first."""
        newest_first = (desc(appeals.c.created_at), desc(appeals.c.id))
        statement = select(appeals).where(appeals.c.account_id == account_id).order_by(*newest_first).limit(limit)
        return self._all(AppealRecord, statement)[::-1]

    def texts_of(self, account_id: str) -> list[str]:
        """Returns every wording that an appeal of the account has, once."""
        statement = select(appeals.c.text).where(appeals.c.account_id == account_id, appeals.c.text != "").distinct()
        return [str(text) for text in self._connection.execute(statement.order_by(appeals.c.text)).scalars()]

    def of_fence(self, account_id: str, fence: int) -> list[AppealRecord]:
        """Returns the account's appeals that were last taken under this lease, oldest first."""
        statement = select(appeals).where(appeals.c.account_id == account_id, appeals.c.fence == fence)
        return self._all(AppealRecord, statement.order_by(appeals.c.created_at, appeals.c.id))

    def of_account(
        self,
        account_id: str,
        *,
        states: Collection[str] = (),
        outcome: str = "",
        only_open: bool = False,
        limit: int | None = None,
    ) -> list[AppealRecord]:
        """Returns the account's appeals, oldest first."""
        statement = select(appeals).where(appeals.c.account_id == account_id)
        if states:
            statement = statement.where(appeals.c.state.in_(states))
        if outcome:
            statement = statement.where(appeals.c.outcome == outcome)
        if only_open:
            statement = statement.where(appeals.c.closed_at.is_(None))
        return self._all(AppealRecord, statement.order_by(appeals.c.created_at, appeals.c.id).limit(limit))

    def accounts_as(self, identity: str, account_id: str) -> set[str]:
        """Returns an account, and all that ever drafted something as the same identity, however it was spelled."""
        rows = self._connection.execute(select(appeals.c.account_id, appeals.c.identity).distinct())
        wanted = one_spelling(identity)
        return {account_id, *(account for account, name in rows if one_spelling(name) == wanted)}

    def gestures_since(self, account_ids: Collection[str], since: datetime) -> int:
        """Counts gestures of accounts since a moment, and attempts that may still make one."""
        gesture = appeals.c.gesture_at
        made = gesture >= since
        may_make = and_(appeals.c.state.in_(("intent", "armed", "released")), or_(gesture.is_(None), gesture < since))
        # Two questions: each has an index of its own, and one with "or" would read all appeals of the accounts.
        counts = (select(func.count()).where(appeals.c.account_id.in_(account_ids), one) for one in (made, may_make))
        return sum(int(self._connection.execute(statement).scalar_one()) for statement in counts)

    def gestures_at(self, account_ids: Collection[str], since: datetime, *, now: datetime) -> list[datetime]:
        """Returns when accounts made gestures since a moment; an attempt that may still make one counts as now."""
        mine, states = appeals.c.account_id.in_(account_ids), ("intent", "armed", "released")
        # Two questions, as in ``gestures_since``.
        made = select(appeals.c.gesture_at).where(mine, appeals.c.gesture_at >= since, appeals.c.state.not_in(states))
        under_way = select(func.count()).where(mine, appeals.c.state.in_(states))
        known = [row[0] for row in self._connection.execute(made)]
        return sorted([*known, *[now] * int(self._connection.execute(under_way).scalar_one())])

    def last_gesture(self, account_ids: Collection[str]) -> datetime | None:
        """Returns the moment of the accounts' newest gesture."""
        statement = select(appeals.c.gesture_at).where(
            appeals.c.account_id.in_(account_ids), appeals.c.gesture_at.is_not(None)
        )
        found: datetime | None = self._connection.execute(
            statement.order_by(desc(appeals.c.gesture_at)).limit(1)
        ).scalar()
        return found

    def rejections(self, account_ids: Collection[str], since: datetime) -> list[datetime]:
        """Returns when the site rejected appeals of the accounts since a moment, oldest first."""
        statement = select(appeals.c.decided_at).where(
            appeals.c.account_id.in_(account_ids), appeals.c.moderation == "rejected", appeals.c.decided_at >= since
        )
        return [row[0] for row in self._connection.execute(statement.order_by(appeals.c.decided_at))]

    def _write_files(self, files: Sequence[AppealFile]) -> None:
        if files:
            self._connection.execute(appeal_files.insert(), [asdict(file) for file in files])


class Approvals(Repository):
    """Approvals, each bound to a payload hash."""

    def add(
        self, appeal_id: str, payload_hash: str, *, approver: str, approver_kind: str, send_from: datetime | None = None
    ) -> None:
        """Stores a person's word."""
        self._connection.execute(
            approvals.insert().values(
                appeal_id=appeal_id,
                payload_hash=payload_hash,
                approver=approver,
                approver_kind=approver_kind,
                approved_at=self._now(),
                send_from=send_from,
            )
        )

    def revoke(self, appeal_id: str, why: str) -> int:
        """Takes back what holds of the appeal's approvals; tells how many."""
        statement = update(approvals).where(approvals.c.appeal_id == appeal_id, approvals.c.revoked_at.is_(None))
        return self._changed(statement.values(revoked_at=self._now(), revoked_why=why))

    def valid(self, appeal_id: str, payload_hash: str) -> ApprovalRecord | None:
        """Returns the approval that holds for exactly this payload."""
        statement = select(approvals).where(
            approvals.c.appeal_id == appeal_id,
            approvals.c.payload_hash == payload_hash,
            approvals.c.revoked_at.is_(None),
        )
        return self._first(ApprovalRecord, statement.order_by(desc(approvals.c.id)).limit(1))

    def standing(self, appeal_ids: Collection[str]) -> dict[str, ApprovalRecord]:
        """Returns the newest approval that was not revoked, of each of the appeals that has one; for a page of them."""
        wanted = (approvals.c.appeal_id.in_(appeal_ids), approvals.c.revoked_at.is_(None))
        found = self._all(ApprovalRecord, select(approvals).where(*wanted).order_by(approvals.c.id))
        return {one.appeal_id: one for one in found}

    def of(self, appeal_id: str) -> list[ApprovalRecord]:
        """Returns all approvals of an appeal, revoked ones too."""
        statement = select(approvals).where(approvals.c.appeal_id == appeal_id)
        return self._all(ApprovalRecord, statement.order_by(approvals.c.id))


def _is_or_equals(column: Column[datetime], value: datetime | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value
