"""Listings: a product's reviews stand in a listing that several products may share; what cuts a listing has a name.

Rows of before: each product had a listing of its own, and each review stood in the listing of its product. A product
without a baseline (its listing was never read whole) takes the beginning of its first reading for one; reviews that
were published after it were taken for old ones, and are news again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_products = sa.table(
    "products",
    sa.column("account_id"),
    sa.column("sku"),
    sa.column("listing"),
    sa.column("baseline_at"),
    sa.column("is_baseline_whole", sa.Boolean()),
)
_polls = sa.table(
    "polls",
    sa.column("account_id"),
    sa.column("sku"),
    sa.column("listing"),
    sa.column("health"),
    sa.column("rows_seen"),
    sa.column("started_at"),
)
_reviews = sa.table(
    "reviews",
    sa.column("account_id"),
    sa.column("review_id"),
    sa.column("sku"),
    sa.column("site_version"),
    sa.column("presence"),
    sa.column("is_baseline", sa.Boolean()),
    sa.column("published_earliest"),
    sa.column("first_seen_at"),
    sa.column("missing_since"),
    sa.column("gone_at"),
)


def upgrade() -> None:
    """Brings the schema to this revision."""
    _add_columns()
    _add_listing_reviews()
    _fill_listings()
    _rescue_news()


def _add_columns() -> None:
    op.add_column("products", sa.Column("listing", sa.Text(), server_default="", nullable=False))
    op.add_column("products", sa.Column("listing_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("products", sa.Column("is_baseline_whole", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("products", sa.Column("cut", sa.Text(), server_default="", nullable=False))
    op.add_column("products", sa.Column("reviews_shown", BIG, nullable=True))
    op.add_column("products", sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("polls", sa.Column("listing", sa.Text(), server_default="", nullable=False))
    op.add_column("polls", sa.Column("cut", sa.Text(), server_default="", nullable=False))
    op.add_column("polls", sa.Column("reviews_shown", BIG, nullable=True))
    op.add_column("polls", sa.Column("orders", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_polls_account_listing_finished", "polls", ["account_id", "listing", "finished_at"])
    op.add_column("reviews", sa.Column("item_name", sa.Text(), server_default="", nullable=False))
    op.add_column("reviews", sa.Column("item_variant", sa.Text(), server_default="", nullable=False))


def _add_listing_reviews() -> None:
    op.create_table(
        "listing_reviews",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("presence", sa.Text(), server_default="present", nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "listing", "review_id", name="pk_listing_reviews"),
        sa.ForeignKeyConstraint(
            ["account_id", "review_id"],
            ["reviews.account_id", "reviews.review_id"],
            name="fk_listing_reviews_account_id",
        ),
    )
    op.create_index("ix_listing_reviews_review", "listing_reviews", ["account_id", "review_id"])


def _fill_listings() -> None:
    op.execute(_products.update().values(listing=_products.c.sku))
    op.execute(_polls.update().values(listing=_polls.c.sku))
    listing_reviews = sa.table(
        "listing_reviews",
        *(sa.column(name) for name in ("account_id", "listing", "review_id", "presence", "missing_since", "gone_at")),
    )
    stood = sa.select(
        _reviews.c.account_id,
        _reviews.c.sku,
        _reviews.c.review_id,
        _reviews.c.presence,
        _reviews.c.missing_since,
        _reviews.c.gone_at,
    ).where(_reviews.c.presence != "unlisted")
    names = ["account_id", "listing", "review_id", "presence", "missing_since", "gone_at"]
    op.execute(listing_reviews.insert().from_select(names, stood))


def _rescue_news() -> None:
    op.execute(_products.update().where(_products.c.baseline_at.is_not(None)).values(is_baseline_whole=sa.true()))
    first_read = (
        sa.select(sa.func.min(_polls.c.started_at))
        .where(
            _polls.c.account_id == _products.c.account_id,
            _polls.c.sku == _products.c.sku,
            _polls.c.health.in_(("healthy", "partial")),
            _polls.c.rows_seen > 0,
        )
        .scalar_subquery()
    )
    op.execute(_products.update().where(_products.c.baseline_at.is_(None)).values(baseline_at=first_read))
    came_later = sa.exists().where(
        _products.c.account_id == _reviews.c.account_id,
        _products.c.sku == _reviews.c.sku,
        _products.c.is_baseline_whole.is_(sa.false()),
        _reviews.c.first_seen_at > _products.c.baseline_at,
        _reviews.c.published_earliest >= _products.c.baseline_at,
    )
    op.execute(
        _reviews.update()
        .where(_reviews.c.is_baseline.is_(sa.true()), _reviews.c.site_version == 0, came_later)
        .values(is_baseline=sa.false())
    )


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
