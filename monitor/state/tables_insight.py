"""Tables: what the seller changed, and what became of it."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table

from monitor.state.columns import METADATA, json_text, moment, number, text

changes = Table(
    "changes",
    METADATA,
    text("id"),
    text("account_id"),
    text("what"),
    text("why"),
    text("aspect"),
    json_text("products"),
    json_text("comparable"),
    json_text("reviews"),
    text("owner"),
    text("risk"),
    text("state"),
    moment("begins_at"),
    number("lag_days"),
    number("before_days"),
    moment("look_at"),
    text("added_by"),
    moment("added_at", null=False),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("ix_changes_account_id", "account_id"),
)

# Append-only: each move of a change, and each look at its figures with what was found.
change_steps = Table(
    "change_steps",
    METADATA,
    text("change_id"),
    number("number"),
    text("state"),
    text("by"),
    text("note"),
    json_text("result", null=True),
    moment("at", null=False),
    PrimaryKeyConstraint("change_id", "number"),
    ForeignKeyConstraint(["change_id"], ["changes.id"]),
)
