"""The form under the moderator's question: answer, files, and the one button that sends them."""

from __future__ import annotations

from dataclasses import dataclass

from flows.faults import named_faults
from flows.pages.fields import unknown_fields
from flows.pages.uploads import UploadingPage
from flows.readings.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyForm:
    """What the open form shows. The first two come from the page itself, not from what we meant to open."""

    number: str
    review_id: str
    text: str
    files: tuple[str, ...]
    unknown_required: tuple[str, ...]


class AppealReplyPage(UploadingPage):
    """The page of one appeal that waits for an answer (value: ``appeal_number``)."""

    page_name = "appeal_reply"
    url_name = "appeal_details"

    def read(self) -> ReplyForm:
        """Reads the whole form back."""
        document, hooks = Document(self.html()), self.catalog.reading
        with named_faults(self.page_name):
            text = self.entry("text")
            return ReplyForm(
                number=document.field(hooks.page_fields.get("number", ())),
                review_id=document.field(hooks.page_fields.get("review_id", ())),
                text=text.input_value() if text.count() == 1 else "",
                files=tuple(self.entry("upload_rows").all_inner_texts()),
                unknown_required=unknown_fields(self.entry("required_fields"), text, self.entry("files")),
            )

    def write_text(self, text: str) -> None:
        """Writes the answer."""
        with named_faults(self.page_name):
            self.finder.one("text").fill(text)

    def send(self) -> None:
        """Makes the one click that sends."""
        self.finder.one("send").click(no_wait_after=True)
