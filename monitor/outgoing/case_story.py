"""Builds the story of a case from what is stored: the log gives the steps, the evidence store gives the pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PIL import Image

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.exhibits import MOMENT_WORDS
from evidence_store.journal import EntryBody
from evidence_store.store import ArtifactStore
from monitor.appeals.machine import Track
from monitor.appeals.words import words_of
from monitor.cases.casework import CaseFile, open_case_file
from monitor.cases.channel_terms import find_channel
from monitor.cases.reservations import tell_item
from monitor.closed_lists.review_changes import Change
from monitor.language import gettext as _
from monitor.language.days import tell_published
from monitor.language.plain_text import show
from monitor.language.words import Tone, Words
from monitor.outgoing import wording
from monitor.outgoing.contact_lines import (
    detail_of_contact,
    detail_of_letter,
    detail_of_strike,
    detail_of_word,
    moment_of_contact,
    tell_turn,
    title_of_contact,
)
from monitor.outgoing.context import OutgoingContext
from monitor.outgoing.notes import tell_notes
from monitor.outgoing.story import CaseStory, Mark, Picture, Step
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.state.journal import JournalRow
from monitor.state.text import JsonValue
from monitor.support.dialogue import Dialogue
from monitor.support.letters import ACTION as LETTER
from monitor.support.noting import JUDGED, NOTED, STRUCK
from monitor.support.standing import dialogue_of
from monitor.triage.models import Outcome
from monitor.triage.titles import CHECKS, verdict_words

_WIDEST = 900  # pixels of a picture in a page; the original stays in the store
_TALLEST = 900
_LONGEST_WORDS = 240  # characters of the site's own words; the log has all of them
_CAPTIONS = {str(moment): words[0].upper() + words[1:] for moment, words in MOMENT_WORDS.items()}
_GONE = f"review.{Change.GONE.value}"
_SHOWN_KINDS = ("element_png", "full_page_png")


@dataclass(frozen=True)
class _Source:
    """Everything one story is told from."""

    case: CaseRecord
    file: CaseFile
    appeals: tuple[AppealRecord, ...]
    rows: tuple[JournalRow, ...]
    artifacts: tuple[ArtifactRecord, ...]
    dialogue: Dialogue
    now: datetime

    @property
    def struck(self) -> frozenset[str]:
        """Ids of the contacts that a person called wrong."""
        return frozenset(one.id for one in self.dialogue.contacts if one.struck_at is not None)


def tell_case(installation: OutgoingContext, account_id: str, review_id: str) -> CaseStory:
    """Builds the story of a review's case.

    Raises:
        LookupError: there is no case for this review.
    """
    source = _gather(installation, account_id, review_id)
    told = _verdict_of(source)
    outcome = _outcome(source)
    review, appeal = source.file.review, source.appeals[-1] if source.appeals else None
    decision = source.file.verdict.kind if source.file.verdict else ""
    zone = installation.settings.installation.zone
    return CaseStory(
        case_id=source.case.id,
        account=account_id,
        product_title=source.file.product_title or review.sku,
        item=f"Отзыв о товаре: {tell_item(review)}",
        notes=tell_notes(installation.state, installation.artifacts, source.file),
        product_url=source.file.product_url,
        review_id=review_id,
        review_text=source.file.version.text,
        rating=review.rating,
        author_name=review.author_name or "имя не установлено",
        published_raw=tell_published(
            review.published_earliest,
            review.published_latest,
            review.published_raw,
            zone,
        ),
        decision=decision,
        decision_title=verdict_words(decision).title,
        reasons=tuple(source.file.verdict.sentences) if source.file.verdict else (),
        checks=_checks(told),
        marks=_marks(told),
        outcome_title=outcome.title if source.appeals and source.appeals[-1].outcome else outcome.word,
        outcome_tone=outcome.tone,
        appeal_text=appeal.text if appeal else "",
        channel=find_channel(installation.site(review.site), appeal.channel).title if appeal else "",
        turn=_turn(source, zone),
        steps=_steps(installation.artifacts, source, zone),
    )


def _gather(installation: OutgoingContext, account_id: str, review_id: str) -> _Source:
    with installation.state.read() as tx:
        case = tx.cases.of_review(account_id, review_id)
        if case is None:
            raise LookupError(_("there is no case for review {review_id}").format(review_id=review_id))
        appeals = tuple(tx.appeals.of_case(case.id))
        rows = _rows(tx, account_id, [review_id, case.id, *(appeal.id for appeal in appeals)])
        artifacts = tuple(tx.artifacts.of_review(account_id, review_id))
        dialogue, now = dialogue_of(tx, case), tx.now()
    return _Source(
        case,
        open_case_file(installation.state, installation.artifacts, account_id, review_id),
        appeals,
        rows,
        artifacts,
        dialogue,
        now,
    )


def _rows(tx: Transaction, account_id: str, subjects: Sequence[str]) -> tuple[JournalRow, ...]:
    found = {row.seq: row for name in subjects for row in tx.journal.about(account_id, name)}
    return tuple(found[seq] for seq in sorted(found))


def _verdict_of(source: _Source) -> dict[str, JsonValue]:
    return source.file.verdict.told if source.file.verdict else {}


def _outcome(source: _Source) -> Words:
    appeal = source.appeals[-1] if source.appeals else None
    if appeal is None:
        return wording.NOT_APPEALED
    if appeal.outcome:
        return words_of(Track.OUTCOME, appeal.outcome)
    if appeal.moderation:
        return words_of(Track.MODERATION, appeal.moderation)
    return words_of(Track.FILING, appeal.state)


def _checks(told: dict[str, JsonValue]) -> tuple[tuple[str, str], ...]:
    checks = told.get("checks")
    if not isinstance(checks, list):
        return ()
    return tuple(
        (f"{check['title']} ({CHECKS[Outcome(str(check['outcome']))]})", str(check["text"]))
        for check in checks
        if isinstance(check, dict)
    )


def _marks(told: dict[str, JsonValue]) -> tuple[Mark, ...]:
    spans = told.get("spans")
    if not isinstance(spans, list):
        return ()
    why = "На этом основана оценка"
    return tuple(
        Mark(start=int(str(span["start"])), end=int(str(span["end"])), why=why)
        for span in spans
        if isinstance(span, dict)
    )


def _turn(source: _Source, zone: str) -> str:
    """Says whose turn it is; nothing where the platform was never written to or asked."""
    dialogue = source.dialogue
    if dialogue.since is None:
        return ""
    return tell_turn(dialogue.turn, dialogue.due_at, is_overdue=dialogue.is_turn_overdue(source.now), zone=zone)


def _steps(store: ArtifactStore, source: _Source, zone: str) -> tuple[Step, ...]:
    first = Step(at=source.file.review.first_seen_at, title=wording.FIRST_SEEN, detail=source.file.review.url)
    steps = [first]
    shown: set[str] = set()
    for row in source.rows:
        try:
            body = row.to_entry().read_body()
        except EvidenceError:
            body = None
        title, tone = _title(row.action, body)
        if body is not None and body.action == NOTED and body.inputs.get("contact") in source.struck:
            title = f"{title} (запись ошибочна)"
        steps.append(
            Step(
                at=moment_of_contact(body) if body is not None and body.action == NOTED else row.written_at,
                title=title,
                detail=_detail(body, zone),
                tone=tone,
                pictures=_pictures(store, source, body, shown),
                journal_seq=row.seq,
            )
        )
    gone_at = source.file.review.gone_at
    if gone_at is not None and not any(row.action == _GONE and row.written_at >= gone_at for row in source.rows):
        # Earlier programs did not write it into the log.
        words = wording.title_of(_GONE)
        steps.append(Step(at=gone_at, title=words.title, tone=words.tone))
    return tuple(sorted(steps, key=lambda step: (step.at, step.journal_seq or 0)))


def _title(action: str, body: EntryBody | None) -> tuple[str, Tone]:
    if action == "evidence.capture" and body is not None:
        caption = _CAPTIONS.get(str(body.inputs.get("moment")))
        if caption is not None:
            return caption, Tone.PLAIN
    words = title_of_contact(body) if body is not None and action == NOTED else wording.title_of(action, body)
    return words.title, words.tone


def _detail(body: EntryBody | None, zone: str) -> str:
    if body is None:
        return "Содержание записи удалено по правилам хранения."
    if body.action == NOTED:
        return detail_of_contact(body.inputs, zone)
    if body.action.startswith(LETTER):
        return detail_of_letter(body)
    if body.action == STRUCK:
        return detail_of_strike(body.inputs)
    if body.action == JUDGED:
        return detail_of_word(body.inputs)
    outputs = body.outputs
    parts = []
    if outputs.get("partial"):
        parts.append("неполный снимок: " + ", ".join(map(str, _listed(outputs.get("missing")) or ["см. описание"])))
    if outputs.get("number"):
        parts.append(f"номер {outputs['number']}")
    if outputs.get("raw_text"):
        parts.append(f"слова площадки: «{show(str(outputs['raw_text']), limit=_LONGEST_WORDS, one_line=True)}»")
    if body.action == "appeal.filing.approved":
        parts.append(f"одобрил(а): {body.actor.name or body.actor.id}")
    return "; ".join(parts)


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _pictures(store: ArtifactStore, source: _Source, body: EntryBody | None, shown: set[str]) -> tuple[Picture, ...]:
    """Shows each picture once, at the step that sealed it."""
    if body is None or body.action != "evidence.capture":
        return ()
    named = {digest.hex for digest in body.artifacts}
    found = []
    for kind in _SHOWN_KINDS:
        for row in source.artifacts:
            is_kind = isinstance(row.notes, dict) and row.notes.get("kind") == kind
            if is_kind and row.sha256 in named and row.manifest_sha256 in named and row.sha256 not in shown:
                shown.add(row.sha256)
                found.append(_picture(store, row))
        if found:
            break  # the element says it; the whole page only where there is no element
    return tuple(picture for picture in found if picture is not None)


def _picture(store: ArtifactStore, row: ArtifactRecord) -> Picture | None:
    digest = Digest("sha256", row.sha256)
    try:
        data = store.read(digest)
    except EvidenceError:
        return None  # `evidence verify` names it; the page tells the rest of the story
    small, is_derived = _shrink(data)
    caption = _CAPTIONS[row.moment]
    return Picture(caption=caption, media_type="image/png", data=small, digest=str(digest), is_derived=is_derived)


def _shrink(data: bytes) -> tuple[bytes, bool]:
    """Makes a copy that fits a page: narrower, and of a very tall page only its beginning."""
    with Image.open(io.BytesIO(data)) as image:
        if image.width <= _WIDEST and image.height <= _TALLEST:
            return data, False
        copy = image.convert("RGB")
        copy = copy.crop((0, 0, copy.width, min(copy.height, round(copy.width * _TALLEST / _WIDEST))))
        copy.thumbnail((_WIDEST, _TALLEST))
        out = io.BytesIO()
        copy.save(out, format="PNG", optimize=True)
        return out.getvalue(), True
