"""Buyers' words for the staff: what could tell who wrote, or whom they wrote of, is replaced by a mark.

More is hidden than a rule of the site asks for: a lone first name, every long number and rude words too. A word too
much costs nothing here; a name on a wall of the packing room does. An appeal keeps first letters and lengths, because
a moderator has to find the place; here nobody has to, so that neither letters, digits nor lengths stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from monitor.language.plain_text import show
from monitor.triage.concealing import HIDDEN_KINDS
from monitor.triage.grammar import forms_of, names_somebody
from monitor.triage.models import Span, TriageInput
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage

HIDDEN = "[…]"
"""Stands for whatever is hidden, however long it was."""
_MARKS = re.compile(r"\[…\](?:[\s,.-]*\[…\])+")
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
    found = [span for signal in verdict.signals if signal.kind in HIDDEN_KINDS for span in signal.spans]
    hidden = _without(text, found)
    for pattern in (_ADDRESS, _NUMBER):
        hidden = pattern.sub(HIDDEN, hidden)
    own = {part.casefold() for part in _WORD.findall(author) if len(part) >= _SHORTEST_PART}
    hidden = _WORD.sub(lambda match: _without_name(match.group(), own), hidden)
    return show(_MARKS.sub(HIDDEN, hidden), one_line=True, limit=limit)


def _without(text: str, spans: Iterable[Span]) -> str:
    """A text with a mark instead of each stretch; stretches may lie over each other."""
    parts: list[str] = []
    done = 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.start >= done:
            parts += [text[done : span.start], HIDDEN]
        done = max(done, span.end)
    return "".join((*parts, text[done:]))


def _without_name(word: str, own: set[str]) -> str:
    plain = word.casefold()
    return HIDDEN if plain in own or _is_form_of(plain, own) or _is_name(word, plain) else word


def _is_form_of(word: str, own: set[str]) -> bool:
    """«Канареевой» is «Канареева», as far as its first letters and its length can tell."""
    return any(len(part) > 4 and word.startswith(part[:-1]) and len(word) <= len(part) + 2 for part in own)


def _is_name(word: str, plain: str) -> bool:
    if not names_somebody(plain):
        return False
    # «света» is light, too: a small letter makes a name only where the word is hardly anything else.
    return word[0].isupper() or all(form.is_name for form in forms_of(plain))
