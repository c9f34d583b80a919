"""The language is chosen by what a person said, then by what was set, then by the system; nothing else follows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence_store.sentences import sentence
from flows.errors import FormMismatch
from monitor import language
from monitor.appeals.words import FILING
from monitor.endings import end_of, told
from monitor.language import VARIABLE, choose, known_language, tell_number
from monitor.language.words import in_a_cell, named, tell_span
from tests.meta.checkout import ROOT


def run(*words: str, language: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed program as a person with these variables does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    environment = {**kept, "PYTHONUTF8": "1", **variables, **({VARIABLE: language} if language else {})}
    command = [sys.executable, "-P", "-m", "monitor", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("name", "language"),
    [("ru", "ru"), ("RU", "ru"), ("ru_RU.UTF-8", "ru"), ("ru-RU", "ru"), ("en_GB@euro", "en"), ("uk_UA", None)],
)
def test_names_of_languages_are_understood(name: str, language: str | None) -> None:
    assert known_language(name) == language


@pytest.mark.parametrize(
    ("words", "variables", "language"),
    [
        (["--lang", "ru", "poll"], {VARIABLE: "en"}, "ru"),
        (["poll", "--lang=en"], {VARIABLE: "ru"}, "en"),
        (["poll", "--", "--lang=ru"], {}, "en"),
        ([], {VARIABLE: "ru", "LANG": "en_US.UTF-8"}, "ru"),
        ([], {VARIABLE: "xx", "LANG": "ru_RU.UTF-8"}, "ru"),
        ([], {"LANGUAGE": "uk:ru:en", "LANG": "en_US.UTF-8"}, "ru"),
        ([], {"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "en"),
        ([], {"LC_MESSAGES": "ru_RU.UTF-8", "LANG": "C"}, "ru"),
        ([], {"LANG": "kk_KZ.UTF-8"}, "en"),
        ([], {}, "en"),
    ],
)
def test_what_was_said_comes_before_what_the_system_says(
    words: list[str], variables: dict[str, str], language: str
) -> None:
    assert choose(words, variables=variables) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('[installation]\nlanguage = "ru"\n', "ru"),
        ('[installation]\nlanguage = "en"\n', "en"),
        ('[other]\nlanguage = "en"\n', "ru"),
        ("language = [broken", "ru"),
        ("", "ru"),
    ],
)
def test_the_settings_come_before_the_system(tmp_path: Path, text: str, language: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")
    assert choose([], config, {"LANG": "ru_RU.UTF-8"}) == language


def test_settings_that_are_not_there_are_passed_over(tmp_path: Path) -> None:
    assert choose([], tmp_path / "config.toml", {}) == "en"


def test_help_is_russian_down_to_the_librarys_words() -> None:
    told = run("reviews", "list", "--help", language="ru").stdout
    for words in ("Вызов: ", "[ПАРАМЕТРЫ]", "Перечислить сохранённые отзывы", "Показать эту справку", "Пример: "):
        assert words in told
    for words in ("Usage", "Options", "Show this", "List stored", "Example"):
        assert words not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nope"], "Нет команды 'nope'."),
        (["poll", "--nope"], "Нет параметра --nope."),
        (["case", "show"], "Не хватает аргумента CASE."),
        (["mock", "serve", "--port", "x"], "--port таким быть не может: нужно целое число"),
        (["init", "--sign-in", "x"], "есть: code, totp, hand_over"),
        (["--lang", "xx", "poll"], "--lang таким быть не может: есть: en, ru"),
    ],
)
def test_complaints_about_a_command_line_are_russian(words: list[str], told: str) -> None:
    done = run(*words, LANG="ru_RU.UTF-8")
    assert done.returncode == 2
    assert told in done.stderr


def test_errors_and_hints_are_russian_and_the_exit_code_is_the_same(tmp_path: Path) -> None:
    russian, english = (run("poll", language=one, FAIRREVIEW_HOME=str(tmp_path)) for one in ("ru", "en"))
    assert "настроек ещё нет\nзапустите `fairreview init`" in russian.stderr
    assert "there is no configuration yet\nrun `fairreview init`" in english.stderr
    assert russian.returncode == english.returncode != 0


def test_a_changed_language_changes_no_key_name_or_number_of_json() -> None:
    russian, english = (
        run("triage", "--text", "Продавец — мошенник и дебил", "--stars", "1", "--json", language=one)
        for one in ("ru", "en")
    )
    assert json.loads(english.stdout)
    assert russian.stdout == english.stdout


def test_a_changed_language_changes_no_name_of_a_check(tmp_path: Path) -> None:
    """Of what ``doctor`` finds the sentences differ, and nothing else."""
    words = ("--home", str(tmp_path), "doctor", "--no-browser", "--json")
    printed = [run(*words, language=one).stdout.splitlines() for one in ("ru", "en")]
    russian, english = ([json.loads(line) for line in lines] for lines in printed)
    assert [(one["check"], one["level"]) for one in russian] == [(one["check"], one["level"]) for one in english]
    assert [one["message"] for one in russian] != [one["message"] for one in english]


@pytest.fixture
def russian() -> Iterator[None]:
    language.begin("ru")
    yield
    language.begin("en")


@pytest.mark.usefixtures("russian")
def test_what_a_room_below_raised_is_said_in_russian_and_stays_english_where_it_is_kept() -> None:
    why = "no word why"
    problem = sentence("the file {attachment} was not taken: {error_text}", attachment="a.png", error_text=why)
    error = FormMismatch(problem, hint="look at the page by hand")
    assert str(error) == "the file a.png was not taken: no word why"
    assert told(error) == "файл a.png не принят: почему, не сказано ни слова"
    end = end_of(error)
    assert (end.message, end.hint) == (told(error), "посмотрите на страницу сами")


@pytest.mark.usefixtures("russian")
def test_values_stand_in_tables_by_their_russian_words() -> None:
    assert in_a_cell("needs_human", FILING) == "Нужны вы"
    assert (in_a_cell("", FILING), in_a_cell("newer than this", FILING)) == ("", "newer than this")
    assert (tell_span("2h30m"), tell_span("0s"), tell_number(1234567)) == ("2 ч 30 мин", "0 с", "1\u00a0234\u00a0567")


def test_values_stand_in_tables_as_they_are_stored_in_english() -> None:
    assert (in_a_cell("needs_human", FILING), tell_span("2h30m"), tell_number(1234567)) == (
        "needs_human", "2h30m", "1,234,567",
    )  # fmt: skip
    assert (named("capture 2026-09"), named("of another kind")) == ("capture 2026-09", "of another kind")
