"""One visit: looks at the stored state and does what was ordered, or what is due, for one account.

Order of a due visit: settle what a dead visit left, poll, look into what is new, file what is approved, follow up. What
is unclear comes before what is new, and a wall ends the visit for this account: the person is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flows.errors import SignInRequired, WallMet, WrongAccount
from flows.workbench import Workbench
from monitor.appeals.answers import Answers
from monitor.appeals.conditions import tell_release
from monitor.appeals.ledger import Ledger
from monitor.cases.judging import Judged
from monitor.closed_lists.contact_kinds import LetterState
from monitor.closed_lists.states import AnswerState
from monitor.custody.checkpoints import checkpoint_after_visit
from monitor.errors import AppealError
from monitor.language import gettext as _
from monitor.state.appeals import AppealRecord
from monitor.support.letters import abandon_letters, tell_letter_step
from monitor.visit_protocol import LEFT, EndKind, TaskKind, VisitEnd, VisitKind
from monitor.visiting.answering import AnswerSender
from monitor.visiting.browsing import open_workbench
from monitor.visiting.buyer_chats import take_buyer_chats
from monitor.visiting.cabinet_details import read_details
from monitor.visiting.chat_following import follow_by_api, is_followed_by_api
from monitor.visiting.chatting import Chatting
from monitor.visiting.filing import AppealSender
from monitor.visiting.following import FollowUp
from monitor.visiting.in_time import do_in_time
from monitor.visiting.investigating import Investigation, find_uncaptured, find_unfinished, find_unjudged
from monitor.visiting.logins import find_sharers
from monitor.visiting.outcomes import count_appeals, tell_filings
from monitor.visiting.planning import poll_what_is_due
from monitor.visiting.polling import PollSummary, poll_named
from monitor.visiting.previewing import Previewing
from monitor.visiting.probing import Probing
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns, tell_signed_in
from monitor.visiting.sources import SourceRound
from monitor.visiting.surveying import Surveying
from monitor.watching.due import find_work, is_account_free

_LONGEST_HOLD = timedelta(days=1)  # a Retry-After of years is not obeyed for ever: a person looks after a day
_BEFORE_DEADLINE = 30.0  # seconds a hand-over ends before the visit would be killed, so that its end can be told


def do_visit(room: VisitRoom) -> VisitEnd:
    """Does the visit under the account's lock.

    Raises:
        Exception: whatever ends the visit; the entry turns it into the last word.
    """
    _settle_left_over(room)
    refusal = _refuse_when_stopped(room)
    if refusal is not None:
        return refusal
    if room.order.kind is VisitKind.CHAT_API:
        with _stopping_at_walls(room):
            end = follow_by_api(room)  # no browser
        return end.model_copy(update={"problems": (*end.problems, *room.problems)})
    with (
        _stopping_at_walls(room),
        open_workbench(
            room.installation.settings.browser, room.site, clock=room.installation.clock, is_headed=room.order.is_headed
        ) as bench,
    ):
        end = _STEPS[room.order.kind](Visit(room, bench, SignIns(room, bench)))
    room.installation.state.flush_mirror()
    unanchored = checkpoint_after_visit(room.installation)
    return end.model_copy(update={"problems": (*end.problems, *room.problems, *unanchored)})


def _settle_left_over(room: VisitRoom) -> None:
    for appeal in Ledger(room.installation.state).abandon(room.lease, "found in flight by a later visit"):
        room.problems.append(
            _("{id}: an earlier visit ended in the middle of it; the outcome is unknown").format(id=appeal.id)
        )
    for question in Answers(room.installation.state).abandon(room.lease):
        room.problems.append(
            _("{appeal_id}: an earlier visit ended while it answered; the outcome is unknown").format(
                appeal_id=question.appeal_id
            )
        )
    for letter in abandon_letters(room.installation.state, room.lease):
        told = _("{id}: what sent it ended in the middle. {step}")
        room.problems.append(told.format(id=letter.id, step=tell_letter_step(letter)))


def _refuse_when_stopped(room: VisitRoom) -> VisitEnd | None:
    """A wall stops the account until a person signs in again or the time the site named is over."""
    with room.installation.state.transaction(room.lease) as tx:
        account = tx.accounts.get(room.account_id)
        if account is None or is_account_free(account, tx.now()):
            return None
        if room.order.kind is VisitKind.LOGIN:
            tx.accounts.resume(room.account_id)
            return None
    return VisitEnd(
        kind=EndKind.WALL,
        message=_("account {account_id} is stopped: {stopped_why}").format(
            account_id=room.account_id, stopped_why=account.stopped_why
        ),
        hint=tell_release(room.account_id),
    )


@contextmanager
def _stopping_at_walls(room: VisitRoom) -> Iterator[None]:
    try:
        yield
    except WallMet as error:
        now = room.installation.clock.now()
        until = None
        if error.kind == "rate_limited" and error.retry_after is not None:
            until = now + min(timedelta(seconds=error.retry_after), _LONGEST_HOLD)
        accounts = (room.account_id, *find_sharers(room.installation, room.lease))
        with room.installation.state.transaction(room.lease) as tx:
            for account in filter(tx.accounts.get, accounts):
                tx.accounts.stop(account, f"{error.kind}: {error}", until=until)
                tx.journal.record(account, room.action("account.stopped", outputs={"wall": error.kind}))
        raise
    except (SignInRequired, WrongAccount) as error:
        with room.installation.state.transaction(room.lease) as tx:
            kind = type(error).__name__
            tx.journal.record(room.account_id, room.action("account.sign_in_needed", outputs={"why": kind}))
        raise


@dataclass(frozen=True)
class Visit:
    """What a visit can do, one method a kind."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns

    def poll(self) -> VisitEnd:
        """Reads the products' reviews."""
        return _polled(poll_named(self.room, self.bench, self.sign_ins, self.room.order.skus))

    def capture(self) -> VisitEnd:
        """Looks into the ordered reviews, or into all that are new and negative and those left unfinished."""
        investigation = Investigation(self.room, self.bench, self.sign_ins)
        ordered = self.room.order.review_ids
        read_details(self.room, self.bench, self.sign_ins, ordered)
        fresh = ordered or find_uncaptured(self.room)
        unfinished = [] if ordered else [one for one in find_unfinished(self.room) if one not in fresh]
        work: list[Callable[[], Judged | None]] = [partial(investigation.look_into, one) for one in fresh]
        work += [partial(investigation.take_up, one) for one in unfinished]
        deadline = self.room.order.deadline_seconds
        limit = max(deadline - _BEFORE_DEADLINE, deadline / 2)
        done, left = do_in_time(work, clock=self.room.installation.clock, seconds=limit)
        judged = [one for one in done if one is not None]
        unlisted = [] if ordered else [investigation.judge_unlisted(one) for one in find_unjudged(self.room)]
        facts = tuple((one.verdict.review_id, one.verdict.decision.value) for one in (*judged, *unlisted))
        message = _("{count} reviews captured and judged").format(count=len(judged))
        if unlisted:
            message += _(", {count} judged that the page does not show").format(count=len(unlisted))
        if not left:
            return VisitEnd(kind=EndKind.DONE, message=message, facts=facts)
        message += _("; {count} wait for the next visit, there was no more time in this one").format(count=left)
        kind = EndKind.FINDINGS if ordered else EndKind.DONE  # what nobody named is taken up by itself
        hint = _("Name those that wait once more: {reviews}").format(reviews=" ".join(fresh[-left:])) if ordered else ""
        return VisitEnd(kind=kind, message=message, hint=hint, facts=(*facts, (LEFT, str(left))))

    def login(self) -> VisitEnd:
        """Signs in, with a code or by the person's own hands."""
        order = self.room.order
        identity = self.room.installation.identity_of(self.room.account, order.identity)
        if not order.is_headed:
            signed_in = self.sign_ins.require(identity)
            return VisitEnd(
                kind=EndKind.DONE,
                message=tell_signed_in(signed_in),
            )
        limit = max(order.deadline_seconds - _BEFORE_DEADLINE, _BEFORE_DEADLINE)
        self.room.report(
            "login", _("Sign in in the window that has opened; you have {limit:.0f} minutes.").format(limit=limit / 60)
        )
        how, session = self.sign_ins.hand_over(identity, limit_seconds=limit)
        if session is None:
            told = {
                "timeout": _("The time was over before anybody was signed in."),
                "cancelled": _("The window was closed."),
            }
            hint = _("`fairreview login --headed` tries again.")
            return VisitEnd(kind=EndKind.SIGN_IN_REQUIRED, message=told[how], hint=hint)
        return VisitEnd(
            kind=EndKind.DONE, message=_("Confirmed: signed in as {witness}").format(witness=session.witness.name)
        )

    def check_sessions(self) -> VisitEnd:
        """Asks the site who is signed in."""
        identities = self.room.account.identities
        names = [f"{identity}: {self.sign_ins.require(identity).witness.name}" for identity in identities]
        return VisitEnd(kind=EndKind.DONE, message="; ".join(names) or _("no identities"))

    def check_sources(self) -> VisitEnd:
        """Reads the further sources of reviews and says what is wrong with those that do not answer."""
        sources = SourceRound(self.room, self.bench, self.sign_ins, asks=True)
        try:
            sources.read()
        finally:
            sources.record()
        if sources.failed:
            return VisitEnd(kind=EndKind.FINDINGS, message=_("Not every source is as it should be:"))
        return VisitEnd(kind=EndKind.DONE, message="; ".join(sources.told))

    def preview(self) -> VisitEnd:
        """Fills the real forms with the gate closed."""
        previewing = Previewing(self.room, self.bench, self.sign_ins)
        problems: list[str] = []
        for appeal_id in self.room.order.appeal_ids:
            problems += previewing.preview(_find_appeal(self.room, appeal_id))
        kind = EndKind.FINDINGS if problems else EndKind.DONE
        message = _("The real form was filled and left; nothing was sent.")
        return VisitEnd(kind=kind, message=message, problems=tuple(problems))

    def probe(self) -> VisitEnd:
        """Looks which ways to appeal the ordered reviews this account has."""
        return Probing(self.room, self.bench, self.sign_ins).run()

    def survey(self) -> VisitEnd:
        """Walks every page that the site's catalog describes, and keeps what was found there."""
        return Surveying(self.room, self.bench, self.sign_ins).run()

    def submit(self) -> VisitEnd:
        """Files what a person approved."""
        filed = AppealSender(self.room, self.bench, self.sign_ins).file_approved()
        before = len(self.room.problems)
        said = Chatting(self.room, self.bench, self.sign_ins).send_opened(filed)
        self.room.problems += [
            f"{one.id}: {tell_letter_step(one)}" for one in said if one.state is not LetterState.SENT
        ]
        ordered = len(self.room.order.appeal_ids)
        unsaid = len(self.room.problems) > before
        return tell_filings(filed, ordered=ordered, has_problems=bool(self.room.problems), is_left_unsaid=unsaid)

    def answer(self) -> VisitEnd:
        """Sends the answers that a person approved."""
        sent = AnswerSender(self.room, self.bench, self.sign_ins).send_approved()
        facts = tuple((question.appeal_id, question.state) for question in sent)
        if any(question.state == AnswerState.UNKNOWN for question in sent):
            return VisitEnd(
                kind=EndKind.UNKNOWN_OUTCOME,
                message=_("An answer went out and nobody knows whether the site has it."),
                hint=_("It is never sent again by itself. `fairreview appeal follow` reads the appeal's status."),
                facts=facts,
            )
        kind = EndKind.DONE if sent else EndKind.FINDINGS
        return VisitEnd(kind=kind, message=_("Answer sent") if sent else _("No answer was sent"), facts=facts)

    def send_into_chats(self) -> VisitEnd:
        """Sends what a person approved into the support's chats."""
        return Chatting(self.room, self.bench, self.sign_ins).send()

    def read_chats(self) -> VisitEnd:
        """Reads the support's chats."""
        return Chatting(self.room, self.bench, self.sign_ins).read()

    def take_buyer_chats(self) -> VisitEnd:
        """Takes pictures of reviews' chats with their buyers."""
        return take_buyer_chats(self.room, self.bench, self.sign_ins)

    def learn_way(self) -> VisitEnd:
        """Records the way through the bot's menu: the person presses, the labels are kept."""
        limit = max(self.room.order.deadline_seconds - _BEFORE_DEADLINE, _BEFORE_DEADLINE)
        return Chatting(self.room, self.bench, self.sign_ins).learn(limit_seconds=limit)

    def follow(self) -> VisitEnd:
        """Asks the site about what was sent."""
        investigation = Investigation(self.room, self.bench, self.sign_ins)
        follow_up = FollowUp(self.room, self.bench, self.sign_ins, investigation)
        changed = follow_up.run()
        facts = tuple((appeal.id, appeal.outcome or appeal.moderation or appeal.state) for appeal in changed)
        return VisitEnd(
            kind=EndKind.FINDINGS if follow_up.has_unread_list else EndKind.DONE,
            message=_("{count_appeals} moved").format(count_appeals=count_appeals(len(changed))),
            facts=facts,
        )

    def do_what_is_due(self) -> VisitEnd:
        """What the order names and the stored state asks for: poll, look into what is new, file, follow up."""
        tasks = set(self.room.order.tasks)
        ends = []
        if TaskKind.POLL in tasks:
            ends += [_polled(poll_what_is_due(self.room, self.bench, self.sign_ins)), self.capture()]
        with self.room.installation.state.read() as tx:
            work = find_work(tx, self.room.account_id)
        is_filing = TaskKind.SUBMIT in tasks and work.is_approved
        if is_filing:
            ends.append(self.submit())
        if is_filing or work.is_unclear or (TaskKind.FOLLOW in tasks and work.is_open):
            ends.append(self.follow())
        if TaskKind.FOLLOW in tasks and is_followed_by_api(self.room):
            ends.append(follow_by_api(self.room))
        return _together(ends) if ends else VisitEnd(kind=EndKind.DONE, message=_("nothing to do"))


