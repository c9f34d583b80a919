"""Runs the revisions on the connection it is handed; the caller owns the transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from monitor.state.columns import CleanText, Instant, JsonText
from monitor.state.tables import METADATA


def _render(kind: str, item: object, _context: Any) -> str | Literal[False]:
    # Revisions must not change when our column types do: they name SQLAlchemy's own.
    if kind == "type" and isinstance(item, CleanText | JsonText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=_render,
    transactional_ddl=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
