"""Foreign words in the pages of a bundle run nothing, ask for nothing and open nothing, in a real browser."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence_store.how_to_verify import render_how_to_verify
from evidence_store.notary import render_notary_request
from flows.browser import BrowserHandle
from flows.printing import print_pdf
from tests.unit.evidence_store.bundles import sample_case
from tests.unit.evidence_store.test_act import FACTS, act

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

CANARY = "http://127.0.0.1:9/canary"
PAYLOADS = (
    "<script>alert(1)</script>",
    f"<img src={CANARY} onerror=alert(1)>",
    f"<svg/onload=fetch('{CANARY}')>",
    f'"><link rel=stylesheet href={CANARY}>',
    f"<style>@import '{CANARY}'; body {{ background: url({CANARY}) }}</style>",
    f"<iframe src={CANARY}></iframe>",
    f"<meta http-equiv=refresh content='0;url={CANARY}'>",
    "<form action=javascript:alert(1)><button autofocus onfocus=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</td></tr></table></div></body></html><body onload=alert(1)>",
    "' onmouseover='alert(1)",
    "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x1b]52;c;YQ==\x07\x1b[2J\x08\x00",
    "\u202egnp.txt \u2066\u2069\ufeff",
    '=cmd|" /C calc"!A0',
    "\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
)
HOSTILE = " ".join(PAYLOADS)


def documents(folder: Path) -> dict[str, str]:
    """The act, the request and the page for readers, with hostile words wherever a stranger's words can stand."""
    facts = replace(FACTS, **{field.name: HOSTILE for field in fields(FACTS)})
    bundle = sample_case(folder / "store").export(
        folder / "bundle", title=HOSTILE.replace("\x00", ""), missing=(HOSTILE,)
    )
    return {
        "act": act(facts, alterations=(HOSTILE,), problems=(HOSTILE,)),
        "request": render_notary_request(facts, applicant=HOSTILE, steps=[HOSTILE], reason=HOSTILE),
        "how": render_how_to_verify(bundle.manifest, "0" * 64),
    }


@pytest.fixture(params=["act", "request", "how"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return documents(tmp_path)[request.param].encode("utf-8", "backslashreplace").decode()


def test_a_page_of_a_bundle_runs_nothing_and_asks_for_nothing(document: str, page: Page, tmp_path: Path) -> None:
    told: list[str] = []

    def note_dialog(dialog: Dialog) -> None:
        told.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note_dialog)
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else told.append(request.url))
    page.on("console", lambda message: told.append(message.text) if "canary" in message.text else None)
    page.on("framenavigated", lambda frame: told.append(frame.url) if not frame.url.startswith("file:") else None)
    (tmp_path / "page.html").write_text(document, encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    page.mouse.move(200, 200)
    assert page.locator("script, iframe, svg, form, link, a, button, object, embed").count() == 0
    assert "<script>alert(1)</script>" in page.locator("body").inner_text()
    assert told == []


def test_the_printed_page_can_do_nothing(document: str, browser: Browser) -> None:
    printed = print_pdf(BrowserHandle.adopt(browser), document)
    assert printed.startswith(b"%PDF-")
    active = (b"/JavaScript", b"/JS", b"/OpenAction", b"/Launch", b"/EmbeddedFile", b"/URI", b"/SubmitForm")
    assert [name for name in active if name in printed] == []
