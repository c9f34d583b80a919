"""A placeholder that no flow gives a value is refused when the catalog is loaded, not when the flow is under way."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

import flows
from flows.catalog import load_site
from flows.catalog.given import GIVEN_TO_ADDRESSES, GIVEN_TO_ENTRIES
from flows.errors import CatalogError
from tests.meta.checkout import ROOT

BAD = [
    ("complaint.toml", 'text = "{file_name} — загружен"', 'text = "{reason} — загружен"', "entries.uploaded"),
    ("complaint.toml", 'name = "Пояснение"', 'name = "{review_id}"', "entries.text"),
    ("report_dialog.toml", 'text = "Жалоба успешно отправлена"', 'text = "{sku}"', "entries.success"),
    ("report_dialog.toml", 'name = "Укажите причину"', 'name = "{reason}"', "entries.dialog"),
    (
        "reviews.toml",
        'attribute = "data-review-uuid", value = "{review_id}"',
        'attribute = "x", value = "{page}"',
        "card",
    ),
    (
        "reviews.toml",
        'widget = "webListReviews"',
        'widget = "webListReviews" }, { by = "text", text = "{shop}"',
        "list",
    ),
    ("orders.toml", 'name = "', 'name = "{order_number}', "entries."),
    ("site.toml", 'product = "www:/product/{slug}-{sku}/"', 'product = "www:/{shop}/{sku}/"', "urls.product"),
    ("site.toml", 'product = "www:/product/{slug}-{sku}/"', 'product = "www:/product/{slug}/"', "urls.product"),
    ("site.toml", 'home = "www:/"', 'home = "www:/{sku}"', "urls.home"),
    ("site.toml", 'appeals = "www:/my/appeals"', 'appeals = "www:/my/appeals/{page}"', "urls.appeals"),
    ("site.toml", "complaints?page={page}", "complaints?page={offset}", "urls.complaints_page"),
    (
        "site.toml",
        'order_details = "www:/my/orderdetails/?order={order_number}',
        'order_details = "www:/my/o',
        "urls.order",
    ),
    ("site.toml", 'cabinet_home = "seller:/app/dashboard/main"', 'cabinet_home = "seller:/{company}"', "cabinet_home"),
    ("site.toml", 'api_reviews = "api:/v2/review/list"', 'api_reviews = "api:/v2/{page}"', "urls.api_reviews"),
    ("site.toml", "www:/context/detail/id/{sku}/", "www:/context/detail/", "product_forms"),
]


@pytest.mark.parametrize(("name", "old", "new", "where"), BAD)
def test_a_placeholder_without_a_value_is_refused(tmp_path: Path, name: str, old: str, new: str, where: str) -> None:
    shutil.copytree(ROOT / "selectors" / "ozon", tmp_path / "ozon")
    path = tmp_path / "ozon" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CatalogError) as caught:
        load_site("ozon", folder=tmp_path)

    assert where in caught.value.where


def calls(*names: str) -> list[tuple[str, frozenset[str], bool]]:
    """Returns the first argument, keywords and whether there are further ones, of every call of these methods."""
    found = []
    for path in Path(flows.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Attribute)
                or node.func.attr not in names
            ):
                continue
            if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                given = frozenset(one.arg for one in node.keywords if one.arg)
                found.append((node.args[0].value, given, any(one.arg is None for one in node.keywords)))
    return found


def test_what_is_called_given_is_given_by_every_flow() -> None:
    built = calls("url", "path")
    assert len(built) > 15
    for name, given, has_more in built:
        if not has_more and name in GIVEN_TO_ADDRESSES:
            assert given >= GIVEN_TO_ADDRESSES[name], name
    looked = [(name, given) for name, given, _ in calls("entry", "one", "all", "maybe") if name in GIVEN_TO_ENTRIES]
    assert {name for name, given in looked if given} <= GIVEN_TO_ENTRIES.keys()
    for name, given in looked:
        assert given <= GIVEN_TO_ENTRIES[name], name
