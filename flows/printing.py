"""Printing a page of our own to PDF. The page can run nothing and reach nothing while it is printed."""

from __future__ import annotations

from flows.browser import BrowserHandle


def print_pdf(browser: BrowserHandle, html: str) -> bytes:
    """Prints a whole page as its own style sheet says (paper, margins, page numbers)."""
    context = browser.browser.new_context(java_script_enabled=False, offline=True)
    try:
        page = context.new_page()
        page.set_content(html, wait_until="load")
        return page.pdf(prefer_css_page_size=True, print_background=True)
    finally:
        context.close()
