"""A list shows the words on which a verdict rests, from the beginning of a word."""

from __future__ import annotations

import pytest

from monitor.use_cases.inbox_models import Piece
from monitor.use_cases.marking import cut

LONG = "Дарю скидку в соседнем магазине, код OBRAZEC15, подробности на "


@pytest.mark.parametrize("words", [LONG, LONG * 3, "слово " * 40])
def test_a_cut_begins_with_a_whole_word_and_shows_the_mark_early(words: str) -> None:
    made = cut((Piece(text=words), Piece(text="deshevo.example.com", is_marked=True), Piece(text=" там")), 180)
    before, marked = made[0].text, made[1]
    assert marked == Piece(text="deshevo.example.com", is_marked=True)
    assert before.startswith("…")
    assert words[words.rindex(before[1:]) - 1] == " "
    assert before.removeprefix("…").split()[0] in words.split()
    assert len(before) < 50


def test_what_is_short_or_marked_at_once_is_not_cut_in_front() -> None:
    assert cut((Piece(text="Дебил", is_marked=True), Piece(text=" и\nхам")), 180)[1].text == " и хам"
    assert cut((Piece(text="Продавец "), Piece(text="дебил", is_marked=True)), 180)[0].text == "Продавец "
