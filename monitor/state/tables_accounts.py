"""Tables: the installation, accounts, their sessions, locks, products and visits, and the action log."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Table, UniqueConstraint

from monitor.state.columns import BIG, METADATA, flag, json_text, moment, number, text

# One row. ``mark`` grows with every intent, a copy of it lies outside the database (monitor.state.watermark);
# ``epoch`` counts how often the store turned out to be older than what was done with it.
installation = Table(
    "installation",
    METADATA,
    number("id"),
    text("installation_id"),
    number("mark", default=0),
    number("epoch", default=0),
    moment("created_at", null=False),
    moment("restored_at"),
    json_text("life", null=True),
    PrimaryKeyConstraint("id"),
)

accounts = Table(
    "accounts",
    METADATA,
    text("id"),
    text("site"),
    text("title", default=""),
    moment("created_at", null=False),
    moment("disabled_at"),
    moment("stopped_at"),
    text("stopped_why", default=""),
    moment("stopped_until"),
    moment("must_reconcile_since"),
    PrimaryKeyConstraint("id"),
)

# Facts about a session; the session itself lies encrypted elsewhere.
sessions = Table(
    "sessions",
    METADATA,
    text("account_id"),
    text("identity"),
    text("identity_key"),
    text("state"),
    text("storage_ref", default=""),
    text("witness", default=""),
    moment("proven_at"),
    moment("changed_at", null=False),
    PrimaryKeyConstraint("account_id", "identity"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

# The row stays when nobody holds the lock: the fence must never go back.
account_locks = Table(
    "account_locks",
    METADATA,
    text("account_id"),
    text("owner", null=True),
    number("fence", default=0),
    moment("acquired_at"),
    moment("heartbeat_at"),
    moment("expires_at"),
    PrimaryKeyConstraint("account_id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

# ``listing`` names the list of reviews the site shows for it, which several products of one card may share;
# ``baseline_at`` is a moment of the site's clock. What is true of a listing is kept with each of its products.
# Two accounts may have the same login on a site: whoever acts for one acts for both. ``site`` is its name or an origin.
login_locks = Table(
    "login_locks",
    METADATA,
    text("site"),
    text("login"),
    text("account_id"),
    text("owner", null=True),
    moment("heartbeat_at"),
    moment("expires_at"),
    PrimaryKeyConstraint("site", "login"),
)

products = Table(
    "products",
    METADATA,
    text("account_id"),
    text("sku"),
    text("url"),
    text("title", default=""),
    text("rating_raw", default=""),
    number("reviews_total", null=True),
    text("poll_memory", default=""),
    text("pulse", default=""),
    moment("added_at", null=False),
    moment("baseline_at"),
    flag("is_baseline_whole"),
    text("listing", default=""),
    moment("listing_checked_at"),
    text("cut", default=""),
    number("reviews_shown", null=True),
    moment("swept_at"),
    moment("last_polled_at"),
    moment("last_complete_at"),
    moment("gone_at"),
    moment("retired_at"),
    PrimaryKeyConstraint("account_id", "sku"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

visits = Table(
    "visits",
    METADATA,
    text("id"),
    text("account_id"),
    text("kind"),
    text("owner"),
    number("fence", null=True),
    moment("started_at", null=False),
    moment("deadline_at"),
    moment("finished_at"),
    text("outcome", null=True),
    text("detail", default=""),
    json_text("facts", null=True),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("ix_visits_account_started", "account_id", "started_at"),
)

# One chain an account, and one for the installation (no account). The id is random: headers travel to strangers.
journal_heads = Table(
    "journal_heads",
    METADATA,
    text("chain"),
    text("account_id"),
    number("seq", default=0),
    text("digest"),
    PrimaryKeyConstraint("chain"),
    UniqueConstraint("account_id"),
)

# The action log, as evidence_store.journal builds it. ``body`` may be purged; its digest stays in the chain.
journal_entries = Table(
    "journal_entries",
    METADATA,
    text("chain"),
    number("seq"),
    text("format"),
    text("prev"),
    text("body_digest"),
    text("digest"),
    Column("body", LargeBinary, nullable=True),
    text("action"),
    text("subject", default=""),
    moment("written_at", null=False),
    PrimaryKeyConstraint("chain", "seq"),
    ForeignKeyConstraint(["chain"], ["journal_heads.chain"]),
    Index("ix_journal_entries_subject", "chain", "subject"),
)

# All heads at one moment; ``envelope`` is the signed form once it was signed.
checkpoints = Table(
    "checkpoints",
    METADATA,
    number("number"),
    text("digest"),
    Column("document", LargeBinary, nullable=False),
    Column("envelope", LargeBinary, nullable=True),
    moment("written_at", null=False),
    PrimaryKeyConstraint("number"),
)

incidents = Table(
    "incidents",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("account_id"),
    text("kind"),
    text("subject", default=""),
    text("state"),
    number("strikes", default=1),
    text("detail", default=""),
    moment("first_at", null=False),
    moment("last_at", null=False),
    moment("opened_at"),
    moment("reminded_at"),
    moment("closed_at"),
    text("closed_why", default=""),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)
Index(
    "uq_incidents_unclosed",
    incidents.c.account_id,
    incidents.c.kind,
    incidents.c.subject,
    unique=True,
    sqlite_where=incidents.c.closed_at.is_(None),
)

# What to tell people, written in the same transaction as the event itself.
outbox = Table(
    "outbox",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("account_id"),
    text("event"),
    text("dedup_key"),
    json_text("payload"),
    text("state", default="pending"),
    moment("created_at", null=False),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("uq_outbox_account_dedup", "account_id", "dedup_key", unique=True),
    Index("ix_outbox_state", "state", "id"),
)

# One row a message and channel: one channel that is down never keeps the others waiting.
deliveries = Table(
    "deliveries",
    METADATA,
    number("message_id"),
    text("channel"),
    text("state", default="pending"),
    number("attempts", default=0),
    moment("next_attempt_at", null=False),
    moment("sent_at"),
    text("last_error", default=""),
    PrimaryKeyConstraint("message_id", "channel"),
    ForeignKeyConstraint(["message_id"], ["outbox.id"]),
    Index("ix_deliveries_state_next", "state", "next_attempt_at"),
)

# When something is next to be done. The stored moment rules; nothing rests on a process staying alive.
due_times = Table(
    "due_times",
    METADATA,
    text("account_id"),
    text("kind"),
    text("subject", default=""),
    moment("next_at", null=False),
    text("rule", default=""),
    moment("changed_at", null=False),
    PrimaryKeyConstraint("account_id", "kind", "subject"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("ix_due_times_next", "next_at"),
)

# One row a slot, whatever became of it: run, or skipped and why. A row with ``until_at`` stands for all slots from
# ``slot_at`` up to that moment.
slots = Table(
    "slots",
    METADATA,
    text("account_id"),
    text("kind"),
    text("subject", default=""),
    moment("slot_at", null=False),
    text("state"),
    text("reason", default=""),
    text("visit_id", null=True),
    moment("changed_at", null=False),
    flag("is_catch_up"),
    moment("started_at"),
    moment("until_at"),
    PrimaryKeyConstraint("account_id", "kind", "subject", "slot_at"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

# Where the sweep over an account's shop window stopped.
storefronts = Table(
    "storefronts",
    METADATA,
    text("account_id"),
    text("shop"),
    number("pages"),
    number("next_page"),
    moment("read_at", null=False),
    PrimaryKeyConstraint("account_id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

# A product's counter in the window beside what we knew then: both must move alike.
product_counters = Table(
    "product_counters",
    METADATA,
    text("account_id"),
    text("sku"),
    number("total"),
    text("rating_raw", default=""),
    number("known"),
    flag("is_doubtful"),
    moment("settled_at", null=False),
    PrimaryKeyConstraint("account_id", "sku"),
    ForeignKeyConstraint(["account_id", "sku"], ["products.account_id", "products.sku"]),
)

# Machines that share this store. A name belongs to one home folder, whose random id this is.
workers = Table(
    "workers",
    METADATA,
    text("name"),
    text("home_id"),
    moment("seen_at", null=False),
    PrimaryKeyConstraint("name"),
)

# On which machine an account's session and evidence lie. Only that one visits it.
account_homes = Table(
    "account_homes",
    METADATA,
    text("account_id"),
    text("worker"),
    moment("since", null=False),
    PrimaryKeyConstraint("account_id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)
