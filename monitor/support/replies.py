"""A reply as a mail program saved it (.eml): read within bounds, nothing opened, nothing drawn. Pure.

The From of a mail proves nothing. HTML is never drawn: where there is no plain text, the reply says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from evidence_store.digests import Digest
from monitor.errors import UsageError
from monitor.language import gettext as _

LARGEST = 20 * 1024 * 1024  # bytes of a file
_MOST_PARTS = 100
_LONGEST_TEXT = 18_000  # characters that the dialogue keeps; the file has all of them
_LONGEST_HEADER = 300
_HEADERS = ("Message-ID", "In-Reply-To", "References", "From", "Subject")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_CASE = re.compile(r"case_[0-9a-f]{16}")
_NO_TEXT = "Обычного текста в письме нет, только HTML: его программа не показывает. Письмо лежит опечатанным."


@dataclass(frozen=True)
class Attached:
    """A file in the letter, never opened: it lies in the sealed letter."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Reply:
    """What a reply says of itself.

    Attributes:
        message_id: Its Message-ID; RFC 5322 asks for one and allows none: then one is made of its digest.
        answers: Message-IDs it answers to, by its own headers.
        cases: Numbers of cases in its subject.
        sent_at: Its own date; None where it has none that can be read.
    """

    message_id: str
    answers: tuple[str, ...]
    cases: tuple[str, ...]
    sender: str
    subject: str
    sent_at: datetime | None
    text: str
    attached: tuple[Attached, ...]


def read_reply(data: bytes) -> Reply:
    """Reads a reply.

    Raises:
        UsageError: it is no letter, or has more parts than a letter has.
    """
    if len(data) > LARGEST:
        raise UsageError(
            _("{count} bytes are more than {largest}").format(count=len(data), largest=LARGEST),
            field="file",
            hint=_("Save the letter alone."),
        )
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
        parts = []
        for part in message.walk():
            parts.append(part)
            if len(parts) > _MOST_PARTS:
                raise UsageError(_("the letter has too many parts"), field="file", hint=_("Save the letter alone."))
        headers = {
            name: _header(message, name) for name in ("Message-ID", "In-Reply-To", "References", "From", "Subject")
        }
        text, attached = _text_of(parts), _attached(parts)
        sent_at = _date(_header(message, "Date"))
    except (RecursionError, LookupError, ValueError, AttributeError, IndexError) as error:
        raise UsageError(
            _("this file cannot be read as a letter"), field="file", hint=_("Save it as .eml again.")
        ) from error
    if not headers["From"]:
        raise UsageError(_("this is no letter: it has no From"), field="file", hint=_("Save it as .eml."))
    return Reply(
        message_id=headers["Message-ID"][:_LONGEST_HEADER] or f"<{Digest.of(data).hex}@no-message-id.invalid>",
        answers=tuple(dict.fromkeys(_MESSAGE_ID.findall(f"{headers['In-Reply-To']} {headers['References']}"))),
        cases=tuple(dict.fromkeys(_CASE.findall(headers["Subject"]))),
        sender=headers["From"][:_LONGEST_HEADER],
        subject=headers["Subject"][:_LONGEST_HEADER],
        sent_at=sent_at,
        text=text[:_LONGEST_TEXT],
        attached=attached,
    )


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _text_of(parts: list[EmailMessage]) -> str:
    plain = [one for one in parts if one.get_content_type() == "text/plain" and not one.get_filename()]
    if not plain:
        return _NO_TEXT
    payload = plain[0].get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    named = plain[0].get_content_charset() or "utf-8"
    for charset in (named, "utf-8", "windows-1251"):
        try:
            text = data.decode(charset).strip()
        except (LookupError, UnicodeDecodeError):
            continue
        wrong = f"[Кодировка названа в письме неверно ({named[:40]}), прочитано как {charset}.]"
        return text if charset == named else f"{wrong}\n{text}"
    lost = f"[Кодировка письма не разобрана ({named[:40]}): часть знаков потеряна.]"
    return f"{lost}\n{data.decode('utf-8', 'replace').strip()}"


def _attached(parts: list[EmailMessage]) -> tuple[Attached, ...]:
    found = []
    for part in parts:
        name = part.get_filename()
        if part.is_multipart() or (not name and part.get_content_disposition() != "attachment"):
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        found.append(Attached(name=str(name or "без имени")[:200], size=len(data), sha256=Digest.of(data).hex))
    return tuple(found)


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
