"""Buyers' words for the staff: what could tell who wrote, or whom they wrote of, is half hidden.

More is hidden than a rule of the site asks for: a lone first name, every long number and rude words too. A word too
much costs nothing here; a name on a wall of the packing room does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from monitor.plain_text import show
from monitor.triage.concealing import Concealer, hide
from monitor.triage.grammar import forms_of, names_somebody
from monitor.triage.models import Span, TriageInput
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage

_LONGEST = 320
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\+?\d(?:[\s().–-]{0,3}\d){5,}")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.|t\.me/|vk\.com/)\S+|(?<!\w)@\w{3,}", re.IGNORECASE)
_SHORTEST_PART = 3
_JUDGED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""What is found in a text does not depend on the day; only the windows of appeals do, which nobody asks for here."""


def quote(text: str, *, author: str = "", limit: int = _LONGEST) -> str:
    """A review's words as the staff may see them, in one line.

    Args:
        text: As the buyer wrote it.
        author: The name under which it stands; it is hidden where the text repeats it.
        limit: Longest result in characters.
    """
    verdict = triage(TriageInput(review_id="quoted", text=text), load_rules(), now=_JUDGED_AT)
    hidden = Concealer(text, verdict).quote(Span(0, len(text), text))
    for pattern in (_ADDRESS, _NUMBER):
        hidden = pattern.sub(lambda match: hide(match.group()), hidden)
    own = {part.casefold() for part in _WORD.findall(author) if len(part) >= _SHORTEST_PART}
    hidden = _WORD.sub(lambda match: _without_name(match.group(), own), hidden)
    return show(hidden, one_line=True, limit=limit)


def _without_name(word: str, own: set[str]) -> str:
    plain = word.casefold()
    return hide(word) if plain in own or _is_form_of(plain, own) or _is_name(word, plain) else word


def _is_form_of(word: str, own: set[str]) -> bool:
    """«Канареевой» is «Канареева», as far as its first letters and its length can tell."""
    return any(len(part) > 4 and word.startswith(part[:-1]) and len(word) <= len(part) + 2 for part in own)


def _is_name(word: str, plain: str) -> bool:
    if not names_somebody(plain):
        return False
    # «света» is light, too: a small letter makes a name only where the word is hardly anything else.
    return word[0].isupper() or all(form.is_name for form in forms_of(plain))
