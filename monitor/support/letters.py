"""The ledger of letters by mail and of messages in the chat: approval by hash, one release, the unproven is unknown.

A mail server takes a message with its answer 250 after the data (RFC 5321, 4.2.5 and 6.1); a definite 4xx or 5xx means
that it did not. Before DATA nothing of a letter has left. RELEASED is therefore committed before DATA, and whatever
ends between that and the server's answer leaves the letter UNKNOWN: it is never sent again by itself. A message in the
chat goes the same way: RELEASED is committed while its one request waits at the gate; nobody vouches that the gate sees
every request of such a page, so one whose process died is unknown from the intent on, until the chat itself shows it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from evidence_store.canonical import format_utc
from evidence_store.journal import Actor
from monitor.closed_lists.contact_kinds import Direction, LetterAnswer, LetterState, Turn, Way
from monitor.errors import IllegalTransition, LeaseLost, NotApproved, UsageError
from monitor.language import gettext as _
from monitor.language.words import in_a_cell
from monitor.state import Action, Lease, State, Transaction, subject
from monitor.state.cases import CaseRecord
from monitor.state.journal import SYSTEM
from monitor.state.letters import LetterRecord
from monitor.state.text import JsonValue, clean_text
from monitor.support.contact_words import SENT_BY_WORD, letter_words
from monitor.support.noting import ContactFile, NewContact, add_contact
from monitor.support.tickets import find_older_ticket

ACTION = "letter."
LONGEST_ANSWER = 500  # characters of what a server or a person said about a letter
_S = LetterState
_STEPS: dict[LetterState, str] = {
    _S.DRAFT: _(
        "`fairreview support letter approve {id} --hash {hash}` approves exactly that; "
        '`fairreview support letter drop {id} --why "…"` drops it.'
    ),
    _S.APPROVED: _(
        "`fairreview support letter send {id}` sends it; "
        "`fairreview support letter save {id} --out FILE` writes a file; "
        '`fairreview support letter drop {id} --why "…"` drops it.'
    ),
    _S.INTENT: _("A command sends it, or died: `fairreview support letter settle` says which."),
    _S.RELEASED: _("A command sends it, or died: `fairreview support letter settle` says which."),
    _S.SENT: _("The server has it; file the reply with `fairreview support reply FILE`."),
    _S.REFUSED: _("The server did not take it: draft another one."),
    _S.UNKNOWN: (
        _(
            "It is never sent again by itself. Look into your mailbox; then `fairreview support letter "
            'resolve {id} --sent --note "…"` or `--not-sent --note "…"`.'
        )
    ),
    _S.SAVED: _(
        'Send the file yourself; then `fairreview support letter resolve {id} --sent --note "…"`. If the file is '
        'lost: `--not-sent --note "…"` makes it a draft again.'
    ),
    _S.DROPPED: _("It was never sent; `fairreview support letter draft REVIEW --to ADDRESS` words another one."),
}


_CHAT_STEPS: dict[LetterState, str] = {
    **_STEPS,
    _S.APPROVED: _(
        '`fairreview support chat send {id}` sends it; `fairreview support letter drop {id} --why "…"` drops it.'
    ),
    _S.INTENT: _("A visit sends it, or died: `fairreview support chat read` says what the chat shows."),
    _S.RELEASED: _("A visit sends it, or died: `fairreview support chat read` says what the chat shows."),
    _S.SENT: _("The chat shows it; `fairreview support chat read` reads the answers."),
    _S.REFUSED: _("The site did not take it: write another one."),
    _S.UNKNOWN: (
        _(
            "It is never sent again by itself. `fairreview support chat read` looks whether the chat "
            'shows it; if you looked yourself: `fairreview support letter resolve {id} --sent --note "…"` or '
            '`--not-sent --note "…"`.'
        )
    ),
    _S.DROPPED: _("It was never sent; `fairreview support chat draft REVIEW --text TEXT` words another one."),
}


def tell_letter_step(letter: LetterRecord) -> str:
    """Returns what can be done with a letter or message from where it stands."""
    steps = _CHAT_STEPS if letter.way is Way.CHAT else _STEPS
    if letter.state is _S.SENT and letter_words(letter.id, letter.state, letter.answer) is SENT_BY_WORD:
        return _("That is your word. File the reply with `fairreview support reply FILE`.")
    return steps[letter.state].format(id=letter.id, hash=letter.letter_hash)


def name_letter_state(letter: LetterRecord) -> str:
    """Returns what a letter's state is called in the language that is spoken."""
    return in_a_cell(letter.state, {letter.state: letter_words(letter.id, letter.state, letter.answer)})


