"""What people decided about reviews without sending anything, and the appeals of a case without reading them all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.create_table(
        "review_decisions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("review_version", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("batch", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_decisions"),
        sa.ForeignKeyConstraint(
            ["account_id", "review_id"],
            ["reviews.account_id", "reviews.review_id"],
            name="fk_review_decisions_account_id",
        ),
    )
    op.create_index("ix_review_decisions_review", "review_decisions", ["account_id", "review_id", "id"])
    op.create_index("ix_review_decisions_decided", "review_decisions", ["account_id", "decided_at"])
    op.create_index("ix_appeals_case", "appeals", ["case_id"])


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
