"""Opens a channel: a context of its own with the gate attached, the right account proven, and the four methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flows.catalog.channel_kinds import ChannelKind
from flows.channels import Channel
from flows.contexts import submit_context
from flows.errors import CatalogError
from flows.gate import NeededRequest, SubmitGate
from flows.library.answers import rules_of, telling_limits
from flows.library.cabinet_form import CabinetForm
from flows.library.letter import Letter
from flows.library.order_form import OrderForm
from flows.library.report_dialog import ReportByDialog
from flows.library.support_chat import SupportChat
from flows.pages.banner import close_banners
from flows.pinned import pinned_transport
from flows.workbench import Tab

if TYPE_CHECKING:
    from flows.contexts import PageIncident
    from flows.library.form_channel import FormLook, Target
    from flows.session import AccountWitness
    from flows.workbench import Workbench


class ProbedChannel(Channel, Protocol):
    """A channel that can also be looked at without filing anything."""

    def look(self, target: Target) -> FormLook:
        """Opens the form and says what it offers; sends and uploads nothing."""


class _ChannelMaker(Protocol):
    def __call__(
        self, tab: Tab, gate: SubmitGate, *, name: str, expected: AccountWitness, answer_window: float
    ) -> ProbedChannel: ...


FLOWS: Mapping[ChannelKind, _ChannelMaker] = {
    ChannelKind.ORDER_FORM: OrderForm,
    ChannelKind.CABINET_FORM: CabinetForm,
    ChannelKind.REPORT_DIALOG: ReportByDialog,
    ChannelKind.SUPPORT_CHAT: SupportChat,
    ChannelKind.LETTER: Letter,
}
"""The flow of each kind of channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChannel:
    """A channel ready for one filing.

    Attributes:
        channel: prepare, inspect, gesture, observe.
        gate: Closed; ``gate.arm(on_release)`` right before ``channel.gesture()``.
        tab: The page, for a capture of the filled form or of the confirmation.
    """

    channel: ProbedChannel
    gate: SubmitGate
    tab: Tab

    @property
    def incidents(self) -> tuple[PageIncident, ...]:
        """Dialogs, pop-ups and the like met so far."""
        return tuple(self.tab.guarded.incidents)


@contextmanager
def open_channel(
    bench: Workbench,
    name: str,
    *,
    state: bytes,
    expected: AccountWitness,
    answer_window_seconds: float | None = None,
    needed: Sequence[NeededRequest] = (),
) -> Iterator[OpenChannel]:
    """Opens a channel in a browser of its own. Leaving the block kills it: no late request leaves after that.

    Args:
        bench: Browser, site and budget.
        name: One of the site's channels.
        state: The session of the identity the channel needs.
        expected: The account that must be signed in, proven on the form's own page before anything is filled.
        answer_window_seconds: How long ``observe`` waits; None takes the catalog's.
        needed: What the page needs to work besides what the catalog names: confirmed by a person on this machine.

    Raises:
        flows.errors.CatalogError: the site has no such channel.
    """
    spec = bench.site.channels.get(name)
    if spec is None:
        known = ", ".join(sorted(bench.site.channels))
        raise CatalogError(
            f"{bench.site.title} has no channel {name!r}", where=f"channels.{name}", hint=f"use one of: {known}"
        )
    rules = rules_of(bench.site, spec, spec.submit_url, needed=needed)
    window = spec.answer_window_seconds if answer_window_seconds is None else answer_window_seconds
    gate = SubmitGate(rules, pinned=pinned_transport(bench.site, window))
    with submit_context(bench.browser, bench.terms, state=state, gate=gate) as guarded:
        tab = Tab(page=guarded.open_page(), guarded=guarded, bench=bench)
        close_banners(tab.page, bench.site)
        channel = FLOWS[spec.kind](tab, gate, name=name, expected=expected, answer_window=window)
        try:
            with telling_limits(gate):
                yield OpenChannel(channel=channel, gate=gate, tab=tab)
        finally:
            gate.disarm()
