"""Noting a contact: what may be one, and its row with its entry of the log, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from evidence_store.canonical import format_utc
from evidence_store.journal import Actor
from monitor.closed_lists.contact_kinds import Direction, Saying, Speaker, Turn, Way, turn_after
from monitor.errors import UsageError
from monitor.language import gettext as _
from monitor.state import Action, Transaction, subject
from monitor.state.cases import CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue, clean_json

NOTED, STRUCK, JUDGED = "contact.noted", "contact.struck", "contact.judged"
"""The entries by which a contact comes in, is called wrong, and gets a person's word on what it says."""
_LONGEST = {"text": 20_000, "promised": 2_000, "who": 300, "address": 300, "number": 100, "earlier_number": 100}
"""Characters that are kept of each."""
_AHEAD = timedelta(minutes=5)  # how far a machine's clock may be behind the one on the wall
_LONGEST_CALL = timedelta(hours=24)
_LONGEST_PROMISE = timedelta(days=5 * 366)  # what lies further is a mistyped year


class ContactFile(BaseModel):
    """A file that came with a contact: own evidence under its id; ``sha256`` is bare hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    sha256: str


@dataclass(frozen=True)
class NewContact:
    """A contact as somebody tells it; the fields are those of ``ContactRecord``.

    Attributes:
        turn: None: what follows from direction, saying and promise.
        files: Own evidence that is in custody already.
    """

    way: Way
    direction: Direction
    happened_at: datetime
    text: str = ""
    speaker: Speaker = Speaker.UNKNOWN
    number: str = ""
    earlier_number: str = ""
    who: str = ""
    address: str = ""
    says: Saying = Saying.NOTHING
    turn: Turn | None = None
    promised: str = ""
    due_at: datetime | None = None
    seconds: int | None = None
    files: tuple[ContactFile, ...] = ()
    source: str = "person"
    source_id: str = ""


def plain_number(text: str) -> str:
    """Returns a ticket's or call's number without the sign that may stand before it."""
    return text.strip().removeprefix("№").strip()


def add_contact(tx: Transaction, case: CaseRecord, new: NewContact, *, actor: Actor) -> ContactRecord:
    """Stores a contact inside a transaction; what a source gave already is not stored again."""
    record = ContactRecord(
        id=new_id("contact"),
        account_id=case.account_id,
        case_id=case.id,
        review_id=case.review_id,
        way=new.way,
        direction=new.direction,
        speaker=new.speaker,
        number=plain_number(new.number),
        earlier_number=plain_number(new.earlier_number),
        who=new.who.strip(),
        address=new.address.strip(),
        text=new.text.strip(),
        says=new.says,
        turn=new.turn or turn_after(new.direction, new.says, has_promise=bool(new.promised.strip() or new.due_at)),
        promised=new.promised.strip(),
        due_at=new.due_at,
        seconds=new.seconds,
        files=[one.model_dump(mode="json") for one in new.files],
        source=new.source,
        source_id=new.source_id,
        happened_at=new.happened_at,
        noted_at=tx.now(),
        noted_by=actor.name or actor.id,
    )
    if tx.contacts.add(record):
        stored = tx.contacts.get(record.id)
        assert stored is not None  # noqa: S101 - added above
        tx.journal.record(case.account_id, _entry(case, stored, new.files, actor))
        return stored
    return record


def check_contact(new: NewContact, *, now: datetime, has_files: bool = False) -> None:
    """Refuses a contact that cannot be one. Pure.

    Args:
        new: The contact.
        now: The moment.
        has_files: Files will come along that are not in custody yet.

    Raises:
        UsageError: it says nothing, lies in the future, or is too long.
    """
    if not (has_files or new.text.strip() or new.files or new.promised.strip() or new.number.strip()):
        raise UsageError(
            _("the contact says nothing"), field="text", hint=_("Say what was said, or give a number, promise or file.")
        )
    for name, most in _LONGEST.items():
        value = str(getattr(new, name))
        if len(value) > most:
            raise UsageError(
                _("{count} characters, at most {most} are kept").format(count=len(value), most=most),
                field=name,
                hint=_("Keep the whole as a file."),
            )
    if new.happened_at > now + _AHEAD:
        raise UsageError(
            _("this moment is still to come"), field="at", hint=_("Say when it was; a promised time is something else.")
        )
    if new.due_at is not None and new.due_at <= new.happened_at:
        raise UsageError(_("the promised time lies before the contact"), field="until", hint=_("Write a later time."))
    if new.due_at is not None and new.due_at > now + _LONGEST_PROMISE:
        raise UsageError(
            _("the promised time lies more than five years ahead"), field="until", hint=_("Look at the year.")
        )
    if new.seconds is not None and not 0 <= new.seconds <= _LONGEST_CALL.total_seconds():
        raise UsageError(_("a call takes up to a day"), field="minutes", hint=_("Write the minutes of this call."))
    if plain_number(new.earlier_number) and plain_number(new.earlier_number) == plain_number(new.number):
        raise UsageError(
            _("a ticket does not go on with itself"), field="earlier_number", hint=_("Name the older ticket.")
        )


def _entry(case: CaseRecord, stored: ContactRecord, files: Sequence[ContactFile], actor: Actor) -> Action:
    inputs: dict[str, JsonValue] = {
        "contact": stored.id,
        "way": stored.way.value,
        "direction": stored.direction.value,
        "speaker": stored.speaker.value,
        "number": stored.number,
        "earlier_number": stored.earlier_number,
        "who": stored.who,
        "address": stored.address,
        "text": stored.text,
        "says": stored.says.value,
        "turn": stored.turn.value,
        "promised": stored.promised,
        "due_at": format_utc(stored.due_at) if stored.due_at else None,
        "seconds": stored.seconds,
        "files": clean_json(stored.files),
        "source": stored.source,
        "source_id": stored.source_id,
        "happened_at": format_utc(stored.happened_at),
    }
    return Action(
        NOTED,
        actor=actor,
        subjects=[subject("review", case.review_id), subject("case", case.id)],
        inputs=inputs,
        artifacts=[one.sha256 for one in files],
    )
