"""The dialogue of a case: one timeline, whose turn it is, and until when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.closed_lists.contact_kinds import Direction, Saying, Turn
from monitor.state.contacts import ContactRecord
from monitor.support.contact_words import WAYS
from monitor.support.sayings import fold


@dataclass(frozen=True)
class Thread:
    """What belongs to one ticket, or to one way where there is no number.

    Attributes:
        name: The number, or the way.
        turn: Who has to act.
        since: From when on.
        due_at: Until when, where somebody named a time.
        promised: What was promised.
    """

    name: str
    contacts: tuple[ContactRecord, ...]
    turn: Turn
    since: datetime
    due_at: datetime | None
    promised: str


@dataclass(frozen=True)
class Waiting:
    """Somebody's turn that stands outside of contacts: the site's question about an appeal, or an appeal in review."""

    name: str
    turn: Turn
    since: datetime
    due_at: datetime | None = None


@dataclass(frozen=True)
class Dialogue:
    """How a case stands with the platform.

    Attributes:
        contacts: Everything in the order in which it happened; what was struck out is there and counts for nothing.
        threads: Its threads, the one that moved last at the end.
        turn: Ours when anything waits for us, else theirs when anything waits for them.
        waits_for: Names of what gives the turn.
        since: Since when the turn is so; None where nothing happened.
        due_at: The earliest time somebody named for the one whose turn it is.
        promised: What was promised for that time.
        promises: Times that the platform named and did not answer in the same thread since, whoever's turn it is: a
            message or a call of ours keeps no promise of theirs.
    """

    contacts: tuple[ContactRecord, ...]
    threads: tuple[Thread, ...]
    turn: Turn
    waits_for: tuple[str, ...]
    since: datetime | None
    due_at: datetime | None
    promised: str
    promises: tuple[ContactRecord, ...] = ()

    def is_turn_overdue(self, now: datetime) -> bool:
        """Whether the time of the one whose turn it is is over."""
        return self.turn is not Turn.NOBODY and self.due_at is not None and self.due_at <= now

    def is_overdue(self, now: datetime) -> bool:
        """Whether a time that somebody named is over: of the one whose turn it is, or a promise of the platform."""
        promised = (one.due_at for one in self.promises)
        return self.is_turn_overdue(now) or any(moment is not None and moment <= now for moment in promised)


def follow_dialogue(contacts: Iterable[ContactRecord], waiting: Sequence[Waiting] = ()) -> Dialogue:
    """Says how a case stands.

    Args:
        contacts: Its contacts, in any order.
        waiting: Whose turn it is by the appeals themselves.
    """
    ordered = tuple(sorted(contacts, key=lambda one: (one.happened_at, one.noted_at, one.id)))
    threads = _threads([one for one in ordered if one.struck_at is None])
    turns = [(one.name, one.turn, one.since, one.due_at, one.promised) for one in threads]
    turns += [(one.name, one.turn, one.since, one.due_at, "") for one in waiting]
    for turn in (Turn.OURS, Turn.THEIRS):
        those = [one for one in turns if one[1] is turn]
        if those:
            clocks = sorted((one[3], one[4]) for one in those if one[3] is not None)
            due_at, promised = clocks[0] if clocks else (None, "")
            names = tuple(one[0] for one in those)
            since = min(one[2] for one in those)
            return Dialogue(ordered, threads, turn, names, since, due_at, promised, _open_promises(threads))
    last = max((one[2] for one in turns), default=None)
    return Dialogue(ordered, threads, Turn.NOBODY, (), last, None, "")


def _open_promises(threads: Sequence[Thread]) -> tuple[ContactRecord, ...]:
    """Returns what was promised and not answered in its thread, soonest first; in a thread that is over nothing is."""
    found = [
        one
        for thread in threads
        if thread.turn is not Turn.NOBODY
        for place, one in enumerate(thread.contacts)
        if one.turn is Turn.THEIRS and one.due_at is not None and not any(map(_is_word, thread.contacts[place + 1 :]))
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at or one.happened_at, one.id)))


def _is_word(later: ContactRecord) -> bool:
    """Whether the platform spoke: it wrote or called, or a person said what its word in our call meant."""
    return later.direction is Direction.IN or later.says is not Saying.NOTHING


def thread_name(contact: ContactRecord) -> str:
    """Returns to which thread a contact belongs: its number's, or its way's."""
    return f"№ {contact.number}" if contact.number else WAYS[contact.way].word


def _threads(contacts: Sequence[ContactRecord]) -> tuple[Thread, ...]:
    found: dict[str, list[ContactRecord]] = {}
    over: set[str] = set()
    for one in contacts:
        name = thread_name(one)
        found[name] = [*found.pop(name, []), one]
        over.discard(name)
        if one.earlier_number:
            over.add(f"№ {one.earlier_number}")  # the new ticket goes on with it
    return tuple(_thread(name, those, is_over=name in over) for name, those in found.items())


def _thread(name: str, contacts: Sequence[ContactRecord], *, is_over: bool) -> Thread:
    last = contacts[-1]
    if is_over:
        return Thread(name, tuple(contacts), Turn.NOBODY, last.happened_at, None, "")
    return Thread(name, tuple(contacts), last.turn, last.happened_at, last.due_at, last.promised)


def answer_times(contacts: Iterable[ContactRecord]) -> dict[str, list[timedelta]]:
    """Returns how long the platform took to answer, by way: what this seller measured, and nobody's promise."""
    asked: dict[tuple[str, str], datetime] = {}
    found: dict[str, list[timedelta]] = {}
    ordered = sorted((one for one in contacts if one.struck_at is None), key=lambda one: one.happened_at)
    for one in ordered:
        key = (one.case_id, thread_name(one))
        if one.direction is Direction.OUT:
            asked.setdefault(key, one.happened_at)
        elif key in asked:
            found.setdefault(one.way.value, []).append(one.happened_at - asked.pop(key))
    return found


def find_contacts(contacts: Iterable[ContactRecord], words: str) -> list[ContactRecord]:
    """Returns the contacts in which every word stands, wherever: text, number, name, address, promise, files."""
    wanted = fold(words).split()
    return [one for one in contacts if wanted and all(word in _all_words(one) for word in wanted)]


def _all_words(one: ContactRecord) -> str:
    stored = one.files if isinstance(one.files, list) else []
    files = [str(file.get("name", "")) for file in stored if isinstance(file, dict)]
    return fold(" ".join((one.text, one.number, one.earlier_number, one.who, one.address, one.promised, *files)))
