"""Says what a store knows, as data that means the same in every version of the program: the ground of comparison.

Asked through the store's own interface, never by the names of columns. What a later program knows in addition is not
asked here; what it may not lose is.
"""

from __future__ import annotations

from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord

Told = dict[str, object]
PUBLIC, ABSENCE = "public", "absence"


def tell(state: State) -> Told:
    """Returns everything that must survive, by account."""
    with state.read() as tx:
        row = tx.installation.get()
        heads = tx.journal.heads()
        return {
            "installation": row.installation_id,
            "accounts": {account.id: _tell_account(tx, account.id) for account in tx.accounts.all()},
            "log": {
                name: [f"{entry.action} {entry.digest}" for entry in tx.journal.rows(head.chain)]
                for name, head in heads.items()
            },
            "checkpoints": len(tx.journal.envelopes()),
        }


def _tell_account(tx: Transaction, account: str) -> Told:
    found = tx.accounts.get(account)
    assert found is not None
    return {
        "stopped": found.stopped_at is not None,
        "must reconcile": found.must_reconcile_since is not None,
        "products": {one.sku: one.url for one in tx.products.watched(account)},
        "sessions": {one.identity: one.state for one in tx.sessions.of(account)},
        "reviews": {one.review_id: _tell_review(tx, account, one.review_id) for one in tx.reviews.find(account)},
        "cases": {one.id: _tell_case(tx, one.id) for one in tx.cases.all(account)},
        "appeals": {one.id: _tell_appeal(tx, one) for one in tx.appeals.of_account(account)},
        "evidence": sorted(f"{one.moment} {one.review_id} {one.sha256}" for one in tx.artifacts.of_account(account)),
        "incidents": sorted(f"{one.kind} {one.state}" for one in tx.incidents.history(account, limit=1_000)),
        "messages": sorted(one.event for one in tx.outbox.all(account)),
        "visits": sorted(f"{one.kind} {one.outcome}" for one in tx.visits.latest(account, limit=1_000)),
        "polls": len(tx.polls.latest(account, limit=1_000)),
    }


def _tell_review(tx: Transaction, account: str, review_id: str) -> Told:
    head = tx.reviews.get(account, review_id)
    assert head is not None
    return {
        "sku": head.sku,
        "item": head.item_id,
        "url": head.url,
        "author": head.author_name,
        "published": None if head.published_earliest is None else head.published_earliest.isoformat(),
        "first seen": head.first_seen_at.isoformat(),
        "presence": head.presence,
        "baseline": head.is_baseline,
        "versions": [
            {
                "rating": one.rating,
                "text": one.text,
                "digest": one.content_digest,
                "read": one.to_reading().text,
                "seen": one.seen_at.isoformat(),
            }
            for one in tx.reviews.versions(account, review_id)
        ],
        "sources": sorted(one.source for one in tx.sources.of_review(account, review_id)),
    }


def _tell_case(tx: Transaction, case_id: str) -> Told:
    case = tx.cases.get(case_id)
    assert case is not None
    return {
        "review": case.review_id,
        "open": case.closed_at is None,
        "verdicts": [
            {"kind": one.kind, "ground": one.ground, "version": one.review_version, "reasons": list(one.sentences)}
            for one in tx.verdicts.of_case(case_id)
        ],
    }


def _tell_appeal(tx: Transaction, appeal: AppealRecord) -> Told:
    steps = tx.appeals.transitions(appeal.id)
    return {
        "case": appeal.case_id,
        "review": appeal.review_id,
        "identity": appeal.identity,
        "generation": appeal.generation,
        "channel": appeal.channel,
        "ground": appeal.ground,
        "reason": appeal.reason_label,
        "text": appeal.text,
        "hash": appeal.payload_hash,
        "state": appeal.state,
        "moderation": appeal.moderation,
        "outcome": appeal.outcome,
        "number": appeal.number,
        "open": appeal.is_open,
        "gesture": appeal.gesture_at is not None,
        "released": appeal.released_at is not None,
        "steps": [f"{one.track} {one.from_state} {one.to_state} {one.raw_text}" for one in steps],
        "approvals": [
            f"{one.payload_hash} {one.approver} {one.revoked_at is None}" for one in tx.approvals.of(appeal.id)
        ],
        "files": [f"{one.name} {one.sha256} {one.media_type}" for one in tx.appeals.files(appeal.id)],
        "looks": [one.result for kind in (PUBLIC, ABSENCE) for one in tx.looks.of(appeal.id, kind)],
        "questions": [
            {
                "asked": one.asked_raw,
                "state": one.state,
                "answer": one.answer_text,
                "hash": one.answer_hash,
                "approved": one.approved_at is not None,
            }
            for one in tx.questions.of(appeal.id)
        ],
    }
