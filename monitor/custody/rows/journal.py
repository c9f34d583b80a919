"""The log's own columns beside its bodies, its heads, its checkpoints' columns, and the installation's row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.journal import Entry, parse_checkpoint
from evidence_store.seal import parse_signed_checkpoint
from monitor.custody.rows.told import Log, absent, as_utc, compare, differs
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.journal import CheckpointRow, JournalRow

_NAMING = ("evidence.time_stamp", "evidence.anchor", "evidence.export")
_MENDED = ("store.restored", "log.recover")  # what came between is lost, and the log says so


def check_journal(tx: Transaction, chains: Mapping[str, Sequence[Entry]], log: Log) -> Iterator[Finding]:
    """Compares what the tables of the log say beside the sealed bytes."""
    accounts = {told.entry.header.chain: told.body.account or "" for told in log.entries}
    for chain in sorted(chains):
        for row in tx.journal.rows(chain):
            yield from _check_columns(row)
    heads = {head.chain: (account, head) for account, head in tx.journal.heads().items()}
    for chain, entries in sorted(chains.items()):
        if not entries:
            continue
        if chain not in heads:
            yield absent(f"journal_heads {chain}", _("there are entries of this chain and no head"))
            continue
        account, head = heads[chain]
        last = entries[-1]
        pairs: dict[str, tuple[object, object]] = {
            "seq": (head.seq, last.header.seq),
            "digest": (str(head.digest), str(last.digest)),
            "account_id": (account, accounts.get(chain, account)),
        }
        yield from compare(f"journal_heads {chain}", pairs, _("the chain's last entry"))
    yield from _check_checkpoints(tx)
    yield from _check_named(tx, log)
    yield from _check_installation(tx, log)


def _check_columns(row: JournalRow) -> Iterator[Finding]:
    try:
        body = row.to_entry().read_body()
    except EvidenceError:
        return
    if body is None:
        return
    pairs: dict[str, tuple[object, object]] = {
        "action": (row.action, body.action),
        "subject": (row.subject, body.subjects[0].id if body.subjects else ""),
        "written_at": (as_utc(row.written_at), body.at),
    }
    yield from compare(f"journal_entries {row.chain}#{row.seq}", pairs, _("the entry's body"))


def _check_checkpoints(tx: Transaction) -> Iterator[Finding]:
    expected = 1
    for row in tx.journal.checkpoint_rows():
        item = f"checkpoint {row.number}"
        if row.number != expected:
            yield absent(
                item, _("checkpoints {expected} to {number} are gone").format(expected=expected, number=row.number - 1)
            )
        expected = row.number + 1
        yield from _check_checkpoint(row, item)


def _check_checkpoint(row: CheckpointRow, item: str) -> Iterator[Finding]:
    try:
        point = parse_checkpoint(row.document)
        pairs: dict[str, tuple[object, object]] = {
            "digest": (row.digest, str(Digest.of(row.document))),
            "number": (row.number, point.number),
            "written_at": (as_utc(row.written_at), point.at),
        }
        yield from compare(item, pairs, _("the checkpoint itself"))
        if row.envelope is None:
            # Stored and signed in one transaction: none is ever without.
            yield Finding(FindingKind.SIGNATURE_ABSENT, item, _("its signed form is gone"))
        else:
            signed = parse_signed_checkpoint(row.envelope)
            if signed.checkpoint.to_bytes() != row.document:
                yield differs(item, "document", row.digest, str(signed.checkpoint.digest), _("its signed form"))
    except EvidenceError as error:
        yield absent(item, str(error))


def _check_named(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Looks for the checkpoints that entries name: they were stamped, copied outside, or handed on with a bundle."""
    stored = {row.number: row.digest for row in tx.journal.checkpoint_rows()}
    mended = max((told.body.at for action in _MENDED for told in log.of(action)), default=None)
    for told in (told for action in _NAMING for told in log.of(action)):
        inputs, outputs = told.body.inputs, told.body.outputs
        number = inputs.get("checkpoint", outputs.get("checkpoint"))
        if not isinstance(number, int) or not number:
            continue
        digest = inputs.get("over", outputs.get("digest", stored.get(number)))
        if number in stored and stored[number] == digest:
            continue
        what = _("another one is in the table") if number in stored else _("it is gone from the table")
        finding = absent(
            f"checkpoint {number}",
            _("{told} ({action}) names it, and {what}").format(told=told.name, action=told.body.action, what=what),
        )
        was_before = mended is not None and told.body.at <= mended
        yield replace(finding, severity=Severity.CANNOT_JUDGE) if was_before else finding


def _check_installation(tx: Transaction, log: Log) -> Iterator[Finding]:
    row = tx.installation.find()
    if row is None:
        return  # named where the checkpoints are held against the table
    epochs = [told.body.outputs.get("epoch") for told in log.of("store.restored")]
    told = max((epoch for epoch in epochs if isinstance(epoch, int)), default=0)
    yield from compare("installation", {"epoch": (row.epoch, told)})
    for one in tx.journal.checkpoint_rows():
        try:
            named = parse_checkpoint(one.document).installation
        except EvidenceError:
            continue
        if named != row.installation_id:
            yield differs("installation", "installation_id", row.installation_id, named, f"checkpoint {one.number}")
            return
