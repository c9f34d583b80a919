"""Appeals as people follow them: where each stands, its clock, its steps, and what may safely be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from evidence_store.journal import Actor
from monitor.appeals.machine import Track
from monitor.appeals.reconcile import ABSENCE
from monitor.appeals.words import words_of
from monitor.closed_lists.states import AppealState, Moderation
from monitor.errors import UsageError
from monitor.language import gettext
from monitor.language.plain_text import show
from monitor.language.words import Tone, Words
from monitor.state import State, Transaction
from monitor.state.appeal_pages import STAGES
from monitor.state.appeals import AppealRecord
from monitor.state.looks import LookRecord
from monitor.use_cases import appeals
from monitor.use_cases.answers import WORDABLE, QuestionShown, show_question
from monitor.use_cases.appeal_choices import ONLY_A_PERSON, Choice, choices_of, explain
from monitor.use_cases.findings import Finding, state_of
from monitor.use_cases.inbox_models import FileShown, OwnFileShown, Shot
from monitor.use_cases.models import Value
from monitor.use_cases.pane import Titles, own_files_of, shots_of
from monitor.use_cases.pictures import form_picture

PAGE = 50


class AppealRow(Value):
    """One appeal in a list; ``clock`` says since or until when, in words, ``is_late``: somebody waits too long."""

    id: str
    account: str
    review_id: str
    quote: str
    product: str
    ground: str
    word: str
    tone: Tone
    outcome: str
    number: str
    clock: str
    changed_at: AwareDatetime


class AppealPage(Value):
    """A page of appeals; ``after`` is what the next one begins behind."""

    rows: tuple[AppealRow, ...]
    counts: dict[str, int]
    after: str


class StepShown(Value):
    """One step of an appeal, with the site's own words."""

    at: AwareDatetime
    title: str
    tone: Tone
    by: str
    site_words: str


class AppealShown(Value):
    """One appeal with everything that is known of it.

    Attributes:
        version: The review's version of today: files are taken in about it.
        channel, channel_name: The way it takes, in words, and the catalog's name of it.
        explained: What the state means and what the program does next.
        shots: Pictures of the review before and after, of the filled form and of the site's answer.
        question: What the moderator asks.
        most_files: How many files its channel takes.
        has_form_picture: Its form was filled and looked at without sending.
        may_undo: An approval that can be taken back; ``may_send``: it can be sent at once.
        may_fill: Its form can be filled and looked at.
        may_drop: Nothing of it is on the site.
        may_release: It provably is not on the site: one more attempt can be approved.
    """

    row: AppealRow
    version: int
    title: str
    explained: str
    text: str
    channel: str
    channel_name: str
    reason: str
    files: tuple[FileShown, ...]
    shown: str
    steps: tuple[StepShown, ...]
    looks: tuple[str, ...]
    shots: tuple[Shot, ...]
    own_files: tuple[OwnFileShown, ...]
    question: QuestionShown | None
    most_files: int
    has_form_picture: bool
    choices: tuple[Choice, ...]
    may_undo: bool
    may_send: bool
    may_fill: bool
    may_drop: bool
    may_release: bool


def counts(state: State, accounts: tuple[str, ...]) -> dict[str, int]:
    """Returns how many appeals stand in each stage."""
    with state.read() as tx:
        return tx.appeal_pages.counts(accounts)


def list_page(
    state: State,
    accounts: tuple[str, ...],
    stage: str,
    *,
    after: str,
    titles: Mapping[str, Titles],
    zone: str,
    counts: dict[str, int],
    planned: Mapping[str, datetime],
) -> AppealPage:
    """Returns a page of a stage's appeals.

    Args:
        state: The store.
        accounts: Whose.
        stage: One of ``STAGES``.
        after: What the page before ended with; empty: the first one.
        titles: What each account's site calls things.
        zone: In which zone moments are told.
        counts: How many stand in each stage.
        planned: When the schedule sends what is approved, at the earliest; by appeal.
    """
    with state.read() as tx:
        found = tx.appeal_pages.page(accounts, stage, before=_parse(after), limit=PAGE + 1)
        reviews = _reviews(tx, found[:PAGE])
        rows = tuple(
            _row(tx, one, reviews[one.id], titles[one.account_id], zone=zone, planned=planned) for one in found[:PAGE]
        )
    last = found[PAGE - 1] if len(found) > PAGE else None
    return AppealPage(rows=rows, counts=counts, after=f"{last.updated_at.isoformat()}|{last.id}" if last else "")


