"""Letters to the platform: word one, approve it, send it once through the seller's own mail server, or save it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evidence_store.digests import Digest
from evidence_store.journal import Actor
from evidence_store.store import ArtifactStore
from monitor.closed_lists.contact_kinds import LetterState
from monitor.config.home import Home
from monitor.engine.dead_visits import clean_up, settle_or_note
from monitor.engine.interrupts import VisitInterrupted, undisturbed
from monitor.engine.visit_registry import registered
from monitor.errors import DeliveryFailed, IllegalTransition, StorageError, UnknownOutcome, UsageError
from monitor.language import gettext as _
from monitor.state import Action, Lease, State, subject
from monitor.state.cases import CaseRecord
from monitor.state.letters import LetterRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue
from monitor.support.chat import ChatFile, compose_message
from monitor.support.letters import (
    abandon_letters,
    add_letter,
    approve_letter,
    drop_letter,
    files_of,
    release_letter,
    resolve_letter,
    save_letter,
    settle_letter,
    take_letter,
)
from monitor.support.smtp import Envelope, FileToSend, MailServer, Said, build_message, post
from monitor.use_cases.acknowledging import acknowledged
from monitor.visit_protocol import EndKind, VisitEnd

_LONGEST_SENDING = timedelta(minutes=10)
_UNDER_WAY = frozenset({LetterState.INTENT, LetterState.RELEASED})
_LONGEST = {"subject": 300, "text": 18_000}  # characters

Post = Callable[..., Said]


@dataclass(frozen=True)
class FileOfLetter:
    """A file in custody that goes along."""

    id: str
    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True)
class NewLetter:
    """A letter as it is worded.

    Attributes:
        sender_domain: Of the seller's address; it ends the Message-ID.
    """

    template: str
    to_address: str
    subject: str
    text: str
    files: Sequence[FileOfLetter]
    sender_domain: str


@acknowledged
def draft_letter(
    state: State,
    case: CaseRecord,
    new: NewLetter,
    *,
    actor: Actor,
) -> LetterRecord:
    """Stores a letter as a draft.

    Raises:
        UsageError: the addressee is no address, or a part is empty or too long.
    """
    name, sign, domain = new.to_address.strip().rpartition("@")
    odd = any(mark.isspace() or mark in "<>,;\"'()" or not mark.isascii() for mark in new.to_address.strip())
    if not (name and sign and "." in domain) or odd:
        raise UsageError(
            _("this is not one address"), field="to", hint=_("As your cabinet shows it: name@example.com.")
        )
    for field, value in (("subject", new.subject), ("text", new.text)):
        if not value.strip() or len(value) > _LONGEST[field] or (field == "subject" and len(value.splitlines()) > 1):
            raise UsageError(
                _("write one to {longest} characters").format(longest=_LONGEST[field]),
                field=field,
                hint=_("The rest as a file."),
            )
    number = new_id("letter")
    stored: list[JsonValue] = [
        {"id": one.id, "name": one.name, "media_type": one.media_type, "sha256": one.sha256} for one in new.files
    ]
    record = LetterRecord(
        id=number,
        account_id=case.account_id,
        case_id=case.id,
        review_id=case.review_id,
        template=new.template,
        to_address=new.to_address.strip(),
        subject=new.subject.strip(),
        text=new.text,
        files=stored,
        message_id=f"<{number}.{new_id('m')}@{new.sender_domain or 'fairreview.invalid'}>",
        letter_hash="",
        state=LetterState.DRAFT,
        approver="",
        answer="",
        fence=None,
        created_at=datetime.now(UTC),
        approved_at=None,
        released_at=None,
    )
    return add_letter(state, record, actor=actor)


@acknowledged
def draft_message(
    state: State, case: CaseRecord, number: str, text: str, files: Sequence[ChatFile], *, actor: Actor
) -> LetterRecord:
    """Stores a message into a ticket as a draft.

    Raises:
        UsageError: the number is none, or the text is empty or too long.
    """
    return add_letter(state, compose_message(case, number, text, files), actor=actor)


@acknowledged
def approve(state: State, letter_id: str, letter_hash: str, *, actor: Actor) -> LetterRecord:
    """Stores a person's approval of exactly the letter that was shown."""
    return approve_letter(state, letter_id, letter_hash, actor=actor)


def send_letter(
    state: State,
    home: Home,
    artifacts: ArtifactStore,
    letter: LetterRecord,
    server: MailServer,
    *,
    sender: str,
    post_one: Post = post,
) -> LetterRecord:
    """Sends an approved letter once.

    Args:
        state: The store.
        home: Where a note of this sending lies while it lasts, so that the next command sees whether it died.
        artifacts: The evidence store.
        letter: The letter.
        server: The seller's mail server.
        sender: The seller's own address.
        post_one: Hands it over.

    Returns:
        The letter as it stands: sent, refused, or unknown.

    Raises:
        DeliveryFailed: nothing of it has left; it is approved as before.
        AccountBusy: something else works for the account now.
        UnknownOutcome: it was interrupted, or the store could not be written, when the letter may have left.
        VisitInterrupted: it was interrupted before anything of the letter left.
    """
    envelope = envelope_of(artifacts, letter, sender)  # a file that is gone is told before anything
    clean_up(state, home)
    owner = new_id("sending")
    with registered(home.runs, owner, home.runs / owner):
        lease = state.acquire(letter.account_id, owner, _LONGEST_SENDING)
        sending = _Sending(state, home, lease, letter)
        try:
            return sending.run(lambda release: post_one(server, envelope, at=state.clock.now(), release=release))
        finally:
            state.release(lease)


