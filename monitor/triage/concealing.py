"""Words that leave the house: what was found private, obscene or insulting is half hidden wherever it is quoted.

The places are hidden in the review's own text, before anything is cut out of it, so that a quotation for another
ground cannot carry them open; and once more in the finished text, in case a fact or a person's own words repeat
them.
"""

from __future__ import annotations

import re

from monitor.triage.models import Signal, Span, Verdict
from monitor.triage.normalise import prepare
from monitor.triage.speech import read_speech

HIDDEN_KINDS = frozenset({"obscene", "insult", "personal_data"})
_MASK = "*"
_WORD = re.compile(r"[^\s]+")
_LETTER = re.compile(r"[^\W_]")
_PARTS = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_SHORT = 3
_LONGEST_QUOTE = 120
_LONG_NUMBER = 10
_SPACED = 2
_ROLE = re.compile(
    r"[\W_]*(продав(ец|ца|цу|цом|це|цы|цов|цам|цами|цах)|магазин(а|у|ом|е|ы|ов)?|курьер(а|у|ом|е|ы|ов)?"
    r"|менеджер(а|у|ом|е|ы|ов)?|поставщик(а|у|ом|е|и|ов)?|производител(ь|я|ю|ем|е|и|ей))[\W_]*",
    re.IGNORECASE,
)
"""Of whom it is said: these words offend nobody, and without them nobody understands the rest."""


class Concealer:
    """Hides what a verdict found in one review."""

    def __init__(self, text: str, verdict: Verdict) -> None:
        self._secrets = tuple(span for signal in verdict.signals for span in _hidden_spans(signal))
        self._speech = read_speech(prepare(text))
        chars = list(text)
        for span in self._secrets:
            chars[span.start : span.end] = hide(text[span.start : span.end])
        self._hidden = "".join(chars)

    def quote(self, span: Span) -> str:
        """A stretch of the review as it may be shown."""
        return self._hidden[span.start : span.end]

    def quote_whole(self, span: Span) -> str:
        """The sentence round a stretch, its clause if that is too long, or else the stretch; as it may be shown."""
        index = next((at for at, word in enumerate(self._speech.words) if self._place(at).end > span.start), None)
        if index is None:
            return self.quote(span)
        for part in (self._speech.sentence_of(index), self._speech.clause_of(index)):
            whole = self._speech.prepared.span_of(*self._speech.words[part.start : part.stop])
            if whole.end >= span.end and len(whole.text) <= _LONGEST_QUOTE:
                return self.quote(whole)
        return self.quote(span)

    def _place(self, index: int) -> Span:
        return self._speech.prepared.span_of(self._speech.words[index])

    def touches(self, span: Span) -> bool:
        """Whether a stretch holds anything hidden."""
        return any(secret.start < span.end and span.start < secret.end for secret in self._secrets)

    def apply(self, text: str) -> str:
        """A finished text in which no secret stands open."""
        for secret in sorted(self._secrets, key=lambda span: -len(span.text)):
            letters = [re.escape(part) for part in _PARTS.findall(secret.text)]
            pattern = r"(?<![^\W_])" + r"[\W_]{0,4}".join(letters) + r"(?![^\W_])"
            text = re.sub(pattern, lambda match: hide(match.group()), text, flags=re.IGNORECASE)
        return text


def hide(text: str) -> str:
    """A text of the same length that cannot be read: «слово» as «с***о», «квартира 7» as «к******а *».

    A number of ten digits or more keeps its first and its last two. Letters written apart are one word.
    """
    digits = len(_DIGIT.findall(text))
    if digits >= _LONG_NUMBER:
        return _keep_ends(text, digits)
    words = list(_WORD.finditer(text))
    if len(words) > 1 and all(len(match.group()) <= _SPACED for match in words):
        return _hide_word(text)
    return _WORD.sub(lambda match: _hide_word(match.group()), text)


def _hide_word(word: str) -> str:
    if _ROLE.fullmatch(word) or not _PARTS.search(word):  # a dash says nothing
        return word
    kept_last = len(word) > _SHORT and word.isalpha()
    last = len(word) - 1
    shown = "".join(
        char if (at == 0 and not char.isdigit()) or (at == last and kept_last) or char.isspace() else _MASK
        for at, char in enumerate(word)
    )
    return shown if _MASK in shown or len(word) > 1 else _MASK


def _keep_ends(text: str, digits: int) -> str:
    """A phone or card number: the first digit and the last two stay, so that it can be told which one is meant."""
    seen = 0
    shown = []
    for char in text:
        if char.isdigit():
            seen += 1
            shown.append(char if seen == 1 or seen > digits - 2 else _MASK)
        else:
            shown.append(_MASK if _LETTER.match(char) else char)
    return "".join(shown)


def _hidden_spans(signal: Signal) -> tuple[Span, ...]:
    return signal.spans if signal.kind in HIDDEN_KINDS else ()
