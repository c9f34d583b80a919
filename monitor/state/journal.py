"""The action log's rows: appended in the same transaction as the change they tell of.

``evidence_store.journal`` builds the bytes; here they get their place in the chain of their account. The log of the
installation itself (no account) is the chain of the account id ``""``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select, update

from evidence_store.digests import ZERO, Digest
from evidence_store.errors import EvidenceError
from evidence_store.journal import (
    Actor,
    Checkpoint,
    Entry,
    EntryBody,
    Head,
    SubjectId,
    build_entry,
    entry_from_columns,
    new_chain_id,
    parse_checkpoint,
    sorted_heads,
)
from monitor.software import software_versions
from monitor.state.repository import Repository
from monitor.state.tables import checkpoints, installation, journal_entries, journal_heads
from monitor.state.text import JsonValue, clean_json, clean_text

INSTALLATION = ""
"""The account id of the installation's own chain."""

SYSTEM = Actor(kind="system", id="fairreview")
"""The program itself, where no person and no schedule ordered the step."""


@dataclass(frozen=True)
class Action:
    """What a caller says about one action; the repository adds moment, account and salt.

    Attributes:
        name: Dotted words, for example ``appeal.intent``.
        subjects: Pairs of kind and id (``("appeal", "appeal_…")``); the first one is what the entry is found by.
        outputs: Results: text, whole numbers, lists and mappings of those.
        artifacts: Digests (``sha256:…`` or bare hex) of the evidence involved.
    """

    name: str
    actor: Actor = SYSTEM
    subjects: Sequence[SubjectId] = ()
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    artifacts: Sequence[str] = ()
    fence: int | None = None


@dataclass(frozen=True)
class _HeadRow:
    chain: str
    account_id: str
    seq: int
    digest: str


@dataclass(frozen=True)
class JournalRow:
    """One stored entry with what it is found by."""

    chain: str
    seq: int
    format: str
    prev: str
    body_digest: str
    digest: str
    body: bytes | None
    action: str
    subject: str
    written_at: datetime

    def to_entry(self) -> Entry:
        """Returns the entry as ``evidence_store.verify`` judges it."""
        return entry_from_columns(
            chain=self.chain,
            seq=self.seq,
            prev=self.prev,
            body_digest=self.body_digest,
            digest=self.digest,
            body=self.body,
            format_name=self.format,
        )


@dataclass(frozen=True)
class CheckpointRow:
    """One stored checkpoint: its bytes, and its signed form once it was signed."""

    number: int
    digest: str
    document: bytes
    envelope: bytes | None
    written_at: datetime


