"""Polls the account's products as the public sees them, and stores what each reading means."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.library.read_reviews import PollMemory, PollResult, ProductPoll, read_reviews
from flows.readings.models import PageHealth
from flows.workbench import Workbench
from monitor.state.accounts import ProductRecord
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.visiting.sources import sources_around
from monitor.watching.detect import Change, Detection
from monitor.watching.recording import record_poll

_ANSWERS = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY})


class KnownVersions(Mapping[str, int]):
    """Stored reviews of a product with the site's version numbers, read from the store at first use.

    Most products are unchanged, and then nobody asks.
    """

    def __init__(self, room: VisitRoom, sku: str) -> None:
        self._room, self._sku = room, sku
        self._loaded: dict[str, int] | None = None

    def __getitem__(self, review_id: str) -> int:
        return self._load()[review_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> dict[str, int]:
        if self._loaded is None:
            with self._room.opened.state.read() as tx:
                heads = tx.reviews.heads(self._room.account_id, self._sku)
            self._loaded = {head.review_id: head.site_version for head in heads if head.presence == "present"}
        return self._loaded


@dataclass
class PollSummary:
    """What one round of polls brought."""

    products: int = 0
    unchanged: int = 0
    counts: dict[Change, int] = field(default_factory=dict)
    baseline_reviews: int = 0
    troubled: list[str] = field(default_factory=list)

    def add(self, result: PollResult, found: Detection) -> None:
        """Counts one product."""
        self.products += 1
        self.unchanged += result.read.is_unchanged
        if result.read.health not in _ANSWERS:
            self.troubled.append(f"{result.sku}: {result.read.health.value}")
        if found.is_baseline:
            self.baseline_reviews += len(found.of(Change.NEW))
            return
        for event in found.events:
            self.counts[event.change] = self.counts.get(event.change, 0) + 1

    def told(self) -> str:
        """Puts the round into one line."""
        parts = [f"{self.products} products read, {self.unchanged} unchanged"]
        if self.baseline_reviews:
            parts.append(f"{self.baseline_reviews} reviews were there before watching began")
        parts += [f"{count} {change.value}" for change, count in sorted(self.counts.items())]
        return "; ".join(parts)


def poll_named(room: VisitRoom, bench: Workbench, sign_ins: SignIns, skus: tuple[str, ...]) -> PollSummary:
    """Reads the named products, or all that are watched and the further sources; see ``poll_products``."""
    with room.opened.state.read() as tx:
        watched = tx.products.watched(room.account_id)
    if skus:
        return poll_products(room, bench, [product for product in watched if product.sku in skus])
    with sources_around(room, bench, sign_ins) as hints:
        return poll_products(room, bench, watched, whole=hints.doubtful)


def poll_products(
    room: VisitRoom,
    bench: Workbench,
    wanted: Sequence[ProductRecord],
    *,
    whole: Collection[str] = (),
    then: Callable[[PollResult], None] = lambda _: None,
) -> PollSummary:
    """Reads products and stores each result as soon as it is known.

    Args:
        room: The visit.
        bench: Its browser.
        wanted: What to read, in this order.
        whole: Products to read from top to end, whatever is remembered of them.
        then: Called with each result once it is stored.

    Raises:
        flows.errors.WallMet: the site asks for a person; what was read before is stored.
        LeaseLost, StorageError: this visit may not go on.
    """
    by_sku = {product.sku: product for product in wanted}
    summary = PollSummary()
    if not wanted:
        return summary
    for result in read_reviews(bench, [_poll(room, product, is_whole=product.sku in whole) for product in wanted]):
        found = record_poll(
            room.opened.state,
            room.lease,
            result.read,
            visit_id=room.order.visit_id,
            gone_after=room.opened.settings.windows.between_reads,
        )
        _remember(room, by_sku[result.sku], result)
        then(result)
        summary.add(result, found)
        room.tell("poll", _told(result, found), done=summary.products, total=len(wanted))
    return summary


def _poll(room: VisitRoom, product: ProductRecord, *, is_whole: bool) -> ProductPoll:
    return ProductPoll(
        sku=product.sku,
        url=product.url,
        memory=_unpack(product.poll_memory),
        known=KnownVersions(room, product.sku) if product.baseline_at else {},
        is_full=is_whole or product.baseline_at is None,
    )


def _remember(room: VisitRoom, known: ProductRecord, result: PollResult) -> None:
    memory = _pack(result.memory)
    if memory == known.poll_memory:
        return
    with room.opened.state.transaction(room.lease) as tx:
        tx.products.change(room.account_id, result.sku, poll_memory=memory)


def _pack(memory: PollMemory | None) -> str:
    return json.dumps([memory.etag, memory.fingerprint]) if memory else ""


def _unpack(text: str) -> PollMemory | None:
    if not text:
        return None
    etag, fingerprint = json.loads(text)
    return PollMemory(etag=etag, fingerprint=fingerprint)


def _told(result: PollResult, found: Detection) -> str:
    if result.read.is_unchanged:
        return f"{result.sku}: unchanged"
    changes = [f"{len(found.of(change))} {change.value}" for change in Change if found.of(change)]
    problems = "; ".join(result.read.coverage.problems[:2])
    health = result.read.health.value if result.read.health not in _ANSWERS else ""
    details = ", ".join(filter(None, [health, *changes, problems])) or "nothing new"
    return (
        f"{result.sku}: {result.read.coverage.rows_seen} of {result.read.coverage.site_total} reviews read, {details}"
    )
