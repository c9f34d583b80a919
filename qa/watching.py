"""Tells what a flow's pages do, step by step, and keeps Playwright traces without secrets in them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from evidence_store.redaction import form_tokens, is_secret_header, mask_bytes, mask_text, mask_url

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Request, Response

    from flows.browser import ContextPurpose

Tell = Callable[[str], None]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SHORTEST_SECRET = 8


class FlowWatch:
    """Watches every context of a run (``flows.browser.ContextWatch``).

    Args:
        tell: Takes each step as one line.
        traces: Folder for the traces; None keeps none. A context in which somebody signs in is never traced.
    """

    def __init__(self, tell: Tell, traces: Path | None = None) -> None:
        self._tell, self._traces = tell, traces
        self._traced: dict[BrowserContext, str] = {}
        self.files: list[Path] = []

    def opened(self, context: BrowserContext, purpose: ContextPurpose) -> None:
        """Begins to watch a context."""
        self._tell(f"context: {purpose.replace('_', ' ')}")
        context.on("response", self._note_response)
        context.on("requestfailed", self._note_failure)
        if self._traces is None:
            return
        if purpose == "sign_in":
            self._tell("trace: off while somebody signs in")
            return
        self._traced[context] = purpose
        context.tracing.start(screenshots=True, snapshots=True)

    def closing(self, context: BrowserContext) -> None:
        """Ends a context's trace and writes it, masked."""
        purpose = self._traced.pop(context, None)
        if purpose is None or self._traces is None:
            return
        secrets = [value for cookie in context.cookies() if len(value := cookie.get("value", "")) >= _SHORTEST_SECRET]
        self._traces.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._traces / f"{len(self.files) + 1:02d}-{purpose}.zip"
        raw = path.with_suffix(".part")
        try:
            context.tracing.stop(path=raw)
            masked = mask_trace(raw.read_bytes(), secrets)
        finally:
            raw.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(masked)
        self.files.append(path)
        self._tell(f"trace: {path}")

    def _note_response(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._tell(f"page: {_address(response.url)} -> {response.status}")
        elif request.method not in _SAFE:
            self._tell(f"sent: {request.method} {_address(response.url)} -> {response.status}")

    def _note_failure(self, request: Request) -> None:
        if request.method not in _SAFE:
            self._tell(f"not sent: {request.method} {_address(request.url)} ({request.failure})")


def mask_trace(archive: bytes, secrets: list[str]) -> bytes:
    """Takes secrets out of a Playwright trace: headers and cookies by name, known values wherever they stand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        files = {name: source.read(name) for name in source.namelist()}
        # A token is found where it is named, and taken out everywhere: a snapshot has it again without its name.
        tokens = {token for data in files.values() for token in form_tokens(data)}
        known = [*secrets, *sorted(tokens)]
        for name, data in files.items():
            lines = data.splitlines() if name.endswith((".network", ".trace")) else None
            clean = data if lines is None else b"\n".join(_mask_line(line, known) for line in lines) + b"\n"
            target.writestr(name, mask_bytes(clean, known)[0])
    return out.getvalue()


def _mask_line(line: bytes, secrets: list[str]) -> bytes:
    try:
        event = json.loads(line)
    except ValueError:
        return line
    return json.dumps(_mask(event, secrets), ensure_ascii=False).encode()


def _mask(value: Any, secrets: list[str]) -> Any:
    """Walks one event; a header is a table with name and value, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("name"), str) and "value" in value and is_secret_header(value["name"]):
            return {**value, "value": "masked"}
        return {
            key: [] if key == "cookies" else None if key == "storageState" else _mask(item, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_mask(item, secrets) for item in value]
    if isinstance(value, str):
        return mask_text(mask_url(value) if "://" in value[:12] else value, secrets)
    return value


def _address(url: str) -> str:
    parts = urlsplit(mask_url(url))
    return f"{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
