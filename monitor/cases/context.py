"""What casework works with; the composition root fulfils it."""

from __future__ import annotations

from typing import Protocol

from flows.catalog.models import Site
from monitor.config.sections import AccountSection
from monitor.custody.context import StoresContext
from monitor.triage.rules import Rules


class CaseContext(StoresContext, Protocol):
    """An installation as casework sees it: its stores, and site and rules as an account sees them."""

    def site_of(self, account: AccountSection) -> Site:
        """The site of an account as this account sees it."""

    def rules_of(self, account: AccountSection) -> Rules:
        """The rules of an account's site, with what its channels take."""
