"""Catalogs and page objects agree, in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import flows
from flows.catalog import FieldHook, Site, load_site
from flows.catalog.entries import ReadingHooks
from flows.catalog.lint import LintFinding, lint_site
from flows.catalog.models import StopMarker
from flows.errors import CatalogError

SITE: Site = load_site("ozon")
FLOWS = Path(flows.__file__).parent
PAGE = """
class Dialog(SitePage):
    page_name = "report_dialog"
    def act(self):
        self.entry("dialog"); self.finder.one("send").click(); self.finder.wait("success", "error")
        self.catalog["comment"]; other.one("not_ours"); self.entry(name)
"""


def findings(source: str) -> list[LintFinding]:
    return [finding for finding in lint_site(SITE, {"dialog.py": source}) if finding.page == "report_dialog"]


def test_every_entry_that_a_page_object_names_exists() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in (FLOWS / "pages").glob("*.py")}

    assert [finding for finding in lint_site(SITE, sources) if finding.where.partition(":")[0] in sources] == []


def test_every_entry_is_used() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py")}

    assert [f"{finding.page}.{finding.entry}" for finding in lint_site(SITE, sources)] == []


def test_an_entry_that_does_not_exist_is_found_with_its_line() -> None:
    found = findings(PAGE.replace('self.finder.one("send")', 'self.finder.one("sent")'))

    assert LintFinding("report_dialog", "sent", "the catalog has no such entry", "dialog.py:5") in found


def test_wait_and_catalog_look_up_every_name() -> None:
    assert [f.entry for f in findings(PAGE.replace('"error"', '"eror"')) if "no such entry" in f.problem] == ["eror"]
    assert [f.entry for f in findings(PAGE.replace('"comment"', '"coment"')) if "no such" in f.problem] == ["coment"]


def test_an_entry_that_nobody_uses_is_found() -> None:
    unused = {finding.entry for finding in findings(PAGE)}

    assert "quoted_text" in unused
    assert not unused & {"dialog", "send", "success", "error", "comment", "not_ours"}


def test_a_page_object_without_a_catalog_is_found() -> None:
    source = PAGE.replace('"report_dialog"', '"no_such_page"')

    assert LintFinding("no_such_page", "", "the site has no such page", "dialog.py") in lint_site(
        SITE, {"dialog.py": source}
    )


def test_an_entry_that_is_not_there_is_named_and_crashes_nothing() -> None:
    with pytest.raises(CatalogError, match="has no entry 'nowhere'"):
        SITE.page("report_dialog")["nowhere"]


@pytest.mark.parametrize("css", ["a[", "tr[data-id='{sku}']"])
def test_a_selector_that_nobody_could_look_by_is_refused_wherever_it_stands(css: str) -> None:
    with pytest.raises(ValidationError):
        StopMarker(kind="gone", where="element", any=(css,), verified="test")
    with pytest.raises(ValidationError):
        ReadingHooks(rows=(css,))
    with pytest.raises(ValidationError):
        FieldHook(css=css)
