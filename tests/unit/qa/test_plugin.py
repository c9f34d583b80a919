"""Every page object is a fixture, under the name that the documentation gives it."""

from __future__ import annotations

import re

from flows.pages.base import SitePage
from flows.pages.header import Header
from flows.pages.report_dialog import ReportDialog
from flows.pages.reviews import ReviewsPage
from qa import plugin
from tests.meta.checkout import ROOT


def concrete(kind: type[SitePage]) -> set[type[SitePage]]:
    found = {kind} if hasattr(kind, "page_name") else set()
    return found.union(*map(concrete, kind.__subclasses__()))


def test_every_page_object_is_a_fixture() -> None:
    ours = {kind for kind in concrete(SitePage) if kind.__module__.startswith("flows.pages.")}

    assert ours <= set(plugin.PAGE_OBJECTS.values())
    assert [name for name in plugin.PAGE_OBJECTS if not hasattr(plugin, name)] == []
    wanted = {"reviews_page": ReviewsPage, "report_dialog": ReportDialog, "header": Header}
    assert wanted.items() <= plugin.PAGE_OBJECTS.items()


def test_every_fixture_that_the_documentation_names_is_there() -> None:
    table = (ROOT / "docs" / "qa.md").read_text("utf-8").partition("| fixture |")[2].partition("\n\n")[0]
    named = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }

    assert {"mock_site", "signed_in_page", "reviews_page"} <= named
    assert [name for name in sorted(named) if not hasattr(plugin, name)] == []
