"""Tables: reviews, their versions, and what each poll read and proved."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table

from monitor.state.columns import BIG, METADATA, flag, json_text, maybe, moment, number, text

# The head of a review: its newest version and whether it is still there. Ids are the site's own.
reviews = Table(
    "reviews",
    METADATA,
    text("account_id"),
    text("review_id"),
    text("site"),
    text("sku"),
    text("item_id", default=""),
    text("item_name", default=""),
    text("item_variant", default=""),
    text("url", default=""),
    number("version"),
    number("site_version", default=0),
    text("content_digest"),
    number("rating", null=True),
    text("author_name", default=""),
    text("author_id", default=""),
    text("published_raw", default=""),
    moment("published_earliest"),
    moment("published_latest"),
    flag("is_baseline"),
    maybe("is_reported"),
    maybe("is_reportable"),
    text("presence", default="present"),
    moment("first_seen_at", null=False),
    moment("last_seen_at", null=False),
    moment("missing_since"),
    moment("gone_at"),
    PrimaryKeyConstraint("account_id", "review_id"),
    ForeignKeyConstraint(["account_id", "sku"], ["products.account_id", "products.sku"]),
    Index("ix_reviews_account_sku", "account_id", "sku"),
    Index("ix_reviews_account_first_seen", "account_id", "first_seen_at"),
    Index("ix_reviews_account_item", "account_id", "item_id"),
)

# Few among very many: what only other sources than the public page show.
Index(
    "ix_reviews_unlisted",
    reviews.c.account_id,
    reviews.c.presence,
    sqlite_where=reviews.c.presence == "unlisted",
)

# Few among very many, too: what came since watching began, of which the desk counts those not judged yet.
Index(
    "ix_reviews_new",
    reviews.c.account_id,
    reviews.c.review_id,
    reviews.c.rating,
    reviews.c.presence,
    sqlite_where=reviews.c.is_baseline.is_(False),
)

# In which listing a review stands; one may stand in several, and is gone only when none shows it.
listing_reviews = Table(
    "listing_reviews",
    METADATA,
    text("account_id"),
    text("listing"),
    text("review_id"),
    text("presence", default="present"),
    moment("missing_since"),
    moment("gone_at"),
    PrimaryKeyConstraint("account_id", "listing", "review_id"),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
    Index("ix_listing_reviews_review", "account_id", "review_id"),
)

# Append-only: an edit on the site is a new row. ``reading`` is the whole reading as JSON.
review_versions = Table(
    "review_versions",
    METADATA,
    text("account_id"),
    text("review_id"),
    number("version"),
    number("site_version", default=0),
    text("content_digest"),
    number("rating", null=True),
    text("text", default=""),
    json_text("reading"),
    moment("seen_at", null=False),
    number("poll_id", null=True),
    flag("was_cleaned"),
    PrimaryKeyConstraint("account_id", "review_id", "version"),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
)

# What the cabinet and the API for sellers showed of a review, one row a source. ``digest`` is of what that source
# shows: the API tells less of a text than the page, so the two are never compared.
review_sightings = Table(
    "review_sightings",
    METADATA,
    text("account_id"),
    text("review_id"),
    text("source"),
    text("sku"),
    text("item_id"),
    text("digest"),
    moment("published_at"),
    text("order_status", default=""),
    maybe("is_counted"),
    text("remarks", default=""),
    flag("has_text"),
    moment("first_seen_at", null=False),
    moment("last_seen_at", null=False),
    PrimaryKeyConstraint("account_id", "review_id", "source"),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
    Index("ix_review_sightings_item", "account_id", "source", "item_id"),
)

# How far such a source was read last: everything published from ``reached_to`` to ``good_at`` was among its rows.
source_reads = Table(
    "source_reads",
    METADATA,
    text("account_id"),
    text("source"),
    moment("tried_at", null=False),
    moment("good_at"),
    moment("reached_to"),
    moment("held_until"),
    text("problem", default=""),
    text("hint", default=""),
    number("row_count", default=0),
    number("foreign_count", default=0),
    PrimaryKeyConstraint("account_id", "source"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

polls = Table(
    "polls",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("account_id"),
    text("sku"),
    text("listing", default=""),
    text("visit_id", null=True),
    text("health"),
    text("way"),
    moment("started_at", null=False),
    moment("finished_at", null=False),
    number("pages_read"),
    number("rows_seen"),
    number("site_total", null=True),
    text("first_review_id", null=True),
    text("last_review_id", null=True),
    text("stop"),
    text("cut", default=""),
    number("reviews_shown", null=True),
    text("orders", default=""),
    flag("is_complete"),
    flag("is_unchanged"),
    flag("is_baseline"),
    json_text("problems"),
    number("new_count", default=0),
    number("edited_count", default=0),
    number("gone_count", default=0),
    ForeignKeyConstraint(["account_id", "sku"], ["products.account_id", "products.sku"]),
    Index("ix_polls_account_sku_finished", "account_id", "sku", "finished_at"),
    Index("ix_polls_account_listing_finished", "account_id", "listing", "finished_at"),
)
