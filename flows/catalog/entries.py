"""A page's catalog: its controls as ordered candidates, and the hooks by which stored HTML is read.

Reading may fall back from one candidate to the next. A control that changes something at the site (``use = "write"``)
is found only through candidates marked ``write_safe``, and only when exactly one element matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from evidence_store.sentences import sentence
from flows.catalog.answers import AnswerHooks, DetailHooks, LinkInAnswer
from flows.catalog.given import GIVEN_TO_ENTRIES, GIVEN_TO_PAGES
from flows.catalog.vocabulary import (
    AttributeName,
    CatalogValue,
    Component,
    Css,
    KeyProblem,
    Name,
    Phrase,
    PlainCss,
    Template,
    Verified,
    placeholders_in,
)
from flows.errors import CatalogError

Match = Literal["equals", "contains", "starts_with"]

AriaRole = Literal[
    "alert", "alertdialog", "article", "button", "cell", "checkbox", "combobox", "dialog", "form", "group", "heading",
    "img", "link", "list", "listbox", "listitem", "main", "menu", "menuitem", "navigation", "option", "radio",
    "radiogroup", "region", "row", "status", "tab", "table", "textbox",
]  # fmt: skip


class _Candidate(CatalogValue):
    write_safe: bool = False
    verified: Verified | None = None
    layout: Name | None = None

    @property
    def templates(self) -> tuple[str, ...]:
        """The texts that may hold placeholders."""
        values = self.model_dump(exclude={"by", "verified", "layout", "match", "write_safe"}).values()
        return tuple(value for value in values if isinstance(value, str))


class ByRole(_Candidate):
    """An ARIA role, by default with its accessible name."""

    by: Literal["role"]
    role: AriaRole
    name: Template | None = None
    match: Match = "equals"


class ByLabel(_Candidate):
    """A form control by its label."""

    by: Literal["label"]
    label: Template
    match: Match = "equals"


class ByPlaceholder(_Candidate):
    """A form control by its placeholder."""

    by: Literal["placeholder"]
    placeholder: Template
    match: Match = "equals"


class ByText(_Candidate):
    """The smallest element with this visible text."""

    by: Literal["text"]
    text: Template
    match: Match = "equals"


class ByTestId(_Candidate):
    """The site's own test attribute (``data-testid``)."""

    by: Literal["test_id"]
    test_id: Template


class ByAttribute(_Candidate):
    """An element with an attribute, with a value or with any."""

    by: Literal["attribute"]
    attribute: AttributeName
    value: Template | None = None
    match: Match = "equals"


class ByWidget(_Candidate):
    """The root of a site's component (``data-widget``)."""

    by: Literal["widget"]
    widget: Component


class ByCss(_Candidate):
    """A small part of CSS: the last resort."""

    by: Literal["css"]
    css: Css


Candidate = Annotated[
    ByRole | ByLabel | ByPlaceholder | ByText | ByTestId | ByAttribute | ByWidget | ByCss, Field(discriminator="by")
]


class Entry(CatalogValue):
    """One thing on a page.

    Attributes:
        why: What it is for, for the person who has to repair it.
        verified: Where its markup is known from: the role, attribute or widget by which it is found.
        words_verified: Where its words are known from, when that is something else.
        use: ``write`` when a click or text here changes something at the site.
        required: The page does not count as loaded without it.
        within: Another entry of the same page in which to look.
        choose: How one of several is chosen: ``check`` each has a control of its own, ``select`` they share one list.
        candidates: Ways to find it, best first.
    """

    why: Annotated[Phrase, Field(min_length=8)]
    verified: Verified
    words_verified: Verified | None = None
    use: Literal["read", "write"] = "read"
    required: bool = False
    within: Name | None = None
    choose: Literal["check", "select"] = "check"
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1, max_length=8)]

    @property
    def placeholders(self) -> frozenset[str]:
        """The values that its candidates ask for."""
        return frozenset[str]().union(*(placeholders_in(text) for one in self.candidates for text in one.templates))

    @property
    def has_one_control_each(self) -> bool:
        """Whether every choice has a control of its own, found by its label, rather than one list for all."""
        return self.choose == "check" and "reason" in self.placeholders

    @model_validator(mode="after")
    def _check_candidates(self) -> Entry:
        bare = [candidate.model_dump(exclude={"verified", "layout", "write_safe"}) for candidate in self.candidates]
        if any(bare[i] in bare[:i] for i in range(len(bare))):
            raise ValueError("two candidates are the same")
        safe = [candidate for candidate in self.candidates if candidate.write_safe]
        if self.use == "write" and not safe:
            raise ValueError("an entry for writing needs a candidate with write_safe = true")
        if self.use == "read" and safe:
            raise ValueError('write_safe is for entries with use = "write"')
        if any(isinstance(candidate, ByRole) and candidate.name is None for candidate in safe):
            raise ValueError("a write_safe role needs an accessible name")
        return self


class FieldHook(CatalogValue):
    """How a pure reading finds one value inside a piece of HTML.

    Where to look: the elements that ``css`` matches; or the table cell under the heading ``column``; or the value
    beside the term ``term`` of a list of terms; without any of these the piece's own attribute, or its texts one by
    one. What counts: the first whose attribute or text starts with ``prefix`` and holds ``contains``; prefix and suffix
    are cut off.
    """

    css: PlainCss | None = None
    column: Phrase | None = None
    term: Phrase | None = None
    attribute: AttributeName | None = None
    contains: Phrase | None = None
    prefix: Phrase | None = None
    suffix: Phrase | None = None
    layout: Name | None = None

    @model_validator(mode="after")
    def _check_place(self) -> FieldHook:
        if sum(place is not None for place in (self.css, self.column, self.term)) > 1:
            raise ValueError("css, column and term exclude each other")
        if self.css is self.column is self.term is self.attribute is self.prefix is self.contains is None:
            raise ValueError("a hook needs css, column, term, attribute, prefix or contains")
        return self


