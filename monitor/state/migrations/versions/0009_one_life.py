"""One home, one life; one lock a login; and an approval that a schedule leaves time to take back.

Rows of before: a home has no life written down yet and takes its present place for it at its next start; an approval
without a moment may be sent at once, as it was given.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.add_column("installation", sa.Column("life", sa.Text(), nullable=True))
    op.add_column("approvals", sa.Column("send_from", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "login_locks",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("site", "login", name="pk_login_locks"),
    )


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
