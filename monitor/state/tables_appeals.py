"""Tables: cases, verdicts, artifacts, and the ledger of appeals with its append-only transitions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from monitor.state.columns import BIG, METADATA, flag, json_text, moment, number, text

cases = Table(
    "cases",
    METADATA,
    text("id"),
    text("account_id"),
    text("review_id"),
    moment("opened_at", null=False),
    moment("closed_at"),
    text("closed_why", default=""),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
    UniqueConstraint("account_id", "review_id"),
)

# Append-only: a later verdict never replaces an earlier one.
verdicts = Table(
    "verdicts",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("case_id"),
    number("review_version"),
    text("kind"),
    text("ground", default=""),
    json_text("reasons"),
    text("decided_by"),
    moment("decided_at", null=False),
    ForeignKeyConstraint(["case_id"], ["cases.id"]),
    Index("ix_verdicts_case", "case_id", "id"),
)

# Where the evidence store keeps what; the bytes and their manifest are there, this is only the index.
artifacts = Table(
    "artifacts",
    METADATA,
    text("id"),
    text("account_id"),
    text("moment"),
    text("sha256"),
    text("manifest_sha256", default=""),
    text("path"),
    text("media_type"),
    number("size"),
    text("review_id", default=""),
    text("case_id", null=True),
    text("appeal_id", null=True),
    text("visit_id", null=True),
    moment("captured_at", null=False),
    flag("is_complete"),
    json_text("notes", null=True),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("ix_artifacts_review", "account_id", "review_id"),
    Index("ix_artifacts_appeal", "appeal_id"),
)

# One row is one approved attempt (a generation). At most one of them is open a review and identity.
appeals = Table(
    "appeals",
    METADATA,
    text("id"),
    text("case_id"),
    text("account_id"),
    text("site"),
    text("identity"),
    text("review_id"),
    number("generation"),
    number("review_version"),
    text("channel"),
    text("ground"),
    text("reason_label"),
    text("text"),
    text("product_url"),
    text("order_number", null=True),
    text("payload_hash"),
    text("state"),
    text("moderation", default=""),
    text("outcome", default=""),
    text("number", null=True),
    number("fence", null=True),
    moment("deadline_at"),
    moment("intent_at"),
    moment("gesture_at"),
    moment("released_at"),
    moment("settled_at"),
    moment("counted_at"),
    moment("decided_at"),
    number("returns", default=0),
    moment("created_at", null=False),
    moment("updated_at", null=False),
    moment("closed_at"),
    text("closed_why", default=""),
    text("sender_name", default=""),
    text("sender_email", default=""),
    text("channel_kind", default=""),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["case_id"], ["cases.id"]),
    ForeignKeyConstraint(["account_id", "review_id"], ["reviews.account_id", "reviews.review_id"]),
    UniqueConstraint("site", "identity", "review_id", "generation"),
    Index("ix_appeals_account_state", "account_id", "state"),
    Index("ix_appeals_account_updated", "account_id", "updated_at", "id"),
    Index("ix_appeals_account_gesture", "account_id", "gesture_at"),
    Index("ix_appeals_case", "case_id", "state", "closed_at", "review_version"),
)
Index(
    "uq_appeals_open",
    appeals.c.site,
    appeals.c.identity,
    appeals.c.review_id,
    unique=True,
    sqlite_where=appeals.c.closed_at.is_(None),
)

appeal_files = Table(
    "appeal_files",
    METADATA,
    text("appeal_id"),
    number("position"),
    text("name"),
    text("sha256"),
    text("media_type"),
    text("path"),
    PrimaryKeyConstraint("appeal_id", "position"),
    ForeignKeyConstraint(["appeal_id"], ["appeals.id"]),
)

# Append-only. ``track`` is filing, moderation or outcome; the newest row of a track is the appeal's state there.
appeal_transitions = Table(
    "appeal_transitions",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("appeal_id"),
    text("track"),
    text("from_state"),
    text("to_state"),
    moment("at", null=False),
    number("fence", null=True),
    text("actor"),
    text("raw_text", default=""),
    json_text("facts", null=True),
    ForeignKeyConstraint(["appeal_id"], ["appeals.id"]),
    Index("ix_appeal_transitions_appeal", "appeal_id", "id"),
)
# The database itself refuses a second release of one generation.
Index(
    "uq_appeal_transitions_released",
    appeal_transitions.c.appeal_id,
    unique=True,
    sqlite_where=appeal_transitions.c.to_state == "released",
)

approvals = Table(
    "approvals",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("appeal_id"),
    text("payload_hash"),
    text("approver"),
    text("approver_kind"),
    moment("approved_at", null=False),
    moment("send_from"),
    moment("revoked_at"),
    text("revoked_why", default=""),
    ForeignKeyConstraint(["appeal_id"], ["appeals.id"]),
    Index("ix_approvals_appeal", "appeal_id", "id"),
)

# What was seen when somebody looked: the ground of "absent", of "duplicate" and of the outcome on the public page.
appeal_looks = Table(
    "appeal_looks",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    text("appeal_id"),
    text("kind"),
    moment("read_at", null=False),
    flag("is_healthy"),
    text("result"),
    json_text("facts", null=True),
    ForeignKeyConstraint(["appeal_id"], ["appeals.id"]),
    Index("ix_appeal_looks_appeal", "appeal_id", "kind", "id"),
)

# The site asks something; the answer is as guarded as a filing: text and files, approval by hash, one gesture.
questions = Table(
    "questions",
    METADATA,
    text("id"),
    text("appeal_id"),
    text("asked_raw"),
    moment("asked_at", null=False),
    moment("answer_by"),
    text("state"),
    text("answer_text", default=""),
    json_text("answer_files", null=True),
    text("answer_hash", default=""),
    text("approver", default=""),
    moment("approved_at"),
    number("fence", null=True),
    moment("deadline_at"),
    moment("gesture_at"),
    moment("released_at"),
    moment("closed_at"),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["appeal_id"], ["appeals.id"]),
)
Index(
    "uq_questions_open",
    questions.c.appeal_id,
    unique=True,
    sqlite_where=questions.c.closed_at.is_(None),
)

# A look for a channel's control: what this account really has for this review, and a person's word on it.
channel_probes = Table(
    "channel_probes",
    METADATA,
    text("id"),
    text("account_id"),
    text("identity"),
    text("review_id"),
    text("channel"),
    text("control"),
    json_text("findings"),
    text("manifest_sha256", default=""),
    text("visit_id", null=True),
    moment("probed_at", null=False),
    moment("confirmed_at"),
    text("confirmed_by", default=""),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("ix_channel_probes_review", "account_id", "review_id", "channel"),
)
