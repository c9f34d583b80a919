"""What each review was found to complain of and praise, so that counting need not read every text again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the schema to this revision; every stored review is due to be read."""
    op.create_table(
        "told_aspects",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("lexicon", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("complaints", sa.Text(), nullable=False),
        sa.Column("praises", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "review_id", name="pk_told_aspects"),
        sa.ForeignKeyConstraint(
            ["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"], name="fk_told_aspects_account_id"
        ),
    )
    op.create_index("ix_told_aspects_day", "told_aspects", ["account_id", "day"])
    op.create_index("ix_told_aspects_lexicon", "told_aspects", ["account_id", "lexicon"])
    op.create_table(
        "untold_reviews",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "review_id", name="pk_untold_reviews"),
        sa.ForeignKeyConstraint(
            ["account_id", "review_id"],
            ["reviews.account_id", "reviews.review_id"],
            name="fk_untold_reviews_account_id",
        ),
    )
    op.execute("INSERT INTO untold_reviews (account_id, review_id) SELECT account_id, review_id FROM reviews")


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
