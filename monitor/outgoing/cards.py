"""Turns a message of the outbox into a card: a title, a short text in Russian, and whose picture goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.cases.reservations import tell_item
from monitor.closed_lists.incident_kinds import INCIDENTS, IncidentKind
from monitor.closed_lists.states import Presence
from monitor.config.settings import Settings
from monitor.language.plain_text import show
from monitor.outgoing import message_words as wording
from monitor.outgoing.digest_post import tell_stored_digest
from monitor.state import State
from monitor.state.outbox import OutboxRecord
from monitor.state.text import JsonValue
from monitor.support.contact_words import TURNS, WAYS
from monitor.triage.titles import verdict_words
from monitor.watching.cuts import tell_cut_in_russian
from monitor.watching.roster import address_today

_LONGEST_QUOTE = 500  # characters of a review's text on a card; a photo's caption takes 1024 in all
_LONGEST_DETAIL = 300
_PICTURED = frozenset({"review.new", "review.edited"})


@dataclass(frozen=True)
class Card:
    """What is said about one event.

    Attributes:
        review_id: The review whose picture goes with it; empty: none.
    """

    title: str
    body: str
    review_id: str = ""

    @property
    def line(self) -> str:
        """The card as one entry of a digest."""
        first = self.body.partition("\n")[0]
        return f"• {self.title}. {first}" if first else f"• {self.title}"


def make_card(state: State, settings: Settings, message: OutboxRecord) -> Card:
    """Builds the card of a message; strangers' text on it can neither hide nor reorder anything."""
    payload = message.payload if isinstance(message.payload, dict) else {}
    kind = wording.MESSAGES[message.event]
    if kind.about is wording.Subject.REVIEW:
        return _review_card(state, message, kind, payload)
    if kind.about is wording.Subject.APPEAL:
        return _appeal_card(state, settings, message.account_id, kind, payload)
    if kind.about is wording.Subject.CONTACT:
        return _contact_card(state, settings, message, kind, payload)
    if kind.about is wording.Subject.COURT:
        return _court_card(message, kind, payload)
    if kind.about is wording.Subject.DIGEST:
        return Card(*tell_stored_digest(state, settings, message.account_id, payload))
    return _incident_card(state, message, kind, payload)


def make_event_card(state: State, settings: Settings, messages: Sequence[OutboxRecord]) -> Card:
    """Builds the card of what became of one event: the last word is told, and which ones it supersedes.

    Args:
        state: The store.
        settings: Its settings.
        messages: What was to be told about it, oldest first.
    """
    last = make_card(state, settings, messages[-1])
    if len(messages) == 1:
        return last
    before = dict.fromkeys(wording.MESSAGES[one.event].title for one in messages[:-1])
    pictured = any(one.event in _PICTURED for one in messages)
    review_id = _text(messages[-1].payload, "review") if isinstance(messages[-1].payload, dict) and pictured else ""
    return Card(last.title, f"{last.body}\n{wording.SUPERSEDED.format(before='; '.join(before))}", review_id)


def _review_card(state: State, message: OutboxRecord, kind: wording.MessageKind, payload: dict[str, JsonValue]) -> Card:
    account_id = message.account_id
    review_id, sku = _text(payload, "review"), _text(payload, "sku")
    with state.read() as tx:
        review = tx.reviews.get(account_id, review_id)
        version = tx.reviews.newest_version(account_id, review_id)
        product = tx.products.get(account_id, sku)
        case = tx.cases.of_review(account_id, review_id)
        verdict = tx.verdicts.newest(case.id) if case is not None else None
        address = address_today(review, product) if review is not None else ""
    rating = review.rating if review is not None else None
    stars = "★" * rating + "☆" * (5 - rating) if rating is not None and 0 <= rating <= 5 else "оценка не прочитана"
    title = show(product.title, one_line=True, limit=60) if product is not None and product.title else sku
    lines = [f"{stars} {show(review.author_name, one_line=True, limit=40) if review else ''}".rstrip()]
    if review is not None and review.item_id:
        lines.append(f"О товаре: {show(tell_item(review), one_line=True, limit=120)}")
    if version is not None and version.text:
        lines.append(f"«{show(version.text, limit=_LONGEST_QUOTE)}»")
    if review is not None and review.presence == Presence.UNLISTED:
        lines.append(wording.UNLISTED)
    if verdict is not None:
        lines.append(f"Оценка: {verdict_words(verdict.kind).title}")
    lines.append(f"Подробнее: fairreview reviews show {review_id}")
    if address:
        lines.append(address)
    pictured = review_id if message.event in _PICTURED else ""
    return Card(f"{kind.title}: {title}", "\n".join(lines), pictured)


