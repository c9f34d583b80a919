"""A form that files something: reason, text, files, sender, and the one button that sends. Each part where it has it.

What differs between sites and channels is the catalog: a form without files has no entry ``files``, and so on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_store.sentences import sentence
from flows.catalog.entries import ByRole, ByText
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.pages.fields import Limits, read_attribute, read_fields, read_limits, unknown_fields
from flows.pages.uploads import UploadingPage
from flows.pages.words import Word, await_word

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# In this order: a form that shows a number and thanks has said more by the number.
_ANSWERS = ("number", "success", "error")
# An option without a value stands for no choice (HTML Living Standard: "placeholder label option").
_READ_OPTIONS = """options => JSON.stringify(
  options.filter(one => one.value !== "" && !one.disabled).map(one => one.innerText))"""
_FIELDS = ("reason", "text", "files", "reason_options", "sender_name", "sender_email")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingForm:
    """What the open form shows. The first two come from the page itself, not from what we meant to open."""

    review_id: str | None
    review_text: str | None
    reasons: tuple[str, ...] = ()
    chosen_reason: str | None = None
    text: str = ""
    files: tuple[str, ...] = ()
    sender: tuple[str, str] = ("", "")
    unknown_required: tuple[str, ...] = ()


class FilingFormPage(UploadingPage):
    """What the forms of the channels have in common."""

    def has(self, name: str) -> bool:
        """Whether the form has such a part at all, as the catalog says."""
        return name in self.catalog.entries

    def read(self) -> FilingForm:
        """Reads the whole form back."""
        with named_faults(self.page_name):
            return FilingForm(
                review_id=self._mark("review"),
                review_text=self._quote(),
                reasons=self._options(),
                chosen_reason=self._chosen(),
                text=self._value("text"),
                files=tuple(self.entry("upload_rows").all_inner_texts()) if self.has("files") else (),
                sender=(self._value("sender_name"), self._value("sender_email")),
                unknown_required=unknown_fields(
                    self.entry("required_fields"),
                    *(self.entry(name) for name in _FIELDS if self.has(name) and not self._is_given(name)),
                ),
            )

    def read_limits(self) -> Limits:
        """Reads what the form itself says of text and files."""
        with named_faults(self.page_name):
            return read_limits(self.entry("text"), self.entry("files") if self.has("files") else None)

    def choose_reason(self, label: str) -> None:
        """Chooses a reason by its exact label.

        Raises:
            flows.errors.FormMismatch: the site does not offer it.
        """
        offered = self._options()
        if label not in offered:
            raise FormMismatch(
                sentence("the site does not offer the reason «{label}»", label=label),
                where=f"{self.page_name}.reason",
                hint="offered are: " + "; ".join(offered) + ". Choose one of them and approve again",
            )
        with named_faults(self.page_name):
            if self._is_given("reason"):
                self.finder.one("reason", reason=label).check()
            else:
                self.finder.one("reason").select_option(label=label)

    def write_text(self, text: str) -> None:
        """Writes the description."""
        with named_faults(self.page_name):
            self.finder.one("text").fill(text)

    def write_sender(self, name: str, email: str) -> None:
        """Writes who sends it."""
        with named_faults(self.page_name):
            self.finder.one("sender_name").fill(name)
            self.finder.one("sender_email").fill(email)

    def send(self) -> None:
        """Makes the one click that sends."""
        self.finder.one("send").click(no_wait_after=True)

    def await_answer(self, seconds: float, is_last: Callable[[str], bool]) -> Word | None:
        """Waits for the site's own word, "number", "success" or "error"; None when none came (``await_word``)."""
        return await_word({name: self.entry(name) for name in _ANSWERS if self.has(name)}, seconds, is_last)

    def number_in(self, text: str) -> str:
        """Returns the number in what the site shows of what was sent, "" where there is none."""
        for candidate in self.catalog["number"].candidates if self.has("number") else ():
            label = candidate.text if isinstance(candidate, ByText) else None
            label = candidate.name if isinstance(candidate, ByRole) else label
            if label and text.startswith(label.strip()):
                return text.removeprefix(label.strip()).strip()
        return ""

    def _mark(self, name: str) -> str | None:
        """Reads the attribute by which an entry marks something; None where the form has no such mark."""
        hooks = self.catalog.reading.fields.get("review_id", ())
        return read_attribute(self.entry(name), hooks) if self.has(name) else None

    def _quote(self) -> str | None:
        quote = self.entry("quoted_text") if self.has("quoted_text") else None
        return quote.text_content() if quote is not None and quote.count() == 1 else None

    def _is_given(self, name: str) -> bool:
        """Whether an entry is found only by a value: one of several controls, by its label."""
        return self.has(name) and bool(self.catalog[name].placeholders)

    def _chosen(self) -> str | None:
        if not self.has("reason"):
            return None
        if self._is_given("reason"):
            chosen = [one.label for one in read_fields(self.entry("reason_options")) if one.is_checked]
        else:
            chosen = [one.value for one in read_fields(self.entry("reason")) if one.value]
        return chosen[0] if len(chosen) == 1 else None

    def _options(self) -> tuple[str, ...]:
        if not self.has("reason_options"):
            return ()
        if self._is_given("reason"):
            return tuple(one.label for one in read_fields(self.entry("reason_options")) if one.label)
        labels = json.loads(self.entry("reason_options").evaluate_all(_READ_OPTIONS))
        return tuple(label.strip() for label in labels if label.strip())

    def _value(self, name: str) -> str:
        field: Locator | None = self.entry(name) if self.has(name) else None
        return field.input_value() if field is not None and field.count() == 1 else ""
