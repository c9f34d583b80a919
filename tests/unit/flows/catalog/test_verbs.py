"""A catalog reaches a fixed list of Playwright's verbs and nothing else, whatever it says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from flows.catalog.entries import Candidate, Entry, PageCatalog
from flows.catalog.resolve import Finder, css_of, locators, resolve
from flows.catalog.vocabulary import PLACEHOLDERS
from flows.errors import SelectorBroken

ALLOWED = {
    "get_by_role", "get_by_label", "get_by_placeholder", "get_by_text", "get_by_test_id", "locator", "or_", "count",
    "first", "wait_for",
}  # fmt: skip
VALUES = dict.fromkeys(PLACEHOLDERS, "x'\"]\\{}")
VERBS = ("role", "label", "placeholder", "text", "test_id", "attribute", "widget", "css", "evaluate", "xpath")
KEYS = ("name", "label", "placeholder", "text", "test_id", "attribute", "value", "widget", "css", "role", "match")


class Recorder:
    """Stands in for a page and notes every name that is reached on it."""

    def __init__(self, reached: list[str], found: int = 0) -> None:
        self.reached, self.found = reached, found

    def __getattr__(self, name: str) -> Any:
        self.reached.append(name)
        return self if name == "first" else self._call

    def _call(self, *args: object, **kwargs: object) -> Any:
        del args, kwargs
        return self.found if self.reached[-1] == "count" else Recorder(self.reached, self.found)


def catalog(*candidates: dict[str, object], use: str = "read") -> PageCatalog:
    entry = {"why": "for the test", "verified": "test", "use": use, "candidates": candidates}
    return PageCatalog.model_validate({"schema": 1, "page": "p", "title": "p", "entries": {"x": entry}})


@settings(max_examples=1_000, deadline=None)
@given(
    by=st.sampled_from(VERBS),
    fields=st.dictionaries(
        st.sampled_from(KEYS), st.text(max_size=12) | st.sampled_from(["button", "equals"]), max_size=3
    ),
)
def test_no_candidate_reaches_beyond_the_verbs(by: str, fields: dict[str, object]) -> None:
    reached: list[str] = []
    try:
        page = catalog({"by": by, **fields})
    except ValidationError:
        return
    with pytest.raises(SelectorBroken):
        resolve(Recorder(reached), page, "x", values=VALUES)  # type: ignore[arg-type]

    assert set(reached) <= ALLOWED


@given(st.text(min_size=1, max_size=40))
def test_a_value_can_never_leave_its_string(value: str) -> None:
    one: Candidate = TypeAdapter[Candidate](Candidate).validate_python(
        {"by": "attribute", "attribute": "data-id", "value": "{review_id}"}
    )
    css = css_of(one, {"review_id": value})
    inner = css.removeprefix('[data-id="').removesuffix('"]')

    assert css == f'[data-id="{inner}"]'
    assert '"' not in inner
    assert "]" not in inner
    assert "\n" not in inner


@pytest.mark.parametrize(("found", "use"), [(0, "read"), (0, "write"), (2, "write"), (3, "read")])
def test_what_is_not_unique_where_it_must_be_is_broken(found: int, use: str) -> None:
    page = catalog({"by": "text", "text": "a", "write_safe": use == "write"}, use=use)

    with pytest.raises(SelectorBroken, match=r"p\.x"):
        resolve(Recorder([], found), page, "x")  # type: ignore[arg-type]


def test_writing_looks_only_at_safe_candidates() -> None:
    page = catalog(
        {"by": "role", "role": "button", "name": "Отправить", "write_safe": True},
        {"by": "css", "css": "form a"},
        use="write",
    )
    reached: list[str] = []

    assert len(locators(Recorder(reached), page, "x", {})) == 1  # type: ignore[arg-type]
    assert reached == ["get_by_role"]


def test_many_rows_may_match_a_reading_entry() -> None:
    page = catalog({"by": "text", "text": "a"})
    finder = Finder(Recorder([], 3), page, timeout_ms=0)  # type: ignore[arg-type]

    finder.all("x")

    assert [(match.entry, match.count, match.is_fallback) for match in finder.matches] == [("x", 3, False)]


def test_an_entry_that_does_not_exist_is_broken_not_a_crash() -> None:
    with pytest.raises(SelectorBroken, match="no such entry"):
        resolve(Recorder([]), catalog({"by": "text", "text": "a"}), "y")  # type: ignore[arg-type]


@pytest.mark.parametrize("why", ["", "short"])
def test_an_entry_says_what_it_is_for(why: str) -> None:
    with pytest.raises(ValidationError):
        Entry.model_validate({"why": why, "verified": "test", "candidates": [{"by": "text", "text": "a"}]})
