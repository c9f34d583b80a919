"""The form «Обжалование отзыва»: reason, description, files, and the one button that files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload

from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.fields import read_fields, unknown_fields
from flows.pages.pressing import PATIENCE_SECONDS, SentRequests, is_seen

if TYPE_CHECKING:
    from flows.channels import Attachment


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


class OrderAppealPage(SitePage):
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

    def attach(self, files: Sequence[Attachment], contents: Sequence[bytes], *, sent: SentRequests) -> None:
        """Attaches files one by one and waits for each upload's own witness.

        A file is handed over a second time only when the page sent nothing for it: an upload that timed out may have
        arrived.

        Raises:
            flows.errors.FormMismatch: a file was refused or its witness never came.
        """
        for attachment, data in zip(files, contents, strict=True):
            with named_faults(self.page_name):
                self._upload(attachment, data, sent)

    def send(self) -> None:
        """Makes the one click that files."""
        self.finder.one("send").click(no_wait_after=True)

    def error_text(self) -> str:
        """Gives the words of the error the form shows, "" when it shows none."""
        error = self.entry("error")
        return error.first.inner_text() if error.count() and error.first.is_visible() else ""

    def _upload(self, attachment: Attachment, data: bytes, sent: SentRequests) -> None:
        arrived = self.entry("uploaded", file_name=attachment.name)
        answer = arrived.or_(self.entry("error"))
        limit = self.site.timings.upload_seconds
        for _ in range(max(1, round(self.site.timings.hydration_seconds / PATIENCE_SECONDS))):
            before = sent.count
            payload = FilePayload(name=attachment.name, mimeType=attachment.media_type, buffer=data)
            self.finder.one("files").set_input_files(payload)
            if is_seen(answer, PATIENCE_SECONDS) or sent.count > before:
                break
        if not is_seen(answer, limit) or not arrived.first.is_visible():
            raise FormMismatch(
                f"the file {attachment.name} was not taken: {self.error_text() or 'no word of its arrival'}",
                where="order_appeal.files",
                hint="check type and size of the file, then approve again; nothing was sent",
            )
