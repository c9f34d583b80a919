"""Sends approved answers to the site's questions, with the ledger's commits between the steps, as a filing is."""

from __future__ import annotations

from dataclasses import dataclass

from flows.channels import Observation, ObservedKind
from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.answer_question import OpenReply, Reply, open_reply
from flows.workbench import Workbench
from monitor.appeals.answers import AnswerIntent, Answers
from monitor.cases.attachments import at_home
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.closed_lists.states import AnswerState
from monitor.endings import message_of, told
from monitor.errors import AppealError
from monitor.language import gettext as _
from monitor.state.appeals import AppealRecord
from monitor.state.questions import QuestionRecord
from monitor.visit_protocol import GESTURE
from monitor.visiting.form_pictures import FormMoment, capture_form
from monitor.visiting.looks import needed_requests
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, seal_capture
from monitor.visiting.signing_in import SignIns


@dataclass
class AnswerSender:
    """Sends answers of one account, one after the other."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns

    def send_approved(self) -> list[QuestionRecord]:
        """Sends the approved answers to questions about the ordered appeals, or about all.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: a person is needed.
            LeaseLost, StorageError: this visit may not go on.
        """
        done: list[QuestionRecord] = []
        for appeal, question in self._waiting():
            try:
                done.append(self._send(appeal, question))
            except AppealError as error:
                self.room.problems.append(f"{appeal.id}: {message_of(error)}")
            except (WallMet, SignInRequired, WrongAccount):
                raise
            except FlowError as error:
                self.room.problems.append(
                    _("{id}: not sent, approve it again. {message_of}").format(
                        id=appeal.id, message_of=message_of(error)
                    )
                )
        return done

    def _waiting(self) -> list[tuple[AppealRecord, QuestionRecord]]:
        wanted = set(self.room.order.appeal_ids)
        with self.room.installation.state.read() as tx:
            found = [
                (appeal, question)
                for appeal in tx.appeals.of_account(self.room.account_id, only_open=True)
                if (question := tx.questions.open_of(appeal.id)) is not None
            ]
        return [
            (appeal, question)
            for appeal, question in found
            if question.state == AnswerState.APPROVED and (not wanted or appeal.id in wanted)
        ]

    def _send(self, appeal: AppealRecord, question: QuestionRecord) -> QuestionRecord:
        spec = find_channel(self.room.site, appeal.channel)
        signed_in = self.sign_ins.require(spec.identity)
        expected = self.sign_ins.expected(spec.identity)
        answers = Answers(self.room.installation.state)
        terms = terms_of(
            self.room.site, appeal.channel, settings=self.room.installation.settings, account=self.room.account
        )
        self.room.report("answer", _("Answering the question about {id}").format(id=appeal.id))
        intent = answers.take_intent(question.id, self.room.lease, terms)
        files = tuple(at_home(self.room.installation.artifacts, file) for file in intent.files)
        reply = Reply(number=intent.number, review_id=appeal.review_id, text=intent.text, files=files)
        is_prepared, seen = False, None
        try:
            needed = needed_requests(self.room, appeal.channel)
            with open_reply(self.bench, spec, state=signed_in.state, expected=expected, needed=needed) as form:
                picture = form.prepare(reply)
                self._seal(appeal, form, "filled_form", picture)
                is_prepared = True
                seen = self._gesture(appeal, form, intent)
        except FlowError:
            if not is_prepared:
                answers.settle(intent, was_accepted=False)
                raise
        return self._settle(appeal, intent, seen)

    def _gesture(self, appeal: AppealRecord, form: OpenReply, intent: AnswerIntent) -> Observation | None:
        answers = Answers(self.room.installation.state)
        self.room.report(GESTURE, _("{id}: its answer is sent now").format(id=appeal.id))
        form.gate.arm(lambda request: answers.record_release(intent, request))
        try:
            form.gesture()
            seen = form.observe()
        except FlowError:
            # Neither success nor failure of the click is a verdict: the appeal's status tells.
            return None
        if seen.is_waiting:
            return seen  # the page is closed before anything else is done
        try:
            self._seal(appeal, form, "confirmation", seen.screenshot)
        except FlowError as error:
            self.room.problems.append(
                _("{id}: the confirmation could not be captured: {error}").format(id=appeal.id, error=told(error))
            )
        return seen

    def _settle(self, appeal: AppealRecord, intent: AnswerIntent, seen: Observation | None) -> QuestionRecord:
        is_answered = seen is not None and seen.status_code is not None and 200 <= seen.status_code < 400
        accepted = True if seen and seen.kind is ObservedKind.SUCCESS_TEXT and is_answered else None
        done = Answers(self.room.installation.state).settle(
            intent, was_accepted=accepted, raw_text="" if seen is None else seen.raw_text
        )
        self.room.report("answer", _("{id}: the answer is {state}").format(id=appeal.id, state=done.state))
        if seen is not None and seen.kind is ObservedKind.WALL:
            raise WallMet(_("the site asked for a person"), kind="rate_limited", retry_after=seen.retry_after)
        return done

    def _seal(self, appeal: AppealRecord, form: OpenReply, moment: FormMoment, picture: bytes) -> None:
        capture = capture_form(self.room, form.tab, moment, page_name="appeal_details", picture=picture)
        about = About(review_id=appeal.review_id, case_id=appeal.case_id, appeal_id=appeal.id)
        seal_capture(self.room, self.bench, capture, about)
