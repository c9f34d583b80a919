"""A proposed change is a diff that applies and leaves a valid catalog; what cannot be changed safely is left alone."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from flows.catalog.loader import catalog_folder
from qa.elements import Look, likeness, proposals
from qa.patches import diff_of, with_candidate

NEW = '{ by = "text", text = "Новое" }'
PAGES = {path.stem: path.read_text("utf-8") for path in (catalog_folder() / "ozon").glob("*.toml")}
ENTRIES = [
    (page, entry)
    for page, text in sorted(PAGES.items())
    if page not in {"site", "rules"}
    for entry in tomllib.loads(text).get("entries", {})
]


@pytest.mark.parametrize(("page", "entry"), ENTRIES, ids=[".".join(pair) for pair in ENTRIES])
def test_a_candidate_goes_before_the_others_of_its_entry_and_nowhere_else(page: str, entry: str) -> None:
    before = tomllib.loads(PAGES[page])

    changed = with_candidate(PAGES[page], entry, NEW)

    assert changed is not None
    after = tomllib.loads(changed)
    added = after["entries"][entry]["candidates"].pop(0)
    assert (added, after) == ({"by": "text", "text": "Новое"}, before)


def test_the_diff_applies(tmp_path: Path) -> None:
    changed = with_candidate(PAGES["orders"], "heading", NEW)
    assert changed is not None
    target = tmp_path / "selectors" / "ozon" / "orders.toml"
    target.parent.mkdir(parents=True)
    target.write_text(PAGES["orders"], "utf-8")
    diff = diff_of(PAGES["orders"], changed, "selectors/ozon/orders.toml")

    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, text=True, check=True)

    assert target.read_text("utf-8") == changed


@pytest.mark.parametrize("candidate", ['{ by = "evaluate", js = "1" }', "{ by = ", '{ by = "css", css = "//a" }'])
def test_what_a_catalog_would_not_take_is_not_proposed(candidate: str) -> None:
    assert with_candidate(PAGES["orders"], "heading", candidate) is None


def test_an_entry_that_is_not_there_is_not_changed() -> None:
    assert with_candidate(PAGES["orders"], "nope", NEW) is None


def test_a_proposal_names_what_is_looked_for_by_its_placeholder() -> None:
    look = Look(tag="div", attributes={"data-review-uuid": "0192-aa"}, role="article", name="Отзыв 0192-aa")

    assert list(proposals(look, {"review_id": "0192-aa"})) == [
        '{ by = "role", role = "article", name = "Отзыв {review_id}" }',
        '{ by = "attribute", attribute = "data-review-uuid", value = "{review_id}" }',
    ]


def test_words_that_are_the_page_s_content_are_not_proposed() -> None:
    look = Look(tag="h1", role="heading", name="Кружка", text="Кружка", holder="webTitle")

    assert list(proposals(look, {}, has_own_words=False)) == ['{ by = "css", css = "[data-widget=\'webTitle\'] h1" }']


def test_a_renamed_button_resembles_the_lost_one_more_than_its_neighbour_does() -> None:
    lost = Look(tag="button", role="button", name="Отправить жалобу", text="Отправить жалобу", around="form")
    renamed = lost.model_copy(update={"name": "Отправить обращение", "text": "Отправить обращение"})
    neighbour = lost.model_copy(update={"name": "Отмена", "text": "Отмена"})

    assert likeness(lost, lost) > likeness(lost, renamed) > likeness(lost, neighbour)