def compute_letter_hash(letter: LetterRecord) -> str:
    """Returns the hash an approval is bound to: addressee or ticket, subject, text, files and Message-ID."""
    value = [letter.id, letter.to_address, letter.subject, letter.text, letter.files, letter.message_id]
    value += [letter.template] if letter.way is Way.CHAT else []
    return hashlib.sha256(clean_text(json.dumps(value, ensure_ascii=False, sort_keys=True)).encode()).hexdigest()


def add_letter(state: State, letter: LetterRecord, *, actor: Actor) -> LetterRecord:
    """Stores a draft with its hash."""
    with state.transaction() as tx:
        return add_letter_in(tx, letter, actor=actor)


def add_letter_in(tx: Transaction, letter: LetterRecord, *, actor: Actor) -> LetterRecord:
    """Stores a draft with its hash, inside a transaction."""
    stored = replace(letter, created_at=tx.now(), letter_hash=compute_letter_hash(letter))
    tx.letters.add(stored)
    _note(tx, stored, LetterState.DRAFT, actor, content=stored)
    return stored


def approve_as_opened(tx: Transaction, letter: LetterRecord, *, approver: str, why: str) -> LetterRecord:
    """Takes over the approval that a person gave to the opening of a ticket: the same text, the same files.

    Args:
        tx: The transaction that put the message into the queue.
        letter: It.
        approver: Who approved the opening.
        why: With which appeal and payload, for the log.
    """
    return _move(tx, letter, _S.APPROVED, SYSTEM, approver=approver, approved_at=tx.now(), answer=why)


def approve_letter(state: State, letter_id: str, letter_hash: str, *, actor: Actor) -> LetterRecord:
    """Stores a person's approval of exactly the letter whose hash was shown.

    Raises:
        NotApproved: it is not what was shown, or the actor is no person.
    """
    if actor.kind not in {"operator", "simulated"}:
        raise NotApproved(_("only a person can approve a letter"), where=letter_id)
    with state.transaction() as tx:
        letter = _require(tx, letter_id, _S.DRAFT)
        if compute_letter_hash(letter) != letter_hash:
            raise NotApproved(_("the letter is not what was shown"), where=letter_id, hint=tell_letter_step(letter))
        return _move(tx, letter, _S.APPROVED, actor, approver=actor.name or actor.id, approved_at=tx.now())


def take_letter(state: State, letter_id: str, lease: Lease) -> LetterRecord:
    """Turns an approved letter into a durable intent.

    Raises:
        NotApproved: nobody approved exactly this.
        OtherHome: the home is a copy, and nobody has said that it lives on.
    """
    state.require_one_life()
    with state.transaction(lease) as tx:
        letter = _require(tx, letter_id, _S.APPROVED)
        if compute_letter_hash(letter) != letter.letter_hash:
            raise NotApproved(_("nobody has approved exactly this"), where=letter_id)
        taken = _move(tx, letter, _S.INTENT, SYSTEM, fence=lease.fence)
        tx.installation.advance()
    state.flush_mirror()
    return taken


