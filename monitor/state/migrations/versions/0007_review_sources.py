"""Other sources of reviews: what the cabinet and the API for sellers showed, and how far they were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.create_index("ix_reviews_account_item", "reviews", ["account_id", "item_id"])
    is_unlisted = sa.text("presence = 'unlisted'")
    op.create_index(
        "ix_reviews_unlisted",
        "reviews",
        ["account_id", "presence"],
        sqlite_where=is_unlisted,
        postgresql_where=is_unlisted,
    )
    op.create_table(
        "review_sightings",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_status", sa.Text(), server_default="", nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=True),
        sa.Column("has_text", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "review_id", "source", name="pk_review_sightings"),
        sa.ForeignKeyConstraint(
            ["account_id", "review_id"],
            ["reviews.account_id", "reviews.review_id"],
            name="fk_review_sightings_account_id",
        ),
    )
    op.create_index("ix_review_sightings_item", "review_sightings", ["account_id", "source", "item_id"])
    op.create_table(
        "source_reads",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("hint", sa.Text(), server_default="", nullable=False),
        sa.Column("row_count", BIG, server_default="0", nullable=False),
        sa.Column("foreign_count", BIG, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("account_id", "source", name="pk_source_reads"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_source_reads_account_id"),
    )


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
