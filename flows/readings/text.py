r"""The one normalisation of text from a site, and the form in which two texts are compared.

What ``normalise`` changes, and nothing else: NUL, lone surrogates and non-characters become U+FFFD (SQLite and
PostgreSQL do not agree about them), line ends become ``\n``, outer white space goes, and more than ``MAX_TEXT``
characters are cut. Each change but the line ends and outer white space leaves a flag. Unicode form is left as the
author wrote it (no NFC): evidence repeats, it does not tidy. ``comparable`` is for comparing only and is never stored.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

MAX_TEXT = 1_000_000  # characters
REPLACEMENT = "\ufffd"

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_OF_PLANES = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NONCHARACTER = re.compile(f"[\ufdd0-\ufdef{_LAST_OF_PLANES}]")
_LINE_END = re.compile("\r\n?")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


class CleanText(NamedTuple):
    """A text that every store can hold, and what had to be changed for that."""

    text: str
    flags: tuple[str, ...]


def normalise(raw: str) -> CleanText:
    """Applies the one documented normalisation."""
    flags = []
    text = raw
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        flags.append("text_cut")
    for flag, pattern in (("lone_surrogate", _LONE_SURROGATE), ("noncharacter", _NONCHARACTER)):
        text, changed = pattern.subn(REPLACEMENT, text)
        if changed:
            flags.append(flag)
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
        flags.append("nul")
    return CleanText(_LINE_END.sub("\n", text).strip(), tuple(flags))


def decode(raw: bytes) -> CleanText:
    """Decodes a body as UTF-8; what is not UTF-8 becomes U+FFFD and is flagged. The bytes themselves stay evidence."""
    try:
        return CleanText(raw.decode("utf-8-sig"), ())
    except UnicodeDecodeError:
        return CleanText(raw.decode("utf-8-sig", errors="replace"), ("invalid_utf8",))


def comparable(text: str) -> str:
    """Gives the form in which two showings of one text are equal: NFC, invisible characters gone, one space each."""
    clean = unicodedata.normalize("NFC", normalise(text).text)
    return _SPACES.sub(" ", _INVISIBLE.sub("", clean)).strip()


def one_line(text: str) -> str:
    """Joins a text's lines and runs of white space (also narrow and no-break ones) into single spaces."""
    return _SPACES.sub(" ", text).strip()
