"""The report form, a dialog or a page: reasons, comment, and the one button that reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evidence_store.sentences import sentence
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.fields import Limits, read_attribute, read_fields, read_limits, unknown_fields
from flows.pages.words import Word, await_word


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportForm:
    """What the open dialog shows. The first two come from the dialog itself, not from what we meant to open."""

    review_id: str | None
    review_text: str | None
    reasons: tuple[str, ...]
    chosen_reason: str | None
    comment: str
    unknown_required: tuple[str, ...]


class ReportDialog(SitePage):
    """The report dialog of one review."""

    page_name = "report_dialog"

    def read(self) -> ReportForm:
        """Reads the whole form back."""
        with named_faults(self.page_name):
            reasons = read_fields(self.entry("reasons"))
            comment = self.entry("comment")
            chosen = [field.label for field in reasons if field.is_checked]
            quote = self.entry("quoted_text")
            known = [self.entry("reasons"), comment]
            if not self.catalog["reason"].has_one_control_each:
                known.append(self.entry("reason"))
            return ReportForm(
                review_id=read_attribute(self.entry("review"), self.catalog.reading.fields.get("review_id", ())),
                review_text=quote.text_content() if quote.count() == 1 else None,
                reasons=tuple(field.label for field in reasons),
                chosen_reason=chosen[0] if len(chosen) == 1 else None,
                comment=comment.input_value() if comment.count() == 1 else "",
                unknown_required=unknown_fields(self.entry("required_fields"), *known),
            )

    def read_limits(self) -> Limits:
        """Reads what the dialog itself says of its comment; it takes no files."""
        with named_faults(self.page_name):
            return read_limits(self.entry("comment"), None)

    def choose_reason(self, label: str) -> None:
        """Chooses a reason by its exact label.

        Raises:
            flows.errors.FormMismatch: the site does not offer it.
        """
        with named_faults(self.page_name):
            offered = [field.label for field in read_fields(self.entry("reasons"))]
            if label not in offered:
                raise FormMismatch(
                    sentence("the site does not offer the reason «{label}»", label=label),
                    where=f"{self.page_name}.reason",
                    hint="offered are: " + "; ".join(offered) + ". Choose one of them and approve again",
                )
            if self.catalog["reason"].has_one_control_each:
                self.finder.one("reason", reason=label).check()
            else:
                self.finder.one("reason").select_option(label=label)

    def write_comment(self, text: str) -> None:
        """Writes the explanation."""
        with named_faults(self.page_name):
            self.finder.one("comment").fill(text)

    def send(self) -> None:
        """Makes the one click that reports."""
        self.finder.one("send").click()

    def await_answer(self, seconds: float, is_last: Callable[[str], bool]) -> Word | None:
        """Waits for the site's own word, "success" or "error"; None when none came in time (``await_word``)."""
        with named_faults(self.page_name):
            return await_word({name: self.entry(name) for name in ("success", "error")}, seconds, is_last)
