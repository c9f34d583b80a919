"""Opens a channel: a submit context with the gate attached, the right account proven, and the channel's four methods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.channels import Channel, FilledForm, FilingOrder
    from flows.contexts import PageIncident
    from flows.gate import SubmitGate
    from flows.session import AccountWitness
    from flows.workbench import Tab, Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChannel:
    """A channel ready for one filing.

    Attributes:
        channel: prepare, inspect, gesture, observe.
        gate: Closed; ``gate.arm(on_release)`` right before ``channel.gesture()``.
        tab: The page, for a capture of the filled form or of the confirmation.
    """

    channel: Channel
    gate: SubmitGate
    tab: Tab

    @property
    def incidents(self) -> tuple[PageIncident, ...]:
        """Dialogs, pop-ups and the like met so far."""
        return tuple(self.tab.guarded.incidents)


@contextmanager
def open_channel(
    bench: Workbench, name: str, *, state: bytes, expected: AccountWitness, answer_window_seconds: float | None = None
) -> Iterator[OpenChannel]:
    """Opens a channel in a context of its own. Leaving the block closes the context first: no late request leaves then.

    Args:
        bench: Browser, site and budget.
        name: ``public_report`` or ``order_appeal``.
        state: The session of the identity the channel needs.
        expected: The account that must be signed in, proven before the form is opened.
        answer_window_seconds: How long ``observe`` waits; None takes the catalog's.

    Raises:
        flows.errors.CatalogError: the site has no such channel.
        flows.errors.WrongAccount, flows.errors.SignInRequired, flows.errors.WallMet: before anything was filled.
    """
    raise NotImplementedError
    yield


def preview_live(bench: Workbench, order: FilingOrder, *, state: bytes, expected: AccountWitness) -> FilledForm:
    """Fills the real form with the gate closed and reads it back. Attachments do upload; nothing is sent."""
    raise NotImplementedError
