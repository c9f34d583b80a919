"""Hands messages to channels and sends what is due: one bad channel never keeps the others waiting.

A message is stored in the transaction of its event, so it cannot be lost. It is sent at least once: a process killed
between the service's "yes" and our note sends it again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.cases.judging import is_negative
from monitor.closed_lists.incident_kinds import INCIDENTS, Audience, IncidentKind
from monitor.config.sections import NotifySection
from monitor.errors import DeliveryFailed, MonitorError
from monitor.incidents import report_bad, report_good
from monitor.outgoing import message_words as wording
from monitor.outgoing.cards import Card, make_event_card
from monitor.outgoing.contact_reminders import put_due_reminders
from monitor.outgoing.context import OutgoingContext
from monitor.outgoing.court_reminders import put_court_reminders
from monitor.outgoing.digest_post import channels_of, put_due_digests
from monitor.outgoing.messengers import Channel, load_channel
from monitor.outgoing.pictures import find_picture
from monitor.outgoing.together import Told, put_together
from monitor.state import Action, Transaction
from monitor.state.outbox import DeliveryRecord, OutboxRecord
from monitor.state.text import JsonValue

_BUSY_FOR = timedelta(minutes=10)  # longer than any service may take; after a crash the delivery is due again then
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""Time before each further attempt; after the last one a delivery is given up."""


@dataclass(frozen=True)
class Sent:
    """What one round of sending did."""

    sent: int
    failed: int


@dataclass
class Messenger:
    """Sends the messages of some accounts of one installation."""

    installation: OutgoingContext
    accounts: Collection[str]

    def send_due(self) -> Sent:
        """Gives new messages to their channels and sends every delivery whose time has come."""
        put_due_digests(self.installation, self.accounts)
        put_due_reminders(self.installation.state, self.accounts)
        today = self.installation.clock.now().astimezone(self._zone).date()
        put_court_reminders(self.installation.state, self.installation.artifacts, self.accounts, today=today)
        self._hand_out()
        with self.installation.state.transaction() as tx:
            due = tx.outbox.claim(self.accounts, busy_until=tx.now() + _BUSY_FOR)
        sent = failed = 0
        for name, deliveries in groupby(due, key=lambda delivery: delivery.channel):
            for bundle in self._bundles(list(deliveries)):
                count = sum(map(len, bundle))
                if self._send(name, bundle):
                    sent += count
                else:
                    failed += count
        return Sent(sent, failed)

    def _hand_out(self) -> None:
        notify = self.installation.settings.notify
        with self.installation.state.transaction() as tx:
            busy = {visit.account_id for visit in tx.visits.unfinished() if (visit.deadline_at or tx.now()) > tx.now()}
            for message in tx.outbox.pending(self.accounts):
                if wording.MESSAGES[message.event].about is wording.Subject.REVIEW and message.account_id in busy:
                    continue  # its picture is being taken right now
                channels = _audience(tx, message, self.installation)
                from_at = earliest(notify, self._zone, tx.now(), may_wait=_is_for_digest(message))
                tx.outbox.give(message.id, [(channel, from_at) for channel in channels])

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.installation.settings.installation.zone)

    def _bundles(self, deliveries: list[DeliveryRecord]) -> list[list[list[Told]]]:
        """Returns what is sent together: the events of each message."""
        with self.installation.state.read() as tx:
            found = [(one, message) for one in deliveries if (message := tx.outbox.get(one.message_id)) is not None]
        return put_together(found, wants_digest=self.installation.settings.notify.digest is not None)

    def _send(self, name: str, events: Sequence[Sequence[Told]]) -> bool:
        error, pause = "", timedelta(0)
        try:
            channel = load_channel(self.installation.secrets, name, self.installation.redactor)
            self._tell(channel, [[message for _, message in event] for event in events])
        except MonitorError as failure:
            error = self.installation.redactor.redact(str(failure))[:300] or "failed"
            pause = failure.pause if isinstance(failure, DeliveryFailed) else pause
        with self.installation.state.transaction() as tx:
            for delivery, message in chain.from_iterable(events):
                self._note(tx, delivery, message, error, pause)
        return not error

    def _tell(self, channel: Channel, events: Sequence[Sequence[OutboxRecord]]) -> None:
        cards = [make_event_card(self.installation.state, self.installation.settings, event) for event in events]
        if len(cards) == 1:
            account, card = events[0][0].account_id, cards[0]
            picture = (
                find_picture(self.installation.state, self.installation.artifacts, account, card.review_id)
                if card.review_id
                else None
            )
            channel.send(card.title, card.body, [picture] if picture else [])
            return
        channel.send(f"{wording.DIGEST_TITLE}: {len(cards)}", _digest(cards))

    def _note(
        self, tx: Transaction, delivery: DeliveryRecord, message: OutboxRecord, error: str, pause: timedelta
    ) -> None:
        account = message.account_id
        if error:
            again = delivery.attempts < len(_WAITS)
            next_at = tx.now() + max(_WAITS[delivery.attempts], pause) if again else None
            tx.outbox.mark_failed(delivery, error, next_attempt_at=next_at)
            report_bad(tx, account, IncidentKind.CHANNEL_FAILED, subject=delivery.channel, detail=error)
            return
        tx.outbox.mark_sent(delivery)
        report_good(tx, account, IncidentKind.CHANNEL_FAILED, subject=delivery.channel)
        outputs: dict[str, JsonValue] = {"channel": delivery.channel, "event": message.event, "message": message.id}
        actor = Actor(kind="schedule", id="notify")
        tx.journal.record(account, Action("notify.sent", actor=actor, outputs=outputs))


def earliest(notify: NotifySection, zone: ZoneInfo, now: datetime, *, may_wait: bool) -> datetime:
    """Returns from when on a message may be sent: at the next digest where one is wanted, never in quiet hours. Pure.

    Args:
        notify: The settings.
        zone: Zone of the digest's cron line and of the quiet hours.
        now: The moment.
        may_wait: The message may go into a digest.
    """
    at = notify.digest.after(now, zone) if notify.digest is not None and may_wait else now
    if notify.quiet.stretches and notify.quiet.is_open(at, zone):
        return notify.quiet.next_closed(at, zone) or at
    return at


def _audience(tx: Transaction, message: OutboxRecord, installation: OutgoingContext) -> tuple[str, ...]:
    notify = installation.settings.notify
    payload = message.payload if isinstance(message.payload, dict) else {}
    about = wording.MESSAGES[message.event].about
    if about is wording.Subject.DIGEST:
        return channels_of(installation.settings, str(payload.get("team", "")))
    if about is wording.Subject.REVIEW:
        review = tx.reviews.get(message.account_id, str(payload.get("review", "")))
        is_told = review is None or review.rating is None or is_negative(review.rating)
        return notify.seller if is_told else ()
    if about in {wording.Subject.APPEAL, wording.Subject.CONTACT, wording.Subject.COURT}:
        return notify.seller
    operators = notify.operator or notify.seller
    kind = IncidentKind(str(payload.get("kind")))
    is_for_both = INCIDENTS[kind].audience is Audience.BOTH
    chosen = tuple(dict.fromkeys((*notify.seller, *operators))) if is_for_both else operators
    if kind is not IncidentKind.CHANNEL_FAILED:
        return chosen
    # Through the channel that fails nobody would hear of it.
    return tuple(name for name in dict.fromkeys((*chosen, *notify.seller)) if name != payload.get("subject"))


def _is_for_digest(message: OutboxRecord) -> bool:
    return wording.MESSAGES[message.event].may_wait


def _digest(cards: Sequence[Card]) -> str:
    return "\n\n".join(card.line for card in cards)
