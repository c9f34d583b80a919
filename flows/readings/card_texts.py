"""The visible texts of one review card, told apart by their place: name, date, what the author wrote, the rest.

The first date divides a card: the name is before it, the author's words after it. They end at the site's own words (a
vote, a button, «Ответ продавца»); what the site asked, and the variant that was bought, are no words of the author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from flows.catalog.entries import ReadingHooks
from flows.readings.dates import DateReader
from flows.readings.document import raw_texts, text_nodes
from flows.readings.models import Question, TimeReading
from flows.readings.text import one_line, plain, visible

_VARIANT = re.compile(r"[^:\n]{1,40}: [^\n]{1,60}")
_AFTER_VOICE = re.compile(r"\s*[:,·•|(—–-].*", re.DOTALL)
_REST = "rest"
_PARTS = ("comment", "positive", "negative")


@dataclass(frozen=True)
class _Piece:
    """One visible text: as it is, on one line, the element that holds it, and whether that is a link."""

    raw: str
    shown: str
    holder: int
    is_link: bool


class CardTexts:
    """The texts of one card.

    Args:
        node: The card.
        hooks: The listing's hooks.
        dates: Reads the site's date texts.
    """

    def __init__(self, node: LexborNode, hooks: ReadingHooks, dates: DateReader) -> None:
        skipped = [part for css in hooks.skip for part in node.css(css)]
        pieces = list(_pieces(node, frozenset(part.mem_id for part in skipped)))
        readings = [dates.read(piece.shown) for piece in pieces]
        at = next((i for i, reading in enumerate(readings) if reading.basis != "unparsed"), None)
        self.published = TimeReading(raw="") if at is None else readings[at]
        self.is_edited = at is not None and dates.is_edited(pieces[at].shown)
        self.is_cut = any(one_line(visible(raw)) in hooks.cut_texts for raw in raw_texts(node))
        self.questions: list[Question] = []
        self._hooks, self._has_buttons = hooks, bool(skipped)
        self._before = [] if at is None else pieces[:at]
        self._parts: dict[str, list[_Piece]] = {}
        self._labels = {label: part for part, label in hooks.part_labels.items()}
        self._tell_apart(pieces if at is None else pieces[at + 1 :])

    @property
    def author(self) -> str:
        """The last text before the date that is more than an avatar's letter."""
        return next((piece.shown for piece in reversed(self._before) if len(piece.shown) > 1), "")

    @property
    def text(self) -> str:
        """What the author wrote, in the order of the state: comment, advantages, disadvantages."""
        written = (plain(piece.raw).text for part in _PARTS for piece in self._parts.get(part, ()))
        return "\n".join(text for text in written if text)

    @property
    def variant(self) -> str:
        """«Цвет: синий» in the site's own line under the text."""
        return next((piece.shown for piece in self._parts.get("variant", ())), "")

    def _tell_apart(self, pieces: list[_Piece]) -> None:
        part, question = "comment", ""
        labelled: set[str] = set()
        for piece in pieces:
            if question:
                self.questions.append(Question(question=question, answer=piece.shown))
                question = ""
            elif part != _REST and piece.shown in self._labels:
                part = self._labels[piece.shown]
                labelled.add(part)
            elif part != _REST and piece.shown in self._hooks.question_texts:
                question = piece.shown
            elif self._ends(piece):
                # The site's own words end the author's; the line just before them names the variant.
                self._move_variant(part)
                part = _REST
            elif piece.is_link and _VARIANT.fullmatch(piece.shown):
                self._parts.setdefault("variant", []).append(piece)
            else:
                self._parts.setdefault(part, []).append(piece)
        is_all_of_a_part = part in labelled and len(self._parts.get(part, ())) == 1
        if part != _REST and self._has_buttons and not is_all_of_a_part:
            self._move_variant(part)

    def _ends(self, piece: _Piece) -> bool:
        if piece.shown in self._hooks.ignore_texts or piece.shown in self._hooks.cut_texts:
            return True
        for voice in self._hooks.voice_texts:
            rest = piece.shown.removeprefix(voice)
            if rest != piece.shown and (not rest or _AFTER_VOICE.fullmatch(rest)):
                return True
        return False

    def _move_variant(self, part: str) -> None:
        """Takes the last line of the author's words for the variant, where it stands apart from them."""
        written = [piece for name in _PARTS for piece in self._parts.get(name, ())]
        last = self._parts.get(part, [])[-1:]
        if part == _REST or not last or len(written) < 2 or _VARIANT.fullmatch(last[0].shown) is None:
            return
        if all(piece.holder != last[0].holder for piece in written if piece is not last[0]):
            self._parts[part].pop()
            self._parts.setdefault("variant", []).append(last[0])


def _pieces(node: LexborNode, skip: frozenset[int]) -> Iterable[_Piece]:
    for text in text_nodes(node, skip):
        raw = text.text(deep=False) or ""
        shown = one_line(visible(raw))
        holder = text.parent
        if shown and holder is not None:
            yield _Piece(raw, shown, holder.mem_id, _is_in_link(holder, node))


def _is_in_link(holder: LexborNode, card: LexborNode) -> bool:
    place: LexborNode | None = holder
    while place is not None and place.mem_id != card.mem_id:
        if place.tag == "a":
            return True
        place = place.parent
    return False
