"""How commands print what they found."""

from __future__ import annotations

import io

import pytest

from monitor.cli import asking, output
from monitor.cli.visiting import terminal_listener
from monitor.visit_protocol import Progress


def test_of_many_findings_of_a_kind_the_first_hundred_are_shown_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [("damage", "log-line", f"line {number}", "no entry") for number in range(20_000)]
    output.print_findings(("level", "code", "item", "text"), [*rows, ("note", "limit", "what", "once")])
    told = capsys.readouterr().out
    assert ("line 99 " in told, "line 100 " in told, "and 19,900 more" in told, "once" in told) == (
        True,
        False,
        True,
        True,
    )


def test_a_next_step_told_by_a_running_visit_is_whole_and_reaches_the_given_home(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.speak(output.Manner(home="/shop"))
    try:
        text = "appeal_1 went out and its outcome is not known. " * 6 + "`fairreview appeal follow` asks the site."
        terminal_listener().report(Progress(step="left", text=text))
    finally:
        output.speak(output.Manner())
    assert "`fairreview --home /shop appeal follow` asks the site." in capsys.readouterr().err


class Terminal(io.StringIO):
    encoding = "cp1251"

    def isatty(self) -> bool:
        return True


def test_a_sentence_at_a_terminal_is_wrapped_between_words_and_its_command_stays_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    told = output.in_width("  Отзыв снят: дальше набирают `fairreview appeal follow --account shop`.", Terminal())
    assert told == "  Отзыв снят: дальше\n  набирают\n  `fairreview appeal follow --account shop`."


def test_a_file_keeps_a_sentence_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    assert output.in_width("word " * 30, io.StringIO()) == "word " * 30


def test_a_question_is_in_letters_that_the_terminal_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(words: str, **_: object) -> str:
        asked.append(words)
        return "да"

    monkeypatch.setattr("typer.prompt", answer)
    for encoding in ("ascii", "cp866", "utf-8"):
        monkeypatch.setattr("sys.stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        assert asking.agrees("Прочитать отзывы сейчас — да?")
    assert [words.isascii() for words in asked] == [True, False, False]
    assert asked[1].encode("cp866")
    assert asked[2].startswith("Прочитать отзывы сейчас — да?")
