"""What waits for a person is counted after each change: the new reviews by an index, and appeals without their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    is_new = sa.text("is_baseline IS FALSE") if op.get_bind().dialect.name != "sqlite" else sa.text("is_baseline IS 0")
    op.create_index(
        "ix_reviews_new",
        "reviews",
        ["account_id", "review_id", "rating", "presence"],
        sqlite_where=is_new,
        postgresql_where=is_new,
    )
    op.drop_index("ix_appeals_case", "appeals")
    op.create_index("ix_appeals_case", "appeals", ["case_id", "state", "closed_at", "review_version"])


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
