"""The part of the action log that travels in a bundle: every header, and only the bodies its reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from evidence_store.digests import Digest
from evidence_store.entries import Entry, EntryBody, Head, SubjectId, sorted_heads
from evidence_store.errors import Malformed, VersionUnknown
from evidence_store.manifest import CaptureManifest


def extract_for(entries: Iterable[Entry], *, account: str | None, subjects: Collection[SubjectId]) -> Iterator[Entry]:
    """Yields all entries, with bodies only where they are of this account and about one of these subjects.

    A purge is kept with its body: it explains why others have none.

    Args:
        entries: The whole log, in the stored order.
        account: Whose log it is for; entries of other accounts go as headers.
        subjects: What it is about; empty means everything of the account.
    """
    wanted = frozenset(subjects)
    for entry in entries:
        yield entry if _may_be_read(entry, account, wanted) else entry.without_body()


def in_log_order(captures: Iterable[CaptureManifest], entries: Iterable[Entry]) -> tuple[CaptureManifest, ...]:
    """Returns captures in the order in which the log first names them; a clock that was set back changes nothing."""
    places: dict[Digest, int] = {}
    for number, entry in enumerate(entries):
        with suppress(Malformed, VersionUnknown):
            body = entry.read_body()
            for digest in body.artifacts if body else ():
                places.setdefault(digest, number)
    return tuple(sorted(captures, key=lambda capture: places.get(capture.digest, len(places))))


def heads_of(entries: Iterable[Entry]) -> tuple[Head, ...]:
    """Returns the last head of every chain met, in order of the chains' ids."""
    return sorted_heads({entry.header.chain: entry.head for entry in entries}.values())


def _may_be_read(entry: Entry, account: str | None, wanted: frozenset[SubjectId]) -> bool:
    try:
        body = entry.read_body()
    except (Malformed, VersionUnknown):
        # What cannot be judged here must not be left out of a reader's sight; the check will name it.
        return True
    return body is not None and body.account == account and (bool(body.purges) or _is_about(body, wanted))


def _is_about(body: EntryBody, wanted: frozenset[SubjectId]) -> bool:
    return not wanted or not wanted.isdisjoint(body.subjects)
