"""Tables: the dialogue of a case with the platform."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table

from monitor.state.columns import METADATA, json_text, moment, number, text

# Append-only but for a person's word: that an entry is wrong (it is struck out and stays), and what it means.
contacts = Table(
    "contacts",
    METADATA,
    text("id"),
    text("account_id"),
    text("case_id"),
    text("review_id"),
    text("way"),
    text("direction"),
    text("speaker"),
    text("number", default=""),
    text("earlier_number", default=""),
    text("who", default=""),
    text("address", default=""),
    text("text", default=""),
    text("says", default=""),
    text("turn"),
    text("promised", default=""),
    moment("due_at"),
    number("seconds", null=True),
    json_text("files"),
    text("source"),
    text("source_id", default=""),
    moment("happened_at", null=False),
    moment("noted_at", null=False),
    text("noted_by"),
    moment("struck_at"),
    text("struck_why", default=""),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["case_id"], ["cases.id"]),
    Index("ix_contacts_case", "case_id", "happened_at"),
    Index("ix_contacts_account", "account_id", "due_at"),
)
# What is read from a file or by the API is stored once, however often it is read.
Index(
    "uq_contacts_source",
    contacts.c.account_id,
    contacts.c.source,
    contacts.c.source_id,
    unique=True,
    sqlite_where=contacts.c.source_id != "",
)

# A letter by mail, as guarded as a filing: approval by hash, one release, unknown when unknown.
letters = Table(
    "letters",
    METADATA,
    text("id"),
    text("account_id"),
    text("case_id"),
    text("review_id"),
    text("template"),
    text("to_address"),
    text("subject"),
    text("text"),
    json_text("files"),
    text("message_id"),
    text("letter_hash"),
    text("state"),
    text("approver", default=""),
    text("answer", default=""),
    number("fence", null=True),
    moment("created_at", null=False),
    moment("approved_at"),
    moment("released_at"),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["case_id"], ["cases.id"]),
    Index("ix_letters_case", "case_id", "created_at"),
)
