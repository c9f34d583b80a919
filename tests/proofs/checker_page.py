"""The checker in HTML, asked in a real browser as a reader asks it, and compared with ``verify.py`` by findings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from evidence_store.checker_page import render_checker
from evidence_store.verifier import Report
from tests.proofs.forged_bundle import zipped

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page


class CheckerPage:
    """The page, opened from disk in a browser that has no network.

    Args:
        page: A fresh page.
        folder: Where the checker is written.
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.context.set_offline(True)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        (folder / "proverka.html").write_bytes(render_checker())
        page.goto((folder / "proverka.html").as_uri())

    def judge(
        self, archive: bytes, key: str = "", outside: bytes | None = None, continuation: bytes | None = None
    ) -> Report:
        """Gives the page everything through its own controls; returns what it found."""
        page = self.page
        page.set_input_files("#zip", payload("case.zip", archive))
        for name, data in (("#outside", outside), ("#continuation", continuation)):
            page.set_input_files(name, [payload("x.json", data)] if data is not None else [])
        page.fill("#key", key)
        runs = int(page.evaluate("Number(document.body.dataset.runs ?? 0)"))
        page.click("#check")
        page.wait_for_function("runs => Number(document.body.dataset.runs) > runs", arg=runs)
        assert page.inner_text("#status") == "Проверено."
        report = Report((key,) if key else ())
        report.findings = [tuple(finding) for finding in page.evaluate("lastReport.findings")]
        assert page.evaluate("[lastReport.exitCode, lastReport.verdict]") == [report.exit_code, report.verdict]
        return report

    def differs(self, files: dict[str, bytes], expected: Report, outside: bytes | None) -> str:
        """Returns how the page's findings differ from those of ``verify.py``; empty when they do not."""
        key = expected.keys[0] if expected.keys else ""
        return difference(self.judge(zipped(files), key, outside), expected)

    def differs_on(self, archive: bytes, expected: Report) -> str:
        """Returns how the page's findings about an archive differ from those of ``verify.py``."""
        return difference(self.judge(archive, expected.keys[0] if expected.keys else ""), expected)


def difference(report: Report, expected: Report) -> str:
    """Returns the findings that only one of two reports has."""
    here, there = Counter(report.findings), Counter(expected.findings)
    only_here, only_there = list((here - there).elements()), list((there - here).elements())
    if not only_here and not only_there and report.exit_code == expected.exit_code:
        return ""
    return f"{report.exit_code}/{expected.exit_code}, only the page: {only_here[:3]}, only verify.py: {only_there[:3]}"


def payload(name: str, data: bytes) -> FilePayload:
    """A file as a reader would choose it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}
