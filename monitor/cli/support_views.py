"""How the dialogue with the platform looks at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.cli import output
from monitor.contact_kinds import Direction, Saying, Speaker, Turn, Way
from monitor.days import tell_moment
from monitor.outgoing.contact_lines import tell_turn
from monitor.plain_text import show
from monitor.support.contact_words import DIRECTIONS, SAYINGS, SPEAKERS, TURNS, WAYS
from monitor.use_cases.support_models import Contact, DialogueOfCase

_LONGEST_CELL = 240  # characters of a text in a list; `--wide` and `--json` have all of them


def print_contacts(contacts: Sequence[Contact], zone: str, *, with_review: Mapping[str, str] | None = None) -> None:
    """Prints contacts as a table, oldest first.

    Args:
        contacts: The contacts.
        zone: In which moments are told.
        with_review: Short names of their reviews, where contacts of several cases stand together.
    """
    columns: tuple[str, ...] = ("contact", f"at ({zone})", "how", "what", "until", "files")
    rows: list[tuple[str, ...]] = [(one.id, *_cells(one, zone)) for one in contacts]
    if with_review is not None:
        columns = ("review", *columns)
        rows = [(with_review[one.review_id], *row) for one, row in zip(contacts, rows, strict=True)]
    output.print_table(columns, rows)


def line_of(one: DialogueOfCase) -> tuple[str, ...]:
    """Returns a dialogue as one line of a list, after its review's name."""
    late = "OVERDUE " if one.is_overdue else ""
    due = f"{one.due_at:%Y-%m-%d %H:%M}" if one.due_at else ""
    turn = TURNS[Turn(one.turn)].word
    return (one.item, turn, f"{late}{due}", ", ".join(one.waits_for), ", ".join(one.numbers), one.promised or "")


def tell_turn_of(one: DialogueOfCase, zone: str) -> str:
    """Says whose turn it is in a dialogue."""
    told = tell_turn(Turn(one.turn), one.due_at, is_overdue=one.is_overdue, zone=zone)
    return f"{told} ({', '.join(one.waits_for)})" if one.waits_for else told


def _cells(one: Contact, zone: str) -> tuple[str, ...]:
    way, direction = WAYS[Way(one.way)].word, DIRECTIONS[Direction(one.direction)].word
    how = [f"{way} {direction}", *([f"№ {one.number}"] if one.number else []), *([one.who] if one.who else [])]
    if one.speaker != Speaker.UNKNOWN:
        how.append(SPEAKERS[Speaker(one.speaker)].word)
    what = [show(one.text, limit=None if output.is_wide() else _LONGEST_CELL, one_line=True)] if one.text else []
    what += [f"[{SAYINGS[Saying(one.says)].word}]"] if one.says else []
    what += [f"обещано: {one.promised}"] if one.promised else []
    if one.struck_at is not None:
        what.insert(0, f"ОШИБОЧНАЯ ЗАПИСЬ: {one.struck_why};")
    until = tell_moment(one.due_at, zone) if one.due_at else ""
    files = ", ".join(file.name for file in one.files)
    return (tell_moment(one.happened_at, zone), ", ".join(how), " ".join(what), until, files)
