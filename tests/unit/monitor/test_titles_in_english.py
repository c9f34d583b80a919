"""Closed lists have their titles in both languages, and a listing shows those of the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from pydantic import JsonValue

from evidence_store.exhibits import MOMENT_WORDS
from flows.catalog.loader import load_site
from monitor import language
from monitor.appeals.machine import Track
from monitor.appeals.words import words_on
from monitor.cli.catalog_views import _rows
from monitor.closed_lists.contact_kinds import Direction, LetterAnswer, Saying, Turn, Way
from monitor.language.english_titles import TITLES, told, told_detail
from monitor.outgoing.case_story import _CAPTIONS
from monitor.outgoing.contact_lines import detail_of_contact, detail_of_word
from monitor.outgoing.wording import ACTIONS, FIRST_SEEN, NOT_APPEALED
from monitor.support.contact_words import (
    ANSWERS_TO_LETTERS,
    CHAT_MESSAGES,
    DIRECTIONS,
    SAYINGS,
    SENT_BY_WORD,
    TURNS,
    WAYS,
)
from monitor.triage.titles import NOT_JUDGED, VERDICTS
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, patched
from tests.site_in_memory import new_site

RUSSIAN = re.compile(r"[А-Яа-яЁё]")
TOLD = (*ACTIONS.values(), NOT_APPEALED, NOT_JUDGED, SENT_BY_WORD, *VERDICTS.values(), *CHAT_MESSAGES.values(),
        *TURNS.values(), *WAYS.values())  # fmt: skip


def untold(titles: set[str]) -> list[str]:
    return sorted(title for title in titles if not TITLES.get(title) or RUSSIAN.search(TITLES[title]))


def test_every_title_of_a_case_and_of_the_log_is_there_in_english() -> None:
    states = {words.word for track in Track for words in words_on(track).values() if track is not Track.OUTCOME}
    assert untold({words.title for words in TOLD} | states | {FIRST_SEEN, *MOMENT_WORDS.values()}) == []


def test_two_titles_of_the_log_are_not_called_the_same() -> None:
    english = [TITLES[title] for title in {words.title for words in ACTIONS.values()}]
    assert len(english) == len(set(english))


@pytest.fixture
def english() -> Iterator[None]:
    language.begin("en")
    yield
    language.begin("en")


@pytest.mark.usefixtures("english")
def test_a_title_that_is_put_together_is_told_part_by_part() -> None:
    for way in Way:
        for direction in Direction:
            for says in set(Saying) - {Saying.NOTHING}:
                title = f"{WAYS[way].title}: {DIRECTIONS[direction].word}, {SAYINGS[says].word} (запись ошибочна)"
                assert not RUSSIAN.search(told(title)), title
    assert (
        told(f"{TURNS[Turn.OURS].title}, срок прошёл 01.10.2026 12:00") == "It is our turn, it was due 01.10.2026 12:00"
    )
    language.begin("ru")
    assert told(FIRST_SEEN) == FIRST_SEEN


@pytest.mark.usefixtures("english")
def test_the_sites_words_stay_as_they_are() -> None:
    assert told_detail("номер A-1; слова площадки: «номер 5; номер 6»") == (
        "number A-1; the site's words: «номер 5; номер 6»"
    )


@pytest.mark.usefixtures("english")
def test_the_details_of_a_contact_are_told_but_for_what_somebody_said() -> None:
    said: dict[str, JsonValue] = {
        "number": "5", "earlier_number": "4", "speaker": "person", "who": "Anna", "seconds": 65,
        "text": "номер 6; «да»", "promised": "reply",
        "due_at": "2026-10-02T09:00:00+00:00", "files": [{"name": "a.png"}],
    }  # fmt: skip
    assert told_detail(detail_of_contact(said, "Europe/Moscow")) == (
        "no. 5; continues no. 4; Anna, a person; 1 min 05 s; «номер 6; «да»»; promised: reply; "
        "due: 02.10.2026 12:00; files: a.png"
    )
    for says, turn in product(Saying, Turn):
        assert not RUSSIAN.search(told_detail(detail_of_word({"says": says.value, "turn": turn.value})))
    assert {told_detail(ANSWERS_TO_LETTERS[answer].word) for answer in LetterAnswer} == set(LetterAnswer)


@pytest.mark.usefixtures("english")
def test_the_captions_of_pictures_are_told_where_they_begin_a_line() -> None:
    assert told("Материалы продавца") == "The seller's own files"
    assert [one for one in _CAPTIONS.values() if RUSSIAN.search(told(one))] == []


def test_the_story_and_the_log_speak_one_language(tmp_path: Path) -> None:
    site = new_site()
    with fast_folder(tmp_path) as folder, patched(site):
        make_home(folder / "home", site.clock)
        world = CommandWorld(folder / "home", site)
        world.draft("r1", ORDER)
        story, log = world.run("case", "show", "r1").out, world.run("log").out
        try:
            language.begin("ru")
            russian = world.run("case", "show", "r1").out, world.run("log").out
        finally:
            language.begin("en")
            forget_home(folder / "home")
    assert "The draft of an appeal waits for your" in story
    assert "Черновик обращения" not in story
    assert "appeal.filing.draft" in log
    assert "Черновик обращения" in russian[0]
    assert "Черновик обращения" in russian[1]
    assert "appeal.filing.draft" not in russian[1]


def test_what_decides_where_an_account_signs_in_is_told_in_russian() -> None:
    try:
        language.begin("ru")
        heads = [head for head, _ in _rows(load_site("ozon"))]
    finally:
        language.begin("en")
    assert heads
    assert [head for head in heads if not RUSSIAN.search(head)] == []