def release_letter(state: State, letter: LetterRecord, lease: Lease) -> LetterRecord:
    """Commits RELEASED before the first byte may leave; when it raises, nothing may.

    Raises:
        LeaseLost, IllegalTransition, StorageError: nothing may leave.
    """
    if not lease.is_sure(state.clock.boottime()):
        raise LeaseLost(_("the lease may be over by our own clock"), where=lease.account_id)
    with state.transaction(lease) as tx:
        tx.locks.check(lease, must_be_unexpired=True)
        released = _move(tx, _require(tx, letter.id, _S.INTENT), _S.RELEASED, SYSTEM, released_at=tx.now())
    state.flush_mirror()
    return released


def settle_letter(
    state: State, letter: LetterRecord, lease: Lease, *, was_taken: bool | None, answer: str
) -> LetterRecord:
    """Stores what the server said; a letter that it took joins the dialogue of its case.

    Args:
        state: The store.
        letter: The letter, in INTENT or RELEASED; in UNKNOWN, when the chat itself shows the message.
        lease: The right to the account.
        was_taken: The server's own word; None: nothing certain.
        answer: Its words, or what went wrong.
    """
    with state.transaction(lease) as tx:
        late = (_S.UNKNOWN,) if letter.way is Way.CHAT and was_taken else ()
        now = _require(tx, letter.id, _S.INTENT, _S.RELEASED, *late)
        wanted = _S.UNKNOWN if was_taken is None else _S.SENT if was_taken else _S.REFUSED
        if now.state is _S.INTENT:
            # Before DATA nothing has left; of a page whose gesture was made that is not known.
            wanted = _S.UNKNOWN if was_taken is None and letter.way is Way.CHAT else _S.APPROVED
        settled = _move(tx, now, wanted, SYSTEM, answer=str(answer)[:LONGEST_ANSWER])
        if wanted is _S.SENT:
            _join_dialogue(tx, settled, SYSTEM)
    state.flush_mirror()
    return settled


def abandon_letters(state: State, lease: Lease) -> list[LetterRecord]:
    """Settles what a dead command left: what was not released never left, the rest is unknown."""
    moved: list[LetterRecord] = []
    with state.transaction(lease) as tx:
        for letter in tx.letters.of_account(lease.account_id):
            if letter.state in {_S.INTENT, _S.RELEASED} and (letter.fence or 0) < lease.fence:
                is_unsent = letter.state is _S.INTENT and letter.way is Way.MAIL
                wanted = _S.APPROVED if is_unsent else _S.UNKNOWN
                moved.append(_move(tx, letter, wanted, SYSTEM, answer=LetterAnswer.SENDER_GONE.value))
    state.flush_mirror()
    return moved


def save_letter(state: State, letter_id: str, *, actor: Actor) -> LetterRecord:
    """Notes that an approved letter leaves as a file: the program does not send it any more."""
    with state.transaction() as tx:
        return _move(tx, _require(tx, letter_id, _S.APPROVED), _S.SAVED, actor)


def drop_letter(state: State, letter_id: str, *, why: str, actor: Actor) -> LetterRecord:
    """Ends a letter or message that was not sent; it stays, with who dropped it and why, in the log.

    Raises:
        UsageError: nobody says why.
        IllegalTransition: it is under way, gone or unknown.
    """
    words = " ".join(why.split())
    if not words or len(words) > LONGEST_ANSWER:
        raise UsageError(_("say why it is dropped"), field="why", hint=_("A sentence is enough."))
    with state.transaction() as tx:
        return _move(tx, _require(tx, letter_id, _S.DRAFT, _S.APPROVED), _S.DROPPED, actor, answer=words)


def resolve_letter(state: State, letter_id: str, *, was_sent: bool, note: str, actor: Actor) -> LetterRecord:
    """A person's word on a letter whose outcome is unknown, or that was saved: not sent means to be approved anew.

    Raises:
        NotApproved: the actor is no person, or says nothing.
    """
    if actor.kind not in {"operator", "simulated"} or not note.strip():
        raise NotApproved(_("a person says what they saw"), where=letter_id, hint=_("Say it in a sentence."))
    with state.transaction() as tx:
        letter = _require(tx, letter_id, _S.UNKNOWN, _S.SAVED)
        wanted = _S.SENT if was_sent else _S.DRAFT
        gone: dict[str, object] = {} if was_sent else {"approver": "", "approved_at": None, "released_at": None}
        moved = _move(tx, letter, wanted, actor, answer=note.strip()[:LONGEST_ANSWER], **gone)
        if was_sent:
            _join_dialogue(tx, moved, actor)
        return moved


