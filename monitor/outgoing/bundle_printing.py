"""Printing our own pages to PDF in a child process: the parent never loads a browser's driver."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from pydantic import Base64Bytes, BaseModel, ConfigDict, ValidationError

from monitor.config.sections import BrowserSection
from monitor.config.settings import environment_for_children
from monitor.errors import PrintingFailed
from monitor.language import gettext as _

_LIMIT_SECONDS = 120.0


class Printed(BaseModel):
    """A page as it was printed.

    Attributes:
        pdf: A PDF/A-2b, where ``unfit`` is empty.
        unfit: Why it is a plain PDF only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pdf: Base64Bytes
    unfit: str


def print_page(section: BrowserSection, html: str) -> bytes:
    """Returns the page as PDF.

    Raises:
        PrintingFailed: there is no browser, or it did not print; the page itself is still good.
    """
    return print_pages(section, [html])[0].pdf


def print_pages(section: BrowserSection, pages: Sequence[str]) -> tuple[Printed, ...]:
    """Returns the pages as PDF, printed by one browser.

    Raises:
        PrintingFailed: there is no browser, or it did not print; the pages themselves are still good.
    """
    order = {
        "path": str(section.path) if section.path else None,
        "channel": section.channel,
        "endpoint": section.connect or None,
        "sandbox": section.sandbox,
        "pages": list(pages),
    }
    command = (sys.executable, "-P", "-m", "monitor.visiting.pdf_printer")
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=_LIMIT_SECONDS,
            check=False,
            env=environment_for_children(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrintingFailed(_("the page could not be printed: {error}").format(error=error)) from error
    prints = _read_prints(done.stdout)
    if done.returncode != 0 or len(prints) != len(pages):
        last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no output"])[-1].lstrip(" -")
        raise PrintingFailed(
            _("the page could not be printed: {last}").format(last=last),
            hint=_("`fairreview doctor` tries the browsers; a file that ends in .html needs none."),
        )
    return prints


def _read_prints(lines: bytes) -> tuple[Printed, ...]:
    try:
        prints = tuple(Printed.model_validate_json(line) for line in lines.splitlines())
    except ValidationError:
        return ()
    return prints if all(one.pdf.startswith(b"%PDF-") for one in prints) else ()
