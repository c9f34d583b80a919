"""All comparisons of rows, and the words for what is compared with nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidence_store.digests import Digest
from evidence_store.findings import Finding, FindingKind
from evidence_store.journal import Entry
from evidence_store.store import ArtifactStore
from monitor.custody.rows.appeals import check_appeals
from monitor.custody.rows.contacts import check_contacts
from monitor.custody.rows.index import check_index
from monitor.custody.rows.journal import check_journal
from monitor.custody.rows.letters import check_letters
from monitor.custody.rows.purged import check_purged
from monitor.custody.rows.reviews import check_reviews
from monitor.custody.rows.told import Log, not_comparable, sort_log
from monitor.custody.rows.verdicts import check_probes, check_verdicts
from monitor.language import gettext
from monitor.state import State

EVERY = "*"
UNCOVERED: dict[str, tuple[str, ...]] = {
    "appeals": (
        *("deadline_at", "settled_at", "counted_at", "decided_at", "returns"),
        *("updated_at", "closed_at", "closed_why"),
    ),
    "appeal_files": ("path",),
    "appeal_looks": (EVERY,),
    "approvals": ("id", "send_from", "revoked_at", "revoked_why"),
    "appeal_transitions": ("id",),
    "artifacts": ("id", "visit_id"),
    "cases": ("opened_at", "closed_at", "closed_why"),
    "channel_probes": ("visit_id",),
    "installation": ("id", "mark", "created_at", "restored_at", "life"),
    "letters": ("fence",),
    "questions": (
        *("id", "appeal_id", "asked_raw", "asked_at", "answer_by", "state", "answer_text", "answer_files"),
        *("answer_hash", "fence", "deadline_at", "gesture_at", "released_at", "closed_at"),
    ),
    "review_versions": ("was_cleaned",),
    "reviews": (
        *("presence", "site_version", "item_id", "item_name", "item_variant", "sku", "is_baseline", "is_reported"),
        *("is_reportable", "published_earliest", "published_latest", "first_seen_at", "last_seen_at"),
        *("missing_since", "gone_at"),
    ),
    "verdicts": ("id",),
}
"""Columns that no entry speaks of, in tables that are compared: a change there is not found, and this says so."""

UNCOMPARED_TABLES = (
    *("account_homes", "account_locks", "accounts", "change_steps", "changes", "deliveries", "due_times", "incidents"),
    *("listing_reviews", "login_locks", "outbox", "polls", "product_counters", "products", "review_decisions"),
    *(
        "review_sightings",
        "sessions",
        "slots",
        "source_reads",
        "storefronts",
        "told_aspects",
        "told_groups",
        "told_sums",
        "untold_reviews",
        "visits",
        "workers",
    ),
)
"""Tables that no entry speaks of at all."""


def check_rows(
    state: State, artifacts: ArtifactStore, chains: Mapping[str, Sequence[Entry]], gone: frozenset[Digest]
) -> list[Finding]:
    """Compares every row that the log speaks of with what was sealed.

    Args:
        state: The store.
        artifacts: The evidence store.
        chains: The log's table by chain.
        gone: Artifacts that were removed by rule.
    """
    log = sort_log(chains, artifacts.read, gone)
    with state.read() as tx:
        findings = [
            *check_journal(tx, chains, log),
            *check_index(tx, log),
            *check_reviews(tx, log),
            *check_verdicts(tx, log),
            *check_probes(tx, log),
            *check_appeals(tx, log),
            *check_contacts(tx, log),
            *check_letters(tx, log),
            *check_purged(tx, log),
        ]
    return [*findings, *_declared(log)]


def differences(findings: Sequence[Finding], *names: str) -> list[Finding]:
    """Returns the differences that are about one of these reviews, cases or appeals."""
    return [
        one
        for one in findings
        if one.kind is FindingKind.ROW_DIFFERS and any(name and name in one.item for name in names)
    ]


def _declared(log: Log) -> list[Finding]:
    old = gettext(
        "its words were removed by rule before purges sealed the rows that are left: they are compared with nothing"
    )
    purged = [not_comparable(f"review {review}", old) for _, review in sorted(log.purged - log.seals.keys()) if review]
    tables = not_comparable(", ".join(UNCOMPARED_TABLES), _tell((EVERY,)))
    return [*purged, *(not_comparable(table, _tell(columns)) for table, columns in UNCOVERED.items()), tables]


def _tell(columns: tuple[str, ...]) -> str:
    return gettext("not compared with the log: ") + (
        gettext("every column") if EVERY in columns else ", ".join(columns)
    )
