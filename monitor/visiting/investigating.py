"""Looks into a new negative review: captures it, reads author, order and product card, judges it, drafts an appeal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from evidence_store.digests import Digest
from evidence_store.manifest import CaptureMoment
from flows.capture.values import CaptureOrder
from flows.errors import FlowError, WallMet
from flows.library.capture_review import capture_review
from flows.library.read_author import read_author
from flows.library.read_order import find_order
from flows.library.read_product_card import read_product_card
from flows.readings.models import AuthorReading, OrderAbsence, OrderReading, ProductCardReading, Reading
from flows.workbench import Workbench, account_tab, reading_tab
from monitor.appeals.machine import AppealState
from monitor.cases.casework import CaseFile, Wishes, compose_payload, open_case_file
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.cases.facts import index_fact, put_fact
from monitor.cases.judging import Judged, is_negative, judge_review
from monitor.closed_lists.states import Decision, Presence
from monitor.endings import message_of, told
from monitor.errors import AlreadyOpen, AppealError, SettingsError, UsageError
from monitor.language import gettext as _
from monitor.language.words import in_a_cell
from monitor.software import own_version
from monitor.state import subject
from monitor.state.appeals import AppealRecord
from monitor.triage.private_words import find_private
from monitor.triage.titles import VERDICTS
from monitor.use_cases.appeals import Rewording, prepare_draft
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, SealedCapture, seal_capture
from monitor.visiting.signing_in import SignIns

Found = TypeVar("Found")


def find_uncaptured(room: VisitRoom) -> list[str]:
    """Returns the new negative reviews whose newest version has no public capture yet, oldest first."""
    with room.installation.state.read() as tx:
        captured = tx.artifacts.newest_by_review(room.account_id, "public")
        found = tx.reviews.find(room.account_id, only_news=True, presence=Presence.PRESENT)
        waiting = []
        for review in reversed(found):
            version = tx.reviews.newest_version(room.account_id, review.review_id)
            at = captured.get(review.review_id)
            if is_negative(review.rating) and version is not None and (at is None or at < version.seen_at):
                waiting.append(review.review_id)
    return waiting


def find_unjudged(room: VisitRoom) -> list[str]:
    """Returns the new negative reviews that only other sources than the public page show, and that have no verdict."""
    with room.installation.state.read() as tx:
        waiting = []
        for review in reversed(tx.reviews.find(room.account_id, only_news=True, presence=Presence.UNLISTED)):
            case = tx.cases.of_review(room.account_id, review.review_id)
            verdict = tx.verdicts.newest(case.id) if case is not None else None
            if is_negative(review.rating) and (verdict is None or verdict.review_version < review.version):
                waiting.append(review.review_id)
    return waiting


def find_unfinished(room: VisitRoom) -> list[str]:
    """Returns the captured reviews that an earlier visit could not finish, oldest first.

    A wall ended it before there was a verdict, or the order that decides the channel could not be read.
    """
    with room.installation.state.read() as tx:
        captured = tx.artifacts.newest_by_review(room.account_id, "public")
        appealed = {appeal.review_id for appeal in tx.appeals.of_account(room.account_id)}
        found = tx.reviews.find(room.account_id, only_news=True, presence=Presence.PRESENT)
    wanted = [one.review_id for one in reversed(found) if is_negative(one.rating) and one.review_id in captured]
    return [review_id for review_id in wanted if review_id not in appealed and _is_unfinished(room, review_id)]


def _is_unfinished(room: VisitRoom, review_id: str) -> bool:
    case = open_case_file(room.installation.state, room.installation.artifacts, room.account_id, review_id)
    if not _is_judged(case):
        return True
    is_to_file = case.verdict is not None and case.verdict.kind == Decision.FILE.value
    return is_to_file and _reads_orders(room) and not case.facts.is_order_read


def _reads_orders(room: VisitRoom) -> bool:
    """Whether the account's orders can be seen: it signs in there, and the site describes them."""
    is_described = {"orders", "order_details"} <= room.site.pages.keys()
    return is_described and room.site.reader_identity in room.account.identities


