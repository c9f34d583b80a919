"""What stands for a character that a terminal's or a file's encoding does not have: the one place that decides it.

Python writes to pipes, files and scheduled tasks in the system's code page (a Russian Windows: cp1251, ``cmd``: cp866)
and refuses what it does not hold. A review may hold anything; a command must not end at an emoji.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from functools import cache

_SIGNS = {
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‹": "'", "›": "'", "‘": "'", "’": "'", "‚": "'", "′": "'",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "─": "-", "━": "-", "│": "|", "┃": "|",
    "•": "*", "·": "-", "★": "*", "☆": "-", "∗": "*", "→": "->", "←": "<-", "↑": "^", "↓": "v", "≥": ">=", "≤": "<=",
    "≠": "!=", "≈": "~", "×": "x", "±": "+-", "÷": "/", "⁄": "/", "∞": "oo", "✓": "+", "✔": "+", "✗": "x", "✘": "x",
    "°": " deg", "§": "par. ", "№": "No.", "…": "...", "©": "(c)", "®": "(R)", "₽": "руб.", "€": "EUR", "£": "GBP",
    "¥": "JPY", "₴": "UAH", "₸": "KZT", "¶": "", "\u00ad": "",
}  # fmt: skip

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u",
    "ү": "u", "һ": "h",
}  # fmt: skip

_JOINS = frozenset({"Mn", "Me", "Cf"})  # accents, variation selectors, joiners: nothing is missed without them
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def adapt_streams() -> None:
    """Lets standard output and error write stand-ins instead of failing, whatever their encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_handler_for(stream.encoding))


def fitting(text: str, encoding: str | None) -> str:
    """Returns the text as a stream of this encoding will show it; None is a stream without one."""
    return (
        text if text.isascii() or encoding is None else text.encode(encoding, _handler_for(encoding)).decode(encoding)
    )


@cache
def stand_in(character: str, encoding: str) -> str:
    """Returns what stands for one character, written only with what the encoding holds.

    Signs become the nearest plain ones, letters lose their accents or are transliterated, pictures become their
    Unicode name in brackets, anything else its number.
    """
    for candidate in _candidates(character):
        if _is_held(candidate, encoding):
            return candidate
        if candidate != character and not candidate.isascii():
            return "".join(one if _is_held(one, encoding) else stand_in(one, encoding) for one in candidate)
    return f"<U+{ord(character):04X}>"


def _candidates(character: str) -> list[str]:
    kind = unicodedata.category(character)
    if kind in _JOINS or character in _SKIN_TONES:
        return [""]
    if kind == "Zs":
        return ["\u00a0", " "] if character != "\u00a0" else [" "]
    if (sign := _SIGNS.get(character)) is not None:
        return [sign]
    if (letter := _LETTERS.get(character.lower())) is not None:
        return [letter if character.islower() else letter.capitalize()]
    plain = "".join(one for one in unicodedata.normalize("NFKD", character) if unicodedata.category(one) not in _JOINS)
    if plain and plain != character:
        return [plain]
    name = unicodedata.name(character, "")
    return [f"({name.lower()})"] if name and kind in {"So", "Sm", "Sc", "Sk"} else []


def _is_held(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _handler_for(encoding: str) -> str:
    """Registers the error handler of one encoding: its errors name the kind of codec ("charmap") alone."""

    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        missing = error.object[error.start : error.end]
        return "".join(stand_in(character, encoding) for character in missing), error.end

    name = f"fairreview.stand_in.{encoding}"
    codecs.register_error(name, handle)
    return name
