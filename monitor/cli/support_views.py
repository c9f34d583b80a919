"""How the dialogue with the platform looks at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.cli import output
from monitor.closed_lists.contact_kinds import Speaker, Turn
from monitor.language import gettext as _
from monitor.language.days import tell_moment
from monitor.language.plain_text import show
from monitor.language.words import in_a_cell, tell_span
from monitor.outgoing.contact_lines import tell_turn
from monitor.support.contact_words import DIRECTIONS, SAYINGS, SPEAKERS, TURNS, WAYS
from monitor.support.sayings import tell_proposal
from monitor.use_cases.support_models import Contact, DialogueOfCase

_LONGEST_CELL = 240  # characters of a text in a list; `--wide` and `--json` have all of them


def print_contacts(contacts: Sequence[Contact], zone: str, *, with_review: Mapping[str, str] | None = None) -> None:
    """Prints contacts as a table, oldest first.

    Args:
        contacts: The contacts.
        zone: In which moments are told.
        with_review: Short names of their reviews, where contacts of several cases stand together.
    """
    columns: tuple[str, ...] = ("entry", f"at ({zone})", "how", "what", "until", "files")
    rows: list[tuple[str, ...]] = [(one.id, *_cells(one, zone)) for one in contacts]
    if with_review is not None:
        columns = ("review", *columns)
        rows = [(with_review[one.review_id], *row) for one, row in zip(contacts, rows, strict=True)]
    output.print_table(columns, rows)


def proposals_of(contacts: Sequence[Contact]) -> list[str]:
    """Returns what the last word of each thread may mean, where nobody has said it yet."""
    last = {one.number or one.way: one for one in contacts if one.struck_at is None}
    told = (tell_proposal(one.id, one.direction, one.text) for one in last.values() if not one.says)
    return [one for one in told if one]


def line_of(one: DialogueOfCase) -> tuple[str, ...]:
    """Returns a dialogue as one line of a list, after its review's name."""
    late = _("OVERDUE ") if one.is_overdue else ""
    times = [moment for moment in (one.due_at, one.promised_until) if moment is not None]
    due = f"{min(times):%Y-%m-%d %H:%M}" if times else ""
    turn = in_a_cell(one.turn, TURNS)
    return (one.item, turn, f"{late}{due}", ", ".join(one.waits_for), ", ".join(one.numbers), one.promised or "")


def tell_turn_of(one: DialogueOfCase, zone: str) -> str:
    """Says whose turn it is in a dialogue."""
    is_first = one.due_at is not None and (one.promised_until is None or one.due_at <= one.promised_until)
    told = tell_turn(Turn(one.turn), one.due_at, is_overdue=one.is_overdue and is_first, zone=zone)
    return f"{told} ({', '.join(one.waits_for)})" if one.waits_for else told


def _cells(one: Contact, zone: str) -> tuple[str, ...]:
    way, direction = in_a_cell(one.way, WAYS), in_a_cell(one.direction, DIRECTIONS)
    how = [f"{way} {direction}", *([f"№ {one.number}"] if one.number else []), *([one.who] if one.who else [])]
    how += [show(one.address, limit=80, one_line=True)] if one.address else []
    how += [tell_span(f"{one.seconds // 60}m{one.seconds % 60}s")] if one.seconds is not None else []
    if one.speaker != Speaker.UNKNOWN:
        how.append(in_a_cell(one.speaker, SPEAKERS))
    what = [show(one.text, limit=None if output.is_wide() else _LONGEST_CELL, one_line=True)] if one.text else []
    what += [f"[{in_a_cell(one.says, SAYINGS)}]"] if one.says else []
    what += [_("promised: {what}").format(what=one.promised)] if one.promised else []
    if one.struck_at is not None:
        what.insert(0, _("NOTED WRONGLY: {why}").format(why=one.struck_why))
    until = tell_moment(one.due_at, zone) if one.due_at else ""
    files = ", ".join(file.name for file in one.files)
    return (tell_moment(one.happened_at, zone), ", ".join(how), "; ".join(what), until, files)
