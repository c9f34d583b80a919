"""One review with everything that a decision about it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evidence_store.exhibits import MOMENT_WORDS
from monitor.appeals.machine import Track
from monitor.appeals.senders import is_same_identity
from monitor.appeals.words import words_of
from monitor.cases.reservations import is_own_item, tell_item
from monitor.closed_lists.states import AppealState, Decision
from monitor.language import in_language
from monitor.language.days import tell_published
from monitor.language.plain_text import show
from monitor.language.words import Tone
from monitor.outgoing.wording import DECISIONS
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord, ApprovalRecord
from monitor.state.cases import ArtifactRecord, VerdictRecord
from monitor.state.reviews import ReviewRecord
from monitor.state.text import JsonValue
from monitor.triage.models import Outcome
from monitor.triage.titles import CHECKS, verdict_words
from monitor.use_cases.inbox_models import Check, Cost, Draft, FileShown, OwnFileShown, Pane, Shot, Standing
from monitor.use_cases.marking import mark
from monitor.watching.roster import address_today

_PICTURES = ("element_png", "full_page_png")
_CAPTIONS = {str(moment): words for moment, words in MOMENT_WORDS.items()}
_DAY = timedelta(hours=24)
OWN_FILE = "own_evidence"
"""The moment under which a seller's own file stands in the index."""


@dataclass(frozen=True)
class ChannelFacts:
    """What a pane says of a channel.

    Attributes:
        longest: The most characters its form takes; None where it states no limit.
        most_files: How many files it takes.
        window: How long after publication the site takes an appeal; None when nobody knows.
        attempts: How many appeals about one review it takes; None when nobody knows.
        daily_cap: How many this account may file in 24 hours.
        wait: How long an approval can be taken back.
    """

    title: str
    longest: int | None
    most_files: int
    window: timedelta | None
    attempts: int | None
    daily_cap: int
    wait: timedelta


@dataclass(frozen=True)
class Titles:
    """What an account's site calls things: channels and grounds by their names."""

    channels: Mapping[str, ChannelFacts]
    grounds: Mapping[str, str]

    def ground(self, name: str) -> str:
        """Returns what a ground is called; one that the rules have no more is named as such."""
        return self.grounds.get(name, f"основание, которого больше нет ({name})") if name else ""


def show_pane(state: State, account: str, review_id: str, *, titles: Titles, zone: str) -> Pane | None:
    """Returns a review as a person decides about it; None when it is not stored or has no case.

    Args:
        state: The store.
        account: Whose.
        review_id: The review.
        titles: What the site calls things.
        zone: In which zone moments are told.
    """
    with state.read() as tx:
        review = tx.reviews.get(account, review_id)
        case = tx.cases.of_review(account, review_id)
        version = tx.reviews.newest_version(account, review_id)
        if review is None or case is None or version is None:
            return None
        verdict = tx.verdicts.newest(case.id)
        appeals = tx.appeals.of_case(case.id)
        product = tx.products.get(account, review.sku)
        draft = next((one for one in appeals if one.state is AppealState.DRAFT and one.is_open), None)
        told = verdict.told if verdict and verdict.review_version == review.version else {}
        kind = verdict.kind if verdict else ""
        return Pane(
            account=account,
            review_id=review_id,
            version=review.version,
            case_id=case.id,
            product=show((review.item_name or (product.title if product else "")) or review.sku, one_line=True),
            sku=review.sku,
            item=tell_item(review),
            stars=review.rating,
            author=show(review.author_name, one_line=True, limit=80) or "имя не установлено",
            published=tell_published(review.published_earliest, review.published_latest, review.published_raw, zone),
            seen_at=review.first_seen_at.astimezone(ZoneInfo(zone)),
            address=address_today(review, product),
            pieces=mark(version.text, told),
            kind=kind,
            verdict=verdict_words(kind).word,
            verdict_title=verdict_words(kind).title,
            tone=verdict_words(kind).tone,
            ground=titles.ground(verdict.ground) if verdict else "",
            reasons=tuple(verdict.sentences) if verdict else (),
            would_change=_sentences(told.get("what_would_change")),
            checks=_checks(told),
            shots=shots_of(tx, account, review_id, zone),
            own_files=own_files_of(tx, account, review_id, zone),
            draft=_draft(tx, draft, titles) if draft else None,
            refusal=_refusal(tx, review, verdict, draft, appeals),
            costs=_costs(tx, review, draft, titles, zone),
            standing=_standing(tx, review, appeals, zone),
        )


