"""What messages, reports and bundles are made with; the composition root fulfils it."""

from __future__ import annotations

from typing import Protocol

from flows.catalog.models import Site
from monitor.cases.context import CaseContext
from monitor.custody.context import CustodyContext
from monitor.secrets.redaction import Redactor


class OutgoingContext(CaseContext, CustodyContext, Protocol):
    """An installation as what leaves it sees it: cases and custody, and what takes secrets out of words."""

    @property
    def redactor(self) -> Redactor:
        """Knows the secrets that were read, and takes them out of what is written."""

    def site(self, name: str, *, account: str = "") -> Site:
        """A site as this installation sees it, or as one of its accounts does."""
