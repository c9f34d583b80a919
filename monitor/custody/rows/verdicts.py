"""Verdicts and looks for channels against the entries that were written with them."""

from __future__ import annotations

from collections.abc import Iterator

from evidence_store.digests import Digest
from evidence_store.findings import Finding
from monitor.custody.rows.purged import sealed_count
from monitor.custody.rows.told import Log, Told, absent, as_utc, compare, not_comparable
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.cases import CaseRecord, VerdictRecord
from monitor.state.text import JsonValue, dump_json


def seal_of_reasons(reasons: JsonValue) -> str:
    """Returns the digest by which the log covers the words of a verdict without holding them."""
    return str(Digest.of(dump_json(reasons).encode()))


def check_verdicts(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares cases and their verdicts with the log, in order."""
    told_of: dict[str, list[Told]] = {}
    for told in log.of("case.verdict"):
        told_of.setdefault(told.subject_of("case") or "", []).append(told)
    reviews_of: dict[str, set[tuple[str, str]]] = {}
    for told in log.entries:
        if (name := told.subject_of("case")) and (review := told.subject_of("review")):
            reviews_of.setdefault(name, set()).add((told.body.account or "", review))
    known: set[str] = set()
    for case in (case for account in tx.accounts.all() for case in tx.cases.all(account.id)):
        known.add(case.id)
        entries = told_of.get(case.id, [])
        item = f"cases {case.id} ({case.review_id})"
        told_reviews = reviews_of.get(case.id)
        if told_reviews is None:
            yield not_comparable(item, _("no entry of the log names this case: its row is compared with nothing"))
        for account, review in sorted(told_reviews or ()):
            pairs = {"review_id": (case.review_id, review), "account_id": (case.account_id, account)}
            yield from compare(item, pairs)
        key = (case.account_id, case.review_id)
        if key in log.seals or key not in log.purged:
            yield from _check_case(tx, case, entries, sealed_count(log, *key, "verdicts"))
    named = {one.id for told in log.entries for one in told.body.subjects if one.kind == "case"}
    for name in sorted(named - known):
        yield absent(f"cases {name}", _("the log tells of this case; it is not in the table"))


def _check_case(tx: Transaction, case: CaseRecord, entries: list[Told], sealed: int) -> Iterator[Finding]:
    rows = tx.verdicts.of_case(case.id)[sealed:]
    if len(rows) != len(entries):
        detail = _("{count} verdicts in the table, {count_2} in the log").format(count=len(rows), count_2=len(entries))
        yield absent(_("verdicts of {id} ({review_id})").format(id=case.id, review_id=case.review_id), detail)
    for row, told in zip(rows, entries, strict=False):
        yield from compare(f"verdicts {row.id} ({case.review_id}, {case.id})", _pairs(row, told))


def _pairs(row: VerdictRecord, told: Told) -> dict[str, tuple[object, object]]:
    inputs, outputs = told.body.inputs, told.body.outputs
    listed = row.told.get("reasons")
    codes = [one.get("code") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    pairs: dict[str, tuple[object, object]] = {
        "kind": (row.kind, outputs.get("decision")),
        "ground": (row.ground, outputs.get("ground")),
        "review_version": (row.review_version, inputs.get("review_version")),
        "decided_by": (row.decided_by, f"triage {inputs.get('policy')}"),
        "decided_at": (as_utc(row.decided_at), told.body.at),
        "reasons": (codes, outputs.get("reasons")),
    }
    if "reasons_digest" in outputs:
        pairs[_("words of the reasons")] = (seal_of_reasons(row.reasons), outputs["reasons_digest"])
    return pairs


def check_probes(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares looks for channels and persons' words on them with the log."""
    probed = {str(told.body.inputs.get("probe")): told for told in log.of("channel.probed")}
    confirmed = {str(told.body.inputs.get("probe")): told for told in log.of("channel.confirmed")}
    rows = {row.id: row for account in tx.accounts.all() for row in tx.probes.find(account.id)}
    for name, row in rows.items():
        told = probed.get(name)
        item = f"channel_probes {name} ({row.review_id})"
        if told is None:
            if (row.account_id, row.review_id) not in log.purged:
                yield absent(item, _("no entry of the log tells of it"))
            continue
        findings = {key: value for key, value in told.body.outputs.items() if key != "control"}
        manifest = told.body.artifacts[0].hex if told.body.artifacts else ""
        word = confirmed.get(name)
        yield from compare(
            item,
            {
                "control": (row.control, told.body.outputs.get("control")),
                "findings": (row.findings or {}, findings),
                "channel": (row.channel, told.body.inputs.get("channel")),
                "identity": (row.identity, told.body.inputs.get("identity")),
                "review_id": (row.review_id, told.subject_of("review")),
                "manifest": (row.manifest_sha256, manifest),
                "probed_at": (as_utc(row.probed_at), told.body.at),
                "confirmed_by": (row.confirmed_by, word.body.actor.id if word else ""),
                "confirmed_at": (as_utc(row.confirmed_at), word.body.at if word else None),
            },
        )
    for name in sorted(probed.keys() - rows.keys()):
        yield absent(
            f"channel_probes {name}",
            _("the log tells of it, the table does not (entry {name})").format(name=probed[name].name),
        )
