"""Health: how old the last full success of every watched product and source is. Asks the store only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from monitor.clock import Clock
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.engine.context import EngineContext
from monitor.language import gettext as _
from monitor.language.plain_text import show
from monitor.schedule import Timing
from monitor.visit_protocol import TaskKind
from monitor.watching.cuts import tell_cut
from monitor.watching.due import is_account_free
from monitor.watching.roster import UnreadLine, read_roster
from monitor.watching.timings import timings_of

_POLLS = 3  # a product is late when so many polls in a row brought no full success
_TROUBLES = frozenset(
    {IncidentKind.PAGE_DRIFT, IncidentKind.POLL_FAILED, IncidentKind.POLL_BROKEN, IncidentKind.PRODUCT_GONE}
)
_SLACK = timedelta(hours=1)
_SAMPLED = 400  # slots in which the longest distance is looked for: more than a week of half hours


@dataclass(frozen=True)
class ProductHealth:
    """How one product stands.

    Attributes:
        last_full_at: The last poll that proved what it read, or that nothing had changed; None: there was none yet.
        limit: The age that is too old.
        remark: Why, where it is known.
        is_troubled: Its own page could not be read, or not be believed, at the last poll, however young the success.
        is_stopped: Its account stands still, so nobody reads it before a person has looked.
    """

    account: str
    sku: str
    last_full_at: datetime | None
    age: timedelta
    limit: timedelta
    remark: str = ""
    is_troubled: bool = False
    is_stopped: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it was not read successfully within its limit."""
        return self.age > self.limit


@dataclass(frozen=True)
class SourceHealth:
    """How one further source of reviews stands.

    Attributes:
        rows: Reviews of the last full reading; ``foreign``: those of them of products that are not watched.
        held_until: The source asked to be left alone until then.
        problem: What was wrong with the last reading; ``hint``: the next step.
    """

    account: str
    source: str
    last_full_at: datetime | None
    age: timedelta
    limit: timedelta
    rows: int = 0
    foreign: int = 0
    held_until: datetime | None = None
    problem: str = ""
    hint: str = ""

    @property
    def is_late(self) -> bool:
        """Whether nobody knows what this source shows."""
        return self.age > self.limit

    @property
    def as_product(self) -> ProductHealth:
        """The source in a list of products."""
        name = f"source {self.source}"
        return ProductHealth(self.account, name, self.last_full_at, self.age, self.limit, self.problem)


def examine_sources(installation: EngineContext, account: AccountSection) -> list[SourceHealth]:
    """Returns how each source stands that is switched on; one that was never read is late at once."""
    limit = _limit(installation.settings, installation.clock, account)
    with installation.state.read() as tx:
        now = tx.now()
        known = {source: tx.sources.state(account.name, source) for source in account.sources.switched_on}
    return [
        SourceHealth(account.name, source, None, timedelta.max, limit)
        if state is None
        else SourceHealth(
            account.name,
            source,
            state.good_at,
            max(now - state.good_at, timedelta(0)) if state.good_at else timedelta.max,
            limit,
            rows=state.row_count,
            foreign=state.foreign_count,
            held_until=state.held_until,
            problem=state.problem,
            hint=state.hint,
        )
        for source, state in known.items()
    ]


def examine_health(installation: EngineContext, account: AccountSection) -> list[ProductHealth]:
    """Returns the health of every watched product of an account, the oldest success first.

    A product without any success counts from when it was added; an account that was never watched is late at once.
    Of an account that rests nobody expects anything.
    """
    if account.paused:
        return []
    limit = _limit(installation.settings, installation.clock, account)
    with installation.state.read() as tx:
        now = tx.now()
        record = tx.accounts.get(account.name)
        products = tx.products.watched(account.name)
        unclosed = tx.incidents.unclosed(account.name)
    unread = [_unread(line, limit) for line in read_roster(account, installation.site_of(account)).unread]
    if record is None or (not products and len(account.products) > len(unread) + len(account.paused_products)):
        return [ProductHealth(account.name, "", None, timedelta.max, limit, _("never watched; run `fairreview watch`"))]
    stopped = (
        ""
        if is_account_free(record, now)
        else _("the account is stopped: {stopped_why}").format(stopped_why=record.stopped_why)
    )
    found = []
    for product in products:
        age = max(now - (product.last_complete_at or product.added_at), timedelta(0))
        cut = tell_cut(product.cut, product.reviews_shown, product.reviews_total)
        kinds = {one.kind for one in unclosed if one.subject == product.sku} - {IncidentKind.LISTING_CUT}
        remark = stopped or "; ".join(filter(None, (*sorted(kinds), cut)))
        is_troubled = not kinds.isdisjoint(_TROUBLES)
        found.append(
            ProductHealth(
                account.name,
                product.sku,
                product.last_complete_at,
                age,
                limit,
                remark,
                is_troubled,
                is_stopped=bool(stopped),
            )
        )
    return [*unread, *sorted(found, key=lambda one: one.age, reverse=True)]


def _unread(line: UnreadLine, limit: timedelta) -> ProductHealth:
    told = f"«{show(line.value, limit=100, one_line=True)}» is {line.why}"
    name = _("products, number {number}").format(number=line.number)
    return ProductHealth(line.account, name, None, timedelta.max, limit, told, is_troubled=True)


def _limit(settings: Settings, clock: Clock, account: AccountSection) -> timedelta:
    timing = timings_of(settings, account)[TaskKind.POLL]
    return settings.health.max_age or _POLLS * longest_gap(timing, clock.now()) + _SLACK


def longest_gap(timing: Timing, now: datetime) -> timedelta:
    """Returns the longest time between two slots in the near future, nights and weekends included. Pure."""
    slots = [now.astimezone(UTC)]
    while len(slots) < _SAMPLED and slots[-1] - now < timedelta(days=15):
        slots.append(timing.slot_after(slots[-1]))
    return max(later - earlier for earlier, later in pairwise(slots[1:] if len(slots) > 2 else slots))
