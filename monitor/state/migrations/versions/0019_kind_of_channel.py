"""Of what kind an appeal's channel was when it was drafted; empty for those of before.

Column types are SQLAlchemy's own, not ours: a revision must not change when our types do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the schema to this revision."""
    op.add_column("appeals", sa.Column("channel_kind", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """There is no way back: restore the copy made before the migration."""
    raise NotImplementedError
