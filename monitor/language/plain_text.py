"""Text of strangers made safe to show: terminals, pages and log lines use it before printing.

Control characters can move a terminal's cursor or forge a log line, bidirectional overrides can make text read as
another text; both are shown by name instead of being obeyed.
"""

from __future__ import annotations

import unicodedata

_ALLOWED = {"\n", "\t"}


def show(text: str, *, limit: int | None = None, one_line: bool = False) -> str:
    """Returns text in which nothing can act on a terminal or reorder what is read.

    Args:
        text: Any text.
        limit: Longest result in characters before it is cut with «…»; None for no limit.
        one_line: Replaces line ends and tabs by single spaces.

    Returns:
        The same text with control, format and surrogate characters shown as ``<U+XXXX>``.
    """
    shown = "".join(map(_shown, text))
    if one_line:
        shown = " ".join(shown.split())
    if limit is not None and len(shown) > limit:
        shown = shown[: max(limit - 1, 0)] + "…"
    return shown


def _shown(character: str) -> str:
    if character in _ALLOWED or character.isprintable():
        return character
    # Zero-width joiner holds emoji families together and cannot move anything.
    if character == "\u200d" or unicodedata.category(character) == "Zs":
        return character
    return f"<U+{ord(character):04X}>"