def _appeal_card(
    state: State, settings: Settings, account_id: str, kind: wording.MessageKind, payload: dict[str, JsonValue]
) -> Card:
    review_id, appeal_id = _text(payload, "review"), _text(payload, "appeal")
    with state.read() as tx:
        appeal = tx.appeals.get(appeal_id)
        version = tx.reviews.newest_version(account_id, review_id)
    lines = [f"Обращение {appeal.number or appeal_id}" if appeal is not None else f"Обращение {appeal_id}"]
    if version is not None:
        lines.append(f"Отзыв: «{show(version.text, one_line=True, limit=200)}»")
    if send_from := _text(payload, "send_from"):
        moment = datetime.fromisoformat(send_from).astimezone(ZoneInfo(settings.installation.zone))
        lines.append(wording.CHANGE_OF_MIND.format(moment=f"{moment:%d.%m %H:%M}", appeal=appeal_id))
    lines.append(f"Подробнее: fairreview reviews show {review_id}")
    return Card(kind.title, "\n".join(lines))


def _contact_card(
    state: State, settings: Settings, message: OutboxRecord, kind: wording.MessageKind, payload: dict[str, JsonValue]
) -> Card:
    """Tells of a time that has come: whose turn, what was promised, by whom; the number by which to ask."""
    review_id, zone = _text(payload, "review"), ZoneInfo(settings.installation.zone)
    with state.read() as tx:
        contact = tx.contacts.get(_text(payload, "contact"))
    lines = [f"Кабинет: {message.account_id}"]
    if contact is not None:
        at = f"{contact.happened_at.astimezone(zone):%d.%m.%Y %H:%M}"
        lines[0] += f", {TURNS[contact.turn].word}"
        who = f", {show(contact.who, one_line=True, limit=60)}" if contact.who else ""
        number = f", № {show(contact.number, one_line=True, limit=40)}" if contact.number else ""
        lines.append(f"{WAYS[contact.way].title} {at}{number}{who}")
        if contact.promised:
            lines.append(f"Обещано: {show(contact.promised, one_line=True, limit=_LONGEST_DETAIL)}")
        if contact.due_at:
            lines.append(f"Срок: {contact.due_at.astimezone(zone):%d.%m.%Y %H:%M}")
    lines.append(wording.NEXT_IN_DIALOGUE.format(review=review_id))
    return Card(kind.title, "\n".join(lines))


def _court_card(message: OutboxRecord, kind: wording.MessageKind, payload: dict[str, JsonValue]) -> Card:
    """Tells which last day is near, on what it rests, and where to say that the paper is out."""
    last_day = date.fromisoformat(_text(payload, "last_day"))
    lines = [
        f"Кабинет: {message.account_id}",
        f"{_text(payload, 'title')}: последний день {last_day:%d.%m.%Y}",
        show(_text(payload, "told"), one_line=True, limit=_LONGEST_DETAIL),
        wording.NEXT_IN_COURT.format(review=_text(payload, "review")),
    ]
    return Card(kind.title, "\n".join(lines))


def _incident_card(
    state: State, message: OutboxRecord, kind: wording.MessageKind, payload: dict[str, JsonValue]
) -> Card:
    what, subject = IncidentKind(_text(payload, "kind")), _text(payload, "subject")
    rule = INCIDENTS[what]
    lines = [f"Кабинет: {message.account_id}" + (f", {show(subject, one_line=True, limit=60)}" if subject else "")]
    if message.event != "incident.close":
        detail = _tell_cut(state, message.account_id, subject) if what is IncidentKind.LISTING_CUT else ""
        if not detail and (written := _text(payload, "detail")):
            detail = wording.LOGGED.format(detail=show(written, one_line=True, limit=_LONGEST_DETAIL))
        lines += [line for line in (detail, rule.next_step) if line]
    return Card(f"{kind.title}: {rule.title}", "\n".join(lines))


def _tell_cut(state: State, account_id: str, sku: str) -> str:
    with state.read() as tx:
        product = tx.products.get(account_id, sku)
    if product is None:
        return ""
    told = tell_cut_in_russian(product.cut, product.reviews_shown, product.reviews_total)
    return told[:1].upper() + told[1:]


def _text(payload: dict[str, JsonValue], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""
