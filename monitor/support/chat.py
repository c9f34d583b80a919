"""The support's chat: what goes into a ticket and in which order, and what the ticket shows afterwards.

The first message of a ticket is what was approved with its opening: the same text and the same files. The way through
the bot's menu, which a person recorded, goes before it, label by label; each is a message of its own with a gesture of
its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.readings.chat import ChatReading, find_number
from monitor.appeals.closed_tickets import OPENED
from monitor.closed_lists.contact_kinds import Direction, LetterAnswer, LetterState, Speaker, Way
from monitor.errors import UsageError
from monitor.language import gettext as _
from monitor.state import Lease, State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.cases import CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.state.journal import SYSTEM
from monitor.state.letters import CHAT_CHOICE, CHAT_MESSAGE, LetterRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue
from monitor.support.letters import add_letter_in, approve_as_opened, files_of, settle_letter
from monitor.support.noting import NewContact, add_contact
from monitor.support.sayings import fold

LONGEST_MESSAGE = 10_000
"""Characters; how many the site takes nobody has said."""
SOURCE = "cabinet"


@dataclass(frozen=True)
class ChatFile:
    """A file that goes along; ``id`` is that of the own evidence, or empty where it came with the appeal."""

    id: str
    name: str
    media_type: str
    sha256: str


def compose_message(
    case: CaseRecord,
    number: str,
    text: str,
    files: Sequence[ChatFile] = (),
    *,
    template: str = CHAT_MESSAGE,
    name: str = "",
) -> LetterRecord:
    """Returns a message into a ticket, as a draft that is not stored yet; ``name`` is its id, where order matters.

    Raises:
        UsageError: the number is none, or the text is empty or too long.
    """
    plain = number.strip().removeprefix("№").strip()
    if not plain or find_number(f"№{plain}") != plain:
        raise UsageError(
            _("this is no ticket's number"), field="number", hint=_("As the chat shows it, for example 73712587.")
        )
    if not text.strip() or len(text) > LONGEST_MESSAGE:
        raise UsageError(
            _("write one to {longest_message} characters").format(longest_message=LONGEST_MESSAGE),
            field="text",
            hint=_("The rest as a file."),
        )
    stored: list[JsonValue] = [
        {"id": one.id, "name": one.name, "media_type": one.media_type, "sha256": one.sha256} for one in files
    ]
    name = name or new_id("message")
    return LetterRecord(
        id=name,
        account_id=case.account_id,
        case_id=case.id,
        review_id=case.review_id,
        template=template,
        to_address=plain,
        subject="",
        text=text,
        files=stored,
        message_id=f"<{name}.{new_id('m')}@chat.invalid>",
        letter_hash="",
        state=LetterState.DRAFT,
        approver="",
        answer="",
        fence=None,
        created_at=datetime.now(UTC),
        approved_at=None,
        released_at=None,
    )


def queue_opened(
    state: State, lease: Lease, appeals: Iterable[AppealRecord], labels: Sequence[str]
) -> list[LetterRecord]:
    """Puts the first messages of tickets that were opened into the queue, approved as the opening was.

    Args:
        state: The store.
        lease: The right to the account.
        appeals: Appeals whose gesture opens a ticket.
        labels: The recorded way through the bot's menu.
    """
    queued: list[LetterRecord] = []
    with state.transaction(lease) as tx:
        for appeal in appeals:
            number = appeal.number if appeal.state in OPENED else None
            if number is None or _messages(tx, appeal.case_id, number):
                continue
            approval = tx.approvals.valid(appeal.id, appeal.payload_hash)
            case = tx.cases.get(appeal.case_id)
            if approval is None or case is None:
                continue
            files = [ChatFile("", one.name, one.media_type, one.sha256) for one in tx.appeals.files(appeal.id)]
            # Stored at one moment, they are ordered by their ids.
            stem = new_id("message")[:-2]
            drafts = [
                compose_message(case, number, label, template=CHAT_CHOICE, name=f"{stem}{place:02d}")
                for place, label in enumerate(labels)
            ]
            drafts.append(compose_message(case, number, appeal.text, files, name=f"{stem}{len(labels):02d}"))
            for draft in drafts:
                stored = add_letter_in(tx, draft, actor=SYSTEM)
                why = f"approved with appeal {appeal.id}, payload {appeal.payload_hash}"
                queued.append(approve_as_opened(tx, stored, approver=approval.approver, why=why))
    state.flush_mirror()
    return queued


def find_waiting(tx: Transaction, account_id: str, wanted: Sequence[str] = ()) -> list[LetterRecord]:
    """Returns the approved messages that may go now, the oldest first.

    Of a ticket in which one is unknown or under way nothing goes: what was said last must be known first.
    """
    rows = [one for one in tx.letters.of_account(account_id) if one.way is Way.CHAT]
    blocked = {one.to_address for one in rows if one.state in {LetterState.UNKNOWN, *_IN_FLIGHT}}
    return [
        one
        for one in rows
        if one.state is LetterState.APPROVED and one.to_address not in blocked and (not wanted or one.id in wanted)
    ]


_IN_FLIGHT = frozenset({LetterState.INTENT, LetterState.RELEASED})


def note_shown(state: State, case: CaseRecord, number: str, shown: ChatReading, *, lease: Lease) -> list[ContactRecord]:
    """Files what the platform said in a ticket and the dialogue does not have; settles messages that are unknown.

    What is said twice in the same words counts as often as the chat shows it. A ticket's own bot says little: its lines
    are filed too, as a bot's, for they tell how far one got.
    """
    settle_by_chat(state, number, shown, lease=lease)
    fresh: list[ContactRecord] = []
    with state.transaction(lease) as tx:
        known: dict[str, int] = {}
        for one in tx.contacts.of_case(case.id):
            if one.way is Way.CHAT and one.direction is Direction.IN and one.number == number:
                known[fold(one.text)] = known.get(fold(one.text), 0) + 1
        seen: dict[str, int] = {}
        for message in shown.messages:
            if message.is_mine or not message.text:
                continue
            words = fold(message.text)
            seen[words] = seen.get(words, 0) + 1
            if seen[words] <= known.get(words, 0):
                continue
            new = NewContact(
                way=Way.CHAT,
                direction=Direction.IN,
                happened_at=tx.now() + timedelta(microseconds=len(fresh)),  # read at once, in the order of the page
                text=message.text[:20_000],
                speaker=Speaker.UNKNOWN,
                number=number,
                source=SOURCE,
                source_id=f"{number}:{seen[words]}:{words[:200]}",
            )
            fresh.append(add_contact(tx, case, new, actor=SYSTEM))
            tell_answer(tx, fresh[-1])
    return fresh


def tell_answer(tx: Transaction, contact: ContactRecord) -> None:
    """Raises the message that support has answered; what its words may mean is proposed where it is shown."""
    payload: dict[str, JsonValue] = {"contact": contact.id, "review": contact.review_id, "number": contact.number}
    tx.outbox.put(contact.account_id, "contact.answer", payload, dedup_key=f"{contact.id}:answer")


def settle_by_chat(state: State, number: str, shown: ChatReading, *, lease: Lease) -> list[LetterRecord]:
    """Calls a message sent whose outcome was unknown, when its own ticket shows it once more than was known."""
    if shown.numbers != (number,):
        return []
    with state.read() as tx:
        rows = [
            one for one in tx.letters.of_account(lease.account_id) if one.way is Way.CHAT and one.to_address == number
        ]
    settled = []
    for row in rows:
        if row.state is not LetterState.UNKNOWN:
            continue
        sent = sum(one.state is LetterState.SENT and one.text == row.text for one in rows)
        mine = shown.mine(row.text)
        if len(mine) == sent + 1 and mine[-1].files >= len(files_of(row)):
            settled.append(settle_letter(state, row, lease, was_taken=True, answer=LetterAnswer.SHOWN))
    return settled


def _messages(tx: Transaction, case_id: str, number: str) -> list[LetterRecord]:
    return [one for one in tx.letters.of_case(case_id) if one.way is Way.CHAT and one.to_address == number]