def show_one(
    state: State, appeal_id: str, *, titles: Mapping[str, Titles], zone: str, planned: Mapping[str, datetime]
) -> AppealShown | None:
    """Returns one appeal; None when there is none of this id."""
    local = ZoneInfo(zone)
    with state.read() as tx:
        found = tx.appeals.get(appeal_id)
        if found is None or found.account_id not in titles:
            return None
        own = titles[found.account_id]
        looks = tx.looks.of(found.id, ABSENCE)
        words, review = _words(found), tx.reviews.get(found.account_id, found.review_id)
        channel, question = own.channels.get(found.channel), show_question(tx, found.id, zone=zone)
        return AppealShown(
            row=_row(tx, found, _reviews(tx, [found])[found.id], own, zone=zone, planned=planned),
            version=review.version if review else found.review_version,
            title=words.title,
            explained=explain(found, question),
            text=found.text,
            channel=channel.title if channel else found.channel,
            channel_name=found.channel,
            reason=found.reason_label,
            files=tuple(
                FileShown(name=show(one.name, one_line=True), media_type=one.media_type, digest=one.sha256)
                for one in tx.appeals.files(found.id)
            ),
            shown=found.payload_hash,
            steps=tuple(
                StepShown(
                    at=one.at.astimezone(local),
                    title=words_of(one.track, one.to_state).title,
                    tone=words_of(one.track, one.to_state).tone,
                    by=one.actor.rpartition(":")[2] if one.actor.startswith("operator") else "программа",
                    site_words=show(one.raw_text, one_line=True, limit=240),
                )
                for one in tx.appeals.transitions(found.id)
            ),
            looks=tuple(f"{one.read_at.astimezone(local):%d.%m %H:%M}: {_tell_look(one)}" for one in looks),
            shots=shots_of(tx, found.account_id, found.review_id, zone),
            own_files=own_files_of(tx, found.account_id, found.review_id, zone),
            question=question,
            most_files=channel.most_files if channel else 0,
            has_form_picture=form_picture(tx, found) is not None,
            choices=choices_of(found, sum(one.is_healthy for one in looks)),
            may_undo=found.is_open and found.state is AppealState.APPROVED,
            may_send=found.is_open and found.state is AppealState.APPROVED,
            may_fill=found.is_open and found.state in {AppealState.DRAFT, AppealState.APPROVED},
            may_drop=found.is_open and found.state in {AppealState.DRAFT, AppealState.APPROVED, AppealState.ABSENT},
            may_release=found.is_open and found.state is AppealState.ABSENT,
        )


def say_found(
    state: State,
    appeal_id: str,
    finding: Finding,
    *,
    actor: Actor,
    note: str,
    number: str,
    has_list: bool,
    is_sure: bool,
) -> AppealRecord:
    """Stores what a person found on the site; nothing is sent. What nothing undoes needs to be said twice: ``is_sure``.

    Raises:
        UsageError: it is not among the choices that are open now, or it needs a note.
        IllegalTransition: the appeal moved on meanwhile.
    """
    with state.read() as tx:
        found = tx.appeals.get(appeal_id)
        if found is None:
            raise UsageError(gettext("there is no such appeal"), where=appeal_id[:80])
        looks = sum(one.is_healthy for one in tx.looks.of(found.id, ABSENCE))
        choice = next((one for one in choices_of(found, looks) if one.finding == finding.value), None)
    if choice is None or choice.closed:
        raise UsageError(choice.closed if choice else "Этого об этом обращении сказать нельзя", field="finding")
    if choice.is_final and not is_sure:
        raise UsageError("Этого не вернуть: поставьте отметку «Я понимаю, что это не вернуть»", field="sure")
    if not note.strip():
        raise UsageError("Напишите, где вы смотрели и что увидели", field="note")
    wanted = state_of(finding, has_list=has_list)
    return appeals.resolve(state, appeal_id, wanted, actor=actor, note=note.strip(), number=number.strip() or None)


