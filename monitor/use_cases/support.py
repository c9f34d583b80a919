"""The dialogue of a case with the platform: note a contact, call an entry wrong, see whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.cases.reservations import tell_item
from monitor.closed_lists.contact_kinds import Saying, Turn, turn_after
from monitor.errors import UsageError
from monitor.language import gettext as _
from monitor.state import Action, State, Transaction, subject
from monitor.state.cases import CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.state.text import JsonValue
from monitor.support.dialogue import answer_times, find_contacts
from monitor.support.noting import (
    JUDGED,
    STRUCK,
    ContactFile,
    NewContact,
    add_contact,
    check_contact,
    plain_number,
)
from monitor.support.standing import dialogue_of
from monitor.support.tickets import known_numbers
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.support_models import AnswerTimes, Contact, DialogueOfCase

_LONGEST_WHY = 2_000  # characters


@acknowledged
def note_contact(state: State, case: CaseRecord, new: NewContact, *, actor: Actor) -> ContactRecord:
    """Stores a contact in the dialogue of a case, with its entry of the log.

    Raises:
        UsageError: it says nothing, lies in the future, is too long, or goes on with a ticket that nobody has seen;
            nothing was stored.
    """
    check_contact(new, now=state.clock.now())
    with state.transaction() as tx:
        require_known_ticket(tx, case, new)
        return add_contact(tx, case, new, actor=actor)


def require_known_ticket(tx: Transaction, case: CaseRecord, new: NewContact) -> None:
    """Refuses a contact that goes on with a ticket which no contact, appeal or message of the account has.

    Raises:
        UsageError: most likely the number is mistyped, and the turn would be taken from nothing.
    """
    older = plain_number(new.earlier_number)
    if older and older not in known_numbers(tx, case.account_id):
        raise UsageError(
            _("nothing noted so far has number {older}").format(older=older),
            field="earlier_number",
            hint=_(
                "Look at the number; where that ticket is older than the program, note it first: `fairreview "
                'support note REVIEW --way chat --direction out --number {older} --at "2026-11-01 10:00" --text "…"`.'
            ).format(older=older),
        )


@acknowledged
def strike_contact(state: State, contact: ContactRecord, *, why: str, actor: Actor) -> None:
    """Notes that an entry is wrong: it stays, struck out, and counts no more.

    Raises:
        UsageError: nobody says why, or it is struck out already.
    """
    words = why.strip()
    if not words or len(words) > _LONGEST_WHY:
        raise UsageError(_("say why the entry is wrong"), field="why", hint=_("A sentence is enough."))
    with state.transaction() as tx:
        if not tx.contacts.strike(contact.id, words):
            raise UsageError(_("this entry is struck out already"), field="contact")
        action = Action(
            STRUCK,
            actor=actor,
            subjects=[subject("review", contact.review_id), subject("case", contact.case_id)],
            inputs={"contact": contact.id, "why": words},
        )
        tx.journal.record(contact.account_id, action)


@acknowledged
def judge_contact(state: State, contact: ContactRecord, says: Saying, turn: Turn | None, *, actor: Actor) -> Turn:
    """Stores a person's word on what a contact says; what a text or a reader proposed counts only then.

    Args:
        state: The store.
        contact: The contact.
        says: What it says.
        turn: Whose turn it is after it; None for what follows.
        actor: Whose word.

    Returns:
        Whose turn it is after it.

    Raises:
        UsageError: the entry is struck out.
    """
    after = turn or turn_after(contact.direction, says, has_promise=bool(contact.promised or contact.due_at))
    with state.transaction() as tx:
        if not tx.contacts.judge(contact.id, says, after):
            raise UsageError(_("this entry is struck out"), field="contact", hint=_("Note the right one anew."))
        action = Action(
            JUDGED,
            actor=actor,
            subjects=[subject("review", contact.review_id), subject("case", contact.case_id)],
            inputs={"contact": contact.id, "says": says.value, "turn": after.value},
        )
        tx.journal.record(contact.account_id, action)
    return after


def list_dialogues(
    state: State, accounts: Iterable[str], *, zone: str, turn: Turn | None = None, closed: bool = False
) -> list[DialogueOfCase]:
    """Returns the dialogues of accounts: what is overdue first, then ours, then theirs.

    Args:
        state: The store.
        accounts: Whose.
        zone: In which moments are told.
        turn: Only those with this turn.
        closed: Also those in which it is nobody's turn.
    """
    found: list[DialogueOfCase] = []
    for account in accounts:
        with state.read() as tx:
            for case in tx.cases.all(account):
                told = tell_dialogue(tx, case, zone=zone)
                is_wanted = told.turn == turn if turn else closed or told.turn != Turn.NOBODY
                if is_wanted and (told.contacts or told.turn != Turn.NOBODY):
                    found.append(told)
    order = [Turn.OURS.value, Turn.THEIRS.value, Turn.NOBODY.value]
    return sorted(found, key=lambda one: (not one.is_overdue, order.index(one.turn), one.since is None, one.since))


def tell_dialogue(tx: Transaction, case: CaseRecord, *, zone: str) -> DialogueOfCase:
    """Returns a case's dialogue as people and programs read it."""
    dialogue, tz = dialogue_of(tx, case), ZoneInfo(zone)
    review = tx.reviews.get(case.account_id, case.review_id)
    numbers = dict.fromkeys(one.number for one in dialogue.contacts if one.number and one.struck_at is None)
    first = next(iter(dialogue.promises), None)
    return DialogueOfCase(
        account=case.account_id,
        case_id=case.id,
        review_id=case.review_id,
        item=tell_item(review) if review else "",
        turn=dialogue.turn.value,
        waits_for=dialogue.waits_for,
        since=dialogue.since.astimezone(tz) if dialogue.since else None,
        due_at=dialogue.due_at.astimezone(tz) if dialogue.due_at else None,
        promised=dialogue.promised or (first.promised if first else "") or None,
        promised_until=first.due_at.astimezone(tz) if first and first.due_at else None,
        is_overdue=dialogue.is_overdue(tx.now()),
        numbers=tuple(numbers),
        contacts=tuple(tell_contact(one, zone=zone) for one in dialogue.contacts),
    )


