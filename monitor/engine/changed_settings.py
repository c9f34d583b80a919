"""Notices under a running watcher that a person changed ``config.toml``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.config.home import Home
from monitor.config.settings import Settings, load_settings
from monitor.errors import SettingsError
from monitor.language import gettext as _


@dataclass
class ChangedSettings:
    """Looks at the file's time and size, and reads it where they changed.

    Attributes:
        say: Tells the person why a changed file cannot be used.
    """

    home: Home
    settings: Settings
    say: Callable[[str], None]
    _seen: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Takes the file as it is for known."""
        self._seen = self._mark()

    def take(self) -> Settings | None:
        """Returns the settings when they are others than before; a file that cannot be used is told once."""
        mark = self._mark()
        if mark == self._seen:
            return None
        self._seen = mark
        try:
            fresh = load_settings(self.home)
        except SettingsError as error:
            self.say(
                _("{config} was changed and cannot be used, so the old settings stay: {error}").format(
                    config=self.home.config, error=error
                )
            )
            return None
        if fresh == self.settings:
            return None
        self.settings = fresh
        return fresh

    def _mark(self) -> tuple[int, int]:
        try:
            status = self.home.config.stat()
        except OSError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_size)
