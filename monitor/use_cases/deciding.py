"""What a person decides about a review: approve what was shown, leave it, put it off, ask about it, take it back.

Each decision is bound to the version of the review that was looked at, and is one entry of the action log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.appeals.conditions import require_filing_open
from monitor.appeals.drafting import Drafting
from monitor.appeals.payload import Payload, attachment_of
from monitor.appeals.terms import ChannelTerms
from monitor.closed_lists.states import AppealState, ReviewDecision
from monitor.errors import DecidedElsewhere, IllegalTransition, ReviewChanged, UsageError
from monitor.language import gettext
from monitor.language.plain_text import show
from monitor.outgoing.wording import DECISIONS
from monitor.state import Action, State, Transaction, subject
from monitor.state.appeals import AppealRecord
from monitor.state.decisions import DecisionRecord
from monitor.state.repository import new_id
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.appeals import Rewording, prepare_draft
from monitor.use_cases.inbox_models import Decided, Standing
from monitor.use_cases.pane import stand, standing_of_appeal

LONGEST_NOTE = 2_000
MOST_DECIDED = 60
"""Of each kind on one page; the others stand among the appeals and in the log."""


@dataclass(frozen=True)
class Looked:
    """What a person had before their eyes: a decision about anything else is refused.

    Attributes:
        zone: In which zone they are told moments (IANA name).
    """

    account: str
    review_id: str
    version: int
    zone: str = "UTC"


@acknowledged
def approve_shown(
    state: State, looked: Looked, appeal_id: str, shown: str, *, actor: Actor, terms: Callable[[str], ChannelTerms]
) -> AppealRecord:
    """Stores a human approval of exactly what was shown, about the version of the review that was shown.

    Args:
        state: The store.
        looked: The review as it was shown.
        appeal_id: The draft.
        shown: The hash of what the person saw.
        actor: The person, with the page they looked at.
        terms: A channel's terms.

    Raises:
        ReviewChanged: the review was edited meanwhile; nothing was stored.
        DeadlinePassed: the site takes no appeal about this review any more; nothing was stored.
        DecidedElsewhere: somebody was faster, or what would be sent was changed; nothing was stored.
    """
    with state.read() as tx:
        drafted = tx.appeals.get(appeal_id)
    if drafted is None:
        raise UsageError(gettext("there is no such appeal about this review"), where=appeal_id[:80])
    of_channel = terms(drafted.channel)

    def check(tx: Transaction) -> None:
        _hold(tx, [looked])
        require_unchanged(tx, looked)
        appeal = tx.appeals.get(appeal_id)
        if appeal is None or (appeal.account_id, appeal.review_id) != (looked.account, looked.review_id):
            raise UsageError(gettext("there is no such appeal about this review"), where=appeal_id[:80])
        if appeal.review_version != looked.version:
            raise ReviewChanged(gettext("the draft speaks of an earlier version of the review"), where=looked.review_id)
        _require_free(tx, looked)
        if appeal.state is not AppealState.DRAFT or not appeal.is_open:
            raise DecidedElsewhere(_told(tx, appeal, looked.zone), where=appeal_id)
        if appeal.payload_hash != shown:
            raise DecidedElsewhere("Текст изменили, пока вы смотрели на него. Ничего не одобрено.", where=appeal_id)
        require_filing_open(tx, appeal, of_channel)

    return Drafting(state).approve(appeal_id, shown, actor=actor, wait=of_channel.change_of_mind, check=check)


def word_draft(
    state: State,
    looked: Looked,
    shown: str,
    *,
    compose: Callable[[], Payload],
    terms: Callable[[str], ChannelTerms],
    most_files: Callable[[str], int],
    kept: Collection[str],
    actor: Actor,
) -> AppealRecord:
    """Rewords the draft that was shown, or makes one where none was.

    Args:
        state: The store.
        looked: The review as it was shown.
        shown: The hash of the draft that was shown; empty where there was none.
        compose: Makes what would be sent.
        terms: A channel's terms.
        most_files: How many files a channel takes.
        kept: Digests of the draft's files that stay with it.
        actor: The person.

    Raises:
        ReviewChanged, DecidedElsewhere: what was shown is not what stands; nothing was stored.
        UsageError: what is wished for does not fit.
    """
    with state.read() as tx:
        require_unchanged(tx, looked)
        case = tx.cases.of_review(looked.account, looked.review_id)
        if case is None:
            raise UsageError(gettext("this review has no case"), where=looked.review_id)
        waiting = [one for one in tx.appeals.of_case(case.id) if one.is_open]
        moved = next((one for one in waiting if one.state is not AppealState.DRAFT), None)
        if moved is not None:
            raise DecidedElsewhere(_told(tx, moved, looked.zone), where=moved.id)
        if (waiting[0].payload_hash if waiting else "") != shown:
            raise DecidedElsewhere("Черновик изменили, пока вы смотрели на него. Ваш текст не записан.")
        stays = [
            attachment_of(one) for one in (tx.appeals.files(waiting[0].id) if waiting else ()) if one.sha256 in kept
        ]
    payload = compose()
    known = {one.sha256 for one in stays}
    files = (*stays, *(one for one in payload.files if one.sha256 not in known))
    if len(files) > most_files(payload.channel):
        raise UsageError(f"Канал {payload.channel} принимает файлов: {most_files(payload.channel)}.", field="files")
    payload = replace(payload, files=files)
    return prepare_draft(
        state,
        case.id,
        payload,
        actor=actor,
        terms=terms(payload.channel),
        rewording=Rewording.BY_A_PERSON,
    )


@acknowledged
def decide(
    state: State,
    reviews: Iterable[Looked],
    kind: ReviewDecision,
    *,
    actor: Actor,
    until: datetime | None = None,
    note: str = "",
) -> str:
    """Stores that nothing is sent about reviews now: left, put off, or asked about. One entry of the log for each.

    Args:
        state: The store.
        reviews: The reviews as they were shown; all of them or none.
        kind: What is decided.
        actor: The person, with the page they looked at.
        until: When what is put off comes back.
        note: The question, for a colleague.

    Returns:
        What ``undo`` takes it back by.

    Raises:
        ReviewChanged, DecidedElsewhere: one of them is not as it was shown; nothing was stored.
        UsageError: the question is empty or too long.
    """
    if kind is ReviewDecision.ASKED and not note.strip():
        raise UsageError("Вопрос пуст. Напишите, что вы хотите узнать.", field="note")
    if len(note) > LONGEST_NOTE:
        raise UsageError(f"Вопрос длиннее {LONGEST_NOTE} знаков.", field="note")
    looked = list(reviews)
    batch = new_id("batch") if len(looked) > 1 else ""
    number = 0
    with state.transaction() as tx:
        _hold(tx, looked)
        for one in looked:
            require_unchanged(tx, one)
            _require_free(tx, one)
            number = tx.decisions.add(
                one.account,
                one.review_id,
                review_version=one.version,
                kind=kind,
                decided_by=actor.name or actor.id,
                until=until,
                note=note.strip(),
                batch=batch,
            )
            _write_down(tx, one, f"review.{kind.value}", actor, {"until": until.isoformat() if until else None})
    return f"batch:{batch}" if batch else f"decision:{number}"


@acknowledged
def undo(state: State, what: str, *, actor: Actor) -> list[tuple[str, str]]:
    """Takes a decision back while nothing was tried. It is an entry of the log, not an erasure.

    Args:
        state: The store.
        what: ``decision:NUMBER``, ``batch:ID`` or ``appeal:ID``.
        actor: The person.

    Returns:
        Account and review of each that waits again.

    Raises:
        DecidedElsewhere: the sending has begun, or it was taken back before.
    """
    kind, _, name = what.partition(":")
    if kind == "appeal":
        try:
            done = Drafting(state).revoke(name, actor=actor, why="taken back at the desk")
        except IllegalTransition as error:
            raise DecidedElsewhere(_too_late(state, name), where=name) from error
        return [(done.account_id, done.review_id)]
    with state.transaction() as tx:
        found = tx.decisions.of_batch(name) if kind == "batch" and name else _one(tx, name)
        for one in found:
            if not tx.decisions.undo(one.id, actor.name or actor.id):
                raise DecidedElsewhere("Это решение уже вернули.")
            looked = Looked(one.account_id, one.review_id, one.review_version)
            _write_down(tx, looked, "review.undone", actor, {"was": one.kind.value})
    if not found:
        raise DecidedElsewhere("Это решение уже вернули.")
    return [(one.account_id, one.review_id) for one in found]


def decided_since(state: State, accounts: list[str], since: datetime, *, zone: str) -> list[Decided]:
    """Returns what people decided since a moment and may still take back or look at, the newest first."""
    local = ZoneInfo(zone)
    made: list[tuple[datetime, str, str, Standing]] = []
    with state.read() as tx:
        for one in tx.decisions.latest(accounts, since=since, limit=MOST_DECIDED):
            if one.undone_at is None:
                words = DECISIONS[one.kind]
                standing = Standing(
                    word=words.word,
                    title=words.title,
                    tone=words.tone,
                    by=one.decided_by,
                    at=one.decided_at.astimezone(local),
                    until=one.until.astimezone(local) if one.until else None,
                    note=show(one.note),
                    undo=f"decision:{one.id}",
                )
                made.append((one.decided_at, one.account_id, one.review_id, standing))
        approved = tx.appeal_pages.approved(accounts, limit=MOST_DECIDED)
        approvals = tx.approvals.standing([one.id for one in approved])
        for appeal in approved:
            standing = stand(appeal, approvals.get(appeal.id), zone)
            made.append((standing.at or appeal.updated_at, appeal.account_id, appeal.review_id, standing))
        newest = sorted(made, key=lambda one: one[0], reverse=True)
        told = {account: _tell(tx, account, [one[2] for one in newest if one[1] == account]) for account in accounts}
    return [
        Decided(account=account, review_id=review_id, product=product, text=text, standing=standing)
        for _, account, review_id, standing in newest
        for product, text in (told[account][review_id],)
    ]


def require_unchanged(tx: Transaction, looked: Looked) -> None:
    """Refuses a decision about another version than the one that was shown.

    Raises:
        ReviewChanged: the review was edited meanwhile.
    """
    review = tx.reviews.get(looked.account, looked.review_id)
    if review is None:
        raise UsageError(gettext("there is no such review"), where=looked.review_id[:80])
    if review.version != looked.version:
        raise ReviewChanged("Отзыв изменился, пока вы смотрели на него. Ничего не записано.", where=looked.review_id)


def _hold(tx: Transaction, looked: Iterable[Looked]) -> None:
    """Makes whoever decides about the same accounts wait until this transaction ends: of two decisions one is late."""
    for account in sorted({one.account for one in looked}):
        tx.journal.head(account)


def _require_free(tx: Transaction, looked: Looked) -> None:
    case = tx.cases.of_review(looked.account, looked.review_id)
    for appeal in tx.appeals.of_case(case.id) if case else ():
        if appeal.is_open and appeal.state is not AppealState.DRAFT:
            raise DecidedElsewhere(_told(tx, appeal, looked.zone), where=appeal.id)
    standing = tx.decisions.standing(looked.account, looked.review_id)
    if standing is None or standing.review_version != looked.version or standing.kind is not ReviewDecision.LEFT:
        return  # what was put off or asked about may be decided at last
    when = _moment(standing.decided_at, looked.zone)
    raise DecidedElsewhere(f"Уже решено: «{DECISIONS[standing.kind].word}», {standing.decided_by}, {when}.")


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d.%m %H:%M}{' UTC' if zone == 'UTC' else ''}"


def _told(tx: Transaction, appeal: AppealRecord, zone: str) -> str:
    standing = standing_of_appeal(tx, appeal, zone)
    who = f", {standing.by}" if standing.by else ""
    when = f", {_moment(standing.at, zone)}" if standing.at else ""
    return f"Уже решено: «{standing.word}»{who}{when}. Ничего не записано."


def _too_late(state: State, appeal_id: str) -> str:
    with state.read() as tx:
        appeal = tx.appeals.get(appeal_id)
        word = standing_of_appeal(tx, appeal, "UTC").word if appeal else ""
    if appeal is None or appeal.state is AppealState.DRAFT:
        return "Это одобрение уже вернули."
    return f"Вернуть уже нельзя: теперь «{word}». Ничего не записано. Что скажет площадка, узнаёт «Сверить сейчас»."


def _one(tx: Transaction, name: str) -> list[DecisionRecord]:
    found = tx.decisions.get(int(name)) if name.isdecimal() and len(name) < 16 else None
    return [found] if found is not None else []


def _write_down(tx: Transaction, looked: Looked, action: str, actor: Actor, outputs: dict[str, str | None]) -> None:
    case = tx.cases.of_review(looked.account, looked.review_id)
    subjects = [subject("review", looked.review_id)] + ([subject("case", case.id)] if case else [])
    tx.journal.record(
        looked.account,
        Action(
            action,
            actor=actor,
            subjects=subjects,
            inputs={"review_version": looked.version},
            outputs={name: value for name, value in outputs.items() if value},
        ),
    )


def _tell(tx: Transaction, account: str, review_ids: list[str]) -> dict[str, tuple[str, str]]:
    """What a list says of reviews, read at once: the product's name and the beginning of the text, by review."""
    heads, texts = tx.reviews.get_many(account, review_ids), tx.reviews.texts_of(account, review_ids)
    products = {sku: tx.products.get(account, sku) for sku in {one.sku for one in heads.values()}}
    found = {}
    for name in review_ids:
        head = heads.get(name)
        product = products.get(head.sku) if head else None
        title = (head.item_name if head else "") or (product.title if product else "") or ""
        found[name] = (show(title, one_line=True), show(texts.get(name, ""), one_line=True, limit=160))
    return found
