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

polls = Table(
    "polls",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("account_id"),
    text("sku"),
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
    flag("is_complete"),
    flag("is_unchanged"),
    flag("is_baseline"),
    json_text("problems"),
    number("new_count", default=0),
    number("edited_count", default=0),
    number("gone_count", default=0),
    ForeignKeyConstraint(["account_id", "sku"], ["products.account_id", "products.sku"]),
    Index("ix_polls_account_sku_finished", "account_id", "sku", "finished_at"),
)
