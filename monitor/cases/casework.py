"""What is done with a case before anything is sent: choose the channel, word the appeal, attach files, show it all."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.intake import MAX_FILE_BYTES, kind_of
from evidence_store.store import ArtifactStore
from flows.catalog.channel_spec import ChannelSpec
from flows.channels import Attachment
from monitor.appeals.payload import Payload, address_today
from monitor.appeals.words import FILING
from monitor.cases.channel_choice import ChannelQuestion, choose_channel, sender_of
from monitor.cases.channel_terms import find_channel, identity_key
from monitor.cases.clauses import load_clauses
from monitor.cases.context import CaseContext
from monitor.cases.facts import CaseFacts, load_facts
from monitor.cases.judging import consider
from monitor.cases.reservations import is_own_item, tell_item
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.custody.own_files import find_own_file
from monitor.custody.readings import find_readings
from monitor.errors import UsageError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.language.words import in_a_cell
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.cases import VerdictRecord
from monitor.state.reviews import ReviewRecord, ReviewVersion
from monitor.support.tickets import FOLLOWS, newest_ticket
from monitor.triage.drafts import write_appeal
from monitor.triage.errors import TriageError
from monitor.triage.letters import write_letter
from monitor.triage.rules import Ground, Rules


@dataclass(frozen=True)
class Wishes:
    """What the person asked for; None leaves the choice to the case.

    Attributes:
        is_other_item_meant: The person says that a review about another item of the card is to be appealed.
    """

    ground: str | None = None
    channel: str | None = None
    reason_label: str | None = None
    text: str | None = None
    order_number: str | None = None
    files: tuple[Path, ...] = ()
    is_other_item_meant: bool = False


@dataclass(frozen=True)
class CaseFile:
    """Everything known about one review."""

    review: ReviewRecord
    version: ReviewVersion
    verdict: VerdictRecord | None
    facts: CaseFacts
    product_url: str
    product_title: str


def open_case_file(state: State, artifacts: ArtifactStore, account_id: str, review_id: str) -> CaseFile:
    """Reads a review with its newest version, verdict and facts.

    Raises:
        LookupError: the review is not stored.
    """
    with state.read() as tx:
        review = tx.reviews.get(account_id, review_id)
        version = tx.reviews.newest_version(account_id, review_id)
        if review is None or version is None:
            raise LookupError(_("review {review_id} is not stored").format(review_id=review_id))
        case = tx.cases.of_review(account_id, review_id)
        verdict = tx.verdicts.newest(case.id) if case else None
        product = tx.products.get(account_id, review.sku)
    facts = load_facts(state, artifacts, account_id=account_id, review_id=review_id)
    return CaseFile(review, version, verdict, facts, product.url if product else "", product.title if product else "")


def compose_payload(installation: CaseContext, account: AccountSection, case: CaseFile, wishes: Wishes) -> Payload:
    """Builds what would be sent: the person's wishes first, the case's proposals for the rest.

    Raises:
        OrderUnread: the order decides the channel, and it is not known.
        UsageError: the ground or channel is not known, the channel is off here, the text or files do not fit it, or
            the review is about another item of the card and the person did not say that it is meant.
    """
    _refuse_changed(installation.state, installation.artifacts, account.name, case)
    if not wishes.is_other_item_meant:
        _refuse_other_item(installation.state, case.review)
    site = installation.site_of(account)
    rules = installation.rules_of(account)
    ground = _choose_ground(rules, case, wishes)
    order_number = wishes.order_number or (case.facts.order.order_number if case.facts.order else None)
    question = ChannelQuestion(
        account=account,
        review_id=case.review.review_id,
        ground=ground,
        order_number=order_number,
        is_order_known=order_number is not None or case.facts.is_order_known,
        has_files=bool(wishes.files),
        has_reason=wishes.reason_label is not None,
    )
    name, spec = choose_channel(installation, site, question, wishes.channel)
    text = wishes.text
    if text is None:
        files = [path.name for path in wishes.files]
        text = _word(installation, account, case, ground, channel=name, files=files)
    check_text(text, name, spec, review_id=case.review.review_id)
    if spec.facts.opens_dialogue:
        text = name_older_ticket(installation.state, case, text, is_given=wishes.text is not None)
    sender = _find_sender(installation.settings, installation.home, account, name, spec)
    return Payload(
        site=account.site,
        identity=identity_key(account, spec.identity),
        channel=name,
        review_id=case.review.review_id,
        review_version=case.review.version,
        ground=ground.id,
        reason_label=(wishes.reason_label or ground.reasons.get(name, "")) if spec.reasons else "",
        text=text,
        product_url=case.product_url,
        order_number=order_number if spec.facts.needs_order else None,
        sender_name=sender[0],
        sender_email=sender[1],
        channel_kind=spec.kind,
        files=take_files(installation, account.name, wishes.files, name, spec),
    )


def _refuse_changed(state: State, artifacts: ArtifactStore, account_id: str, case: CaseFile) -> None:
    """What is said about a review is said about what was sealed of it, never about a row that was changed since."""
    for found in find_readings(state, artifacts, account_id, case.review.review_id):
        sealed = found.sealed
        if sealed.version != case.version.version:
            continue
        told = (sealed.reading.get("text"), sealed.reading.get("rating"))
        if told != (case.version.text, case.version.rating):
            raise UsageError(
                _("what is stored of this review is not what was sealed when it was captured"),
                where=case.review.review_id,
                hint=_("`fairreview evidence verify` names both; nothing is drafted before that is cleared up."),
            )


def _refuse_other_item(state: State, review: ReviewRecord) -> None:
    """A card's reviews are shared by items that may be another seller's: whose it is, only a person knows."""
    with state.read() as tx:
        is_own = is_own_item(tx, review)
    if not is_own:
        raise UsageError(
            _("the review is about another item of the card: {when}").format(when=tell_item(review)),
            where=review.review_id,
            field="other_item",
            hint=_("If it is yours, add it to account.products and poll. Or say that the other item is meant."),
        )


def take_files(
    installation: CaseContext, account_id: str, paths: Sequence[Path], name: str, spec: ChannelSpec
) -> tuple[Attachment, ...]:
    """Copies files into the evidence store, from where they are sent.

    Raises:
        UsageError: the channel does not take them, or one cannot be read.
    """
    return tuple(
        _keep_file(installation.artifacts, *checked)
        for checked in check_files(installation, account_id, paths, name, spec)
    )


def check_files(
    installation: CaseContext, account_id: str, paths: Sequence[Path], name: str, spec: ChannelSpec
) -> list[tuple[str, str, bytes]]:
    """Returns name, type and bytes of files that a channel takes; stores none of them.

    Raises:
        UsageError: too many, of another type, too large, empty, or one cannot be read.
    """
    if len(paths) > spec.max_files:
        raise UsageError(
            _("{name} takes {max_files} files, there are {count}").format(
                name=name, max_files=spec.max_files, count=len(paths)
            ),
            field="files",
        )
    return [_check_file(installation, account_id, path, spec) for path in paths]


def describe(tx: Transaction, appeal: AppealRecord) -> list[tuple[str, str]]:
    """Returns everything that would be sent, and the item it is about, for a preview."""
    files = tx.appeals.files(appeal.id)
    rows = [
        (
            _("appeal"),
            _("{id}, attempt {generation}, {state}").format(
                id=appeal.id, generation=appeal.generation, state=in_a_cell(appeal.state, FILING)
            ),
        ),
        (_("review"), _("{id}, version {version}").format(id=appeal.review_id, version=appeal.review_version)),
        (_("item"), _tell_whose_item(tx, tx.reviews.get(appeal.account_id, appeal.review_id))),
        (_("product"), address_today(tx, appeal)),
        (_("channel"), appeal.channel),
        (_("ground"), appeal.ground),
        (_("reason as the site shows it"), appeal.reason_label or "–"),
        (_("order"), appeal.order_number or "–"),
        (_("text"), appeal.text or _("(none)")),
    ]
    if appeal.sender_name or appeal.sender_email:
        rows.append((_("sender"), f"{appeal.sender_name} <{appeal.sender_email}>"))
    rows += [
        (_("file {number}").format(number=file.position + 1), f"{file.name}, {file.media_type}, sha256 {file.sha256}")
        for file in files
    ]
    return [*rows, (_("hash that an approval is bound to"), appeal.payload_hash)]


def _tell_whose_item(tx: Transaction, review: ReviewRecord | None) -> str:
    if review is None:
        return "–"
    return (
        tell_item(review)
        if is_own_item(tx, review)
        else _("{when}: ANOTHER ITEM OF THE CARD").format(when=tell_item(review))
    )


def name_older_ticket(state: State, case: CaseFile, text: str, *, is_given: bool) -> str:
    """A ticket that follows another one names it: a closed one takes no answers.

    Raises:
        UsageError: the person's own text does not.
    """
    with state.read() as tx:
        stored = tx.cases.of_review(case.review.account_id, case.review.review_id)
        number = newest_ticket(tx, stored.account_id, stored.id) if stored else ""
    if not number or number in text:
        return text
    if is_given:
        raise UsageError(
            _("the text does not name ticket {number}, which this one follows").format(number=number),
            field="text",
            hint=_("Write №{number} into it.").format(number=number),
        )
    return f"{text}\n\n{FOLLOWS.format(number=number)}"


def _choose_ground(rules: Rules, case: CaseFile, wishes: Wishes) -> Ground:
    name = wishes.ground or (case.verdict.ground if case.verdict else "")
    known = ", ".join(ground.id for ground in rules.grounds)
    if not name:
        raise UsageError(
            _("no ground: the verdict names none, so a person must"),
            field="ground",
            hint=_("Use one of: {known}").format(known=known),
        )
    ground = rules.ground(name)
    if ground is None:
        raise UsageError(
            _("the site's rules know no ground {name!r}").format(name=name),
            field="ground",
            hint=_("Use one of: {known}").format(known=known),
        )
    return ground


def _find_sender(
    settings: Settings, home: Home, account: AccountSection, name: str, spec: ChannelSpec
) -> tuple[str, str]:
    if not spec.asks_sender:
        return "", ""
    sender = sender_of(settings, account, spec)
    if sender is None:
        raise UsageError(
            _("{name} asks who writes, and the settings do not say").format(name=name),
            where=str(home.config),
            hint=_("Set name and email in [operator]."),
        )
    return sender


def check_text(text: str, name: str, spec: ChannelSpec, *, review_id: str) -> None:
    """Refuses a text that a channel does not take.

    Raises:
        UsageError: it names no review, is missing or too long.
    """
    if spec.facts.names_review_in == "text" and review_id not in text:
        raise UsageError(
            _("{name} shows no review, so the text must name it").format(name=name),
            field="text",
            hint=_("Write {review_id} into it.").format(review_id=review_id),
        )
    if spec.text_required and not text.strip():
        raise UsageError(
            _("{name} needs a text").format(name=name), field="text", hint=_("Write what is wrong with the review.")
        )
    if spec.text_max is not None and len(text) > spec.text_max:
        raise UsageError(
            _("{name} takes {text_max} characters, the text has {count}").format(
                name=name, text_max=spec.text_max, count=len(text)
            ),
            field="text",
            hint=_("Shorten it."),
        )


def _check_file(installation: CaseContext, account_id: str, path: Path, spec: ChannelSpec) -> tuple[str, str, bytes]:
    file_name, media_type, data = read_attachment(installation.state, installation.artifacts, account_id, path)
    if spec.file_types and media_type not in spec.file_types:
        allowed = ", ".join(kind_of(one) for one in spec.file_types)
        raise UsageError(
            _("{file}: this channel does not take {kind}").format(file=file_name, kind=kind_of(media_type)),
            field="files",
            hint=_("It takes: {allowed}.").format(allowed=allowed),
        )
    if not data or len(data) > spec.max_file_bytes:
        raise UsageError(
            _("{file}: this channel takes files of up to {most} MB").format(
                file=file_name, most=spec.max_file_bytes // 1024**2
            )
            if data
            else _("{file}: the file is empty").format(file=file_name),
            field="files",
        )
    return file_name, media_type, data


def _keep_file(artifacts: ArtifactStore, file_name: str, media_type: str, data: bytes) -> Attachment:
    digest: Digest = artifacts.put(data)
    # What is sent is the stored copy: the person's own file may change or vanish before the visit.
    return Attachment(path=artifacts.path_of(digest), name=file_name, sha256=digest.hex, media_type=media_type)


def read_attachment(state: State, artifacts: ArtifactStore, account_id: str, path: Path) -> tuple[str, str, bytes]:
    """Reads a file, or what ``evidence add`` took into custody, when its id is given instead of a path."""
    if str(path).startswith("artifact_") and not path.exists():
        own = find_own_file(state, account_id, str(path))
        return own.name, own.media_type, artifacts.read(own.digest)
    data = read_plain(path, max_bytes=MAX_FILE_BYTES)
    return path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", data


def _word(
    installation: CaseContext,
    account: AccountSection,
    case: CaseFile,
    ground: Ground,
    *,
    channel: str,
    files: Sequence[str],
) -> str:
    """Drafts the text from the verdict; what triage would not file, a person has to word.

    Raises:
        UsageError: no text can be drafted.
    """
    considered = consider(installation, account, case.review.review_id)
    named = ground.id if ground.id in considered.verdict.grounds else None
    verdict = replace(considered.verdict, ground=named)
    with installation.state.read() as tx:
        earlier = tx.appeals.texts_of(account.name)
    rules, clauses = installation.rules_of(account), load_clauses(installation, account)
    try:
        if find_channel(installation.site_of(account), channel).facts.names_review_in == "text":
            return write_letter(considered.question, verdict, rules, clauses=clauses, files=files)
        question = considered.question
        return write_appeal(question, verdict, rules, channel=channel, clauses=clauses, earlier=earlier).text
    except TriageError as error:
        raise UsageError(
            _("no text can be drafted: {error}").format(error=error), field="text", hint=_("Write it yourself.")
        ) from error
