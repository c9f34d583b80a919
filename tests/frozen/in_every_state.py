"""Appeals in every state there is, made by the ledger itself: what no visit would leave behind at one moment.

A visit cannot stop between two of its commits on command, and a moderator cannot say six things at once. The ledger's
own steps can be made one by one, so each state here was reached by the code that reaches it in the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from evidence_store.journal import Actor
from flows.channels import FilledForm, Observation, ObservedKind
from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth
from monitor.appeals.answers import Answers
from monitor.appeals.drafting import Drafting, adopt
from monitor.appeals.follow import Follower, PublicLook
from monitor.appeals.ledger import Intent, Ledger
from monitor.appeals.machine import AppealState
from monitor.appeals.payload import Payload, payload_of
from monitor.appeals.reinstating import reinstate
from monitor.appeals.steps import StepContext
from monitor.appeals.terms import ChannelTerms
from monitor.state import Lease, State
from monitor.state.appeals import AppealRecord
from monitor.state.questions import QuestionRecord
from monitor.visit_protocol import VisitKind
from tests.appeal_world import LIST_TERMS, NO_LIST_TERMS
from tests.faults.simulated_site import Request

OPERATOR = Actor(kind="operator", id="Тест Тестов")
TERMS = replace(LIST_TERMS, between_reads=timedelta(0), settle_window=timedelta(0), answer_window=timedelta(days=3))
HOUR = timedelta(hours=1)
Status = Literal["received", "in_review", "needs_information", "accepted", "rejected", "unknown"]
Verdict = Literal["visible", "gone", "edited", "cannot_say"]


@dataclass
class Desk:
    """The ledger of one account, and reviews that nobody has appealed yet."""

    state: State
    account: str
    identity: str
    fresh: Iterator[str]
    numbers: int = 0

    def draft(self, terms: ChannelTerms = TERMS, *, text: str = "Отзыв не о товаре.") -> AppealRecord:
        review_id = next(self.fresh)
        with self.state.transaction() as tx:
            case, review = tx.cases.open(self.account, review_id), tx.reviews.get(self.account, review_id)
        assert review is not None
        payload = Payload(
            site="ozon",
            identity=self.identity,
            channel=terms.channel,
            review_id=review_id,
            review_version=review.version,
            ground="off_topic",
            reason_label="Отзыв не о товаре",
            text=text,
            product_url=review.url,
        )
        return Drafting(self.state).draft(case.id, payload, actor=OPERATOR, terms=terms)

    def approve(self, terms: ChannelTerms = TERMS) -> AppealRecord:
        made = self.draft(terms)
        return Drafting(self.state).approve(made.id, made.payload_hash, actor=OPERATOR)

    def take(self, lease: Lease, terms: ChannelTerms = TERMS) -> Intent:
        return Ledger(self.state).take_intent(self.approve(terms).id, lease, terms)

    def arm(self, lease: Lease, terms: ChannelTerms = TERMS) -> Intent:
        intent = self.take(lease, terms)
        form = FilledForm(
            url="https://www.example.test/form",
            review_id=intent.order.review_id,
            review_text=intent.order.review_text,
            reason_label=intent.order.reason_label,
            text=intent.order.text,
        )
        Ledger(self.state).arm(intent, form, picture=None)
        return intent

    def let_go(self, lease: Lease, terms: ChannelTerms = TERMS) -> Intent:
        intent = self.arm(lease, terms)
        Ledger(self.state).stamp_gesture(intent)
        Ledger(self.state).record_release(intent, Request())
        return intent

    def settle(self, lease: Lease, seen: Observation | None, terms: ChannelTerms = TERMS) -> AppealRecord:
        return Ledger(self.state).settle(self.let_go(lease, terms), seen)

    def confirm(self, lease: Lease) -> AppealRecord:
        self.numbers += 1
        number = f"F-{self.numbers:06d}"
        seen = Observation(kind=ObservedKind.NUMBER, number=number, status_code=303, released=1)
        return self.settle(lease, seen)

    def say(self, lease: Lease, appeal: AppealRecord, status: Status, raw: str, *, answer: str = "") -> None:
        assert appeal.number is not None
        row = AppealStatusReading(
            number=appeal.number, review_id=appeal.review_id, status_raw=raw, status=status, answer_raw=answer
        )
        listing = AppealListReading(health=PageHealth.HEALTHY, rows=(row,), total=1, is_complete=False)
        Follower(self.state).apply_list(listing, lease, {TERMS.channel: TERMS})

    def look(self, lease: Lease, appeal: AppealRecord, verdict: Verdict) -> None:
        for _ in range(2):
            seen = PublicLook(read_at=self.state.clock.now(), verdict=verdict, problems=())
            Follower(self.state).apply_public(appeal.id, seen, lease, TERMS)

    def ask(self, lease: Lease) -> QuestionRecord:
        """A confirmed appeal about which the site asks something."""
        appeal = self.confirm(lease)
        self.say(lease, appeal, "needs_information", "Нужны сведения", answer="Пришлите снимок упаковки.")
        with self.state.read() as tx:
            question = tx.questions.open_of(appeal.id)
        assert question is not None
        return question


def fill(desk: Desk) -> None:
    """Leaves at least one appeal in every state of each track, and an answer in every state of its own."""
    lease = desk.state.acquire(desk.account, "freeze", HOUR)
    _settled(desk, lease)
    _moderated(desk, lease)
    _asked(desk, lease)
    _given_back(desk, lease)
    desk.draft(text="Черновик: «кавычки», ё, emoji 🙂 и перевод\nстроки.")
    desk.approve()
    _left_by_the_dead(desk, lease)
    desk.state.release(lease)
    _killed_now(desk)


def _settled(desk: Desk, lease: Lease) -> None:
    thanks = Observation(kind=ObservedKind.SUCCESS_TEXT, raw_text="Жалоба отправлена", status_code=200, released=1)
    refused = Observation(kind=ObservedKind.FORM_ERROR, raw_text="Заполните поле", status_code=422, released=1)
    desk.confirm(lease)
    desk.settle(lease, thanks, replace(TERMS, channel=NO_LIST_TERMS.channel, has_list=False))
    desk.settle(lease, refused)
    Ledger(desk.state).settle(desk.arm(lease), refused.model_copy(update={"released": 0}))
    for wanted in (AppealState.DUPLICATE_SEEN, AppealState.ABSENT, AppealState.ABSENT):
        unknown = desk.settle(lease, None)
        found = Drafting(desk.state).resolve(unknown.id, wanted, actor=OPERATOR, note_text="смотрел в списке")
    Drafting(desk.state).release(found.id, actor=OPERATOR, payload_hash=found.payload_hash, note_text="ещё раз")
    Ledger(desk.state).stop_before(desk.take(lease), AppealState.ALREADY_REPORTED, "the page says so")
    Ledger(desk.state).stop_before(desk.arm(lease), AppealState.NEEDS_HUMAN, "the form is not as described")
    Drafting(desk.state).drop(desk.draft().id, actor=OPERATOR, why="покупатель исправил отзыв")
    Drafting(desk.state).revoke(desk.approve().id, actor=OPERATOR, why="другие слова")
    known = desk.draft()
    Drafting(desk.state).drop(known.id, actor=OPERATOR, why="есть на сайте")
    with desk.state.transaction() as tx:
        payload = payload_of(known, tx.appeals.files(known.id))
        adopt(tx, known.case_id, payload, number="F-900001", why=StepContext(raw_text="Получено"))


def _moderated(desk: Desk, lease: Lease) -> None:
    said: dict[Status, str] = {
        "received": "Получено",
        "in_review": "На рассмотрении",
        "unknown": "Передано коллегам",
        "accepted": "Решено",
        "rejected": "Отклонено",
    }
    for status, raw in said.items():
        desk.say(lease, desk.confirm(lease), status, raw, answer="Ответ модератора." if status == "rejected" else "")
    seen: tuple[tuple[Status, Verdict], ...] = (("accepted", "gone"), ("rejected", "visible"), ("accepted", "edited"))
    for status, verdict in seen:
        appeal = desk.confirm(lease)
        desk.say(lease, appeal, "received", "Получено")
        desk.say(lease, appeal, status, said[status])
        desk.look(lease, appeal, verdict)
    desk.look(lease, desk.confirm(lease), "cannot_say")
    back = desk.confirm(lease)
    desk.say(lease, back, "accepted", said["accepted"])
    desk.look(lease, back, "gone")
    with desk.state.transaction(lease) as tx:
        reinstate(tx, desk.account, {back.review_id}, read_at=tx.now(), fence=lease.fence)


def _asked(desk: Desk, lease: Lease) -> None:
    """Questions whose answers are open, drafted, approved, sent, of unknown outcome, and over."""
    answers = Answers(desk.state)
    desk.ask(lease)
    answers.draft(desk.ask(lease).id, "Снимок будет завтра.", (), actor=OPERATOR)

    def approved() -> QuestionRecord:
        made = answers.draft(desk.ask(lease).id, "Снимок приложен.", (), actor=OPERATOR)
        return answers.approve(made.id, made.answer_hash, actor=OPERATOR)

    approved()
    for was_accepted in (True, None):
        intent = answers.take_intent(approved().id, lease, TERMS)
        answers.record_release(intent, Request())
        answers.settle(intent, was_accepted=was_accepted, raw_text="Ответ получен" if was_accepted else "")
    over = desk.ask(lease)
    with desk.state.read() as tx:
        appeal = tx.appeals.get(over.appeal_id)
    assert appeal is not None
    desk.say(lease, appeal, "accepted", "Решено")


def _given_back(desk: Desk, lease: Lease) -> None:
    Ledger(desk.state).give_back(desk.take(lease), "signed out")
    intent = desk.take(lease)
    for _ in range(TERMS.max_returns):
        Ledger(desk.state).give_back(intent, "signed out")
        intent = Ledger(desk.state).take_intent(intent.appeal_id, lease, TERMS)
    Ledger(desk.state).give_back(intent, "signed out once more")


def _left_by_the_dead(desk: Desk, lease: Lease) -> None:
    """What a killed visit left behind and the next one has found: unknown, with and without a request let go."""
    desk.settle(lease, None)
    desk.take(lease)
    desk.arm(lease)
    desk.let_go(lease)
    desk.state.release(lease)
    later = desk.state.acquire(desk.account, "freeze, later", HOUR)
    Ledger(desk.state).abandon(later, "its process is gone")
    desk.state.release(later)


def _killed_now(desk: Desk) -> None:
    """What a visit leaves behind that is killed right now: nobody has found it yet."""
    answers = Answers(desk.state)
    lease = desk.state.acquire(desk.account, "killed", HOUR)
    with desk.state.transaction(lease) as tx:
        tx.visits.begin("visit_killed", desk.account, kind=VisitKind.SUBMIT, owner="killed", fence=lease.fence)
    made = answers.draft(desk.ask(lease).id, "Снимок приложен.", (), actor=OPERATOR)
    answers.take_intent(answers.approve(made.id, made.answer_hash, actor=OPERATOR).id, lease, TERMS)
    sent = answers.draft(desk.ask(lease).id, "Снимок приложен.", (), actor=OPERATOR)
    intent = answers.take_intent(answers.approve(sent.id, sent.answer_hash, actor=OPERATOR).id, lease, TERMS)
    answers.record_release(intent, Request())
    desk.take(lease)
    desk.arm(lease)
    stamped = desk.arm(lease)
    Ledger(desk.state).stamp_gesture(stamped)
    desk.let_go(lease)
    desk.state.release(lease)
