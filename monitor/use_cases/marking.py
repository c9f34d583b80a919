"""A review's text in pieces: what the verdict rests on is marked. Spans count code points of the stored text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.language.plain_text import show
from monitor.state.text import JsonValue
from monitor.use_cases.inbox_models import Piece


def mark(text: str, told: Mapping[str, JsonValue]) -> tuple[Piece, ...]:
    """Returns the text in pieces, in order.

    Args:
        text: The stored text, as it is: spans count its characters.
        told: What triage stored with the verdict; spans that do not lie within the text are left out.
    """
    pieces, at = [], 0
    for start, end in _merged(_spans(told, len(text))):
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return tuple(Piece(text=show(part), is_marked=marked) for part, marked in pieces if part)


def cut(pieces: tuple[Piece, ...], longest: int) -> tuple[Piece, ...]:
    """Returns the beginning of a text, on one line, with room for its first mark: a list shows why a row is there."""
    before = next((sum(len(one.text) for one in pieces[:at]) for at, one in enumerate(pieces) if one.is_marked), 0)
    whole = "".join(one.text for one in pieces)
    wanted = max(before - longest // 6, 0)
    skip = begin = max((whole.rfind(space, 0, wanted) for space in " \n"), default=-1) + 1 if wanted else 0
    left, made = longest, list[Piece]()
    for piece in pieces:
        text, skip = piece.text[skip:], max(skip - len(piece.text), 0)
        part = text[:left]
        left -= len(part)
        if part:
            made.append(Piece(text=" ".join(part.split("\n")), is_marked=piece.is_marked))
    if made and begin:
        made[0] = Piece(text=f"…{made[0].text}", is_marked=made[0].is_marked)
    return tuple(made)


def _spans(told: Mapping[str, JsonValue], length: int) -> Iterator[tuple[int, int]]:
    spans = told.get("spans")
    for span in spans if isinstance(spans, list) else ():
        if isinstance(span, dict):
            start, end = span.get("start"), span.get("end")
            if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length:
                yield start, end


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
