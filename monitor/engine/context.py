"""What the engine runs on; the composition root fulfils it."""

from __future__ import annotations

from typing import Protocol

from monitor.config.settings import Settings
from monitor.outgoing.context import OutgoingContext


class EngineContext(OutgoingContext, Protocol):
    """An installation as the engine sees it: what leaves it, and settings that change while it runs."""

    def take_up(self, settings: Settings) -> None:
        """Goes on with other settings; what is open stays open."""
