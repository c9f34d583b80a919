"""What keeping evidence over time works with; the composition root fulfils it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from evidence_store.store import ArtifactStore
from monitor.clock import Clock
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.secrets.stores import SecretStore
from monitor.state import State


class StoresContext(Protocol):
    """An installation as whoever works on its stores sees it."""

    @property
    def home(self) -> Home:
        """Where everything lies."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""

    @property
    def clock(self) -> Clock:
        """What time it is."""

    @property
    def state(self) -> State:
        """The state store, migrated."""

    @property
    def artifacts(self) -> ArtifactStore:
        """The evidence store."""


class CustodyContext(StoresContext, Protocol):
    """An installation as custody sees it: its stores, its settings, and itself at one moment."""

    @property
    def secrets(self) -> SecretStore:
        """The secret store; unlocked at first use."""

    def snapshot(self) -> AbstractContextManager[CustodyContext]:
        """The installation at this moment, for reading only."""

    def open_state_as_it_is(self) -> AbstractContextManager[State]:
        """The store for writing, before its mirror is set right: for who mends the two from each other."""
