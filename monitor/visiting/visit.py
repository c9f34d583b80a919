"""One visit: looks at the stored state and does what was ordered, or what is due, for one account.

Order of a due visit: settle what a dead visit left, poll, look into what is new, file what is approved, follow up. What
is unclear comes before what is new, and a wall ends the visit for this account: the person is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flows.errors import SignInRequired, WallMet, WrongAccount
from flows.workbench import Workbench
from monitor.appeals.answers import Answers
from monitor.appeals.ledger import Ledger
from monitor.custody.checkpoints import checkpoint_after_visit
from monitor.errors import AppealError
from monitor.state.appeals import AppealRecord
from monitor.states import AnswerState
from monitor.visit_protocol import EndKind, TaskKind, VisitEnd, VisitKind
from monitor.visiting.answering import AnswerSender
from monitor.visiting.browsing import open_workbench
from monitor.visiting.filing import AppealSender
from monitor.visiting.following import FollowUp
from monitor.visiting.investigating import Investigation, find_uncaptured, find_unfinished, find_unjudged
from monitor.visiting.outcomes import count_appeals, tell_filings
from monitor.visiting.planning import poll_what_is_due
from monitor.visiting.polling import PollSummary, poll_named
from monitor.visiting.previewing import Previewing
from monitor.visiting.probing import Probing
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.visiting.sources import SourceRound
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
        room.problems.append(f"{appeal.id}: an earlier visit ended in the middle of it; the outcome is unknown")
    for question in Answers(room.installation.state).abandon(room.lease):
        room.problems.append(f"{question.appeal_id}: an earlier visit ended while it answered; the outcome is unknown")


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
        message=f"account {room.account_id} is stopped: {account.stopped_why}",
        hint="Look at the site yourself, then `fairreview login --headed` releases the account.",
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
        with room.installation.state.transaction(room.lease) as tx:
            tx.accounts.stop(room.account_id, f"{error.kind}: {error}", until=until)
            tx.journal.record(room.account_id, room.action("account.stopped", outputs={"wall": error.kind}))
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
        fresh = ordered or find_uncaptured(self.room)
        unfinished = [] if ordered else [one for one in find_unfinished(self.room) if one not in fresh]
        judged = [investigation.look_into(review_id) for review_id in fresh]
        judged += [one for review_id in unfinished if (one := investigation.take_up(review_id)) is not None]
        unlisted = [] if ordered else [investigation.judge_unlisted(one) for one in find_unjudged(self.room)]
        facts = tuple((one.verdict.review_id, one.verdict.decision.value) for one in (*judged, *unlisted))
        message = f"{len(judged)} reviews captured and judged"
        if unlisted:
            message += f", {len(unlisted)} judged that the page does not show"
        return VisitEnd(kind=EndKind.DONE, message=message, facts=facts)

    def login(self) -> VisitEnd:
        """Signs in, with a code or by the person's own hands."""
        order = self.room.order
        identity = self.room.installation.identity_of(self.room.account, order.identity)
        if not order.is_headed:
            signed_in = self.sign_ins.require(identity)
            return VisitEnd(kind=EndKind.DONE, message=f"Signed in as {signed_in.witness.name} ({signed_in.way})")
        limit = max(order.deadline_seconds - _BEFORE_DEADLINE, _BEFORE_DEADLINE)
        self.room.report("login", f"Sign in in the window that has opened; you have {limit / 60:.0f} minutes.")
        how, session = self.sign_ins.hand_over(identity, limit_seconds=limit)
        if session is None:
            told = {"timeout": "The time was over before anybody was signed in.", "cancelled": "The window was closed."}
            hint = "`fairreview login --headed` tries again."
            return VisitEnd(kind=EndKind.SIGN_IN_REQUIRED, message=told[how], hint=hint)
        return VisitEnd(kind=EndKind.DONE, message=f"Confirmed: signed in as {session.witness.name}")

    def check_sessions(self) -> VisitEnd:
        """Asks the site who is signed in."""
        identities = self.room.account.identities
        names = [f"{identity}: {self.sign_ins.require(identity).witness.name}" for identity in identities]
        return VisitEnd(kind=EndKind.DONE, message="; ".join(names) or "no identities")

    def check_sources(self) -> VisitEnd:
        """Reads the further sources of reviews and says what is wrong with those that do not answer."""
        sources = SourceRound(self.room, self.bench, self.sign_ins, asks=True)
        try:
            sources.read()
        finally:
            sources.record()
        if sources.failed:
            return VisitEnd(kind=EndKind.FINDINGS, message="Not every source is as it should be:")
        return VisitEnd(kind=EndKind.DONE, message="; ".join(sources.told))

    def preview(self) -> VisitEnd:
        """Fills the real forms with the gate closed."""
        previewing = Previewing(self.room, self.bench, self.sign_ins)
        problems: list[str] = []
        for appeal_id in self.room.order.appeal_ids:
            problems += previewing.preview(_find_appeal(self.room, appeal_id))
        kind = EndKind.FINDINGS if problems else EndKind.DONE
        message = "The real form was filled and left; nothing was sent."
        return VisitEnd(kind=kind, message=message, problems=tuple(problems))

    def probe(self) -> VisitEnd:
        """Looks which ways to appeal the ordered reviews this account has."""
        return Probing(self.room, self.bench, self.sign_ins).run()

    def submit(self) -> VisitEnd:
        """Files what a person approved."""
        filed = AppealSender(self.room, self.bench, self.sign_ins).file_approved()
        ordered = len(self.room.order.appeal_ids)
        return tell_filings(filed, ordered=ordered, has_problems=bool(self.room.problems))

    def answer(self) -> VisitEnd:
        """Sends the answers that a person approved."""
        sent = AnswerSender(self.room, self.bench, self.sign_ins).send_approved()
        facts = tuple((question.appeal_id, question.state) for question in sent)
        if any(question.state == AnswerState.UNKNOWN for question in sent):
            return VisitEnd(
                kind=EndKind.UNKNOWN_OUTCOME,
                message="An answer went out and nobody knows whether the site has it.",
                hint="It is never sent again by itself. `fairreview appeal follow` reads the appeal's status.",
                facts=facts,
            )
        kind = EndKind.DONE if sent else EndKind.FINDINGS
        return VisitEnd(kind=kind, message="Answer sent" if sent else "No answer was sent", facts=facts)

    def follow(self) -> VisitEnd:
        """Asks the site about what was sent."""
        investigation = Investigation(self.room, self.bench, self.sign_ins)
        changed = FollowUp(self.room, self.bench, self.sign_ins, investigation).run()
        facts = tuple((appeal.id, appeal.outcome or appeal.moderation or appeal.state) for appeal in changed)
        return VisitEnd(kind=EndKind.DONE, message=f"{count_appeals(len(changed))} moved", facts=facts)

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
        return _together(ends) if ends else VisitEnd(kind=EndKind.DONE, message="nothing to do")


