"""Attaches files to a form and waits for each upload's own witness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload

from evidence_store.sentences import sentence
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import PATIENCE_SECONDS, SentRequests, is_seen

if TYPE_CHECKING:
    from flows.channels import Attachment


class UploadingPage(SitePage):
    """A form with the entries ``files``, ``uploaded`` (value: ``file_name``) and ``error``."""

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

    def error_text(self) -> str:
        """Returns the words of the error the form shows, "" when it shows none."""
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
                sentence(
                    "the file {attachment} was not taken: {error_text}",
                    attachment=attachment.name,
                    error_text=self.error_text() or "no word of its arrival",
                ),
                where=f"{self.page_name}.files",
                hint="check type and size of the file, then approve again; nothing was sent",
            )