def files_of(letter: LetterRecord) -> tuple[ContactFile, ...]:
    """Returns the files that go along."""
    stored: Sequence[JsonValue] = letter.files if isinstance(letter.files, list) else ()
    return tuple(
        ContactFile(id=str(one["id"]), name=str(one["name"]), sha256=str(one["sha256"]))
        for one in stored
        if isinstance(one, dict)
    )


def _join_dialogue(tx: Transaction, letter: LetterRecord, actor: Actor) -> None:
    case = tx.cases.get(letter.case_id)
    assert case is not None  # noqa: S101 - its key refers to it
    is_chat = letter.way is Way.CHAT
    new = NewContact(
        way=letter.way,
        direction=Direction.OUT,
        happened_at=letter.released_at or tx.now(),
        text=(letter.text if is_chat else f"{letter.subject}\n\n{letter.text}")[:20_000],
        address="" if is_chat else letter.to_address,
        number=letter.to_address if is_chat else "",
        earlier_number=find_older_ticket(tx, case.id, letter.to_address, letter.text) if is_chat else "",
        turn=Turn.THEIRS,
        files=files_of(letter),
        source="letter",
        source_id=letter.message_id,
    )
    add_contact(tx, case, new, actor=actor)


def _require(tx: Transaction, letter_id: str, *states: LetterState) -> LetterRecord:
    letter = tx.letters.get(letter_id)
    if letter is None or letter.state not in states:
        found = _("not there") if letter is None else name_letter_state(letter)
        hint = "" if letter is None else tell_letter_step(letter)
        raise IllegalTransition(_("the letter is {found}").format(found=found), where=letter_id, hint=hint)
    return letter


def _move(tx: Transaction, letter: LetterRecord, wanted: LetterState, actor: Actor, **values: object) -> LetterRecord:
    if not tx.letters.change(letter, state=wanted.value, **values):
        raise IllegalTransition(_("the letter was changed meanwhile"), where=letter.id)
    moved = tx.letters.get(letter.id)
    assert moved is not None  # noqa: S101 - changed above
    _note(tx, moved, letter.state, actor)
    return moved


def _note(
    tx: Transaction, letter: LetterRecord, before: LetterState, actor: Actor, *, content: LetterRecord | None = None
) -> None:
    inputs: dict[str, JsonValue] = {"letter": letter.id, "hash": letter.letter_hash, "from": before.value}
    if content is not None:
        inputs |= {"template": content.template, "to_address": content.to_address, "subject": content.subject}
        inputs |= {"text": content.text, "files": content.files, "message_id": content.message_id}
    outputs: dict[str, JsonValue] = {
        "answer": letter.answer,
        "approver": letter.approver,
        "approved_at": format_utc(letter.approved_at) if letter.approved_at else None,
        "released_at": format_utc(letter.released_at) if letter.released_at else None,
    }
    action = Action(
        f"{ACTION}{letter.state.value}",
        actor=actor,
        subjects=[subject("review", letter.review_id), subject("case", letter.case_id)],
        inputs=inputs,
        outputs=outputs,
        artifacts=[one.sha256 for one in files_of(letter)] if content is not None else [],
        fence=letter.fence,
    )
    tx.journal.record(letter.account_id, action)


def case_of(tx: Transaction, letter: LetterRecord) -> CaseRecord:
    """Returns a letter's case."""
    case = tx.cases.get(letter.case_id)
    assert case is not None  # noqa: S101 - its key refers to it
    return case