_STEPS: dict[VisitKind, Callable[[Visit], VisitEnd]] = {
    VisitKind.DUE: Visit.do_what_is_due,
    VisitKind.POLL: Visit.poll,
    VisitKind.CAPTURE: Visit.capture,
    VisitKind.LOGIN: Visit.login,
    VisitKind.SESSION: Visit.check_sessions,
    VisitKind.SOURCES: Visit.check_sources,
    VisitKind.PREVIEW: Visit.preview,
    VisitKind.PROBE: Visit.probe,
    VisitKind.SUBMIT: Visit.submit,
    VisitKind.ANSWER: Visit.answer,
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
        raise AppealError("there is no such appeal in this account", where=appeal_id)
    return found


def _polled(summary: PollSummary) -> VisitEnd:
    kind = EndKind.FINDINGS if summary.troubled or summary.unread else EndKind.DONE
    facts = [("products", str(summary.products)), ("unchanged", str(summary.unchanged))]
    facts += [(change.value, str(count)) for change, count in summary.counts.items()]
    facts += [("not_read", str(summary.unanswered))] if summary.unanswered else []
    facts.append(("baseline_reviews", str(summary.baseline_reviews)))
    hint = "Correct the lines; `fairreview doctor` says which are not understood." if summary.unread else ""
    if summary.troubled:
        hint = "A page that cannot be read is never taken for an empty one; see `fairreview log`."
    problems = (*summary.troubled, *summary.unread)
    return VisitEnd(kind=kind, message=summary.told(), hint=hint, facts=tuple(facts), problems=problems)
