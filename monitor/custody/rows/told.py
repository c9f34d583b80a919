"""What the log tells, sorted for comparing rows with it, and how a difference is worded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest
from evidence_store.entries import EntryBody
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.journal import Entry
from evidence_store.purge import ACTION as PURGE
from monitor.language import gettext
from monitor.language.plain_text import show

_LONGEST_SHOWN = 160  # characters of a value in a finding


@dataclass(frozen=True)
class Told:
    """One entry whose body is there."""

    entry: Entry
    body: EntryBody

    @property
    def name(self) -> str:
        """How findings name it."""
        return self.entry.name

    def subject_of(self, kind: str) -> str | None:
        """Returns the first subject of a kind."""
        return next((one.id for one in self.body.subjects if one.kind == kind), None)


@dataclass(frozen=True)
class Log:
    """All entries with bodies, in order.

    Attributes:
        purged: Accounts and reviews whose content was removed by rule: words are blank, entries have no body.
        seals: Of those, the newest purge's entry that seals the rows which are left.
        read: Gives an artifact's bytes; raises as ``ArtifactStore.read`` does.
        gone: Artifacts that were removed by rule.
    """

    entries: Sequence[Told]
    read: Callable[[Digest], bytes]
    gone: frozenset[Digest] = frozenset()
    by_appeal: Mapping[str, list[Told]] = field(default_factory=dict)
    by_action: Mapping[str, list[Told]] = field(default_factory=dict)
    purged: frozenset[tuple[str, str]] = frozenset()
    seals: Mapping[tuple[str, str], Told] = field(default_factory=dict)

    def of(self, action: str) -> list[Told]:
        """Returns the entries of one action."""
        return self.by_action.get(action, [])


def sort_log(chains: Mapping[str, Sequence[Entry]], read: Callable[[Digest], bytes], gone: frozenset[Digest]) -> Log:
    """Reads the bodies and sorts them; what cannot be read is named by the log's own check."""
    entries = [told for chain in sorted(chains) for told in _readable(chains[chain])]
    by_appeal: dict[str, list[Told]] = {}
    by_action: dict[str, list[Told]] = {}
    for told in entries:
        by_action.setdefault(told.body.action, []).append(told)
        appeal = told.subject_of("appeal")
        if appeal is not None:
            by_appeal.setdefault(appeal, []).append(told)
    purges = [((one.body.account or "", one.subject_of("review") or ""), one) for one in by_action.get(PURGE, [])]
    seals = {key: one for key, one in purges if isinstance(one.body.outputs.get("rows"), dict)}
    return Log(entries, read, gone, by_appeal, by_action, frozenset(key for key, _ in purges), seals)


def differs(item: str, what: str, row: object, log: object, where: str = gettext("the log")) -> Finding:
    """Names a difference with both values."""
    return Finding(
        FindingKind.ROW_DIFFERS,
        item,
        gettext("{what}: {shown} in the table, {shown_2} in {where}").format(
            what=what, shown=_shown(row), shown_2=_shown(log), where=where
        ),
    )


def compare(
    item: str, pairs: Mapping[str, tuple[object, object]], where: str = gettext("the log")
) -> Iterator[Finding]:
    """Names each pair of values, of the row and of what was sealed, that are not the same."""
    return (differs(item, what, row, log, where) for what, (row, log) in pairs.items() if row != log)


def absent(item: str, detail: str) -> Finding:
    """Names a row, or an entry, whose counterpart is not there."""
    return Finding(FindingKind.ROW_DIFFERS, item, detail)


def not_comparable(item: str, why: str) -> Finding:
    """Declares what is compared with nothing."""
    return Finding(FindingKind.NOT_COMPARABLE, item, why, Severity.NOTE)


def as_utc(moment: datetime | None) -> datetime | None:
    """Returns a moment as the log holds it."""
    return None if moment is None else moment.astimezone(UTC)


def _readable(entries: Sequence[Entry]) -> Iterator[Told]:
    for entry in entries:
        try:
            body = entry.read_body()
        except EvidenceError:
            continue
        if body is not None:
            yield Told(entry, body)


def _shown(value: object) -> str:
    text = format_utc(value) if isinstance(value, datetime) else repr(value)
    plain = show(text)
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}…"
