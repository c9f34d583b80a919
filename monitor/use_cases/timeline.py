"""A case from first sight to its outcome: the steps as the action log tells them, with their pictures by id."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from evidence_store.errors import EvidenceError
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.journal import EntryBody, Head
from monitor.language.plain_text import show
from monitor.language.words import Tone
from monitor.outgoing.wording import FIRST_SEEN, title_of
from monitor.state import State, Transaction
from monitor.state.journal import JournalRow
from monitor.use_cases.models import Value

PAGE = 50
LOOKED_THROUGH = 20_000
"""Entries that one page looks through for those of a kind; the next page goes on."""
KINDS: dict[str, tuple[str, ...]] = {
    "decisions": ("review.left", "review.snoozed", "review.asked", "review.undone", "appeal.filing.approved"),
    "appeals": ("appeal.", "answer.", "letter.", "chat."),
    "evidence": ("evidence.", "log.", "backup."),
    "readings": ("poll", "source.", "review.seen", "review.edited", "review.gone", "session."),
    "trouble": ("incident.", "watch.wall", "visit.killed", "poll.failed", "source.failed", "account.stopped"),
    "settings": ("account.", "rules.", "catalog.", "channel."),
}
"""What a person looks for in the log, by the beginnings of the actions' names."""
_PICTURES = ("element_png", "full_page_png")
_CAPTIONS = {str(moment): words for moment, words in MOMENT_WORDS.items()}


class LogRow(Value):
    """One entry of the log.

    Attributes:
        about: What it is found by: a review, a case, an appeal.
        artifacts: Digests that it names.
        pictures: Ids of pictures that can be shown.
    """

    seq: int
    at: AwareDatetime
    title: str
    tone: Tone
    by: str
    about: str
    detail: str
    digest: str
    pictures: tuple[str, ...] = ()


class LogPage(Value):
    """A page of the log, the newest entry first; ``before`` is the number the next page begins below, 0: none."""

    rows: tuple[LogRow, ...]
    entries: int
    head: str
    before: int


def show_steps(state: State, account: str, review_id: str, *, zone: str) -> tuple[LogRow, ...]:
    """Returns the steps of a review's case, the first one first; empty where there is no case."""
    with state.read() as tx:
        review, case = tx.reviews.get(account, review_id), tx.cases.of_review(account, review_id)
        if review is None or case is None:
            return ()
        subjects = [review_id, case.id, *(one.id for one in tx.appeals.of_case(case.id))]
        rows = {row.seq: row for name in subjects for row in tx.journal.about(account, name)}
        pictures = _pictures(tx, account, review_id)
        first = LogRow(
            seq=0,
            at=review.first_seen_at.astimezone(ZoneInfo(zone)),
            title=FIRST_SEEN,
            tone=Tone.PLAIN,
            by="программа",
            about=review_id,
            detail="",
            digest="",
        )
        return (first, *(_row(rows[seq], zone, pictures) for seq in sorted(rows)))


def show_log(state: State, account: str, *, before: int, about: str, zone: str, kind: str = "") -> LogPage:
    """Returns a page of an account's log.

    Args:
        state: The store.
        account: Whose; empty: the installation's own.
        before: Only entries below this number; 0: from the newest on.
        about: Only entries about this review, case or appeal; then all of them.
        zone: In which zone moments are told.
        kind: Only entries of one of ``KINDS``; empty: all.
    """
    with state.read() as tx:
        head = tx.journal.heads().get(account)
        if head is None:
            return LogPage(rows=(), entries=0, head="", before=0)
        if about:
            found, rest = tx.journal.about(account, about), 0
        elif kind in KINDS:
            found, rest = _of_kind(tx, head, kind, min(before, head.seq + 1) if before > 0 else head.seq + 1)
        else:
            last = min(before - 1, head.seq) if before > 0 else head.seq
            found = tx.journal.rows(head.chain, after=max(last - PAGE, 0), limit=min(PAGE, last))
            rest = found[0].seq if found and found[0].seq > 1 else 0
    rows = tuple(_row(row, zone, {}) for row in reversed(found))
    return LogPage(rows=rows, entries=head.seq, head=str(head.digest), before=rest)


def _of_kind(tx: Transaction, head: Head, kind: str, below: int) -> tuple[list[JournalRow], int]:
    above = max(below - 1 - LOOKED_THROUGH, 0)
    found = tx.journal.latest(head.chain, KINDS[kind], below=below, above=above, limit=PAGE)
    if len(found) == PAGE:
        return found, found[0].seq
    return found, above + 1 if above else 0


def _row(row: JournalRow, zone: str, pictures: dict[str, str]) -> LogRow:
    try:
        body = row.to_entry().read_body()
    except EvidenceError:
        body = None
    words = title_of(row.action, body)
    return LogRow(
        seq=row.seq,
        at=row.written_at.astimezone(ZoneInfo(zone)),
        title=words.title,
        tone=words.tone,
        by=_who(body),
        about=row.subject,
        detail=_detail(body),
        digest=row.digest.rpartition(":")[2],
        pictures=tuple(pictures[one.hex] for one in (body.artifacts if body else ()) if one.hex in pictures),
    )


def _who(body: EntryBody | None) -> str:
    if body is None:
        return "—"
    if body.actor.kind != "operator":
        return "программа"
    page = body.actor.id.partition(":")[0] if body.actor.id.startswith("desk/") else ""
    return f"{body.actor.name or body.actor.id}{', стол' if page else ''}"


def _detail(body: EntryBody | None) -> str:
    if body is None:
        return "Содержание записи удалено по правилам хранения."
    parts = [_CAPTIONS.get(str(body.inputs.get("moment")), "")] if body.action == "evidence.capture" else []
    outputs = body.outputs
    if outputs.get("number"):
        parts.append(f"номер {outputs['number']}")
    if outputs.get("raw_text"):
        parts.append(f"слова площадки: «{show(str(outputs['raw_text']), limit=240, one_line=True)}»")
    if outputs.get("partial"):
        parts.append("неполный снимок")
    if outputs.get("why") or outputs.get("note"):
        parts.append(show(str(outputs.get("note") or outputs.get("why")), limit=240, one_line=True))
    return "; ".join(part for part in parts if part)


def _pictures(tx: Transaction, account: str, review_id: str) -> dict[str, str]:
    return {
        row.sha256: row.id
        for row in tx.artifacts.of_review(account, review_id)
        if isinstance(row.notes, dict) and row.notes.get("kind") in _PICTURES and not row.is_purged
    }
