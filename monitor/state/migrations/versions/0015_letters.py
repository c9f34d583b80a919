"""Letters by mail to the platform, each sent once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = ("id", "account_id", "case_id", "review_id", "template", "to_address", "subject", "text", "files")


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.create_table(
        "letters",
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*_WORDS, "message_id", "letter_hash", "state")),
        sa.Column("approver", sa.Text(), nullable=False, server_default=""),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("fence", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_letters_case_id"),
    )
    op.create_index("ix_letters_case", "letters", ["case_id", "created_at"])


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