class Journal(Repository):
    """Appends to and reads the action log."""

    def record(self, account_id: str, action: Action) -> Entry:
        """Appends one action of an account to its chain, inside this transaction."""
        body = EntryBody(
            at=self._now(),
            actor=action.actor,
            account=account_id or None,
            action=action.name,
            inputs=_plain(action.inputs),
            outputs=_plain(action.outputs),
            artifacts=tuple(Digest.parse(name if ":" in name else f"sha256:{name}") for name in action.artifacts),
            subjects=tuple(SubjectId(kind=item.kind, id=clean_text(item.id)) for item in action.subjects),
            software=software_versions(),
            fence=action.fence,
        )
        return self.append(account_id, body)

    def append(self, account_id: str, body: EntryBody) -> Entry:
        """Appends a ready body; the chain's head stays locked until the transaction ends."""
        entry = build_entry(self.head(account_id), body)
        self._put(entry)
        return entry

    def head(self, account_id: str) -> Head:
        """Returns the chain's head for appending; makes the chain when it is the first entry."""
        fresh = {"chain": new_chain_id(), "account_id": account_id, "seq": 0, "digest": str(ZERO)}
        self._connection.execute(self._insert(journal_heads).values(**fresh).on_conflict_do_nothing())
        row = self._first(
            _HeadRow, select(journal_heads).where(journal_heads.c.account_id == account_id).with_for_update()
        )
        assert row is not None  # noqa: S101 - inserted above when it was missing
        return _to_head(row)

    def heads(self) -> dict[str, Head]:
        """Returns all heads by account id, without locking them."""
        rows = self._all(_HeadRow, select(journal_heads).order_by(journal_heads.c.account_id))
        return {row.account_id: _to_head(row) for row in rows}

    def chains(self) -> set[str]:
        """Returns the names of all chains that have entries."""
        return set(self._connection.scalars(select(journal_entries.c.chain).distinct()))

    def rows(self, chain: str, *, after: int = 0, limit: int | None = None) -> list[JournalRow]:
        """Returns the entries of a chain behind number ``after``, in order."""
        statement = select(journal_entries).where(journal_entries.c.chain == chain, journal_entries.c.seq > after)
        return self._all(JournalRow, statement.order_by(journal_entries.c.seq).limit(limit))

    def latest(self, chain: str, prefixes: Sequence[str], *, below: int, above: int, limit: int) -> list[JournalRow]:
        """Returns the newest entries of a stretch of a chain whose actions begin so, in order.

        Args:
            chain: The chain.
            prefixes: Beginnings of actions.
            below: The end of the stretch, without it.
            above: Its beginning, without it: looking for what is rare through all of a long log takes long.
            limit: At most so many.
        """
        statement = (
            select(journal_entries)
            .where(journal_entries.c.chain == chain, journal_entries.c.seq < below, journal_entries.c.seq > above)
            .where(or_(*(journal_entries.c.action.startswith(one, autoescape=True) for one in prefixes)))
            .order_by(journal_entries.c.seq.desc())
            .limit(limit)
        )
        return self._all(JournalRow, statement)[::-1]

    def of_action(self, action: str) -> list[JournalRow]:
        """Returns the entries of all chains that tell of one action."""
        statement = select(journal_entries).where(journal_entries.c.action == action)
        return self._all(JournalRow, statement.order_by(journal_entries.c.chain, journal_entries.c.seq))

    def about(self, account_id: str, subject: str) -> list[JournalRow]:
        """Returns the entries of an account's chain about one subject, in order."""
        statement = (
            select(journal_entries)
            .join(journal_heads, journal_heads.c.chain == journal_entries.c.chain)
            .where(journal_heads.c.account_id == account_id, journal_entries.c.subject == subject)
        )
        return self._all(JournalRow, statement.order_by(journal_entries.c.seq))

    def latest_about(self, account_id: str, subject: str, actions: Sequence[str], *, limit: int) -> list[JournalRow]:
        """Returns the newest entries of an account's chain about one subject that tell of these actions, in order."""
        statement = (
            select(journal_entries)
            .join(journal_heads, journal_heads.c.chain == journal_entries.c.chain)
            .where(journal_heads.c.account_id == account_id, journal_entries.c.subject == subject)
            .where(journal_entries.c.action.in_(actions))
            .order_by(journal_entries.c.seq.desc())
            .limit(limit)
        )
        return self._all(JournalRow, statement)[::-1]

    def put_back(self, entries: Sequence[Entry]) -> None:
        """Puts entries back that the table lost; where they are their chain's last, its head follows."""
        for entry in entries:
            self._put(entry)

    def _put(self, entry: Entry) -> None:
        """Writes an entry's row, and moves the head of its chain on to it; never back."""
        body, header = entry.read_body(), entry.header
        self._connection.execute(
            journal_entries.insert().values(
                chain=header.chain,
                seq=header.seq,
                format=header.format,
                prev=str(header.prev),
                body_digest=str(header.body_digest),
                digest=str(entry.digest),
                body=entry.body,
                action=body.action if body else "",
                subject=body.subjects[0].id if body and body.subjects else "",
                written_at=body.at if body else self._now(),
            )
        )
        self._connection.execute(
            update(journal_heads)
            .where(journal_heads.c.chain == header.chain, journal_heads.c.seq <= header.seq)
            .values(seq=header.seq, digest=str(entry.digest))
        )

    def purge(self, account_id: str, numbers: Sequence[int], *, actor: Actor) -> Entry:
        """Removes the bodies of entries and appends the entry that says so; the chain still verifies."""
        head = self.head(account_id)
        body = EntryBody(at=self._now(), actor=actor, account=account_id, action="log.purge", purges=tuple(numbers))
        self._connection.execute(
            update(journal_entries)
            .where(journal_entries.c.chain == head.chain, journal_entries.c.seq.in_(numbers))
            .values(body=None)
        )
        return self.append(account_id, body)

    def checkpoint(self, installation_id: str, *, epoch: int) -> Checkpoint:
        """Stores a checkpoint over all heads and returns it for signing.

        Whoever comes second waits until the first one's transaction ends: numbers have no gap and no double.
        """
        self._connection.execute(select(installation.c.id).with_for_update())
        last = self._connection.execute(
            select(checkpoints.c.number, checkpoints.c.digest).order_by(checkpoints.c.number.desc()).limit(1)
        ).first()
        point = Checkpoint(
            installation=installation_id,
            number=1 if last is None else int(last[0]) + 1,
            at=self._now(),
            heads=sorted_heads(self.heads().values()),
            previous=ZERO if last is None else Digest.parse(last[1]),
            epoch=epoch,
        )
        self._connection.execute(
            checkpoints.insert().values(
                number=point.number, digest=str(point.digest), document=point.to_bytes(), written_at=point.at
            )
        )
        return point

    def keep_envelope(self, number: int, envelope: bytes) -> None:
        """Stores the signed form of a checkpoint."""
        self._connection.execute(update(checkpoints).where(checkpoints.c.number == number).values(envelope=envelope))

    def covered_chains(self) -> set[str]:
        """Returns the chains whose entries the newest checkpoint names: their mirror was written before it."""
        newest = select(checkpoints.c.document).order_by(checkpoints.c.number.desc()).limit(1)
        document = self._connection.execute(newest).scalar()
        try:
            heads = parse_checkpoint(bytes(document)).heads if document is not None else ()
        except (EvidenceError, TypeError):
            return set()  # `evidence verify` names it
        return {head.chain for head in heads if head.seq > 0}

    def checkpoint_rows(self) -> list[CheckpointRow]:
        """Returns all checkpoints as they are stored, in order of their numbers."""
        return self._all(CheckpointRow, select(checkpoints).order_by(checkpoints.c.number))

    def envelopes(self, *, newest: int | None = None) -> list[bytes]:
        """Returns the signed checkpoints in order of their numbers: all, or the newest ones."""
        statement = select(checkpoints.c.envelope).where(checkpoints.c.envelope.is_not(None))
        rows = self._connection.execute(statement.order_by(checkpoints.c.number.desc()).limit(newest))
        return [bytes(envelope) for (envelope,) in rows][::-1]


def subject(kind: str, identifier: str) -> SubjectId:
    """Returns a subject of the log; kinds are those of ``evidence_store.journal.SubjectId``."""
    return SubjectId.model_validate({"kind": kind, "id": identifier})


def _to_head(row: _HeadRow) -> Head:
    return Head(chain=row.chain, seq=row.seq, digest=Digest.parse(row.digest), count=row.seq)


def _plain(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    cleaned = clean_json(dict(values))
    assert isinstance(cleaned, dict)  # noqa: S101 - a mapping stays one
    return cleaned
