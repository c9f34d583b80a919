"""Sends what was approved into the support's chat, and reads what the chat shows, with commits between the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.catalog.channel_kinds import ChannelKind
from flows.catalog.models import Site
from flows.channels import Attachment, Observation, ObservedKind
from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.chat_message import ChatMessage, OpenChat, open_chat, read_chat
from flows.library.learn_chat import learn_way
from flows.workbench import Workbench
from monitor.cases.attachments import at_home
from monitor.cases.channel_choice import require_channel_on
from monitor.cases.channel_terms import find_channel
from monitor.closed_lists.contact_kinds import LetterAnswer, LetterState
from monitor.custody.notes import require_case
from monitor.endings import message_of, told
from monitor.errors import AppealError, IllegalTransition, UsageError
from monitor.language import gettext
from monitor.state.appeals import AppealRecord
from monitor.state.contacts import ContactRecord
from monitor.state.letters import CHAT_CHOICE, LetterRecord
from monitor.support.chat import find_waiting, note_shown, queue_opened
from monitor.support.chat_path import load_path, save_path
from monitor.support.letters import name_letter_state, release_letter, settle_letter, take_letter
from monitor.support.sayings import tell_proposal
from monitor.support.tickets import find_tickets
from monitor.visit_protocol import GESTURE, EndKind, VisitEnd
from monitor.visiting.form_pictures import FormMoment, capture_form
from monitor.visiting.looks import needed_requests
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, seal_capture
from monitor.visiting.signing_in import SignIns

_ANSWERS = {True: LetterAnswer.SHOWN, None: LetterAnswer.NOBODY_KNOWS, False: LetterAnswer.SITE_REFUSED}


def chat_channel(site: Site) -> str:
    """Returns the channel of a site's chats.

    Raises:
        UsageError: the site has none.
    """
    found = [name for name, spec in site.channels.items() if spec.kind is ChannelKind.SUPPORT_CHAT]
    if not found:
        raise UsageError(gettext("{title} has no support chat that is known").format(title=site.title), field="account")
    return found[0]


@dataclass
class Chatting:
    """The chats of one account: what waits is sent one after the other, each in a browser of its own."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns

    def send(self) -> VisitEnd:
        """Sends the ordered messages, or all that wait, and says how each ended."""
        sent = self.send_waiting()
        facts = tuple((one.id, one.state.value) for one in sent)
        if any(one.state is LetterState.UNKNOWN for one in sent):
            return VisitEnd(
                kind=EndKind.UNKNOWN_OUTCOME,
                message=gettext("A message went out and nobody knows whether the chat has it."),
                hint=gettext("It is never sent again by itself. `fairreview support chat read` looks."),
                facts=facts,
            )
        is_done = bool(sent) and all(one.state is LetterState.SENT for one in sent) and not self.room.problems
        count = sum(one.state is LetterState.SENT for one in sent)
        message = gettext("Messages sent: {count}").format(count=count) if sent else gettext("Nothing was sent")
        return VisitEnd(kind=EndKind.DONE if is_done else EndKind.FINDINGS, message=message, facts=facts)

    def read(self) -> VisitEnd:
        """Reads every ticket and files what is new; nothing is sent."""
        fresh = self.read_tickets()
        facts = tuple((one.review_id, one.number) for one in fresh)
        kind = EndKind.FINDINGS if self.room.problems else EndKind.DONE
        return VisitEnd(
            kind=kind, message=gettext("{count} new messages of support").format(count=len(fresh)), facts=facts
        )

    def learn(self, *, limit_seconds: float) -> VisitEnd:
        """Opens a ticket in a window and keeps the labels that the person presses there."""
        numbers = self.room.order.messages
        spec = find_channel(self.room.site, self._channel)
        signed_in, expected = self.sign_ins.require(spec.identity), self.sign_ins.expected(spec.identity)
        self.room.report(
            "learn", gettext("Press your way through the bot's menu, then close the window: labels are kept.")
        )
        labels = learn_way(
            self.bench,
            numbers[0],
            identity=spec.identity,
            state=signed_in.state,
            expected=expected,
            limit_seconds=limit_seconds,
            on_label=lambda label: self.room.report("learn", gettext("Noted: {label}").format(label=label)),
        )
        if not labels:
            return VisitEnd(
                kind=EndKind.FINDINGS, message=gettext("Nothing was pressed; what was recorded before stays.")
            )
        installation = self.room.installation
        with installation.state.transaction(self.room.lease) as tx:
            action = self.room.action("chat.learned", inputs={"ticket": numbers[0]}, outputs={"labels": list(labels)})
            tx.journal.record(self.room.account_id, action)
        now, by = installation.clock.now(), self.room.actor.name or self.room.actor.id
        save_path(installation.home.root, self.room.account_id, labels, at=now, by=by)
        return VisitEnd(kind=EndKind.DONE, message=gettext("Recorded: {labels}").format(labels=" → ".join(labels)))

    def send_opened(self, appeals: Sequence[AppealRecord]) -> list[LetterRecord]:
        """Queues and sends the first messages of tickets that were just opened."""
        opened = [one for one in appeals if find_channel(self.room.site, one.channel).facts.opens_dialogue]
        return self.send_waiting() if opened else []

    def send_waiting(self) -> list[LetterRecord]:
        """Sends what waits; the trouble of one ticket does not stop another, a wall does.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: a person is needed.
            LeaseLost, StorageError: this visit may not go on.
        """
        installation = self.room.installation
        with installation.state.read() as tx:
            appeals = tx.appeals.of_account(self.room.account_id)
        opened = [one for one in appeals if find_channel(self.room.site, one.channel).facts.opens_dialogue]
        labels = load_path(installation.home.root, self.room.account_id).labels
        queue_opened(installation.state, self.room.lease, opened, labels)
        done: list[LetterRecord] = []
        stopped: set[str] = set()
        while (letter := self._next(done, stopped)) is not None:
            try:
                done.append(self._send(letter))
            except (AppealError, IllegalTransition, UsageError) as error:
                self.room.problems.append(f"{letter.id}: {message_of(error)}")
                stopped.add(letter.to_address)
            except (WallMet, SignInRequired, WrongAccount):
                raise
            except FlowError as error:
                self.room.problems.append(
                    gettext("{id}: not sent. {message_of}").format(id=letter.id, message_of=message_of(error))
                )
                stopped.add(letter.to_address)
            else:
                if done[-1].state is not LetterState.SENT:
                    stopped.add(letter.to_address)
        return done

    def read_tickets(self) -> list[ContactRecord]:
        """Reads the account's tickets as the cabinet shows them; files what is new, settles what was unknown."""
        with self.room.installation.state.read() as tx:
            tickets = find_tickets(tx, self.room.account_id)
        if not tickets:
            return []
        identity = find_channel(self.room.site, self._channel).identity
        signed_in, expected = self.sign_ins.require(identity), self.sign_ins.expected(identity)
        fresh: list[ContactRecord] = []
        for number, case_id in tickets.items():
            self.room.report("chat", gettext("Reading ticket {number}").format(number=number))
            try:
                shown = read_chat(self.bench, number, identity=identity, state=signed_in.state, expected=expected)
            except (WallMet, SignInRequired, WrongAccount):
                raise
            except FlowError as error:
                told_of = gettext("ticket {number}: {message}").format(number=number, message=message_of(error))
                self.room.problems.append(told_of)
                continue
            case = require_case(self.room.installation.state, case_id)
            noted = note_shown(self.room.installation.state, case, number, shown, lease=self.room.lease)
            for one in noted:
                if proposal := tell_proposal(one.id, one.direction, one.text):
                    self.room.report("chat", f"{one.id}: {proposal}")
            fresh += noted
        return fresh

    @property
    def _channel(self) -> str:
        return chat_channel(self.room.site)

    def _next(self, done: Sequence[LetterRecord], stopped: set[str]) -> LetterRecord | None:
        tried = {one.id for one in done}
        with self.room.installation.state.read() as tx:
            waiting = find_waiting(tx, self.room.account_id, self.room.order.messages)
        return next((one for one in waiting if one.id not in tried and one.to_address not in stopped), None)

    def _send(self, letter: LetterRecord) -> LetterRecord:
        channel = self._channel
        require_channel_on(self.room.installation, self.room.account, letter.review_id, channel)
        spec = find_channel(self.room.site, channel)
        signed_in, expected = self.sign_ins.require(spec.identity), self.sign_ins.expected(spec.identity)
        self.room.report(
            "chat",
            gettext("Writing into ticket {to_address}: {letter}").format(
                to_address=letter.to_address, letter=letter.text[:60]
            ),
        )
        state, lease = self.room.installation.state, self.room.lease
        taken = take_letter(state, letter.id, lease)
        is_tried, seen = False, None
        needed = needed_requests(self.room, channel)
        try:
            with open_chat(self.bench, spec, state=signed_in.state, expected=expected, needed=needed) as chat:
                picture = chat.prepare(self._message(taken))
                self._seal(taken, chat, "filled_form", picture)
                is_tried = True
                seen = self._gesture(taken, chat)
        except FlowError as error:
            if not is_tried:
                settle_letter(state, taken, lease, was_taken=False, answer=str(error))
                raise
        return self._settle(taken, seen)

    def _gesture(self, letter: LetterRecord, chat: OpenChat) -> Observation | None:
        self.room.report(GESTURE, gettext("{id}: it is sent now").format(id=letter.id))
        chat.gate.arm(lambda _: self._release(letter))
        try:
            chat.gesture()
            seen = chat.observe()
        except FlowError:
            # Neither success nor failure of the press is a verdict: the chat tells.
            return None
        if not seen.is_waiting:
            try:
                self._seal(letter, chat, "confirmation", seen.screenshot)
            except FlowError as error:
                self.room.problems.append(
                    gettext("{id}: the confirmation could not be captured: {error}").format(
                        id=letter.id, error=told(error)
                    )
                )
        return seen

    def _release(self, letter: LetterRecord) -> None:
        release_letter(self.room.installation.state, letter, self.room.lease)

    def _settle(self, letter: LetterRecord, seen: Observation | None) -> LetterRecord:
        taken = {ObservedKind.SUCCESS_TEXT: True, ObservedKind.FORM_ERROR: False}.get(seen.kind) if seen else None
        answer = _ANSWERS[taken]
        done = settle_letter(self.room.installation.state, letter, self.room.lease, was_taken=taken, answer=answer)
        self.room.report("chat", f"{letter.id}: {name_letter_state(done)}")
        if seen is not None and seen.kind is ObservedKind.WALL:
            raise WallMet(gettext("the site asked for a person"), kind="rate_limited", retry_after=seen.retry_after)
        return done

    def _message(self, letter: LetterRecord) -> ChatMessage:
        stored = letter.files if isinstance(letter.files, list) else []
        files = tuple(
            at_home(
                self.room.installation.artifacts,
                Attachment(
                    path=Path(str(one["name"])),
                    name=str(one["name"]),
                    sha256=str(one["sha256"]),
                    media_type=str(one["media_type"]),
                ),
            )
            for one in stored
            if isinstance(one, dict)
        )
        is_choice = letter.template == CHAT_CHOICE
        return ChatMessage(number=letter.to_address, text=letter.text, files=files, is_choice=is_choice)

    def _seal(self, letter: LetterRecord, chat: OpenChat, moment: FormMoment, picture: bytes) -> None:
        capture = capture_form(self.room, chat.tab, moment, page_name="chat", picture=picture)
        about = About(review_id=letter.review_id, case_id=letter.case_id)
        seal_capture(self.room, self.bench, capture, about)
