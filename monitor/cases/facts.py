"""What was found out about a review beside its own text: author, order, product card. Kept as evidence, read from it.

The bytes lie in the evidence store; the state store only says where. A fact is the reading of one page at one moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.store import ArtifactStore
from flows.readings.models import AuthorReading, OrderAbsence, OrderReading, ProductCardReading, Reading
from monitor.state import State, Transaction
from monitor.state.cases import ArtifactRecord
from monitor.state.repository import new_id

ReadingT = TypeVar("ReadingT", bound=Reading)

FACTS_MOMENT = "facts"

_NAMES: dict[type[Reading], str] = {
    AuthorReading: "author",
    OrderReading: "order",
    OrderAbsence: "no_order",
    ProductCardReading: "product_card",
}


@dataclass(frozen=True)
class CaseFacts:
    """The newest reading of each kind, None where there is none."""

    author: AuthorReading | None = None
    order: OrderReading | None = None
    no_order: OrderAbsence | None = None
    product_card: ProductCardReading | None = None

    @property
    def is_order_read(self) -> bool:
        """Whether the orders were read, to their end or to a limit: reading them again brings nothing new."""
        return self.order is not None or self.no_order is not None

    @property
    def is_order_known(self) -> bool:
        """Whether it is known which order is the review's, or that none is.

        Orders that nobody could read, or that were read in part, decide nothing.
        """
        return self.order is not None or (self.no_order is not None and self.no_order.is_whole)


@dataclass(frozen=True)
class KeptFact:
    """A fact on its way into the index: the reading and the digest of its stored bytes."""

    reading: Reading
    digest: Digest
    size: int


def put_fact(store: ArtifactStore, reading: Reading) -> KeptFact:
    """Stores a reading's bytes as evidence."""
    data = reading.model_dump_json().encode("utf-8", "backslashreplace")
    return KeptFact(reading, store.put(data), len(data))


def index_fact(tx: Transaction, fact: KeptFact, *, account_id: str, review_id: str, visit_id: str) -> None:
    """Notes where a stored fact lies and what it is about."""
    case = tx.cases.of_review(account_id, review_id)
    tx.artifacts.add(
        ArtifactRecord(
            id=new_id("artifact"),
            account_id=account_id,
            moment=FACTS_MOMENT,
            sha256=fact.digest.hex,
            manifest_sha256="",
            path=str(fact.digest),
            media_type="application/json",
            size=fact.size,
            review_id=review_id,
            case_id=case.id if case else None,
            appeal_id=None,
            visit_id=visit_id,
            captured_at=tx.now(),
            is_complete=True,
            notes={"kind": ArtifactKind.STATE_JSON.value, "fact": _NAMES[type(fact.reading)]},
        )
    )


def load_facts(state: State, store: ArtifactStore, *, account_id: str, review_id: str) -> CaseFacts:
    """Reads the newest fact of each kind back from the evidence store.

    Raises:
        evidence_store.errors.ArtifactDamaged: a fact is not what was stored; nothing may rest on it.
    """
    with state.read() as tx:
        rows = tx.artifacts.of_review(account_id, review_id)
    kept = (row for row in rows if row.moment == FACTS_MOMENT and not row.is_purged)
    newest = {_fact_name(row): row for row in kept}  # rows come oldest first
    return CaseFacts(
        author=_load(store, newest.get("author"), AuthorReading),
        order=_load(store, newest.get("order"), OrderReading),
        no_order=_load(store, newest.get("no_order"), OrderAbsence),
        product_card=_load(store, newest.get("product_card"), ProductCardReading),
    )


def _fact_name(row: ArtifactRecord) -> str:
    return str(row.notes.get("fact", "")) if isinstance(row.notes, dict) else ""


def _load(store: ArtifactStore, row: ArtifactRecord | None, kind: type[ReadingT]) -> ReadingT | None:
    if row is None:
        return None
    try:
        return kind.model_validate_json(store.read(Digest(algorithm="sha256", hex=row.sha256)))
    except ValidationError:
        return None  # written by another version of the program: not a fact this one can use
