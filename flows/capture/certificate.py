"""The certificate chain a server showed. The browser tells it only to who has listened since before the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Error

from flows.capture.pictures import STEP_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

    from flows.capture.deadline import Deadline

_NO_BODIES = {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}  # the recorder has them already


class CertificateWatch:
    """Listens to one page; make it before the page is opened. A browser that hangs is waited for as for a picture."""

    def __init__(self, page: Page, *, deadline: Deadline) -> None:
        self._deadline = deadline
        self._session: CDPSession | None = None
        self._problem = ""
        try:
            session = page.context.new_cdp_session(page)
            session.send("Network.enable", _NO_BODIES, timeout=deadline.milliseconds(at_most=STEP_SECONDS))
            self._session = session
        except Error as error:
            self._problem = _first_line(error)

    def chain_of(self, url: str) -> tuple[list[str], str]:
        """Returns the chain, DER in base64, the server's own first; and why there is none."""
        if self._session is None:
            return [], self._problem
        parts = urlsplit(url)
        asked = {"origin": f"{parts.scheme}://{parts.netloc}"}
        timeout = self._deadline.milliseconds(at_most=STEP_SECONDS)
        try:
            told = self._session.send("Network.getCertificate", asked, timeout=timeout)
        except Error as error:
            return [], _first_line(error)
        chain = [str(each) for each in told.get("tableNames", ())]
        return chain, "" if chain else "the browser did not tell it"


def _first_line(error: Error) -> str:
    return next(iter(str(error).splitlines()), "failed")
