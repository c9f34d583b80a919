"""Mending the action log's two copies from each other: shown first, done when told, and an entry of the log itself.

What is mended: entries that only a mirror file has and that continue the table's chain, and mirror files that are gone,
late or other than the table. What cannot be mended is said: two logs that differ are two logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence_store.digests import ZERO, Digest
from evidence_store.journal import Actor, Entry
from monitor.config.home import Home
from monitor.custody.context import CustodyContext
from monitor.custody.log_state import MirrorFiles, read_mirrors
from monitor.custody.notes import person_of
from monitor.language import gettext as _
from monitor.state import INSTALLATION, Action, State, Transaction
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class Recovery:
    """What can be mended, and what cannot.

    Attributes:
        put_back: Entries by chain that go back into the table.
        rewritten: Chains whose mirror file is written anew from the table; the old file is kept beside it.
        lost: What nobody can put together again, one sentence each.
    """

    put_back: Mapping[str, Sequence[Entry]]
    rewritten: Sequence[str]
    lost: Sequence[str]

    @property
    def is_nothing(self) -> bool:
        """Whether both copies are whole."""
        return not (self.put_back or self.rewritten or self.lost)


def plan_recovery(installation: CustodyContext) -> Recovery:
    """Finds what could be mended; writes nothing."""
    mirrors = read_mirrors(installation.home.action_log)
    with installation.snapshot() as frozen, frozen.state.read() as tx:
        return _plan(tx, mirrors)


def recover(installation: CustodyContext) -> Recovery:
    """Mends what can be mended, in one transaction with the entry that says so.

    Raises:
        SettingsError: the settings name nobody, and nobody answers for it.
        StorageError: nothing was changed in the table.
    """
    actor = person_of(installation.settings)
    with installation.open_state_as_it_is() as state:
        with state.transaction() as tx:
            plan = _plan(tx, read_mirrors(installation.home.action_log))
            if plan.is_nothing:
                return plan
            for entries in plan.put_back.values():
                tx.journal.put_back(entries)
            tx.journal.record(INSTALLATION, _told(plan, actor))
        _write_mirrors(installation.home, state, plan)
    return plan


def _write_mirrors(home: Home, state: State, plan: Recovery) -> None:
    mirrored = read_mirrors(home.action_log).chains
    for chain in sorted({*plan.rewritten, *plan.put_back}):
        with state.read() as tx:
            rows = [row.to_entry() for row in tx.journal.rows(chain)]
        if not _is_alike(rows, mirrored.get(chain, ())):
            state.replace_mirror(chain)
    state.flush_mirror()


def _told(plan: Recovery, actor: Actor) -> Action:
    put_back = {chain: f"{entries[0].header.seq}-{entries[-1].header.seq}" for chain, entries in plan.put_back.items()}
    outputs: dict[str, JsonValue] = {
        "put_back": {**put_back},
        "rewritten": [*plan.rewritten],
        "lost": [*plan.lost],
    }
    return Action("log.recover", actor=actor, outputs=outputs)


def _plan(tx: Transaction, mirrors: MirrorFiles) -> Recovery:
    tables = {chain: [row.to_entry() for row in tx.journal.rows(chain)] for chain in tx.journal.chains()}
    put_back: dict[str, Sequence[Entry]] = {}
    lost: list[str] = []
    for chain in sorted(tables.keys() | mirrors.chains.keys()):
        known = tables.get(chain, [])
        spare = _spare(chain, mirrors)
        whole = _join(known, spare)
        extra = [entry for entry in whole if entry.header.seq not in {row.header.seq for row in known}]
        if extra:
            put_back[chain] = extra
        stray = {entry.digest for entry in spare.values()} - {entry.digest for entry in whole}
        if stray:
            lost.append(
                _("{chain}: {count} entries of a mirror file do not continue the table; they stay there").format(
                    chain=chain, count=len(stray)
                )
            )
    unlike = [chain for chain, rows in tables.items() if not _is_alike(rows, mirrors.chains.get(chain, ()))]
    rewritten = [chain for chain in unlike if chain not in put_back]
    return Recovery(put_back, sorted(rewritten), lost)


def _spare(chain: str, mirrors: MirrorFiles) -> dict[int, Entry]:
    """Entries that a file has, by number; the living file before those that were set aside, newest first."""
    files = [mirrors.chains.get(chain, ())]
    files += [entries for name, entries in sorted(mirrors.aside.items(), reverse=True) if name.startswith(chain)]
    found: dict[int, Entry] = {}
    for entry in (entry for entries in files for entry in entries):
        if _is_sound(entry):
            found.setdefault(entry.header.seq, entry)
    return found


def _is_sound(entry: Entry) -> bool:
    body_fits = entry.body is None or Digest.of(entry.body) == entry.header.body_digest
    return body_fits and entry.header.compute_digest() == entry.digest


def _join(known: Iterable[Entry], spare: Mapping[int, Entry]) -> list[Entry]:
    """Puts rows and spare entries together as far as each continues the one before; rows always stay."""
    rows = {entry.header.seq: entry for entry in known}
    last = max((*rows, *spare), default=0)
    joined: list[Entry] = []
    before = ZERO
    is_whole = True
    for number in range(1, last + 1):
        entry = rows.get(number)
        if entry is None and is_whole and (candidate := spare.get(number)) and candidate.header.prev == before:
            entry = candidate
        if entry is None:
            is_whole = False
            continue
        joined.append(entry)
        before = entry.digest
    return joined


def _is_alike(rows: Sequence[Entry], mirrored: Sequence[Entry]) -> bool:
    """Whether both have the same entries; a body that only the mirror has is left to the purge that took it."""
    pairs = zip(rows, mirrored, strict=False)
    return len(rows) == len(mirrored) and all(row in (line, line.without_body()) for row, line in pairs)
