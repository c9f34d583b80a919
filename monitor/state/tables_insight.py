"""Tables: what the seller changed, and what became of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text

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

# What a review was found to tell, and by which words; codes parted by spaces, the day in the seller's zone. What it is
# grouped by stands here once more, so that counting joins nothing. The row stays when the text is purged: then it is
# all that is left of it. Texts are taken as they are: they are codes, days, or were cleaned when the review was stored.
told_aspects = Table(
    "told_aspects",
    METADATA,
    text("account_id"),
    Column("lexicon", Text, nullable=False),
    text("review_id"),
    number("version"),
    Column("product", Text, nullable=False, server_default=""),
    Column("variant", Text, nullable=False, server_default=""),
    number("stars", null=True),
    Column("day", Text, nullable=False),
    Column("complaints", Text, nullable=False),
    Column("praises", Text, nullable=False),
    PrimaryKeyConstraint("account_id", "review_id"),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
    Index("ix_told_aspects_counted", "account_id", "day", "product", "stars", "complaints"),
    Index("ix_told_aspects_lexicon", "account_id", "lexicon"),
)

# How many reviews of a group there are, and how many of them complain of what: kept with each review that is read, so
# that nobody counts a million. Kinds of groups: product, variant, day, stars.
told_groups = Table(
    "told_groups",
    METADATA,
    Column("account_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    number("total"),
    number("low"),
    number("silent"),
    PrimaryKeyConstraint("account_id", "kind", "name"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

# ``newest``: days and ids of the newest complaints, one a line.
told_sums = Table(
    "told_sums",
    METADATA,
    Column("account_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("aspect", Text, nullable=False),
    number("complaints"),
    number("praises"),
    Column("newest", Text, nullable=False),
    PrimaryKeyConstraint("account_id", "kind", "name", "aspect"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

# Reviews that came or were edited since: to be read before anything is counted.
untold_reviews = Table(
    "untold_reviews",
    METADATA,
    text("account_id"),
    text("review_id"),
    PrimaryKeyConstraint("account_id", "review_id"),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
)
