"""What a newcomer meets first: licence, security page, and an index of decisions that leaves none out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.config.sections import WindowsSection
from tests.conftest import TOUR_FILES, TOUR_ROOMS
from tests.meta.checkout import PACKAGES, ROOT


def listed(index: str) -> set[str]:
    return set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index))


def test_the_index_of_decisions_names_each_page_and_no_other() -> None:
    folder = ROOT / "docs" / "adr"

    assert listed((folder / "README.md").read_text("utf-8")) == {path.name for path in folder.glob("0*.md")}


def test_a_page_without_its_line_is_missed() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    cut = "\n".join(line for line in index.splitlines() if "0001-" not in line)

    assert listed(index) - listed(cut) == {"0001-rooms-and-selectors-as-data.md"}


def test_every_package_says_that_it_is_typed() -> None:
    assert [name for name in PACKAGES if not (ROOT / name / "py.typed").exists()] == []


def test_licence_and_security_page_are_there_and_named() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    for name in ("LICENSE", "SECURITY.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"):
        assert (ROOT / name).read_text("utf-8").strip()
        assert f"({name})" in readme


def test_the_tour_names_files_that_are_there() -> None:
    assert {name for name in TOUR_FILES if not (ROOT / "tests" / name).is_file()} == set()
    assert {room for room in TOUR_ROOMS if not (ROOT / "tests" / room).is_dir()} == set()


def test_every_window_is_explained_with_its_default() -> None:
    page = (ROOT / "docs" / "schedule.md").read_text("utf-8")

    assert [name for name in WindowsSection.model_fields if f"`{name}`" not in page] == []


def places_named(page: str) -> set[str]:
    """Paths in backticks: with a folder, or one of the files at the top; not code, and nothing with a gap to fill."""
    quoted = re.findall(r"`([^`\s<…]+)`", page)
    return {one for one in quoted if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", one) and ("/" in one or one.endswith(".md"))}


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "how-to").glob("*.md")), ids=lambda page: page.stem)
def test_every_place_that_a_recipe_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    linked = {page.parent / target for target in re.findall(r"\]\(([^)#]+)\)", text)}

    assert [name for name in sorted(places_named(text)) if not (ROOT / name).exists()] == []
    assert [target for target in sorted(linked) if not target.resolve().exists()] == []


def test_a_place_that_has_moved_is_missed() -> None:
    assert places_named("`monitor/cli/gone.py`, `fairreview watch`, `[grounds.reasons]`, `docs/`") == {
        "monitor/cli/gone.py",
        "docs/",
    }


def test_the_recipes_are_six_and_contributing_names_them() -> None:
    index = (ROOT / "docs" / "how-to" / "README.md").read_text("utf-8")

    assert set(re.findall(r"\((add-[\w-]+\.md)\)", index)) == {
        f"add-a-{what}.md" for what in ("channel", "signal", "message", "setting", "command", "column")
    }
    assert "docs/how-to" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
