"""Slots of several kinds of task, and one delivery a message and channel.

Column types are SQLAlchemy's own, not ours: a revision must not change when our types do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.add_column("slots", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("slots", sa.Column("until_at", sa.DateTime(timezone=True), nullable=True))
    # One due time a visit was kept before; now each kind of task has its own, made anew at the next start.
    op.execute("DELETE FROM due_times WHERE kind = 'visit'")
    op.drop_index("ix_outbox_state_next", table_name="outbox")
    with op.batch_alter_table("outbox") as batch:
        for column in ("attempts", "next_attempt_at", "sent_at", "last_error"):
            batch.drop_column(column)
    op.create_index("ix_outbox_state", "outbox", ["state", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="pending"),
        sa.Column("attempts", BIG, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("message_id", "channel", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["message_id"], ["outbox.id"], name="fk_deliveries_message_id"),
    )
    op.create_index("ix_deliveries_state_next", "deliveries", ["state", "next_attempt_at"], unique=False)


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
