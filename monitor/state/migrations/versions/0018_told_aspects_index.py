"""What reviews tell by day, with all that is counted: two periods are added up from the index alone."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.create_index("ix_told_aspects_counted", "told_aspects", ["account_id", "day", "product", "stars", "complaints"])
    op.drop_index("ix_told_aspects_day", table_name="told_aspects")


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
