"""The action log: the one door to its format. ``docs/adr/0006`` is the specification.

``build_entry`` makes the bytes, the caller stores them in the same transaction as the change they speak of, and
``verify_entries`` judges what is stored. Nothing here reads or writes a file or a table.
"""

from evidence_store.entries import (
    BODY_FORMAT,
    CHECKPOINT_FORMAT,
    FORMAT,
    Actor,
    Checkpoint,
    Entry,
    EntryBody,
    Head,
    Header,
    SubjectId,
    build_entry,
    entry_from_columns,
    new_chain_id,
    new_salt,
    parse_body,
    parse_checkpoint,
    parse_line,
    read_lines,
    sorted_heads,
)
from evidence_store.log_check import NOT_VISIBLE_WITHOUT_CHECKPOINT, verify_entries

__all__ = [
    "BODY_FORMAT",
    "CHECKPOINT_FORMAT",
    "FORMAT",
    "NOT_VISIBLE_WITHOUT_CHECKPOINT",
    "Actor",
    "Checkpoint",
    "Entry",
    "EntryBody",
    "Head",
    "Header",
    "SubjectId",
    "build_entry",
    "entry_from_columns",
    "new_chain_id",
    "new_salt",
    "parse_body",
    "parse_checkpoint",
    "parse_line",
    "read_lines",
    "sorted_heads",
    "verify_entries",
]
