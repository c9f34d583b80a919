"""How rows are laid out: words whole, lines within the width, blocks where columns do not fit."""

from __future__ import annotations

from monitor.cli.tables import lay_out, wrap_words

ID = "01a2278c-1234-7abc-8def-0123456789ab"
TEXT = "Кружка треснула на второй день, продавец не отвечает на вопросы"


def test_an_id_stays_whole_while_a_text_beside_it_is_wrapped_between_words() -> None:
    heading, lines = lay_out(("review", "text"), [(ID, TEXT)], 60)
    told = list(lines)
    assert heading == f"{'review'.ljust(len(ID))}  text"
    assert told[0].startswith(f"{ID}  Кружка")
    assert max(map(len, told)) <= 60
    assert " ".join(" ".join(told).split()).removeprefix(f"{ID} ") == TEXT


def test_columns_that_do_not_fit_become_a_block_a_row() -> None:
    heading, lines = lay_out(("review", "sku", "text"), [(ID, "1001", TEXT), (ID, "", "ok")], 40)
    assert heading == ""
    assert list(lines) == [
        f"review  {ID}", "sku     1001",
        "text    Кружка треснула на второй день,", "        продавец не отвечает на вопросы",
        "", f"review  {ID}", "text    ok",
    ]  # fmt: skip


def test_a_column_that_needs_less_leaves_its_room_to_the_others() -> None:
    _, lines = lay_out(("a", "b"), [("да", TEXT)], 80)
    assert list(lines) == [f"да  {TEXT}"]


def test_a_word_longer_than_the_line_stands_alone_and_whole() -> None:
    assert wrap_words(f"см. {'x' * 30} там", 10) == ["см.", "x" * 30, "там"]


def test_a_name_that_leaves_no_room_for_its_value_stands_on_a_line_of_its_own() -> None:
    columns, row = ("account", "last full success (Europe/Moscow)"), ("shop-of-somebody", "2026-12-01T00:09:10+03:00")
    heading, lines = lay_out(columns, [row], 24)
    assert (heading, list(lines)) == ("", ["account  shop-of-somebody", columns[1], f"         {row[1]}"])


def test_the_names_of_columns_are_wrapped_as_their_values_are() -> None:
    columns = ("account", "product or source", "last full success (Europe/Moscow)", "age", "limit", "state")
    row = ("shop", f"1600000001 ({TEXT})", "2026-12-01 01:54:33", "27s", "2h30m", "fine")
    heading, lines = lay_out(columns, [row], 80)
    told = [*heading.splitlines(), *lines]
    assert len(heading.splitlines()) == 2
    assert max(map(len, told)) <= 80
    assert told[1].index("(Europe") == told[2].index("2026-12-01 01:54:33") == told[0].index("last full")


def test_a_moment_is_one_word() -> None:
    _, lines = lay_out(("at", "what"), [("2026-12-01 01:53:33", TEXT), ("2026-12-01 01:54", "x" * 20)], 45)
    told = list(lines)
    assert told[0].startswith("2026-12-01 01:53:33  Кружка")
    assert told[-1] == f"2026-12-01 01:54     {'x' * 20}"


def test_a_word_of_the_last_column_pushes_no_line_over_the_width() -> None:
    rows = [("песочница", "внимание", "browser.sandbox = false: браузер работает без песочницы")]
    _, lines = lay_out(("проверка-целиком", "уровень", "что"), rows, 40)
    assert max(map(len, lines)) <= 40
    _, lines = lay_out(("a", "b", "c"), [("one", "two", f"http://www.localhost/{'x' * 60}")], 40)
    assert next(lines).startswith("one  two  http"), "what no line has room for decides nothing"
