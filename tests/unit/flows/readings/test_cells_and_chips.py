"""Tables whose cells are headings, wide cells, several chips beside each other, and lists without numbers."""

from __future__ import annotations

import pytest

from flows.catalog import FieldHook, Site, load_site
from flows.readings.appeals import read_appeal_list
from flows.readings.document import Document, read_field, read_known

HEAD = "<tr><th>Товар</th><th>Причина</th><th>Статус</th></tr>"
STATUSES = {"Жалоба одобрена": "accepted", "Жалоба отклонена": "rejected", "Одобрена": "accepted"}


def cell(row: str, heading: str = "Статус", head: str = HEAD) -> str:
    table = f"<table><thead>{head}</thead><tbody><tr id='r'>{row}</tr></tbody></table>"
    (found,) = Document(f"<html><body>{table}</body></html>").rows(["#r"])
    return read_field(found, [FieldHook(column=heading)])


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ("<td>Кружка</td><td>Спам</td><td>Одобрена</td>", "Одобрена"),
        ("<th>Кружка</th><th>Спам</th><th>Одобрена</th>", "Одобрена"),
        ("<th>Кружка</th><td>Спам</td><td>Одобрена</td>", "Одобрена"),
        ("<td colspan='2'>Кружка, спам</td><td>Одобрена</td>", "Одобрена"),
        ("<td>Кружка</td><td>Спам</td>", ""),
        ("<td>Кружка</td><td>Спам</td><td><table><tr><td>в</td></tr></table> Одобрена</td>", "в Одобрена"),
        ("<td colspan='x'>Кружка</td><td colspan='0'>Спам</td><td>Одобрена</td>", "Одобрена"),
    ],
)
def test_the_cell_under_a_heading_is_read(row: str, status: str) -> None:
    assert cell(row) == status


def test_a_wide_heading_counts_as_often_as_it_is_wide() -> None:
    head = "<tr><th colspan='2'>Товар</th><th>Статус</th></tr>"
    assert cell("<td>фото</td><td>Кружка</td><td>Одобрена</td>", head=head) == "Одобрена"
    assert cell("<td>Кружка</td><td>x</td><td>y</td>", "Нет такого") == ""


def test_a_rows_own_headings_are_not_the_tables() -> None:
    (found,) = Document("<table><tr id='r'><th>Статус</th><td>Одобрена</td></tr></table>").rows(["#r"])
    assert read_field(found, [FieldHook(column="Статус")]) == ""


@pytest.mark.parametrize(
    ("chips", "status"),
    [
        (["Виден", "Жалоба одобрена", "Выкуп"], "Жалоба одобрена"),
        (["Жалоба отклонена"], "Жалоба отклонена"),
        (["Виден", "Выкуп"], "Виден; Выкуп"),
        (["Жалоба одобрена", "Одобрена"], "Жалоба одобрена"),
        (["Жалоба одобрена", "Жалоба отклонена"], "Жалоба одобрена; Жалоба отклонена"),
        ([], ""),
    ],
)
def test_of_several_chips_the_known_one_counts(chips: list[str], status: str) -> None:
    html = "".join(f"<span data-name='chip'>{one}</span>" for one in chips)
    body = Document(f"<html><body><div>{html}</div></body></html>").root.body
    assert body is not None
    hooks = [FieldHook(css="[data-name='nothing']"), FieldHook(css="[data-name='chip']")]
    assert read_known(body, hooks, STATUSES) == status


def site_without_numbers() -> Site:
    site = load_site("ozon")
    page = site.pages["complaints"]
    fields = {"review_id": (FieldHook(attribute="data-review"),), "status": (FieldHook(css=".chip"),)}
    hooks = page.reading.model_copy(update={"rows": ("main tr[data-review]",), "fields": fields})
    wordings = site.wordings.model_copy(update={"appeal_statuses": STATUSES})
    pages = {**site.pages, "complaints": page.model_copy(update={"reading": hooks})}
    return site.model_copy(update={"pages": pages, "wordings": wordings})


def listed(rows: str) -> str:
    return f"<html lang='ru'><body><main><h1>Жалобы</h1><table>{rows}</table></main></body></html>"


def test_a_list_without_numbers_is_keyed_by_the_review() -> None:
    rows = "<tr data-review='a-1'><td><i class='chip'>Виден</i><i class='chip'>Жалоба отклонена</i></td></tr>"
    reading = read_appeal_list(listed(rows), site_without_numbers(), list_page="complaints")
    (row,) = reading.rows
    assert (row.number, row.review_id, row.status) == ("a-1", "a-1", "rejected")
    assert not any("bad rows" in problem for problem in reading.problems)


def test_a_list_with_numbers_that_lack_one_is_still_bad() -> None:
    site = site_without_numbers()
    page = site.pages["complaints"]
    fields = {**page.reading.fields, "number": (FieldHook(attribute="data-number"),)}
    reading_hooks = page.reading.model_copy(update={"fields": fields})
    site = site.model_copy(
        update={"pages": {**site.pages, "complaints": page.model_copy(update={"reading": reading_hooks})}}
    )
    reading = read_appeal_list(listed("<tr data-review='a-1'><td></td></tr>"), site, list_page="complaints")
    assert reading.rows == ()
    assert any("bad rows: 1" in problem for problem in reading.problems)
