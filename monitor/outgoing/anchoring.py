"""A signed checkpoint by mail (or any other channel): a copy that whoever holds this machine cannot take back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evidence_store.canonical import format_utc
from evidence_store.errors import Malformed
from evidence_store.journal import Actor
from evidence_store.seal import SignedCheckpoint, parse_signed_checkpoint
from monitor.custody.anchors import ACTION
from monitor.errors import DeliveryFailed, SettingsError
from monitor.language import gettext as _
from monitor.outgoing.context import OutgoingContext
from monitor.outgoing.messengers import Picture, load_channel
from monitor.state import INSTALLATION, Action, subject

_APART = timedelta(days=1)  # between two letters; a checkpoint covers all before it
_AFTER_FAILURE = timedelta(hours=1)

_TITLE = "Контрольная точка журнала № {number}"
_BODY = """\
Сохраните это сообщение отдельно от компьютера с программой: по нему видно, если журнал потом обрежут, перепишут или
заменят старой копией.

Установка: {installation}
Номер: {number}
Время: {at}
SHA-256: {digest}
Открытый ключ: {key}

Проверка: fairreview evidence verify --checkpoint ФАЙЛ --key КЛЮЧ (файл приложен, если служба это умеет)."""


@dataclass
class Anchoring:
    """Sends the newest checkpoint to the channels of ``evidence.anchor_channels``, at most once a day each."""

    installation: OutgoingContext
    _not_before: dict[str, datetime] = field(default_factory=dict)

    def send_due(self) -> tuple[str, ...]:
        """Sends what is due; returns what did not go out, one sentence a channel."""
        names = self.installation.settings.evidence.anchor_channels
        now = self.installation.clock.now()
        with self.installation.state.read() as tx:
            sent = {row.subject: row.written_at for row in tx.journal.of_action(ACTION)}
        due = [
            name
            for name in names
            if now >= self._not_before.get(name, now) and (name not in sent or now - sent[name] >= _APART)
        ]
        return self.send_now(due) if due else ()

    def send_now(self, names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
        """Sends the newest checkpoint to these channels; returns what did not go out, one sentence a channel."""
        signed = self._newest()
        return tuple(problem for name in names if signed is not None and (problem := self._send(name, signed)))

    def _newest(self) -> SignedCheckpoint | None:
        with self.installation.state.read() as tx:
            envelopes = tx.journal.envelopes(newest=1)
        try:
            return parse_signed_checkpoint(envelopes[-1]) if envelopes else None
        except Malformed:
            return None  # `evidence verify` names it

    def _send(self, name: str, signed: SignedCheckpoint) -> str:
        point = signed.checkpoint
        told = {"number": point.number, "digest": point.digest.hex}
        body = _BODY.format(
            installation=point.installation, at=format_utc(point.at), key=signed.signature.public_key, **told
        )
        file = Picture(f"checkpoint-{point.number:08d}.json", "application/json", signed.to_bytes())
        try:
            channel = load_channel(self.installation.secrets, name, self.installation.redactor)
            channel.send(_TITLE.format(number=point.number), body, [file])
        except (DeliveryFailed, SettingsError) as error:
            self._not_before[name] = self.installation.clock.now() + _AFTER_FAILURE
            return self.installation.redactor.redact(
                _("{name}: checkpoint {number} was not sent: {error}").format(
                    name=name, number=point.number, error=error
                )
            )
        with self.installation.state.transaction() as tx:
            action = Action(
                ACTION,
                actor=Actor(kind="schedule", id="anchor"),
                subjects=[subject("other", name)],
                inputs={"checkpoint": point.number},
                outputs={"digest": str(point.digest)},
            )
            tx.journal.record(INSTALLATION, action)
        return ""
