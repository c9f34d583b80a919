"""All tables in one name space; importing this module fills ``METADATA``."""

from __future__ import annotations

from monitor.state.columns import METADATA
from monitor.state.tables_accounts import (
    account_locks,
    accounts,
    checkpoints,
    deliveries,
    due_times,
    incidents,
    installation,
    journal_entries,
    journal_heads,
    outbox,
    product_counters,
    products,
    sessions,
    slots,
    storefronts,
    visits,
)
from monitor.state.tables_appeals import (
    appeal_files,
    appeal_looks,
    appeal_transitions,
    appeals,
    approvals,
    artifacts,
    cases,
    questions,
    verdicts,
)
from monitor.state.tables_reviews import polls, review_versions, reviews

__all__ = [
    "METADATA",
    "account_locks",
    "accounts",
    "appeal_files",
    "appeal_looks",
    "appeal_transitions",
    "appeals",
    "approvals",
    "artifacts",
    "cases",
    "checkpoints",
    "deliveries",
    "due_times",
    "incidents",
    "installation",
    "journal_entries",
    "journal_heads",
    "outbox",
    "polls",
    "product_counters",
    "products",
    "questions",
    "review_versions",
    "reviews",
    "sessions",
    "slots",
    "storefronts",
    "verdicts",
    "visits",
]
