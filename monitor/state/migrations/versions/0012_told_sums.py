"""How many reviews of each group complain of what, kept beside the readings, and what a reading is grouped by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision; every review is read again, so that it is counted in the sums."""
    op.add_column("told_aspects", sa.Column("product", sa.Text(), nullable=False, server_default=""))
    op.add_column("told_aspects", sa.Column("variant", sa.Text(), nullable=False, server_default=""))
    op.add_column("told_aspects", sa.Column("stars", BIG, nullable=True))
    op.create_table(
        "told_groups",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("low", BIG, nullable=False),
        sa.Column("silent", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "name", name="pk_told_groups"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_told_groups_account_id"),
    )
    op.create_table(
        "told_sums",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("complaints", BIG, nullable=False),
        sa.Column("praises", BIG, nullable=False),
        sa.Column("newest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "name", "aspect", name="pk_told_sums"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_told_sums_account_id"),
    )
    # A reading by no words stands in no sum; what a purged review told is kept in it and counted from it.
    op.execute("UPDATE told_aspects SET lexicon = ''")


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
