"""Who writes to support, and what was found when channels were looked for.

Column types are SQLAlchemy's own, not ours: a revision must not change when our types do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.add_column("appeals", sa.Column("sender_name", sa.Text(), nullable=False, server_default=""))
    op.add_column("appeals", sa.Column("sender_email", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "channel_probes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.Text(), nullable=False, server_default=""),
        sa.Column("visit_id", sa.Text(), nullable=True),
        sa.Column("probed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_probes")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_channel_probes_account_id")),
    )
    op.create_index("ix_channel_probes_review", "channel_probes", ["account_id", "review_id", "channel"])


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