_STEPS: dict[VisitKind, Callable[[Visit], VisitEnd]] = {
    VisitKind.DUE: Visit.do_what_is_due,
    VisitKind.POLL: Visit.poll,
    VisitKind.CAPTURE: Visit.capture,
    VisitKind.LOGIN: Visit.login,
    VisitKind.SESSION: Visit.check_sessions,
    VisitKind.SOURCES: Visit.check_sources,
    VisitKind.PREVIEW: Visit.preview,
    VisitKind.PROBE: Visit.probe,
    VisitKind.SURVEY: Visit.survey,
    VisitKind.SUBMIT: Visit.submit,
    VisitKind.ANSWER: Visit.answer,
    VisitKind.CHAT_SEND: Visit.send_into_chats,
    VisitKind.CHAT_READ: Visit.read_chats,
    VisitKind.CHAT_LEARN: Visit.learn_way,
    VisitKind.BUYER_CHAT: Visit.take_buyer_chats,
    VisitKind.FOLLOW: Visit.follow,
}


def _together(ends: list[VisitEnd]) -> VisitEnd:
    worst = next((end for end in ends if end.kind is not EndKind.DONE), ends[0])
    return VisitEnd(
        kind=worst.kind,
        message="; ".join(end.message for end in ends if end.message),
        hint=worst.hint,
        facts=tuple(fact for end in ends for fact in end.facts),
        problems=tuple(problem for end in ends for problem in end.problems),
    )


def _find_appeal(room: VisitRoom, appeal_id: str) -> AppealRecord:
    with room.installation.state.read() as tx:
        found = tx.appeals.get(appeal_id)
    if found is None or found.account_id != room.account_id:
        raise AppealError(_("there is no such appeal in this account"), where=appeal_id)
    return found


def _polled(summary: PollSummary) -> VisitEnd:
    kind = EndKind.FINDINGS if summary.troubled or summary.unread else EndKind.DONE
    facts = [("products", str(summary.products)), ("unchanged", str(summary.unchanged))]
    facts += [(change.value, str(count)) for change, count in summary.counts.items()]
    facts += [("not_read", str(summary.unanswered))] if summary.unanswered else []
    facts.append(("baseline_reviews", str(summary.baseline_reviews)))
    hint = _("Correct the lines; `fairreview doctor` says which are not understood.") if summary.unread else ""
    if summary.troubled:
        hint = _("A page that cannot be read is never taken for an empty one; see `fairreview log`.")
    problems = (*summary.troubled, *summary.unread)
    return VisitEnd(kind=kind, message=summary.told(), hint=hint, facts=tuple(facts), problems=problems)
