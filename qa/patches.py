"""A change of a catalog as a diff for a person to review. The catalog itself is never written."""

from __future__ import annotations

import difflib
import re
import tomllib

from pydantic import ValidationError

from flows.catalog import PageCatalog

_OPENING = re.compile(r"^candidates = \[")


def with_candidate(source: str, entry: str, candidate: str) -> str | None:
    """Returns a page's TOML with one more candidate in front of an entry's others.

    Args:
        source: The page's TOML.
        entry: The entry.
        candidate: The candidate, as an inline table.

    Returns:
        None where the text cannot be changed in a way that stays a valid catalog.
    """
    lines = source.splitlines()
    start = next((i for i, line in enumerate(lines) if line.strip() == f"[entries.{entry}]"), None)
    if start is None:
        return None
    at = next((i for i in range(start + 1, len(lines)) if _OPENING.match(lines[i]) or lines[i].startswith("[")), None)
    if at is None or lines[at].startswith("["):
        return None
    rest = lines[at].removeprefix("candidates = [").strip()
    kept = [] if not rest else [f"  {rest.removesuffix(']').rstrip(', ')},", "]"]
    changed = "\n".join([*lines[:at], "candidates = [", f"  {candidate},", *kept, *lines[at + 1 :]]) + "\n"
    return changed if _is_catalog(changed) else None


def diff_of(before: str, after: str, path: str) -> str:
    """Returns the unified diff, as ``git apply`` takes it."""
    changes = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(changes)


def _is_catalog(text: str) -> bool:
    try:
        PageCatalog.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError):
        return False
    return True
