"""Appeals by what changed last and by what went out last: lists and caps read a page, not all of them."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.create_index("ix_appeals_account_updated", "appeals", ["account_id", "updated_at", "id"])
    op.create_index("ix_appeals_account_gesture", "appeals", ["account_id", "gesture_at"])


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
