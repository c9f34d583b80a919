"""The form «Обжалование отзыва»: reason, description, files, and the one button that files."""

from __future__ import annotations

from dataclasses import dataclass

from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.pages.fields import read_fields, unknown_fields
from flows.pages.uploads import UploadingPage


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealForm:
    """What the open form shows. The first two come from the page itself, not from what we meant to open."""

    review_id: str | None
    review_text: str | None
    reasons: tuple[str, ...]
    chosen_reason: str | None
    text: str
    files: tuple[str, ...]
    unknown_required: tuple[str, ...]


class OrderAppealPage(UploadingPage):
    """The appeal form of one review of one order."""

    page_name = "order_appeal"
    url_name = "order_appeal"

    def read(self) -> AppealForm:
        """Reads the whole form back."""
        with named_faults(self.page_name):
            reason, text = self.entry("reason"), self.entry("text")
            chosen = read_fields(reason)
            options = tuple(label for label in self.entry("reason_options").all_inner_texts() if label.strip())
            holder, quote = self.entry("review"), self.entry("quoted_text")
            return AppealForm(
                review_id=holder.first.get_attribute("data-review-uuid") if holder.count() else None,
                review_text=quote.text_content() if quote.count() == 1 else None,
                reasons=tuple(label.strip() for label in options),
                chosen_reason=chosen[0].value if len(chosen) == 1 and chosen[0].value else None,
                text=text.input_value() if text.count() == 1 else "",
                files=tuple(self.entry("upload_rows").all_inner_texts()),
                unknown_required=unknown_fields(
                    self.entry("required_fields"), reason, text, self.entry("files"), self.entry("reason_options")
                ),
            )

    def choose_reason(self, label: str) -> None:
        """Chooses a reason by its exact label.

        Raises:
            flows.errors.FormMismatch: the site does not offer it.
        """
        offered = self.read().reasons
        if label not in offered:
            raise FormMismatch(
                f"the site does not offer the reason «{label}»",
                where="order_appeal.reason",
                hint="offered are: " + "; ".join(offered) + ". Choose one of them and approve again",
            )
        with named_faults(self.page_name):
            self.finder.one("reason").select_option(label=label)

    def write_text(self, text: str) -> None:
        """Writes the description."""
        with named_faults(self.page_name):
            self.finder.one("text").fill(text)

    def send(self) -> None:
        """Makes the one click that files."""
        self.finder.one("send").click(no_wait_after=True)
