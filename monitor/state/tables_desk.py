"""Table: what people decided about reviews without sending anything."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Table

from monitor.state.columns import BIG, METADATA, moment, number, text

# Append-only, but for being taken back: the newest row that was not taken back is what stands.
review_decisions = Table(
    "review_decisions",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("account_id"),
    text("review_id"),
    number("review_version"),
    text("kind"),
    moment("until"),
    text("note", default=""),
    text("batch", default=""),
    text("decided_by"),
    moment("decided_at", null=False),
    moment("undone_at"),
    text("undone_by", default=""),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
    Index("ix_review_decisions_review", "account_id", "review_id", "id"),
    Index("ix_review_decisions_decided", "account_id", "decided_at"),
)
