"""What a seller's list says of a review beside the review, in words for people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.add_column("review_sightings", sa.Column("remarks", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
