"""Third-party time for the first picture of each review and for each checkpoint.

What has no stamp yet is found by looking, so an authority that is away costs nothing but a later moment: the next
visit asks again. Nothing waits for a stamp, and nothing is refused for want of one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import ValidationError

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError, Malformed, TimeStampFailed, TimeStampRefused
from evidence_store.seal import SignedCheckpoint, TimeStamp, parse_signed_checkpoint
from evidence_store.store import ArtifactStore
from evidence_store.time_stamps import MEDIA_TYPE, request_time_stamp
from monitor.config.settings import Settings
from monitor.custody.context import CustodyContext
from monitor.custody.time_authority import post_query
from monitor.language import gettext as _
from monitor.state import Action, State, subject
from monitor.state.cases import ArtifactRecord
from monitor.state.journal import INSTALLATION
from monitor.state.repository import new_id
from monitor.state.text import JsonValue

MOMENT = "time_stamp"
REFUSED = "evidence.time_stamp_refused"
_MOST_CHECKPOINTS = 50  # looked through at once for one without a stamp; each covers all before it


@dataclass
class _Round:
    """One round of asking; an authority that failed once is left alone until the next."""

    installation: CustodyContext
    problems: dict[str, str] = field(default_factory=dict)

    @cached_property
    def refused(self) -> frozenset[tuple[str, str]]:
        """What was refused in earlier rounds: digest and authority."""
        found: set[tuple[str, str]] = set()
        with self.installation.state.read() as tx:
            rows = tx.journal.of_action(REFUSED)
        for row in rows:
            with suppress(EvidenceError):  # the log's own check names it
                body = row.to_entry().read_body()
                if body is not None:
                    found.add((str(body.inputs.get("over")), str(body.inputs.get("authority"))))
        return frozenset(found)

    def ask(self, data: bytes, authority: str) -> TimeStamp | None:
        over = str(Digest.of(data))
        if authority in self.problems or (over, authority) in self.refused:
            return None
        try:
            return request_time_stamp(data, authority, post_query)
        except TimeStampRefused as error:
            refused = _("no third-party time from {authority}: {error}; it is not asked for this one again")
            self.problems[authority] = refused.format(authority=authority, error=error)
            self._note_refusal(over, authority, str(error))
            return None
        except TimeStampFailed as error:
            failed = _("no third-party time from {authority} yet: {error}; it will be asked again")
            self.problems[authority] = failed.format(authority=authority, error=error)
            return None

    def _note_refusal(self, over: str, authority: str, why: str) -> None:
        """What an authority refused once it would refuse for ever: the log remembers, so that it is asked once."""
        inputs: dict[str, JsonValue] = {"authority": authority, "over": over, "why": why}
        with self.installation.state.transaction() as tx:
            tx.journal.record(INSTALLATION, Action(REFUSED, inputs=inputs))

    def told(self) -> tuple[str, ...]:
        return tuple(self.problems.values())


def stamp_first_pictures(installation: CustodyContext) -> tuple[str, ...]:
    """Has the first public capture of each review stamped by every authority that has not done so.

    Returns:
        Why a stamp is still pending, one sentence an authority.

    Raises:
        StorageError, evidence_store.errors.StorageError: a stamp that came could not be stored.
    """
    asking = _Round(installation)
    for row, authority in _unstamped_captures(installation.state, installation.settings):
        try:
            manifest = installation.artifacts.read(Digest("sha256", row.manifest_sha256))
        except EvidenceError:
            continue  # what is damaged must not get a fresh stamp; the check names it
        stamp = asking.ask(manifest, authority)
        if stamp is not None:
            _keep_for_capture(installation.state, installation.artifacts, row, stamp)
    installation.state.flush_mirror()
    return asking.told()


def stamp_checkpoints(installation: CustodyContext) -> tuple[tuple[SignedCheckpoint, ...], tuple[str, ...]]:
    """Has the newest checkpoints stamped by every authority that has not done so.

    Returns:
        The envelopes that got a stamp, and why others are still pending, one sentence an authority.

    Raises:
        StorageError, evidence_store.errors.StorageError: a stamp that came could not be stored.
    """
    authorities = installation.settings.evidence.time_authorities
    if not authorities:
        return (), ()
    asking = _Round(installation)
    with installation.state.read() as tx:
        envelopes = tx.journal.envelopes(newest=_MOST_CHECKPOINTS)
    stamped: list[SignedCheckpoint] = []
    for signed in map(parse_signed_checkpoint, reversed(envelopes)):
        asked = {stamp.authority for stamp in signed.time_stamps}
        data = signed.checkpoint.to_bytes()
        fresh = [asking.ask(data, authority) for authority in authorities if authority not in asked]
        given = tuple(stamp for stamp in fresh if stamp is not None)
        if given:
            stamped.append(_keep_for_checkpoint(installation.state, installation.artifacts, signed, given))
    installation.state.flush_mirror()
    return tuple(stamped), asking.told()


def stamps_of(artifacts: ArtifactStore, rows: list[ArtifactRecord]) -> tuple[TimeStamp, ...]:
    """Returns the stamps over captures that are among these rows, the earliest first.

    Raises:
        evidence_store.errors.EvidenceError: a token is not as it was stored.
    """
    stamps = [stamp_of(row, artifacts.read(Digest("sha256", row.sha256))) for row in rows if row.moment == MOMENT]
    return tuple(sorted(stamps, key=lambda stamp: stamp.at))


def stamp_of(row: ArtifactRecord, token: bytes) -> TimeStamp:
    """Returns a stamp from its row in the index and its token in the store.

    Raises:
        Malformed: the row does not say what a stamp needs.
    """
    notes = row.notes if isinstance(row.notes, dict) else {}
    told = {name: notes.get(name) for name in ("authority", "over", "at")}
    try:
        return TimeStamp.model_validate_json(json.dumps({**told, "token": base64.b64encode(token).decode()}))
    except ValidationError as error:
        raise Malformed("the index names no time stamp here", where=row.id) from error


def first_pictures(rows: Iterable[ArtifactRecord]) -> list[ArtifactRecord]:
    """Returns one row of the first public capture of each review, from rows in their order."""
    first: dict[tuple[str, str], ArtifactRecord] = {}
    for row in rows:
        if row.moment == "public" and row.manifest_sha256:
            first.setdefault((row.account_id, row.review_id), row)
    return list(first.values())


def _unstamped_captures(state: State, settings: Settings) -> Iterator[tuple[ArtifactRecord, str]]:
    authorities = settings.evidence.time_authorities
    if not authorities:
        return
    with state.read() as tx:
        accounts = tx.accounts.all()
        pictures = first_pictures(row for account in accounts for row in tx.artifacts.of_moment(account.id, "public"))
        stamps = [row.notes for account in accounts for row in tx.artifacts.of_moment(account.id, MOMENT)]
    stamped = {(note.get("over"), note.get("authority")) for note in stamps if isinstance(note, dict)}
    for row in pictures:
        for authority in authorities:
            if (f"sha256:{row.manifest_sha256}", authority) not in stamped:
                yield row, authority


def _keep_for_capture(state: State, artifacts: ArtifactStore, picture: ArtifactRecord, stamp: TimeStamp) -> None:
    digest = artifacts.put(stamp.token_bytes)
    told = {"authority": stamp.authority, "over": str(stamp.over), "at": format_utc(stamp.at)}
    about = [subject("review", picture.review_id)] + ([subject("case", picture.case_id)] if picture.case_id else [])
    with state.transaction() as tx:
        tx.artifacts.add(
            ArtifactRecord(
                id=new_id("artifact"),
                account_id=picture.account_id,
                moment=MOMENT,
                sha256=digest.hex,
                manifest_sha256="",  # it belongs to no capture: it is about one
                path=str(digest),
                media_type=MEDIA_TYPE,
                size=len(stamp.token_bytes),
                review_id=picture.review_id,
                case_id=picture.case_id,
                appeal_id=None,
                visit_id=None,
                captured_at=tx.now(),
                is_complete=True,
                notes={"kind": MOMENT, "is_derived": False, **told},
            )
        )
        named = [str(digest), str(stamp.over)]
        action = Action(
            "evidence.time_stamp", subjects=about, inputs=told, outputs={"token": str(digest)}, artifacts=named
        )
        tx.journal.record(picture.account_id, action)


def _keep_for_checkpoint(
    state: State, artifacts: ArtifactStore, signed: SignedCheckpoint, given: tuple[TimeStamp, ...]
) -> SignedCheckpoint:
    tokens = [artifacts.put(stamp.token_bytes) for stamp in given]
    stamped = signed.model_copy(update={"time_stamps": (*signed.time_stamps, *given)})
    with state.transaction() as tx:
        tx.journal.keep_envelope(signed.checkpoint.number, stamped.to_bytes())
        action = Action(
            "evidence.time_stamp",
            inputs={"checkpoint": signed.checkpoint.number, "over": str(signed.checkpoint.digest)},
            outputs={"stamps": [f"{format_utc(stamp.at)} {stamp.authority}" for stamp in given]},
            artifacts=[str(token) for token in tokens],
        )
        tx.journal.record(INSTALLATION, action)
    return stamped
