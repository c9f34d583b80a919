"""Contacts of a case with the platform: the rows of its dialogue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.closed_lists.contact_kinds import Direction, Saying, Speaker, Turn, Way
from monitor.state.repository import Repository, member
from monitor.state.tables import contacts
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class ContactRecord:
    """One contact.

    Attributes:
        speaker: Who spoke for the platform.
        number: The ticket's or call's number as the platform gave it; empty where it gave none.
        earlier_number: The number of the ticket that this one goes on with.
        who: The name that the other side gave.
        address: Where: the telephone number or address as it was shown.
        text: What was said or written.
        says: What it says about the matter, on a person's word.
        turn: Who has to act after it.
        promised: What was promised.
        due_at: Until when whoever has the turn is to act, where somebody named a time.
        seconds: How long a call took.
        files: Own evidence that came with it: ``[{id, name, sha256}]``.
        source: ``person``, or the reader that found it (``mail``, ``api``, ``letter``).
        source_id: Its id there; the same is never stored twice.
        happened_at: When it was.
        noted_at: When it was stored.
        struck_at: When a person said that the entry is wrong; it stays and counts no more.
    """

    id: str
    account_id: str
    case_id: str
    review_id: str
    way: Way
    direction: Direction
    speaker: Speaker
    number: str
    earlier_number: str
    who: str
    address: str
    text: str
    says: Saying
    turn: Turn
    promised: str
    due_at: datetime | None
    seconds: int | None
    files: JsonValue
    source: str
    source_id: str
    happened_at: datetime
    noted_at: datetime
    noted_by: str
    struck_at: datetime | None = None
    struck_why: str = ""

    def __post_init__(self) -> None:
        for name, members in (("way", Way), ("direction", Direction), ("speaker", Speaker)):
            object.__setattr__(self, name, member(members, getattr(self, name)))
        object.__setattr__(self, "says", member(Saying, self.says))
        object.__setattr__(self, "turn", member(Turn, self.turn))


class Contacts(Repository):
    """Adds contacts; a person's word may strike one out or say what it means, and nothing else changes."""

    def add(self, record: ContactRecord) -> bool:
        """Stores a contact; tells whether it is new (what was read from a source is stored once)."""
        return self._changed(self._insert(contacts).values(**asdict(record)).on_conflict_do_nothing()) > 0

    def strike(self, contact_id: str, why: str) -> bool:
        """Strikes a contact out; tells whether it was there and not struck out yet."""
        statement = update(contacts).where(contacts.c.id == contact_id, contacts.c.struck_at.is_(None))
        return self._changed(statement.values(struck_at=self._now(), struck_why=why)) > 0

    def judge(self, contact_id: str, says: Saying, turn: Turn) -> bool:
        """Stores a person's word on what a contact says and whose turn it is after it; tells whether it was there."""
        statement = update(contacts).where(contacts.c.id == contact_id, contacts.c.struck_at.is_(None))
        return self._changed(statement.values(says=says.value, turn=turn.value)) > 0

    def get(self, contact_id: str) -> ContactRecord | None:
        """Returns one contact."""
        return self._first(ContactRecord, select(contacts).where(contacts.c.id == contact_id))

    def of_case(self, case_id: str) -> list[ContactRecord]:
        """Returns a case's contacts in the order in which they were stored."""
        statement = select(contacts).where(contacts.c.case_id == case_id)
        return self._all(ContactRecord, statement.order_by(contacts.c.noted_at, contacts.c.happened_at, contacts.c.id))

    def of_account(self, account_id: str) -> list[ContactRecord]:
        """Returns an account's contacts in the order in which they happened."""
        statement = select(contacts).where(contacts.c.account_id == account_id)
        return self._all(ContactRecord, statement.order_by(contacts.c.happened_at, contacts.c.noted_at, contacts.c.id))

    def with_clock(self, accounts: Collection[str], *, until: datetime) -> list[ContactRecord]:
        """Returns the contacts of these accounts whose time is over and that are not struck out, oldest first."""
        statement = select(contacts).where(
            contacts.c.account_id.in_(accounts), contacts.c.due_at <= until, contacts.c.struck_at.is_(None)
        )
        return self._all(ContactRecord, statement.order_by(contacts.c.due_at, contacts.c.id))

    def sources(self, account_id: str, source: str) -> set[str]:
        """Returns the ids of what was stored from a source."""
        statement = select(contacts.c.source_id).where(contacts.c.account_id == account_id, contacts.c.source == source)
        return {str(row[0]) for row in self._connection.execute(statement)}
