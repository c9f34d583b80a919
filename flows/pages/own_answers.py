"""The answers that a page loads for itself, as far as a catalog describes them. Listens only: nothing is asked for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from flows.globs import pattern_of

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

    from flows.catalog.answers import LinkInAnswer, RowHooks

_MOST_CHARACTERS = 8_000_000
_MOST_ANSWERS = 50


class OwnAnswers:
    """Collects the answers of one page.

    Args:
        page: The live page.
        address: Their whole address, with wildcards.
        hooks: What the catalog says of them.
    """

    def __init__(self, page: Page, address: str, hooks: RowHooks | LinkInAnswer) -> None:
        self._page, self._pattern, self._method = page, pattern_of(address), hooks.method
        self._found: list[Response] = []
        page.on("response", self._note)

    def forget(self) -> None:
        """Starts anew: what came before belongs to another look."""
        self._found.clear()

    @property
    def has_any(self) -> bool:
        """Whether one came since."""
        return bool(self._found)

    def await_any(self, seconds: float) -> bool:
        """Waits until one came; tells whether one has."""
        if not self._found:
            with suppress(PlaywrightTimeout):
                self._page.wait_for_event("response", self._is_wanted, timeout=seconds * 1000)
        return bool(self._found)

    def bodies(self) -> list[str]:
        """Returns what came since, in order; an answer whose body cannot be had is an empty text."""
        return [_body(response) for response in self._found]

    def _note(self, response: Response) -> None:
        if self._is_wanted(response) and len(self._found) < _MOST_ANSWERS:
            self._found.append(response)

    def _is_wanted(self, response: Response) -> bool:
        is_asked = response.request.method == self._method
        return is_asked and self._pattern.fullmatch(response.url.partition("?")[0]) is not None


def _body(response: Response) -> str:
    try:
        text = response.text() if response.ok else ""
    except (Error, UnicodeDecodeError):
        return ""
    return text if len(text) <= _MOST_CHARACTERS else ""