def _is_judged(case: CaseFile) -> bool:
    return case.verdict is not None and case.verdict.review_version == case.version.version


@dataclass
class Investigation:
    """Looks into reviews one after the other; what was read of a product or an author is read once a visit."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns
    _cards: dict[str, ProductCardReading | None] = field(default_factory=dict)
    _authors: dict[str, AuthorReading | None] = field(default_factory=dict)

    def look_into(self, review_id: str) -> Judged:
        """Captures, reads, judges and, where the verdict is to file, drafts.

        What cannot be read is a problem that the person hears of; the review is judged with what there is.

        Raises:
            flows.errors.WallMet: the site asks for a person.
            LookupError: the review is not stored.
        """
        with self.room.installation.state.transaction(self.room.lease) as tx:
            case_id = tx.cases.open(self.room.account_id, review_id).id
        case = open_case_file(
            self.room.installation.state, self.room.installation.artifacts, self.room.account_id, review_id
        )
        self.room.report("capture", _("Capturing review {review_id}").format(review_id=review_id))
        self.capture(case, case_id, "public")
        self._keep_facts(case)
        return self._judge(case, case_id)

    def take_up(self, review_id: str) -> Judged | None:
        """Goes on with a review that an earlier visit captured and could not finish; None: it still cannot.

        Raises:
            flows.errors.WallMet: the site asks for a person.
        """
        case = open_case_file(
            self.room.installation.state, self.room.installation.artifacts, self.room.account_id, review_id
        )
        with self.room.installation.state.transaction(self.room.lease) as tx:
            case_id = tx.cases.open(self.room.account_id, review_id).id
        self._keep_facts(case)
        fresh = open_case_file(
            self.room.installation.state, self.room.installation.artifacts, self.room.account_id, review_id
        )
        if _is_judged(fresh) and not fresh.facts.is_order_read:
            self.room.problems.append(
                _("{review_id}: it still waits for its order to be read; no draft was made").format(review_id=review_id)
            )
            return None
        return self._judge(fresh, case_id)

    def _judge(self, case: CaseFile, case_id: str) -> Judged:
        review_id = case.review.review_id
        judged = judge_review(
            self.room.installation, self.room.account, review_id, actor=self.room.actor, lease=self.room.lease
        )
        self.room.report(
            "triage",
            f"{review_id}: {in_a_cell(judged.verdict.decision, VERDICTS)} {judged.verdict.ground or ''}".rstrip(),
        )
        if judged.verdict.decision is Decision.FILE:
            self._prepare_appeal(case, case_id)
        elif (waiting := self._waiting_draft(review_id)) is not None:
            self.room.problems.append(
                _(
                    "{id}: the review was edited and is not one to file any more; `fairreview appeal drop {id}` ends it"
                ).format(id=waiting.id)
            )
        return judged

    def judge_unlisted(self, review_id: str) -> Judged:
        """Opens the case of a review that the public page does not show, and judges it.

        Nothing is captured or drafted: evidence is what the public sees. That follows once the page shows it.

        Raises:
            LookupError: the review is not stored.
        """
        judged = judge_review(
            self.room.installation, self.room.account, review_id, actor=self.room.actor, lease=self.room.lease
        )
        self.room.report(
            "triage",
            _("{review_id}: {decision}, not on the public page yet").format(
                review_id=review_id, decision=in_a_cell(judged.verdict.decision, VERDICTS)
            ),
        )
        return judged

    def _waiting_draft(self, review_id: str) -> AppealRecord | None:
        """Returns the draft that was made for an earlier version of the review, if nobody has approved it yet."""
        with self.room.installation.state.read() as tx:
            drafts = tx.appeals.of_account(self.room.account_id, states=[AppealState.DRAFT.value], only_open=True)
        return next((draft for draft in drafts if draft.review_id == review_id), None)

    def capture(
        self,
        case: CaseFile,
        case_id: str | None,
        moment: CaptureMoment,
        *,
        state: bytes | None = None,
        is_expected: bool = True,
    ) -> SealedCapture:
        """Captures the review's own page and seals it; ``is_expected`` is false where the review must be gone."""
        review = case.review
        slug = self.room.site.product_from_url(case.product_url).slug if case.product_url else ""
        order = CaptureOrder(
            moment=moment,
            url=self.room.site.url("review", slug=slug, sku=review.sku, review_id=review.review_id),
            page_name="reviews",
            review_id=review.review_id if is_expected else None,
            review_text=case.version.text if is_expected else None,
            author_name=review.author_name,
            private=find_private(case.version.text) if is_expected else (),
            made_by=self.room.actor.name or self.room.actor.id,
            account_label=self.room.account_id if state is not None else "",
            software=f"fairreview {own_version()}",
        )
        about = About(
            review_id=review.review_id,
            sku=review.sku,
            case_id=case_id,
            identity=self.room.site.reader_identity if state is not None else None,
        )
        sealed = seal_capture(self.room, self.bench, capture_review(self.bench, order, state=state), about)
        shown = sealed.manifest.completeness
        if shown.images_unloaded:
            self.room.problems.append(
                _("{review_id}: {images_unloaded} of {images_total} pictures did not load ({moment})").format(
                    review_id=review.review_id,
                    images_unloaded=shown.images_unloaded,
                    images_total=shown.images_total,
                    moment=moment,
                )
            )
        return sealed

    def capture_status(self, appeal: AppealRecord, number: str, *, page: str, state: bytes) -> SealedCapture:
        """Captures the site's own page about an appeal: the moderator's decision, as the account sees it."""
        order = CaptureOrder(
            moment="status",
            url=self.room.site.url(page, appeal_number=number),
            page_name=page,
            made_by=self.room.actor.name or self.room.actor.id,
            account_label=self.room.account_id,
            software=f"fairreview {own_version()}",
        )
        identity = find_channel(self.room.site, appeal.channel).identity
        about = About(review_id=appeal.review_id, case_id=appeal.case_id, appeal_id=appeal.id, identity=identity)
        return seal_capture(self.room, self.bench, capture_review(self.bench, order, state=state), about)

    def _prepare_appeal(self, case: CaseFile, case_id: str) -> None:
        """Takes the second picture, as the account sees it, and drafts the appeal a person may approve."""
        self._take_second_pictures(case, case_id)
        fresh = open_case_file(
            self.room.installation.state, self.room.installation.artifacts, self.room.account_id, case.review.review_id
        )
        try:
            payload = compose_payload(self.room.installation, self.room.account, fresh, Wishes())
            terms = terms_of(
                self.room.site, payload.channel, settings=self.room.installation.settings, account=self.room.account
            )
            draft = prepare_draft(
                self.room.installation.state,
                case_id,
                payload,
                actor=self.room.actor,
                terms=terms,
                rewording=Rewording.WAITING_DRAFT,
            )
            self.room.report(
                "draft", _("{id}: a draft for {channel} waits for approval").format(id=draft.id, channel=draft.channel)
            )
        except AlreadyOpen:
            return  # a later version of a review under appeal: the one that was sent is followed
        except (AppealError, SettingsError, UsageError) as error:
            self.room.problems.append(
                _("{review_id}: no draft was made: {message_of}").format(
                    review_id=case.review.review_id, message_of=message_of(error)
                )
            )

    def _take_second_pictures(self, case: CaseFile, case_id: str) -> None:
        reader = self.room.site.reader_identity
        if reader is not None and reader in self.room.account.identities:
            state = self._attempt("the account's view", lambda: self.sign_ins.require(reader).state)
            if state is not None:
                self.capture(case, case_id, "account", state=state)
        self._capture_card(case, case_id)

    def _keep_facts(self, case: CaseFile) -> None:
        readings: list[Reading | None] = [self._card(case), self._author(case), self._order(case)]
        kept = [put_fact(self.room.installation.artifacts, reading) for reading in readings if reading is not None]
        if not kept:
            return
        review_id = case.review.review_id
        with self.room.installation.state.transaction(self.room.lease) as tx:
            card = self._cards.get(case.review.sku)
            if card is not None and card.title and card.title != case.product_title:
                tx.products.change(self.room.account_id, case.review.sku, title=card.title)
            for fact in kept:
                index_fact(
                    tx,
                    fact,
                    account_id=self.room.account_id,
                    review_id=review_id,
                    visit_id=self.room.order.visit_id,
                )
            action = self.room.action(
                "case.facts",
                subjects=[subject("review", review_id)],
                outputs={"read": [type(fact.reading).__name__ for fact in kept]},
                artifacts=[str(fact.digest) for fact in kept],
            )
            tx.journal.record(self.room.account_id, action)

    def _card(self, case: CaseFile) -> ProductCardReading | None:
        sku = case.review.sku
        if "product" in self.room.site.pages and sku not in self._cards:
            self._cards[sku] = self._attempt("the product card", lambda: self._read_card(case.product_url))
        return self._cards.get(sku)

    def _read_card(self, url: str) -> ProductCardReading:
        with reading_tab(self.bench) as tab:
            return read_product_card(tab, url)

    def _author(self, case: CaseFile) -> AuthorReading | None:
        author_id = case.review.author_id
        if "author" in self.room.site.pages and author_id and author_id not in self._authors:
            self._authors[author_id] = self._attempt("the author's profile", lambda: self._read_author(author_id))
        return self._authors.get(author_id)

    def _read_author(self, author_id: str) -> AuthorReading:
        with reading_tab(self.bench) as tab:
            return read_author(tab, author_id)

    def _order(self, case: CaseFile) -> OrderReading | OrderAbsence | None:
        return self._attempt("the order", lambda: self._find_order(case)) if _reads_orders(self.room) else None

    def _find_order(self, case: CaseFile) -> OrderReading | OrderAbsence:
        reader = self.room.site.reader_identity
        assert reader is not None  # noqa: S101 - asked for where there is one only
        state = self.sign_ins.require(reader).state
        card = self._cards.get(case.review.sku)  # read just before: only orders that name the product are opened
        title = card.title if card else case.product_title
        with account_tab(self.bench, state) as tab:
            found = find_order(tab, review_id=case.review.review_id, product_title=title)
        if isinstance(found, OrderAbsence) and not found.is_whole:
            self.room.problems.append(
                _(
                    "{review_id}: none of {orders_opened} orders on {pages_read} pages shows it, and there are "
                    "more; name the right one"
                ).format(review_id=found.review_id, orders_opened=found.orders_opened, pages_read=found.pages_read)
            )
        return found

    def _capture_card(self, case: CaseFile, case_id: str) -> Digest | None:
        if "product" not in self.room.site.pages:
            return None
        order = CaptureOrder(
            moment="product_card",
            url=case.product_url,
            page_name="product",
            made_by=self.room.actor.name or self.room.actor.id,
            software=f"fairreview {own_version()}",
        )
        about = About(review_id=case.review.review_id, sku=case.review.sku, case_id=case_id)
        capture = self._attempt("the product card's capture", lambda: capture_review(self.bench, order))
        return seal_capture(self.room, self.bench, capture, about).digest if capture else None

    def _attempt(self, what: str, action: Callable[[], Found]) -> Found | None:
        """Does a step the case can live without; a wall still stops the visit."""
        try:
            return action()
        except WallMet:
            raise
        except FlowError as error:
            self.room.problems.append(_("{what} could not be read: {error}").format(what=what, error=told(error)))
        return None
