"""Accounts, sessions, products, visits, reviews, polls, schedule, incidents, outbox, action log.

Column types are SQLAlchemy's own, not ours: a revision must not change when our types do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision."""
    _create_accounts()
    _create_checkpoints()
    _create_installation()
    _create_journal_heads()
    _create_account_locks()
    _create_due_times()
    _create_incidents()
    _create_journal_entries()
    _create_outbox()
    _create_products()
    _create_sessions()
    _create_slots()
    _create_visits()
    _create_polls()
    _create_reviews()
    _create_review_versions()


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, server_default=""),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_why", sa.Text(), nullable=False, server_default=""),
        sa.Column("stopped_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_reconcile_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("number", BIG, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_checkpoints"),
    )


def _create_installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("installation_id", sa.Text(), nullable=False),
        sa.Column("mark", BIG, nullable=False, server_default="0"),
        sa.Column("epoch", BIG, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )


def _create_journal_heads() -> None:
    op.create_table(
        "journal_heads",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("seq", BIG, nullable=False, server_default="0"),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_journal_heads"),
        sa.UniqueConstraint("account_id", name="uq_journal_heads_account_id"),
    )


def _create_account_locks() -> None:
    op.create_table(
        "account_locks",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("fence", BIG, nullable=False, server_default="0"),
        sa.Column("acquired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_locks"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_locks_account_id"),
    )


def _create_due_times() -> None:
    op.create_table(
        "due_times",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, server_default=""),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False, server_default=""),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "subject", name="pk_due_times"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_due_times_account_id"),
    )
    op.create_index("ix_due_times_next", "due_times", ["next_at"], unique=False)


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("strikes", BIG, nullable=False, server_default="1"),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_incidents_account_id"),
    )
    op.create_index(
        "uq_incidents_unclosed",
        "incidents",
        ["account_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _create_journal_entries() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, server_default=""),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name="pk_journal_entries"),
        sa.ForeignKeyConstraint(["chain"], ["journal_heads.chain"], name="fk_journal_entries_chain"),
    )
    op.create_index("ix_journal_entries_subject", "journal_entries", ["chain", "subject"], unique=False)


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="pending"),
        sa.Column("attempts", BIG, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_outbox_account_id"),
    )
    op.create_index("ix_outbox_state_next", "outbox", ["state", "next_attempt_at"], unique=False)
    op.create_index("uq_outbox_account_dedup", "outbox", ["account_id", "dedup_key"], unique=True)


def _create_products() -> None:
    op.create_table(
        "products",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, server_default=""),
        sa.Column("rating_raw", sa.Text(), nullable=False, server_default=""),
        sa.Column("reviews_total", BIG, nullable=True),
        sa.Column("poll_memory", sa.Text(), nullable=False, server_default=""),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("baseline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "sku", name="pk_products"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_products_account_id"),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("identity_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("storage_ref", sa.Text(), nullable=False, server_default=""),
        sa.Column("witness", sa.Text(), nullable=False, server_default=""),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "identity", name="pk_sessions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id"),
    )


def _create_slots() -> None:
    op.create_table(
        "slots",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, server_default=""),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("visit_id", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_catch_up", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("account_id", "kind", "subject", "slot_at", name="pk_slots"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_slots_account_id"),
    )


def _create_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("fence", BIG, nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_visits_account_id"),
    )
    op.create_index("ix_visits_account_started", "visits", ["account_id", "started_at"], unique=False)


def _create_polls() -> None:
    op.create_table(
        "polls",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=True),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages_read", BIG, nullable=False),
        sa.Column("rows_seen", BIG, nullable=False),
        sa.Column("site_total", BIG, nullable=True),
        sa.Column("first_review_id", sa.Text(), nullable=True),
        sa.Column("last_review_id", sa.Text(), nullable=True),
        sa.Column("stop", sa.Text(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_unchanged", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_baseline", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("new_count", BIG, nullable=False, server_default="0"),
        sa.Column("edited_count", BIG, nullable=False, server_default="0"),
        sa.Column("gone_count", BIG, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_polls"),
        sa.ForeignKeyConstraint(
            ["account_id", "sku"], ["products.account_id", "products.sku"], name="fk_polls_account_id"
        ),
    )
    op.create_index("ix_polls_account_sku_finished", "polls", ["account_id", "sku", "finished_at"], unique=False)


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False, server_default=""),
        sa.Column("url", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", BIG, nullable=False),
        sa.Column("site_version", BIG, nullable=False, server_default="0"),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("rating", BIG, nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("author_id", sa.Text(), nullable=False, server_default=""),
        sa.Column("published_raw", sa.Text(), nullable=False, server_default=""),
        sa.Column("published_earliest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_latest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_baseline", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_reported", sa.Boolean(), nullable=True),
        sa.Column("is_reportable", sa.Boolean(), nullable=True),
        sa.Column("presence", sa.Text(), nullable=False, server_default="present"),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "review_id", name="pk_reviews"),
        sa.ForeignKeyConstraint(
            ["account_id", "sku"], ["products.account_id", "products.sku"], name="fk_reviews_account_id"
        ),
    )
    op.create_index("ix_reviews_account_first_seen", "reviews", ["account_id", "first_seen_at"], unique=False)
    op.create_index("ix_reviews_account_sku", "reviews", ["account_id", "sku"], unique=False)


def _create_review_versions() -> None:
    op.create_table(
        "review_versions",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("site_version", BIG, nullable=False, server_default="0"),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("rating", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False, server_default=""),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("poll_id", BIG, nullable=True),
        sa.Column("was_cleaned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("account_id", "review_id", "version", name="pk_review_versions"),
        sa.ForeignKeyConstraint(
            ["account_id", "review_id"],
            ["reviews.account_id", "reviews.review_id"],
            name="fk_review_versions_account_id",
        ),
    )
