"""``insight show``, ``insight moves`` and the exports over a store whose reviews are known."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from monitor.errors import UsageError
from monitor.insight import sheets
from monitor.insight.exporting import neutral
from monitor.insight.sheets import LONGEST_CELL, write_xlsx
from tests.unit.monitor.insight.shop import ACCOUNT, Shop, Written, make_shop, many

Capture = pytest.CaptureFixture[str]
CANARY = "Мария Канареева"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def data_of(capture: Capture) -> object:
    return json.loads(capture.readouterr().out)


def actions_of(shop: Shop) -> list[str]:
    with shop.installation.state.read() as tx:
        head = tx.journal.heads().get(ACCOUNT)
        return [row.action for row in tx.journal.rows(head.chain)] if head else []


def test_complaints_are_shown_with_share_interval_and_examples(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=3, good=17, days_ago=5), Written("late", "1001", "Ручка треснула", 2, 1)])
    assert shop.run("insight", "show") == 0
    told = capsys.readouterr()

    assert "Брак и поломка" in told.out
    assert "4 of 21" in told.out
    assert "19% (8% to 40%)" in told.out
    assert "late" in told.out
    assert CANARY not in told.out + told.err


def test_below_the_floor_only_that_there_is_little_is_said(shop: Shop, capsys: Capture) -> None:
    shop.store(many("1001", bad=2, good=5, days_ago=5))
    shop.run("insight", "show")
    shop.run("insight", "moves")
    told = capsys.readouterr().out

    assert told.count("мало данных") == 2
    assert "%" not in told


def test_ten_reviews_say_little_and_no_reviews_say_nothing(shop: Shop, capsys: Capture) -> None:
    shop.run("insight", "show")
    assert "No stored review matches" in capsys.readouterr().err

    shop.store(many("1001", bad=1, good=9, days_ago=5))
    shop.run("insight", "show", "--json")
    found = data_of(capsys)
    assert isinstance(found, dict)
    share = found["groups"][0]["aspects"][0]["share"]
    assert share == pytest.approx({"value": 0.1, "lower": 0.017876, "upper": 0.404150}, abs=1e-6)


@pytest.mark.parametrize(("by", "expected"), [("product", {"1001", "1002"}), ("stars", {"1", "5"})])
def test_reviews_are_grouped_as_asked(shop: Shop, capsys: Capture, by: str, expected: set[str]) -> None:
    shop.store([*many("1001", bad=1, good=9, days_ago=5), *many("1002", bad=1, good=9, days_ago=5)])
    shop.run("insight", "show", "--by", by, "--json")
    found = data_of(capsys)

    assert isinstance(found, dict)
    assert {group["group"] for group in found["groups"]} == expected


def test_a_review_that_does_not_count_in_the_rating_is_left_out(shop: Shop, capsys: Capture) -> None:
    shop.store(many("1001", bad=3, good=9, days_ago=5))
    mark_uncounted(shop, "1001-5-0")
    shop.run("insight", "show", "--json")
    found = data_of(capsys)

    assert isinstance(found, dict)
    assert (found["groups"][0]["reviews"], found["groups"][0]["low"]) == (11, 2)


def mark_uncounted(shop: Shop, review_id: str) -> None:
    """Writes what the API for sellers says of a review."""
    with shop.installation.state.transaction() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO review_sightings (account_id, review_id, source, sku, item_id, digest, is_counted, has_text,"
            " first_seen_at, last_seen_at) SELECT account_id, review_id, 'seller_api', sku, item_id, '', 0, 1,"
            f" first_seen_at, last_seen_at FROM reviews WHERE review_id = '{review_id}'"
        )


def test_a_rise_of_one_product_is_told_as_its_own(shop: Shop, capsys: Capture) -> None:
    for sku, later in (("1001", 25), ("1002", 3), ("1003", 3)):
        shop.store([*many(sku, bad=3, good=60, days_ago=90), *many(sku, bad=later, good=60, days_ago=10)])
    shop.run("insight", "moves", "--json")
    found = data_of(capsys)

    assert isinstance(found, dict)
    own = [(move["product"], move["is_own"]) for move in found["moves"] if move["product"]]
    assert own == [("1001", True)]


def test_where_nothing_moved_it_says_so(shop: Shop, capsys: Capture) -> None:
    for sku in ("1001", "1002"):
        shop.store([*many(sku, bad=3, good=60, days_ago=90), *many(sku, bad=4, good=60, days_ago=10)])
    shop.run("insight", "moves")

    assert "Nothing moved" in capsys.readouterr().err


def test_a_word_that_rises_without_an_aspect_is_a_candidate(shop: Shop, capsys: Capture) -> None:
    shop.store(many("1001", bad=30, good=30, days_ago=90, text="Ужасно и грустно"))
    shop.store(many("1001", bad=30, good=30, days_ago=10, text="Ужасно и грустно, мягкие бубенцы"))
    shop.run("insight", "moves", "--json")
    found = data_of(capsys)

    assert isinstance(found, dict)
    assert "бубенец" in {one["word"] for one in found["words"]}
    assert "грустно" not in {one["word"] for one in found["words"]}


HOSTILE = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\n=1", "'=1", "＝1"]


def test_reviews_are_exported_without_authors_and_without_formulas(shop: Shop, tmp_path: Path) -> None:
    shop.store(Written(f"r{number}", "1001", text, 1, 5) for number, text in enumerate([*HOSTILE, "Коробка помята"]))
    out = tmp_path / "reviews.csv"
    assert shop.run("reviews", "export", out) == 0
    content = out.read_bytes().decode("utf-8-sig")
    rows = {row["review"]: row for row in csv.DictReader(io.StringIO(content))}

    assert len(rows) == 10
    assert all(rows[f"r{number}"]["text"].startswith("'") for number in range(len(HOSTILE)))
    assert rows["r9"]["complaints"] == "packaging"
    assert CANARY not in content
    assert "author" not in rows["r9"]
    assert "reviews.export" not in actions_of(shop)
    assert os.name == "nt" or stat.S_IMODE(out.stat().st_mode) == 0o600


def test_authors_are_exported_only_when_asked_for_and_then_logged(shop: Shop, tmp_path: Path) -> None:
    shop.store([Written("r1", "1001", "Коробка помята", 1, 5)])
    out = tmp_path / "reviews.jsonl"
    shop.run("reviews", "export", out, "--with-authors")

    assert json.loads(out.read_text("utf-8"))["author"] == CANARY
    assert "reviews.export" in actions_of(shop)


def test_programs_get_the_text_as_it_is(shop: Shop, tmp_path: Path) -> None:
    shop.store([Written("r1", "1001", '=1+1\nвторая "строка"', 1, 5)])
    out = tmp_path / "reviews.jsonl"
    shop.run("reviews", "export", out)

    assert json.loads(out.read_text("utf-8"))["text"] == '=1+1\nвторая "строка"'


def test_programs_get_lists_and_spreadsheets_one_text(shop: Shop, tmp_path: Path) -> None:
    shop.store([Written("r1", "1001", "Коробка помята, пахнет химией", 1, 5), Written("r2", "1001", "Ужас", 1, 5)])
    for command, name in (("reviews", "complaints"), ("insight", "examples")):
        shop.run(command, "export", tmp_path / f"{command}.jsonl")
        shop.run(command, "export", tmp_path / f"{command}.csv")
        cells = csv.DictReader(io.StringIO((tmp_path / f"{command}.csv").read_bytes().decode("utf-8-sig")))
        lists = [json.loads(line)[name] for line in _lines(tmp_path / f"{command}.jsonl")]

        assert all(isinstance(one, list) for one in lists)
        assert [" ".join(one) for one in lists] == [row[name] for row in cells]
    complaints = {one["review"]: one["complaints"] for one in map(json.loads, _lines(tmp_path / "reviews.jsonl"))}
    assert complaints == {"r1": ["packaging", "smell"], "r2": []}


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_a_sheet_holds_texts_and_numbers_and_no_formula(shop: Shop, tmp_path: Path) -> None:
    odd = ["<b>&", "_x0041_", "a\u0000b", "две\nстроки ", "https://example.test/", "mailto:a@b.test", "1e5", "12.11"]
    shop.store(Written(f"r{number}", "1001", text, 1, 5) for number, text in enumerate([*HOSTILE, *odd]))
    out = tmp_path / "reviews.xlsx"
    assert shop.run("reviews", "export", out) == 0
    book = load_workbook(out)
    rows = list(book.active.iter_rows())
    names = [cell.value for cell in rows[0]]
    found = {row[1].value: dict(zip(names, row, strict=True)) for row in rows[1:]}
    texts = {name: str(row["text"].value) for name, row in found.items()}

    assert book.sheetnames == ["fairreview"]
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s", "n", "b"}
    assert not any(cell.hyperlink for row in rows for cell in row)
    assert all(texts[f"r{number}"].startswith("'") for number in range(len(HOSTILE)))
    as_read = [texts[f"r{len(HOSTILE) + number}"] for number in range(len(odd))]
    assert [unescape(text) for text in as_read] == ["<b>&", "_x0041_", "a\ufffdb", *odd[3:]]
    assert {type(row["stars"].value) for row in found.values()} == {int}
    assert {type(row["counted"].value) for row in found.values()} == {bool}
    assert datetime.fromisoformat(str(found["r0"]["first_seen"].value)).utcoffset() is not None
    with ZipFile(out) as archive:
        assert CANARY not in "".join(archive.read(name).decode() for name in archive.namelist())


def test_rows_wait_beside_the_sheet_and_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no folder"))
    modes: list[int] = []

    def rows() -> Iterator[list[str]]:
        yield ["первая"]
        modes.extend(path.parent.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file())
        yield ["вторая"]

    write_xlsx(tmp_path / "two.xlsx", ["text"], rows())

    assert modes
    assert os.name == "nt" or set(modes) == {0o700}
    assert [path.name for path in tmp_path.iterdir()] == ["two.xlsx"]


def test_a_text_longer_than_a_cell_ends_in_an_ellipsis(tmp_path: Path) -> None:
    out = tmp_path / "long.xlsx"
    write_xlsx(out, ["text"], [["а" * 40_000]])
    last = str(load_workbook(out).active["A2"].value)

    assert (len(last), last[-1]) == (LONGEST_CELL, "…")


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    write_xlsx(tmp_path / "two.xlsx", ["n"], [[1], [2]])

    with pytest.raises(UsageError, match="a sheet holds 2 rows"):
        write_xlsx(tmp_path / "three.xlsx", ["n"], [[1], [2], [3]])


def test_counts_are_exported(shop: Shop, tmp_path: Path) -> None:
    shop.store([*many("1001", bad=2, good=18, days_ago=5), *many("1002", bad=2, good=3, days_ago=5)])
    out = tmp_path / "complaints.csv"
    shop.run("insight", "export", out)
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))

    assert [(row["group"], row["complaints"], row["share"]) for row in rows] == [
        ("1001", "2", "0.1"),
        ("1002", "2", ""),
    ]


def test_a_file_that_is_there_is_kept_unless_told_otherwise(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "reviews.csv"
    out.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        shop.run("reviews", "export", out)

    assert out.read_text() == "mine"
    assert shop.run("reviews", "export", out, "--force") == 0
    assert out.read_text("utf-8-sig").startswith("account,")


@pytest.mark.parametrize("name", ["reviews.doc", "reviews"])
def test_a_format_that_is_none_is_told(shop: Shop, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no format"):
        shop.run("reviews", "export", tmp_path / name)


def test_a_folder_that_is_not_there_is_told(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        shop.run("reviews", "export", tmp_path / "none" / "reviews.csv")


@pytest.mark.parametrize("cell", ["плохо", 12, -3, None, "1=1", "a@b"])
def test_what_is_no_formula_stays(cell: str | int | None) -> None:
    assert neutral(cell) == cell