def _tell_look(look: LookRecord) -> str:
    """Says what one look at the site's list of appeals showed of this one."""
    facts = look.facts if isinstance(look.facts, dict) else {}
    numbers = facts.get("numbers")
    if isinstance(numbers, list) and numbers:
        return f"обращение там есть, № {', '.join(map(str, numbers))}"
    return "список прочитан весь, обращения там нет" if facts.get("is_complete") else "прочитать весь список не удалось"


def _words(appeal: AppealRecord) -> Words:
    """One word for where it stands: what is unclear first, then what the site says, then what we did."""
    if appeal.moderation and appeal.state not in ONLY_A_PERSON:
        return words_of(Track.MODERATION, appeal.moderation)
    return words_of(Track.FILING, appeal.state)


@dataclass(frozen=True)
class _Review:
    """What a row says of the review: its product's name and its text."""

    product: str
    text: str


def _reviews(tx: Transaction, appeals_shown: Sequence[AppealRecord]) -> dict[str, _Review]:
    """What the rows of a page say of their reviews, read at once; by appeal."""
    found: dict[str, _Review] = {}
    for account in {one.account_id for one in appeals_shown}:
        mine = [one for one in appeals_shown if one.account_id == account]
        ids = [one.review_id for one in mine]
        heads, texts = tx.reviews.get_many(account, ids), tx.reviews.texts_of(account, ids)
        products = {sku: tx.products.get(account, sku) for sku in {head.sku for head in heads.values()}}
        for one in mine:
            head = heads.get(one.review_id)
            product = products[head.sku] if head else None
            name = (head.item_name or (product.title if product else "") or head.sku) if head else ""
            found[one.id] = _Review(name, texts.get(one.review_id, ""))
    return found


def _row(
    tx: Transaction,
    appeal: AppealRecord,
    review: _Review,
    titles: Titles,
    *,
    zone: str,
    planned: Mapping[str, datetime],
) -> AppealRow:
    words = _words(appeal)
    return AppealRow(
        id=appeal.id,
        account=appeal.account_id,
        review_id=appeal.review_id,
        quote=show(review.text, one_line=True, limit=120),
        product=show(review.product, one_line=True, limit=80),
        ground=titles.ground(appeal.ground),
        word=words.word,
        tone=words.tone,
        outcome=words_of(Track.OUTCOME, appeal.outcome).word if appeal.outcome else "",
        number=appeal.number or "",
        clock=_clock(tx, appeal, zone, planned.get(appeal.id)),
        changed_at=appeal.updated_at.astimezone(ZoneInfo(zone)),
    )


def _clock(tx: Transaction, appeal: AppealRecord, zone: str, planned: datetime | None) -> str:
    local, now = ZoneInfo(zone), tx.now()
    if appeal.closed_at is not None:
        return f"закрыто {appeal.closed_at.astimezone(local):%d.%m}"
    if appeal.state is AppealState.APPROVED:
        approval = tx.approvals.valid(appeal.id, appeal.payload_hash)
        moment = planned or (approval.send_from if approval else None)
        if moment and moment > now:
            return f"можно вернуть; уйдёт не раньше {moment.astimezone(local):%d.%m %H:%M}"
        return "ждёт отправки, ещё можно вернуть"
    if appeal.moderation == Moderation.NEEDS_INFORMATION:
        question = tx.questions.open_of(appeal.id)
        if question is not None and question.state in WORDABLE:
            until = question.answer_by
            return f"ваш ход, ответить до {until.astimezone(local):%d.%m %H:%M}" if until else "ваш ход: ответить"
    if appeal.state in {AppealState.CONFIRMED, AppealState.ACKNOWLEDGED} and appeal.gesture_at is not None:
        return f"{(now - appeal.gesture_at) // timedelta(days=1) + 1}-й день"
    return f"с {(appeal.gesture_at or appeal.updated_at).astimezone(local):%d.%m %H:%M}"


def _parse(after: str) -> tuple[datetime, str] | None:
    moment, _, name = after.partition("|")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, name) if found.tzinfo is not None else None


__all__ = ["PAGE", "STAGES", "AppealPage", "AppealRow", "AppealShown", "list_page", "say_found", "show_one"]
