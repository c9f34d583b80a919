"""Odd shapes of a page: what a reader must not mistake for an answer. Filled in below."""

from __future__ import annotations

from mock_site.host import App, Receive, Scope, Send
from mock_site.pages.stage import Stage


async def apply_variant(name: str, app: App, call: tuple[Scope, Receive, Send], stage: Stage) -> None:
    """Serves a page in an odd shape."""
    await app(*call)