def _sentences(listed: JsonValue) -> tuple[str, ...]:
    return (
        tuple(str(one.get("text", "")) for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()
    )


def _checks(told: Mapping[str, JsonValue]) -> tuple[Check, ...]:
    listed = told.get("checks")
    return tuple(
        Check(
            title=str(one.get("title", "")),
            outcome=str(one.get("outcome", "")),
            word=CHECKS[Outcome(str(one.get("outcome")))],
            text=str(one.get("text", "")),
        )
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    )


def shots_of(tx: Transaction, account: str, review_id: str, zone: str) -> tuple[Shot, ...]:
    """Returns the newest capture of each moment of a review, with its smallest picture."""
    newest: dict[str, ArtifactRecord] = {}
    for row in tx.artifacts.of_review(account, review_id):
        kind = row.notes.get("kind") if isinstance(row.notes, dict) else None
        if kind in _PICTURES and row.moment in _CAPTIONS:
            known = newest.get(row.moment)
            is_later = known is None or row.captured_at > known.captured_at
            is_closer = known is not None and row.captured_at == known.captured_at and kind == _PICTURES[0]
            if is_later or is_closer:
                newest[row.moment] = row
    shots = [_shot(row, zone) for row in newest.values()]
    if "public" not in newest:
        shots.insert(0, _no_shot(_CAPTIONS["public"]))
    return tuple(shots)


def own_files_of(tx: Transaction, account: str, review_id: str, zone: str) -> tuple[OwnFileShown, ...]:
    """Returns the seller's own files about a review, the oldest first; of one taken in twice the later."""
    found: dict[str, OwnFileShown] = {}
    for row in tx.artifacts.of_review(account, review_id):
        notes = row.notes if isinstance(row.notes, dict) else {}
        if row.moment != OWN_FILE or notes.get("purged"):
            continue
        told = notes.get("told")
        found[row.sha256] = OwnFileShown(
            id=row.id,
            name=show(str(notes.get("name") or row.id), one_line=True, limit=80),
            media_type=row.media_type,
            size=row.size,
            digest=row.sha256,
            note=show(str(notes.get("note") or ""), one_line=True, limit=240),
            told=tuple(in_language(str(one)) for one in told) if isinstance(told, list) else (),
            is_picture=row.media_type in {"image/png", "image/jpeg"},
            taken_at=row.captured_at.astimezone(ZoneInfo(zone)),
        )
    return tuple(found.values())


def _shot(row: ArtifactRecord, zone: str) -> Shot:
    notes = row.notes if isinstance(row.notes, dict) else {}
    standing, word, tone = ("complete", "Полный", Tone.PLAIN) if row.is_complete else ("partial", "Неполный", Tone.WAIT)
    if notes.get("purged"):
        standing, word, tone = "purged", "Очищен", Tone.PLAIN
    return Shot(
        artifact="" if standing == "purged" else row.id,
        caption=_CAPTIONS[row.moment],
        standing=standing,
        word=word,
        tone=tone,
        lacks="",
        taken_at=row.captured_at.astimezone(ZoneInfo(zone)),
    )


def _no_shot(caption: str) -> Shot:
    return Shot(artifact="", caption=caption, standing="none", word="Нет", tone=Tone.PLAIN, lacks="", taken_at=None)


def _draft(tx: Transaction, draft: AppealRecord, titles: Titles) -> Draft:
    facts = titles.channels.get(draft.channel)
    return Draft(
        appeal_id=draft.id,
        ground=draft.ground,
        ground_title=titles.ground(draft.ground),
        channel=draft.channel,
        channel_title=facts.title if facts else draft.channel,
        reason=draft.reason_label,
        text=draft.text,
        longest=facts.longest if facts else None,
        sender=f"{draft.sender_name} {draft.sender_email}".strip(),
        order=draft.order_number or "",
        files=tuple(
            FileShown(name=show(one.name, one_line=True), media_type=one.media_type, digest=one.sha256)
            for one in tx.appeals.files(draft.id)
        ),
        shown=draft.payload_hash,
        wait=round(facts.wait.total_seconds()) if facts else 0,
        most_files=facts.most_files if facts else 0,
    )


def _refusal(
    tx: Transaction,
    review: ReviewRecord,
    verdict: VerdictRecord | None,
    draft: AppealRecord | None,
    appeals: list[AppealRecord],
) -> str:
    """Why nothing can be approved as it stands; the ledger itself refuses all the same."""
    unknown = next((one for one in appeals if one.state is AppealState.UNKNOWN and one.is_open), None)
    if unknown is not None:
        return "Об этом отзыве есть обращение, о котором неизвестно, дошло ли оно. Сначала выясняется оно."
    if draft is None:
        return _no_draft(tx, review, verdict)
    if draft.review_version != review.version:
        return "Отзыв изменился после того, как составлен черновик. Составьте его заново по новому тексту."
    if not is_own_item(tx, review):
        return ""  # drafting it took a person's word already
    others = [one for one in tx.appeals.about(review.review_id) if one.id != draft.id and one.is_open]
    if any(not is_same_identity(one.identity, draft.identity) for one in others):
        return "Об этом отзыве уже есть обращение от другого имени."
    return ""


def _no_draft(tx: Transaction, review: ReviewRecord, verdict: VerdictRecord | None) -> str:
    if verdict is None or verdict.review_version != review.version:
        return "Отзыв ещё не оценён по новому тексту."
    if not is_own_item(tx, review):
        return "Это отзыв о другом товаре карточки. Чей это товар, решаете вы."
    if verdict.kind == Decision.FILE.value:
        return "Черновик не составлен: не хватает того, что читает следующее посещение. Можно составить его сейчас."
    return "Черновика нет: программа не видит нарушения сама. Выберите основание."


def _costs(
    tx: Transaction, review: ReviewRecord, draft: AppealRecord | None, titles: Titles, zone: str
) -> tuple[Cost, ...]:
    facts = titles.channels.get(draft.channel) if draft else None
    if facts is None:
        return ()
    now, costs = tx.now(), []
    sent = tx.appeals.gestures_since({review.account_id}, now - _DAY)
    costs.append(
        Cost(
            label="За сутки",
            value=f"отправлено {sent} из {facts.daily_cap}",
            is_short=sent >= facts.daily_cap,
        )
    )
    if facts.attempts is not None:
        word = "одна попытка" if facts.attempts == 1 else f"попыток не больше {facts.attempts}"
        costs.append(Cost(label="На отзыв", value=word, is_short=facts.attempts == 1))
    if facts.window is not None and review.published_earliest is not None:  # as the ledger counts
        costs.append(_closing(review.published_earliest + facts.window, now, zone))
    return tuple(costs)


def _closing(closes: datetime, now: datetime, zone: str) -> Cost:
    day = f"{closes.astimezone(ZoneInfo(zone)):%d.%m.%Y}"
    if closes <= now:
        return Cost(label="Срок подачи", value=f"кончился {day}", is_short=True)
    days = (closes - now).days
    return Cost(label="Срок подачи", value=f"до {day}, осталось дней: {days}", is_short=days < 3)


def _standing(tx: Transaction, review: ReviewRecord, appeals: list[AppealRecord], zone: str) -> Standing | None:
    local = ZoneInfo(zone)
    acted = [one for one in appeals if one.state is not AppealState.DRAFT]
    sent = next((one for one in reversed(acted) if one.is_open or one.review_version == review.version), None)
    if sent is not None:
        return standing_of_appeal(tx, sent, zone)
    found = tx.decisions.standing(review.account_id, review.review_id)
    if found is None or found.review_version != review.version or (found.until and found.until <= tx.now()):
        return None
    words = DECISIONS[found.kind]
    return Standing(
        word=words.word,
        title=words.title,
        tone=words.tone,
        by=found.decided_by,
        at=found.decided_at.astimezone(local),
        until=found.until.astimezone(local) if found.until else None,
        note=show(found.note),
        undo=f"decision:{found.id}",
    )


def standing_of_appeal(tx: Transaction, appeal: AppealRecord, zone: str) -> Standing:
    """Returns where an appeal stands, as one word, and how it can be taken back while it can."""
    return stand(appeal, tx.approvals.standing([appeal.id]).get(appeal.id), zone)


def stand(appeal: AppealRecord, approval: ApprovalRecord | None, zone: str) -> Standing:
    """Says it of an appeal whose standing approval is known already. Pure."""
    local = ZoneInfo(zone)
    words = words_of(Track.FILING, appeal.state)
    if appeal.moderation:
        words = words_of(Track.MODERATION, appeal.moderation)
    may_undo = appeal.state is AppealState.APPROVED and appeal.is_open
    return Standing(
        word=words.word,
        title=words.title,
        tone=words.tone,
        by=_name_of(approval.approver) if approval else "",
        at=approval.approved_at.astimezone(local) if approval else None,
        until=approval.send_from.astimezone(local) if approval and approval.send_from and may_undo else None,
        undo=f"appeal:{appeal.id}" if may_undo else "",
        appeal_id=appeal.id,
    )


def _name_of(approver: str) -> str:
    """The person's name; at the desk the page stands before it."""
    return approver.partition(":")[2] if approver.startswith("desk/") else approver
