"""Channels: where people are told, each an apprise address kept in the secret store. The only user of apprise.

An address holds tokens. They are learnt by the redactor as soon as an address is read, and nothing but apprise's own
masked form of it is ever shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.errors import DeliveryFailed, SettingsError
from monitor.language import gettext as _
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import SecretStore

if TYPE_CHECKING:
    import apprise

_PREFIX = "notify/"
_SHORTEST_TOKEN = 6
_RETRY_AFTER = re.compile(r"retry[ _-]?after[\"':=\s]*([0-9]{1,6})", re.IGNORECASE)
_LONGEST_PAUSE = 86_400  # seconds
_LONGEST_PART = 3500
"""Characters of one message where the service would take more: Telegram takes 4096, and phones are small."""


@dataclass(frozen=True)
class Picture:
    """A picture to go with a message."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Channel:
    """One channel, ready to send."""

    name: str
    service: apprise.NotifyBase
    redactor: Redactor

    @property
    def masked(self) -> str:
        """The address without its tokens."""
        shown: str = self.service.url(privacy=True).partition("?")[0]
        return shown

    @property
    def longest(self) -> int:
        """Characters that fit into one message."""
        return min(int(self.service.body_maxlen), _LONGEST_PART)

    def send(self, title: str, body: str, pictures: Sequence[Picture] = ()) -> None:
        """Sends one message, in parts where it is too long for the service; the pictures go with the first part.

        Raises:
            DeliveryFailed: the service did not take it; the parts before may have arrived.
        """
        parts = split_text(body, self.longest)
        for number, part in enumerate(parts, start=1):
            counted = f"{title} ({number}/{len(parts)})" if len(parts) > 1 else title
            self._send_part(counted, part, pictures if number == 1 else ())

    def _send_part(self, title: str, body: str, pictures: Sequence[Picture]) -> None:
        import apprise  # noqa: PLC0415 - 0.2 s, and most commands tell nobody
        from apprise.attachment.memory import AttachMemory  # noqa: PLC0415

        attached = None
        if pictures and self.service.attachment_support:
            attached = apprise.AppriseAttachment()
            for picture in pictures:
                attached.add(AttachMemory(content=picture.data, name=picture.name, mimetype=picture.media_type))
        sender = apprise.Apprise()
        sender.add(self.service)
        with apprise.LogCapture(level=apprise.logging.WARNING) as captured:
            is_taken = sender.notify(body=body, title=title, attach=attached, body_format=apprise.NotifyFormat.TEXT)
            said = captured.getvalue()
        if not is_taken:
            told = self.redactor.redact(" ".join(said.split()))[:300]
            raise DeliveryFailed(told or _("the service did not take the message"), pause=pause_of(said))


def pause_of(said: str) -> timedelta:
    """Returns how long a service asks to be left alone, from what apprise tells of its answer; zero where it is silent.

    Telegram answers 429 with «Too Many Requests: retry after 35» (core.telegram.org/bots/api#responseparameters); of
    the header ``Retry-After`` apprise tells nothing.
    """
    found = _RETRY_AFTER.search(said)
    return timedelta(seconds=min(int(found[1]), _LONGEST_PAUSE)) if found else timedelta(0)


def save_channel(store: SecretStore, name: str, address: str, redactor: Redactor) -> Channel:
    """Checks an address and keeps it.

    Raises:
        SettingsError: no service has addresses of this form.
    """
    channel = _make(name, address.strip(), redactor)
    store.save(_PREFIX + name, address.strip().encode())
    return channel


def load_channel(store: SecretStore, name: str, redactor: Redactor) -> Channel:
    """Reads a channel.

    Raises:
        SettingsError: there is none of this name, or its address is not understood any more.
    """
    found = store.load(_PREFIX + name)
    if found is None:
        raise SettingsError(
            _('no channel is named "{name}"').format(name=name),
            where="notify",
            hint=_("`fairreview notify set {name}` makes it.").format(name=name),
        )
    return _make(name, found.value.decode(), redactor)


def channel_names(store: SecretStore) -> tuple[str, ...]:
    """Returns the names of all channels that are kept."""
    return tuple(name.removeprefix(_PREFIX) for name in store.names(_PREFIX))


def forget_channel(store: SecretStore, name: str) -> bool:
    """Deletes a channel; tells whether there was one."""
    return store.forget(_PREFIX + name)


def split_text(text: str, limit: int) -> list[str]:
    """Cuts a text into parts that fit, at ends of lines where there are some. Pure."""
    parts: list[str] = []
    rest = text.strip("\n")
    while len(rest) > limit:
        cut = rest.rfind("\n", 0, limit + 1)
        cut = limit if cut < limit // 4 else cut
        parts.append(rest[:cut].rstrip("\n"))
        rest = rest[cut:].lstrip("\n")
    return [*parts, rest]


def _make(name: str, address: str, redactor: Redactor) -> Channel:
    import apprise  # noqa: PLC0415

    redactor.add(address, "notify")
    service = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        raise SettingsError(
            _("this is not an address of a service that can be told"),
            where=f"notify {name}",
            hint=_("For example tgram://<bot token>/<chat id> or mailto://user:password@example.com."),
        )
    shown = service.url(privacy=True)
    for piece in re.split(r"[/:@?&=#,]+", address):
        if len(piece) >= _SHORTEST_TOKEN and piece not in shown:
            redactor.add(piece, "notify")
    return Channel(name, service, redactor)