class ReadingHooks(CatalogValue):
    """Where the readings of one page look, in this order: state JSON, attributes, visible text.

    Attributes:
        states: Prefixes of the state ids that carry the page's data.
        witness: Selectors of which one must be there for the page to count as this page.
        rows: Selectors of one row (card, table row), one per layout.
        fields: Values of a row, by name.
        page_fields: Values of the page as a whole (counters, headings), by name.
        empty_texts: Texts with which the site itself says that there is nothing.
        ignore_texts: Labels and buttons inside a row that are not content.
        skip: Selectors of parts of a row whose texts are not content.
        cut_texts: What the site offers where a row shows only the beginning of a text.
        voice_texts: Headings under which somebody else than the author speaks in a row.
        question_texts: What the site asked the author; the text after one is the answer that was picked.
        part_labels: Labels in front of the parts of a review's text, by part (comment, positive, negative).
        filled_star: Style values of a filled star, where the rating is drawn.
        answers: How the JSON is read that the page loads for itself; it goes before what the page shows.
        detail: How the JSON is read that the page loads about the one review that is opened.
        chat_link: Where that JSON names the chat of a review with its buyer.
    """

    states: tuple[Component, ...] = ()
    witness: tuple[PlainCss, ...] = ()
    rows: tuple[PlainCss, ...] = ()
    fields: Mapping[Name, tuple[FieldHook, ...]] = {}
    page_fields: Mapping[Name, tuple[FieldHook, ...]] = {}
    empty_texts: tuple[Phrase, ...] = ()
    ignore_texts: tuple[Phrase, ...] = ()
    skip: tuple[PlainCss, ...] = ()
    cut_texts: tuple[Phrase, ...] = ()
    voice_texts: tuple[Phrase, ...] = ()
    question_texts: tuple[Phrase, ...] = ()
    part_labels: Mapping[Name, Phrase] = {}
    filled_star: tuple[Phrase, ...] = ()
    answers: AnswerHooks | None = None
    detail: DetailHooks | None = None
    chat_link: LinkInAnswer | None = None

    @property
    def own_answers(self) -> Mapping[str, str]:
        """The addresses of the answers that the page loads for itself, by their key here."""
        described = {"answers": self.answers, "detail": self.detail, "chat_link": self.chat_link}
        return {name: hooks.url for name, hooks in described.items() if hooks is not None}

    @model_validator(mode="after")
    def _check_rows(self) -> ReadingHooks:
        if self.answers is not None and not self.rows:
            raise KeyProblem("rows", "rows are needed beside answers: by them a page is waited for, and read without")
        return self


class PageCatalog(CatalogValue):
    """All that is known about one kind of page.

    ``frame`` names the entry of an ``iframe``: where the page has it, every other entry lives in its document.
    """

    schema_version: Annotated[int, Field(alias="schema")]
    page: Name
    title: Phrase
    frame: Name | None = None
    entries: Annotated[Mapping[Name, Entry], Field(max_length=100)] = {}
    reading: ReadingHooks = ReadingHooks()

    @model_validator(mode="after")
    def _check_entries(self) -> PageCatalog:
        if self.frame is not None and self.frame not in self.entries:
            raise KeyProblem("frame", sentence("there is no entry {name!r}", name=self.frame), self.entries)
        primaries: dict[str, str] = {}
        for name, entry in self.entries.items():
            self._check_within(name)
            self._check_values(name)
            if entry.use != "write":
                continue
            first = next(candidate for candidate in entry.candidates if candidate.write_safe)
            key = f"{entry.within}|{first.model_dump_json(exclude={'verified', 'layout'})}"
            if key in primaries:
                raise KeyProblem(
                    f"entries.{name}", sentence("would press the same control as {other}", other=primaries[key])
                )
            primaries[key] = name
        return self

    def _check_within(self, name: str) -> None:
        seen = [name]
        while (outer := self.entries[seen[-1]].within) is not None:
            if outer not in self.entries:
                raise KeyProblem(
                    f"entries.{seen[-1]}.within", sentence("there is no entry {name!r}", name=outer), self.entries
                )
            if outer in seen:
                raise KeyProblem(
                    f"entries.{name}.within", sentence("a circle: {names}", names=" > ".join([*seen, outer]))
                )
            seen.append(outer)

    def _check_values(self, name: str) -> None:
        """A placeholder that no flow gives a value would crash the flow."""
        given = GIVEN_TO_ENTRIES.get(name, frozenset()) | GIVEN_TO_PAGES.get(self.page, frozenset())
        place: str | None = name
        while place is not None:
            if unknown := self.entries[place].placeholders - given:
                raise KeyProblem(
                    f"entries.{place}",
                    sentence(
                        "{name} has no value here: nothing gives it to {entry!r}",
                        name=f"{{{min(unknown)}}}",
                        entry=name,
                    ),
                    GIVEN_TO_ENTRIES,
                )
            place = self.entries[place].within
        entry = self.entries[name]
        if entry.choose == "select" and "reason" in entry.placeholders:
            raise KeyProblem(f"entries.{name}.choose", "one list for all has no {reason} in it")

    def __getitem__(self, name: str) -> Entry:
        """Returns the entry.

        Raises:
            flows.errors.CatalogError: there is no entry of this name.
        """
        if name not in self.entries:
            raise CatalogError(
                f"the page {self.page!r} has no entry {name!r}",
                where=f"{self.page}.toml: entries.{name}",
                hint="Describe the control there; `selectors/ozon` shows how.",
            )
        return self.entries[name]
