"""Approvals of appeals that are drafts again, or over unsent, are taken back, and so are those before a newer one.

Until now an appeal that a person resolved to a draft, or whose review was gone, kept its approval as if it held.
Nothing could be sent by it, but the check of the store called it, rightly, a difference from the log.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TAKEN_BACK = """
UPDATE approvals SET
    revoked_at = (SELECT updated_at FROM appeals WHERE appeals.id = approvals.appeal_id),
    revoked_why = 'taken back with its appeal'
WHERE revoked_at IS NULL AND (
    EXISTS (SELECT 1 FROM appeals WHERE appeals.id = approvals.appeal_id AND appeals.state IN ('draft', 'moot'))
    OR EXISTS (SELECT 1 FROM approvals AS newer WHERE newer.appeal_id = approvals.appeal_id AND newer.id > approvals.id)
)
"""


def upgrade() -> None:
    """Brings the rows to this revision; the schema stays."""
    op.execute(_TAKEN_BACK)


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