@dataclass
class _Sending:
    """One letter on its way; ``said`` is the server's word, once there is one."""

    state: State
    home: Home
    lease: Lease
    letter: LetterRecord
    said: Said | None = None
    is_released: bool = False

    def run(self, hand_over: Callable[[Callable[[], None]], Said]) -> LetterRecord:
        try:
            abandon_letters(self.state, self.lease)
            taken = take_letter(self.state, self.letter.id, self.lease)

            def release() -> None:
                release_letter(self.state, taken, self.lease)
                self.is_released = True

            try:
                self.said = hand_over(release)
            except DeliveryFailed as error:
                settle_letter(self.state, taken, self.lease, was_taken=False, answer=str(error))
                raise
            return self._settle(self.said)
        except (KeyboardInterrupt, StorageError) as error:
            with undisturbed():
                return self._end_early(error)

    def _settle(self, said: Said) -> LetterRecord:
        return settle_letter(self.state, self.letter, self.lease, was_taken=said.was_taken, answer=said.answer)

    def _end_early(self, error: BaseException) -> LetterRecord:
        """What is known is kept, what is not known is unknown; a store that takes neither is left a note."""
        if self.said is not None:
            with suppress(StorageError, IllegalTransition):
                return self._settle(self.said)
        settle_or_note(self.state, self.home, self.lease.owner, "the sending was interrupted")
        if self.is_released:
            words = "" if self.said is None else f" ({self.said.answer})"
            raise UnknownOutcome(
                _("the letter may have left, and what became of it is not stored{words}").format(words=words),
                where=self.letter.id,
                hint=_("`fairreview support letter settle` says where it stands. It is never sent again by itself."),
            ) from error
        if isinstance(error, StorageError):
            raise error
        told = _("Interrupted. Nothing of the letter has left; it is approved as before.")
        raise VisitInterrupted(VisitEnd(kind=EndKind.INTERRUPTED, message=told)) from error


def settle_dead(state: State, home: Home, account_id: str) -> list[LetterRecord]:
    """Says what a command that died left: what was not released never left, the rest is unknown.

    Raises:
        AccountBusy: the command may still live.
    """
    with state.read() as tx:
        before = {one.id for one in tx.letters.of_account(account_id) if one.state in _UNDER_WAY}
    clean_up(state, home)
    lease: Lease = state.acquire(account_id, "support letter settle", _LONGEST_SENDING)
    try:
        abandon_letters(state, lease)
    finally:
        state.release(lease)
    with state.read() as tx:
        return [one for one in tx.letters.of_account(account_id) if one.id in before and one.state not in _UNDER_WAY]


@acknowledged
def save(state: State, letter_id: str, *, actor: Actor) -> LetterRecord:
    """Notes that an approved letter leaves as a file."""
    return save_letter(state, letter_id, actor=actor)


@acknowledged
def drop(state: State, letter_id: str, *, why: str, actor: Actor) -> LetterRecord:
    """Ends a draft or an approved letter that was not sent.

    Raises:
        UsageError: nobody says why.
        IllegalTransition: it is under way, gone or unknown.
    """
    return drop_letter(state, letter_id, why=why, actor=actor)


@acknowledged
def resolve(state: State, letter_id: str, *, was_sent: bool, note: str, actor: Actor) -> LetterRecord:
    """Stores a person's word on a letter of which the program does not know."""
    return resolve_letter(state, letter_id, was_sent=was_sent, note=note, actor=actor)


def envelope_of(artifacts: ArtifactStore, letter: LetterRecord, sender: str) -> Envelope:
    """Returns what goes out, with the files as they were approved.

    Raises:
        evidence_store.errors.EvidenceError: a file is gone or not what was approved.
    """
    stored = letter.files if isinstance(letter.files, list) else []
    types = {str(one["id"]): str(one["media_type"]) for one in stored if isinstance(one, dict)}
    files = tuple(
        FileToSend(one.name, types[one.id], artifacts.read(Digest("sha256", one.sha256))) for one in files_of(letter)
    )
    return Envelope(sender, letter.to_address, letter.subject, letter.text, letter.message_id, files)


def as_eml(artifacts: ArtifactStore, letter: LetterRecord, sender: str, at: datetime) -> bytes:
    """Returns a letter as a file for a mail program."""
    return bytes(build_message(envelope_of(artifacts, letter, sender), at))


@acknowledged
def note_papers(state: State, letter: LetterRecord, files: Mapping[str, bytes], *, actor: Actor) -> None:
    """Notes that a letter leaves the store as papers, before anybody has them."""
    action = Action(
        "support.letter",
        actor=actor,
        subjects=[subject("review", letter.review_id), subject("case", letter.case_id)],
        inputs={"letter": letter.id},
        outputs={name: str(Digest.of(data)) for name, data in files.items()},
    )
    with state.transaction() as tx:
        tx.journal.record(letter.account_id, action)
