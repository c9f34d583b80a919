"""The home directory of one installation: what lies where in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.errors import SettingsError
from monitor.language import gettext as _

CONFIG_NAME = "config.toml"


@dataclass(frozen=True)
class Home:
    """The home directory of an installation, and what lies where in it."""

    root: Path

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / CONFIG_NAME

    @property
    def database(self) -> Path:
        """The SQLite state, when no other state is configured."""
        return self.root / "state.sqlite3"

    @property
    def evidence(self) -> Path:
        """The evidence store."""
        return self.root / "evidence"

    @property
    def action_log(self) -> Path:
        """The mirror of the action log, one file a chain."""
        return self.root / "action-log"

    @property
    def watermark(self) -> Path:
        """How far this installation got. Beside the home directory, so that putting back an old copy is noticed."""
        return self.root.with_name(f".{self.root.name}.watermark")

    @property
    def given_away(self) -> Path:
        """Says that the life of this home goes on in another one; that one wrote it."""
        return self.root / "life-goes-on-elsewhere"

    @property
    def catalogs(self) -> Path:
        """What this installation or one account says otherwise than the package, and whole sites of its own."""
        return self.root / "catalogs"

    @property
    def seal(self) -> Path:
        """Written anew with each step of the watermark: shows when home and watermark were put back together."""
        return self.root / "seal"

    @property
    def even_clock(self) -> Path:
        """Since when this machine's clock has gone evenly, as far as this home has seen it."""
        return self.runs / "even-clock"

    @property
    def secrets(self) -> Path:
        """The secret store."""
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        """Diagnostic logs (the action log is part of state and evidence)."""
        return self.root / "logs"

    @property
    def visit_log(self) -> Path:
        """What visits wrote as they went, tracebacks included; the log of events lies beside it."""
        return self.logs / "visits.log"

    @property
    def reports(self) -> Path:
        """Pages and documents made for people."""
        return self.root / "reports"

    @property
    def runs(self) -> Path:
        """Locks, process records and temporary folders of visits."""
        return self.root / "runs"

    def create(self) -> None:
        """Creates the home directory for its owner alone; leaves an existing one as it is.

        Raises:
            SettingsError: it cannot be created.
        """
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            self.root.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                _("cannot be created: {strerror}").format(strerror=error.strerror), where=str(self.root)
            ) from error
