"""What the planner remembers: counters of the shop window, where its sweep stopped, each product's pulse."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.add_column("products", sa.Column("pulse", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "storefronts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("pages", BIG, nullable=False),
        sa.Column("next_page", BIG, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_storefronts"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_storefronts_account_id"),
    )
    op.create_table(
        "product_counters",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("rating_raw", sa.Text(), server_default="", nullable=False),
        sa.Column("known", BIG, nullable=False),
        sa.Column("is_doubtful", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sku", name="pk_product_counters"),
        sa.ForeignKeyConstraint(
            ["account_id", "sku"], ["products.account_id", "products.sku"], name="fk_product_counters_account_id"
        ),
    )


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
