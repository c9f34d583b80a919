r"""The one normalisation of text from a site, and the form in which two texts are compared.

What ``normalise`` changes, and nothing else: NUL, lone surrogates and non-characters become U+FFFD (SQLite and
PostgreSQL do not agree about them), line ends become ``\n``, outer white space goes, and more than ``MAX_TEXT``
characters are cut. ``plain`` resolves HTML entities first. Each change but the line ends and outer white space leaves a
flag. Unicode form is left as the author wrote it (no NFC): evidence repeats, it does not tidy. ``comparable`` is for
comparing only and is never stored.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

MAX_TEXT = 1_000_000  # characters
REPLACEMENT = "\ufffd"

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_OF_PLANES = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NONCHARACTER = re.compile(f"[\ufdd0-\ufdef{_LAST_OF_PLANES}]")
_LINE_END = re.compile("\r\n?")
_UNUSUAL = re.compile(f"[\0\r\ud800-\udfff\ufdd0-\ufdef{_LAST_OF_PLANES}]")
"""Whatever ``normalise`` replaces: most texts have none of it, and one look tells."""
_SPACES = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_CODINGS = 3
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
    if _UNUSUAL.search(text) is None:
        return CleanText(text.strip(), tuple(flags))
    for flag, pattern in (("lone_surrogate", _LONE_SURROGATE), ("noncharacter", _NONCHARACTER)):
        text, changed = pattern.subn(REPLACEMENT, text)
        if changed:
            flags.append(flag)
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
        flags.append("nul")
    return CleanText(_LINE_END.sub("\n", text).strip(), tuple(flags))


def plain(raw: str) -> CleanText:
    """Applies the normalisation to a text in which the site wrote characters as HTML entities.

    Only whole entities count (``&quot;``, ``&#39;``), once: «&amp;quot;» is what somebody wrote, not a quotation mark.
    """
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), raw) if "&" in raw else raw
    clean = normalise(text)
    return clean if text == raw else CleanText(clean.text, ("entities", *clean.flags))


def decode(raw: bytes) -> CleanText:
    """Decodes a body as UTF-8; what is not UTF-8 becomes U+FFFD and is flagged. The bytes themselves stay evidence."""
    try:
        return CleanText(raw.decode("utf-8-sig"), ())
    except UnicodeDecodeError:
        return CleanText(raw.decode("utf-8-sig", errors="replace"), ("invalid_utf8",))


def comparable(text: str) -> str:
    """Returns the form in which two showings of a text are equal: NFC, no entities, nothing invisible, one space."""
    clean = unicodedata.normalize("NFC", _resolve_entities(normalise(text).text))
    return _SPACES.sub(" ", _INVISIBLE.sub("", clean)).strip()


def _resolve_entities(text: str) -> str:
    """Resolves entities however often they were coded: a showing may be coded once more than another."""
    for _ in range(_MOST_CODINGS):
        if "&" not in text:
            break
        text = plain(text).text
    return text


def visible(text: str) -> str:
    """Drops the characters that nobody sees: zero-width ones, direction marks, soft hyphens."""
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """Joins a text's lines and runs of white space (also narrow and no-break ones) into single spaces."""
    return _SPACES.sub(" ", text).strip()
