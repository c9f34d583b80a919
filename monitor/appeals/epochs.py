"""Why the site is asked before anything is sent: what the installation's log says of the last time this began."""

from __future__ import annotations

from monitor.state import Transaction

_CLAIMED = "this home was claimed to live on after a copy or a move"
_UNTOLD = "the store was restored"
"""Written by a version that did not say why, or not readable any more."""


def why_asked_first(tx: Transaction) -> str:
    """Returns in words why this store may not know everything that was sent from here.

    Source: the entries ``store.restored`` and ``home.claimed`` of the installation's own chain; the newest one counts.
    """
    rows = [row for action in ("store.restored", "home.claimed") for row in tx.journal.of_action(action)]
    if not rows:
        return _UNTOLD
    newest = max(rows, key=lambda row: (row.written_at, row.seq))
    if newest.action == "home.claimed":
        return _CLAIMED
    body = newest.to_entry().read_body()
    return str(body.outputs.get("why") or _UNTOLD) if body is not None else _UNTOLD
