"""Takes secrets and personal data out of a recorded page, so that its readings still work.

What is known to be personal (names, ids of people, numbers of orders) is replaced by an invented value of the same
shape, the same everywhere in the page; e-mail addresses and phone numbers are found by their form. What a reviewer
wrote stays: it is what the reading is about. Look at a recorded page before you pass it on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from evidence_store.redaction import form_tokens, mask_text, mask_url

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w-])\+?[78][\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?![\w-])")
_TOKEN = re.compile(
    r"((?:token|secret|session)[\w-]*[\"'&;\\quot=:\s]{1,14}(?:(?:value|content)=[\"'])?)([\w.+/=-]{12,})",
    re.I,
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What is known to be personal on a page.

    Attributes:
        names: Names of people and of the account.
        identifiers: Ids of people, numbers of orders.
        secrets: Values of the session.
    """

    names: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def clean(self, text: str) -> str:
        """Returns the text without any of it, also where it is written in JSON or HTML."""
        for number, name in enumerate(_longest_first(self.names), start=1):
            text = _replace(text, name, f"Покупатель {number}")
        for identifier in _longest_first(self.identifiers):
            text = _replace(text, identifier, invented(identifier))
        text = mask_text(text, (*self.secrets, *form_tokens(text.encode())))
        text = _TOKEN.sub(lambda found: found[1] + "*" * len(found[2]), text)
        text = _ADDRESS.sub(lambda found: mask_url(found[0]), text)
        text = _MAIL.sub("someone@example.com", text)
        return _PHONE.sub("+7 900 000-00-00", text)

    def shown(self) -> tuple[str | re.Pattern[str], ...]:
        """Returns what a person would see of it on the page: values, and the forms of addresses and numbers."""
        return (*_longest_first(self.names), *_longest_first(self.identifiers), _MAIL, _PHONE)


def invented(identifier: str) -> str:
    """Makes another identifier of the same shape: digits stay digits, hexadecimal letters stay such."""
    digest = hashlib.sha256(identifier.encode()).hexdigest()
    stream = iter(digest * (len(identifier) // len(digest) + 1))
    return "".join(_alike(char, next(stream)) if char.isalnum() else char for char in identifier)


def _alike(char: str, other: str) -> str:
    if char.isdigit():
        return str(int(other, 16) % 9 + 1)
    return "abcdef"[int(other, 16) % 6]


def _replace(text: str, old: str, new: str) -> str:
    """Replaces a value in each of the spellings in which pages carry it."""
    spellings = {old: new, escape(old): escape(new), json.dumps(old)[1:-1]: json.dumps(new)[1:-1]}
    for spelling, other in spellings.items():
        text = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", lambda _, other=other: other, text)  # type: ignore[misc]
    return text


def _longest_first(values: Iterable[str]) -> Sequence[str]:
    return sorted({value for value in values if len(value.strip()) > 1}, key=len, reverse=True)
