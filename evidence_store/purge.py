"""Removing personal content by rule, so that the rest still verifies and the removal can be seen.

Order matters for a crash in the middle: first the entry that says what is removed (committed and mirrored), then the
bytes. Content that goes without an entry is damage; an entry whose content is still there is finished later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from evidence_store.digests import Digest
from evidence_store.entries import EntryBody
from evidence_store.errors import Malformed

ACTION = "evidence.purge"


def purge_inputs(digests: Iterable[Digest], rule: str) -> dict[str, JsonValue]:
    """Returns the inputs of the log entry that announces a purge of artifacts.

    Args:
        digests: What is removed.
        rule: By which rule or on whose order, in words.
    """
    listed: list[JsonValue] = [str(digest) for digest in sorted(digests)]
    return {"digests": listed, "rule": rule}


def purged_digests(bodies: Iterable[EntryBody]) -> frozenset[Digest]:
    """Returns what the log says was removed.

    Raises:
        Malformed: an entry of a purge does not say what.
    """
    return frozenset(digest for body in bodies if body.action == ACTION for digest in _digests_in(body.inputs))


def _digests_in(inputs: Mapping[str, JsonValue]) -> list[Digest]:
    listed = inputs.get("digests")
    if not isinstance(listed, list):
        raise Malformed("an entry of a purge names no digests")
    return [Digest.parse(str(text)) for text in listed]
