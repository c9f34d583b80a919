"""The folders outside this disk that hold a copy of each checkpoint, and what they know that the table does not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from evidence_store.errors import EvidenceError, Malformed
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.seal import SignedCheckpoint, parse_signed_checkpoint, verify_checkpoint
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.custody.log_state import Named
from monitor.errors import SettingsError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.state import INSTALLATION, Action, Transaction, subject

_MOST_ANCHORED = 10_000  # checkpoints read from one folder outside
_LARGEST_CHECKPOINT = 16_000_000  # bytes

ACTION = "evidence.anchor"
"""A copy of a checkpoint went outside: to a channel each time, to a folder the first time."""

Anchored = Mapping[Path, Sequence[Path] | None]
"""By folder, its files that are named like a checkpoint, the oldest first; None for a folder that is not there."""


def folders(settings: Settings, home: Home) -> list[Path]:
    """Returns the folders of ``evidence.anchors``; a relative one counts from the home folder."""
    return [home.root / folder for folder in settings.evidence.anchors]


def list_anchored(settings: Settings, home: Home) -> Anchored:
    """Lists the copies outside."""
    return {
        folder: sorted(folder.glob("checkpoint-*.json")) if folder.is_dir() else None
        for folder in folders(settings, home)
    }


def note_first_copies(
    tx: Transaction, settings: Settings, home: Home, signed: SignedCheckpoint, copies: Collection[Path]
) -> None:
    """Has the log say, once a folder, that copies lie there from this checkpoint on: an emptied one is then found."""
    noted = {row.subject for row in tx.journal.of_action(ACTION)}
    held = {copy.parent for copy in copies}
    point = signed.checkpoint
    for named in map(str, settings.evidence.anchors):
        if home.root / named in held and named not in noted:
            told = Action(
                ACTION,
                subjects=[subject("other", named)],
                inputs={"checkpoint": point.number},
                outputs={"digest": str(point.digest)},
            )
            tx.journal.record(INSTALLATION, told)


def first_copies(tx: Transaction, home: Home) -> dict[Path, int]:
    """Returns by folder from which checkpoint on the log says that copies lie there."""
    first: dict[Path, int] = {}
    for row in tx.journal.of_action(ACTION):
        with suppress(EvidenceError):  # the log's own check names it
            body = row.to_entry().read_body()
            number = body.inputs.get("checkpoint") if body else None
            if body and body.subjects and isinstance(number, int):
                first.setdefault(home.root / body.subjects[0].id, number)
    return first


def read_anchored(anchored: Anchored, installation_id: str) -> tuple[list[Named], list[Finding]]:
    """Reads this installation's checkpoints among them."""
    signed: list[Named] = []
    findings: list[Finding] = []
    for paths in anchored.values():
        for path in _ours(paths or (), installation_id)[-_MOST_ANCHORED:]:
            try:
                one = parse_signed_checkpoint(read_plain(path, max_bytes=_LARGEST_CHECKPOINT))
            except (SettingsError, Malformed) as error:
                findings.append(Finding(FindingKind.MALFORMED, str(path), str(error)))
                continue
            if one.checkpoint.installation != installation_id:
                continue
            wrong = [each for each in verify_checkpoint(one) if each.severity is Severity.DAMAGE]
            findings += [replace(each, item=str(path)) for each in wrong]
            if not wrong:
                signed.append((f"checkpoint outside ({path.name})", one))
    return signed, findings


def check_anchored(
    outside: Collection[Named], stored: Collection[SignedCheckpoint], *, epoch: int
) -> Iterator[Finding]:
    """Names checkpoints that lie outside and are not, or are another one, in the table.

    Args:
        outside: Copies that were there before the picture of the table was taken: each was stored by then.
        stored: The table's.
        epoch: How often the log says that the store was restored.
    """
    known = {one.checkpoint.number: one.checkpoint.digest for one in stored}
    for name, one in outside:
        point = one.checkpoint
        found = known.get(point.number)
        if found == point.digest:
            continue
        was_restored = point.epoch < epoch
        detail = _("lies outside and is gone from the table") if found is None else _("is another one in the table")
        if was_restored:
            detail += _("; the log says that the store was restored since (epoch {epoch})").format(epoch=epoch)
        kind = FindingKind.MISSING if found is None else FindingKind.REWRITTEN
        severity = Severity.CANNOT_JUDGE if was_restored else Severity.DAMAGE
        yield Finding(kind, f"checkpoint {point.number}", f"{name}: it {detail}", severity)


def check_copies(
    anchored: Anchored,
    outside: Collection[Named],
    stored: Collection[SignedCheckpoint],
    installation_id: str,
    first: Mapping[Path, int],
) -> Iterator[Finding]:
    """Names folders that do not hold the newest checkpoint: away, emptied, thinned out, or never filled.

    Args:
        anchored: The folders.
        outside: The copies that could be read.
        stored: The table's checkpoints.
        installation_id: Whose.
        first: From which checkpoint on a folder held copies, as the log says.
    """
    newest = max((one.checkpoint.number for one in stored), default=0)
    numbers = {name: one.checkpoint.number for name, one in outside}
    for folder, paths in anchored.items() if newest else ():
        if paths is None:
            detail = _("is not there (a disk that is not mounted?): no copy in it was compared")
            yield Finding(FindingKind.MISSING, str(folder), detail, Severity.NOTE)
            continue
        held = [numbers.get(f"checkpoint outside ({path.name})", 0) for path in _ours(paths, installation_id)]
        if not any(held) and folder in first:
            detail = _(
                "holds none of the checkpoints that were copied there from number {first} on: it was "
                "emptied, or another disk is mounted there"
            ).format(first=first[folder])
            yield Finding(FindingKind.MISSING, str(folder), detail)
        elif not any(held):
            detail = _(
                "holds none of the {newest} checkpoints: it is new, or was filled by an early version; "
                "`fairreview evidence checkpoint` copies the next one"
            ).format(newest=newest)
            yield Finding(FindingKind.MISSING, str(folder), detail, Severity.CANNOT_JUDGE)
        elif max(held) == newest and (lacking := _lacking(held, first.get(folder, newest), newest)):
            detail = _(
                "{lacking} of the checkpoints from number {first} on are not in it: the disk was away then, "
                "or they were removed"
            ).format(lacking=lacking, first=first[folder])
            yield Finding(FindingKind.MISSING, str(folder), detail, Severity.NOTE)
        elif max(held) < newest:
            detail = _(
                "its newest checkpoint is {max}, the table has {newest}: nothing outside covers what is between"
            ).format(max=max(held), newest=newest)
            yield Finding(FindingKind.AFTER_CHECKPOINT, str(folder), detail, Severity.NOTE)


def _lacking(held: Collection[int], first: int, newest: int) -> int:
    return len(set(range(first, newest + 1)) - set(held))


def _ours(paths: Sequence[Path], installation_id: str) -> list[Path]:
    return [path for path in paths if path.name.startswith(f"checkpoint-{installation_id[:12]}-")]
