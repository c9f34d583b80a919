"""What all steps of one visit share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence_store.journal import Actor
from flows.catalog.layers import Layers
from flows.catalog.models import Site
from monitor.bootstrap import Installation
from monitor.config.sections import AccountSection
from monitor.state import Action, Lease
from monitor.visit_protocol import VisitOrder
from monitor.visiting.link import ParentLink


@dataclass
class VisitRoom:
    """One visit: the order, the account, where things are stored, and the right to act.

    Attributes:
        problems: Sentences for the person, collected on the way.
        unread: What is told of lines of the settings that name no product; a poll has not read those.
    """

    order: VisitOrder
    account: AccountSection
    installation: Installation
    site: Site
    lease: Lease
    link: ParentLink
    actor: Actor
    problems: list[str]
    unread: Sequence[str] = ()

    @property
    def account_id(self) -> str:
        """The account's id in the state store."""
        return self.account.name

    @property
    def layers(self) -> Layers:
        """What this installation and this account say of sites otherwise than the package."""
        return Layers(self.installation.home.catalogs, self.account_id)

    def action(self, name: str, **details: object) -> Action:
        """Builds an action of this visit for the log: its actor and fence are filled in."""
        return Action(name, actor=self.actor, fence=self.lease.fence, **details)  # type: ignore[arg-type]

    def report(self, step: str, text: str, *, done: int | None = None, total: int | None = None) -> None:
        """Tells the person what happens now."""
        self.link.report(step, text, done=done, total=total)