def tell_answer_times(state: State, accounts: Iterable[str]) -> list[AnswerTimes]:
    """Returns how long answers took, by account and way."""
    told: list[AnswerTimes] = []
    for account in accounts:
        with state.read() as tx:
            found = answer_times(tx.contacts.of_account(account))
        for way, spans in sorted(found.items()):
            hours = sorted(round(span.total_seconds() / 3600, 1) for span in spans)
            told.append(
                AnswerTimes(
                    account=account,
                    way=way,
                    answers=len(hours),
                    shortest_hours=hours[0],
                    median_hours=round(median(hours), 1),
                    longest_hours=hours[-1],
                )
            )
    return told


def search_contacts(state: State, accounts: Iterable[str], words: str, *, zone: str) -> list[Contact]:
    """Returns the contacts in which all these words stand, oldest first.

    Raises:
        UsageError: there are no words.
    """
    if not words.split():
        raise UsageError(_("there is nothing to look for"), field="words", hint=_("Write a word, a number or a name."))
    found: list[Contact] = []
    for account in accounts:
        with state.read() as tx:
            found += [tell_contact(one, zone=zone) for one in find_contacts(tx.contacts.of_account(account), words)]
    return found


def tell_contact(one: ContactRecord, *, zone: str) -> Contact:
    """Returns a contact as people and programs read it."""
    tz = ZoneInfo(zone)
    return Contact(
        id=one.id,
        account=one.account_id,
        case_id=one.case_id,
        review_id=one.review_id,
        way=one.way,
        direction=one.direction,
        speaker=one.speaker,
        number=one.number or None,
        earlier_number=one.earlier_number or None,
        who=one.who or None,
        address=one.address or None,
        text=one.text,
        says=one.says or None,
        turn=one.turn,
        promised=one.promised or None,
        due_at=one.due_at.astimezone(tz) if one.due_at else None,
        seconds=one.seconds,
        files=tuple(ContactFile.model_validate(file) for file in _listed(one.files)),
        source=one.source,
        happened_at=one.happened_at.astimezone(tz),
        noted_at=one.noted_at.astimezone(tz),
        noted_by=one.noted_by,
        struck_at=one.struck_at.astimezone(tz) if one.struck_at else None,
        struck_why=one.struck_why or None,
    )


def _listed(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else ()
