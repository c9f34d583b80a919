"""One letter to the seller's own mail server: TLS or nothing, one DATA, and the server's own word. No store.

smtplib and not apprise: the moment before DATA has to be known, and the answer after it.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from monitor.closed_lists.contact_kinds import LetterAnswer
from monitor.errors import DeliveryFailed
from monitor.language import gettext

_SECONDS = 60.0  # how long one answer of the server is waited for
Security = Literal["tls", "starttls"]


@dataclass(frozen=True)
class MailServer:
    """The seller's mail server.

    Attributes:
        security: ``tls`` from the first byte, or ``starttls``; there is no third.
        password: An app password; never shown.
    """

    host: str
    port: int
    security: Security
    user: str
    password: str


@dataclass(frozen=True)
class Said:
    """What became of a letter: taken, not taken, or nothing certain; with the server's words."""

    was_taken: bool | None
    answer: str


@dataclass(frozen=True)
class FileToSend:
    """A file that goes along."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Envelope:
    """What goes out."""

    sender: str
    to_address: str
    subject: str
    text: str
    message_id: str
    files: Sequence[FileToSend] = ()


def build_message(envelope: Envelope, at: datetime) -> EmailMessage:
    """Builds the message; headers cannot be broken out of (the library refuses line ends in them)."""
    message = EmailMessage()
    message["From"] = envelope.sender
    message["To"] = envelope.to_address
    message["Subject"] = envelope.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = envelope.message_id
    message.set_content(envelope.text, cte="base64")
    for file in envelope.files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    return message


def post(server: MailServer, envelope: Envelope, *, at: datetime, release: Callable[[], None]) -> Said:
    """Hands one letter to the server.

    Args:
        server: Which one.
        envelope: The letter.
        at: Its date.
        release: Called once, before DATA; when it raises, nothing of the letter leaves.

    Returns:
        The server's own word after DATA.

    Raises:
        DeliveryFailed: nothing of the letter has left: no connection, no TLS, no sign-in, an address refused.
    """
    message = build_message(envelope, at)
    client = _sign_in(server, envelope)
    try:
        release()
        return _hand_over(client, message)
    finally:
        client.close()


def _sign_in(server: MailServer, envelope: Envelope) -> smtplib.SMTP:
    context = ssl.create_default_context()
    try:
        if server.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        try:
            if server.security == "starttls":
                client.starttls(context=context)
            client.login(server.user, server.password)
            code, words = client.mail(envelope.sender)
            if code == 250:
                code, words = client.rcpt(envelope.to_address)
        except BaseException:  # Ctrl-C too: no connection may stay open; raised on
            client.close()
            raise
    except (OSError, smtplib.SMTPException) as error:
        raise _nothing_left(str(error)) from error
    if code not in {250, 251}:
        client.close()
        raise _nothing_left(gettext("the server answered {code} {text}").format(code=code, text=_text(words)))
    return client


def _nothing_left(why: str) -> DeliveryFailed:
    failed = DeliveryFailed(gettext("nothing was sent: {why}").format(why=why)[:300])
    failed.hint = gettext(
        "The letter is approved as before. Look at [mail] in config.toml, and `fairreview support mail set`."
    )
    return failed


def _hand_over(client: smtplib.SMTP, message: EmailMessage) -> Said:
    try:
        code, words = client.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    except smtplib.SMTPDataError as error:  # a definite word at DATA itself: nothing was taken
        return Said(was_taken=False, answer=f"{error.smtp_code} {_text(error.smtp_error)}")
    except (OSError, smtplib.SMTPException) as error:
        return Said(was_taken=None, answer=f"{LetterAnswer.NO_ANSWER}: {error}")
    if code == 250:
        return Said(was_taken=True, answer=f"{code} {_text(words)}")
    if 400 <= code <= 599:
        return Said(was_taken=False, answer=f"{code} {_text(words)}")
    return Said(was_taken=None, answer=f"{code} {_text(words)}")


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
