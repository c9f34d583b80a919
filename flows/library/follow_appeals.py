"""Reads the site's own list of appeals to its end, and the details of one appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.readings.models import AppealListReading, AppealStatusReading
    from flows.session import AccountWitness
    from flows.workbench import Workbench


class AppealListReader:
    """Reads the list in a fresh context each time (``flows.channels.AppealLister``)."""

    def __init__(self, bench: Workbench, *, state: bytes, expected: AccountWitness) -> None:
        self._bench, self._state, self._expected = bench, state, expected

    def read_list(self) -> AppealListReading:
        """Reads every page of the list; complete only when the site's counter agrees with the rows seen."""
        raise NotImplementedError

    def read_one(self, number: str) -> AppealStatusReading:
        """Reads the page of one appeal: status, dates, the moderator's answer."""
        raise NotImplementedError
