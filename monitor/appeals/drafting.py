"""What people do with an appeal: draft, change, approve, take back, release for another attempt, resolve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from evidence_store.journal import Actor
from monitor.appeals.closed_tickets import find_closed, tell_way_on
from monitor.appeals.machine import AppealState, Moderation, Outcome, Taker
from monitor.appeals.payload import Payload, payload_of
from monitor.appeals.senders import is_same_identity, require_no_other
from monitor.appeals.steps import StepContext, close_incidents, load, may_have_gone_out, move, note, tell_next_step
from monitor.appeals.terms import ChannelTerms
from monitor.errors import AlreadyOpen, AppealError, IllegalTransition, NotApproved, UnknownOutcome
from monitor.language import gettext as _
from monitor.state import State, Transaction
from monitor.state.appeals import AppealFile, AppealRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue


class Drafting:
    """The desk's and the command line's side of the ledger. Nothing here touches the site.

    Args:
        state: The store.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def draft(
        self, case_id: str, payload: Payload, *, actor: Actor, terms: ChannelTerms, word: str = ""
    ) -> AppealRecord:
        """Stores a draft: the first generation, or the next one after a rejection where the site allows it.

        Where the gesture opens a ticket, one that a person called closed is over, and this one follows it.

        Args:
            case_id: The review's case.
            payload: What would be sent.
            actor: Who drafts it.
            terms: The channel's.
            word: What the person gave their word for against the program's advice, for the log.

        Raises:
            AlreadyOpen: the review has an open appeal under this identity.
            AppealError: the site does not allow another one.
        """
        with self._state.transaction() as tx:
            case = tx.cases.get(case_id)
            if case is None or case.review_id != payload.review_id:
                raise AppealError(_("the case is not about this review"), where=case_id)
            earlier = tx.appeals.generations(payload.identity, payload.review_id)
            if terms.opens_dialogue:
                for over in find_closed(tx, earlier, payload.channel):
                    close(tx, over, f"ticket {over.number} is closed, another one follows")
                earlier = tx.appeals.generations(payload.identity, payload.review_id)
            _require_none_open(tx, earlier, payload.channel if terms.opens_dialogue else "")
            _require_none_lost(tx, earlier)
            _require_reappeal_allowed(earlier, terms)
            require_no_other(tx, payload.review_id, payload, account_id=case.account_id, only_sent=False)
            generation = earlier[-1].generation + 1 if earlier else 1
            appeal = _new_record(case.account_id, case_id, payload, generation=generation, now=tx.now())
            tx.appeals.add(appeal, _files(appeal.id, payload))
            note(tx, appeal, "appeal.filing.draft", StepContext(actor=actor, facts={"word": word} if word else {}))
            return appeal

    def revise(self, appeal_id: str, payload: Payload, *, actor: Actor, word: str = "") -> AppealRecord:
        """Replaces text, reason, channel and files of an appeal without a gesture; approvals fall away."""
        with self._state.transaction() as tx:
            appeal = load(tx, appeal_id)
            is_same = is_same_identity(payload.identity, appeal.identity)
            if not is_same or (payload.site, payload.review_id) != (appeal.site, appeal.review_id):
                raise AppealError(_("an appeal cannot change its review or identity"), where=appeal_id)
            _require_rewordable(tx, appeal)
            if appeal.state != AppealState.DRAFT:
                why = StepContext(actor=actor, facts={"why": "revised"})
                appeal = move(tx, appeal, AppealState.DRAFT, Taker.DRAFT, why)
            tx.approvals.revoke(appeal_id, "revised")
            changed = tx.appeals.change(
                appeal,
                identity=payload.identity,
                channel=payload.channel,
                ground=payload.ground,
                reason_label=payload.reason_label,
                text=payload.text,
                product_url=payload.product_url,
                order_number=payload.order_number,
                sender_name=payload.sender_name,
                sender_email=payload.sender_email,
                channel_kind=payload.channel_kind,
                review_version=payload.review_version,
                payload_hash=payload.compute_hash(),
            )
            if not changed:
                raise IllegalTransition(_("the draft was changed meanwhile"), where=appeal_id)
            tx.appeals.replace_files(appeal_id, _files(appeal_id, payload))
            appeal = load(tx, appeal_id)
            note(tx, appeal, "appeal.filing.revised", StepContext(actor=actor, facts={"word": word} if word else {}))
            return appeal

    def approve(
        self,
        appeal_id: str,
        payload_hash: str,
        *,
        actor: Actor,
        wait: timedelta = timedelta(0),
        check: Callable[[Transaction], None] = lambda _: None,
    ) -> AppealRecord:
        """Stores a human approval of exactly the payload whose hash was shown.

        Args:
            appeal_id: The appeal.
            payload_hash: The hash the person saw in the preview.
            actor: The person; kind ``operator``, or ``simulated`` in a demo.
            wait: How long a schedule leaves it alone, so that the person can change their mind.
            check: Looks, in the transaction that stores the approval, whether there is something against it.

        Raises:
            NotApproved: the payload is not the one that was shown, or the actor is no person.
            IllegalTransition: it is not a draft.
        """
        if actor.kind not in {"operator", "simulated"}:
            raise NotApproved(_("only a person can approve an appeal"), where=appeal_id)
        with self._state.transaction() as tx:
            check(tx)
            appeal = load(tx, appeal_id)
            stored = payload_of(appeal, tx.appeals.files(appeal_id)).compute_hash()
            if not stored == payload_hash == appeal.payload_hash:
                raise NotApproved(
                    _("the appeal is not what was shown any more"),
                    where=appeal_id,
                    hint=_("Preview it again and approve what you see."),
                )
            why = StepContext(actor=actor, facts={"payload": payload_hash})
            appeal = move(tx, appeal, AppealState.APPROVED, Taker.APPROVE, why)
            _write_approval(tx, appeal, actor, wait)
            return appeal

    def revoke(self, appeal_id: str, *, actor: Actor, why: str = "") -> AppealRecord:
        """Takes an approval back while nothing was tried."""
        with self._state.transaction() as tx:
            appeal = load(tx, appeal_id)
            facts = StepContext(actor=actor, facts={"why": why or "revoked"})
            return move(tx, appeal, AppealState.DRAFT, Taker.REVOKE, facts)

    def drop(self, appeal_id: str, *, actor: Actor, why: str) -> AppealRecord:
        """Ends an appeal that was not sent, or is proven not to be on the site."""
        with self._state.transaction() as tx:
            appeal = load(tx, appeal_id)
            facts = StepContext(actor=actor, facts={"why": why})
            return move(tx, appeal, AppealState.MOOT, Taker.DROP, facts, closed_at=tx.now(), closed_why=why)

    def release(
        self, appeal_id: str, *, actor: Actor, payload_hash: str, note_text: str = "", wait: timedelta = timedelta(0)
    ) -> AppealRecord:
        """Opens the next generation of an appeal that the site provably does not have: a person's decision.

        The new generation is approved for the same payload; a changed one goes through ``draft`` and ``approve``.

        Raises:
            UnknownOutcome: absence is not proven.
            NotApproved: the payload is not the one that was shown.
        """
        if actor.kind not in {"operator", "simulated"}:
            raise NotApproved(_("only a person can release an appeal"), where=appeal_id)
        with self._state.transaction() as tx:
            appeal = load(tx, appeal_id)
            if appeal.state != AppealState.ABSENT or not appeal.is_open:
                raise UnknownOutcome(
                    _("the appeal is {state}: it is not proven that the site does not have it").format(
                        state=appeal.state
                    ),
                    where=appeal_id,
                    hint=tell_next_step(tx, appeal),
                )
            files = tx.appeals.files(appeal_id)
            payload = payload_of(appeal, files)
            if payload.compute_hash() != payload_hash:
                raise NotApproved(_("the appeal is not what was shown"), where=appeal_id)
            close(tx, appeal, "released for another attempt")
            fresh = _new_record(
                appeal.account_id, appeal.case_id, payload, generation=appeal.generation + 1, now=tx.now()
            )
            tx.appeals.add(fresh, _files(fresh.id, payload))
            why = StepContext(actor=actor, facts={"after": appeal.id, "note": note_text, "payload": payload_hash})
            approved = move(tx, fresh, AppealState.APPROVED, Taker.RELEASE, why)
            _write_approval(tx, approved, actor, wait)
            return approved

    def resolve(
        self, appeal_id: str, wanted: AppealState, *, actor: Actor, note_text: str, number: str | None = None
    ) -> AppealRecord:
        """Stores what a person found out about an appeal that needs one: there (with its number), or not there.

        Raises:
            IllegalTransition: the appeal does not wait for an answer, or that answer is not possible.
            NotApproved: the actor is no person.
            UnknownOutcome: whatever filled the form may still be alive and send.
        """
        if actor.kind not in {"operator", "simulated"}:
            raise NotApproved(_("only a person can say so"), where=appeal_id)
        with self._state.transaction() as tx:
            appeal = load(tx, appeal_id)
            _require_resolvable(tx, appeal, wanted)
            why = StepContext(actor=actor, facts={"by": "a person's word", "note": note_text, "number": number})
            values: dict[str, datetime | str | None] = {"number": number} if number else {}
            if wanted is AppealState.MOOT:
                values |= {"closed_at": tx.now(), "closed_why": note_text or "resolved by a person"}
            return move(tx, appeal, wanted, Taker.RESOLVE, why, **values)


def _write_approval(tx: Transaction, appeal: AppealRecord, actor: Actor, wait: timedelta) -> None:
    """Stores the word, and tells people until when it can be taken back."""
    tx.even_since()  # observed from now on: a jump before the approval ripens is seen
    send_from = tx.now() + wait
    tx.approvals.add(appeal.id, appeal.payload_hash, approver=actor.id, approver_kind=actor.kind, send_from=send_from)
    payload: dict[str, JsonValue] = {
        "appeal": appeal.id,
        "review": appeal.review_id,
        "channel": appeal.channel,
        "send_from": send_from.isoformat(timespec="seconds"),
    }
    key = f"{appeal.id}:approved:{len(tx.approvals.of(appeal.id))}"
    tx.outbox.put(appeal.account_id, "appeal.filing.approved", payload, dedup_key=key)


def close(tx: Transaction, appeal: AppealRecord, why: str) -> AppealRecord:
    """Ends a generation; its states stay what they are."""
    if not tx.appeals.change(appeal, closed_at=tx.now(), closed_why=why):
        raise IllegalTransition(_("this generation of the appeal moved on meanwhile"), where=appeal.id)
    close_incidents(tx, appeal)
    return load(tx, appeal.id)


def adopt(tx: Transaction, case_id: str, payload: Payload, *, number: str | None, why: StepContext) -> AppealRecord:
    """Stores an appeal that the site has but the ledger does not know, so that none is sent beside it."""
    case = tx.cases.get(case_id)
    if case is None:
        raise AppealError(_("there is no such case"), where=case_id)
    earlier = tx.appeals.generations(payload.identity, payload.review_id)
    _require_none_open(tx, earlier)
    generation = earlier[-1].generation + 1 if earlier else 1
    appeal = _new_record(case.account_id, case_id, payload, generation=generation, now=tx.now())
    tx.appeals.add(appeal, ())
    return move(tx, appeal, AppealState.ALREADY_REPORTED, Taker.RESTORE, why, number=number, settled_at=tx.now())


def _require_rewordable(tx: Transaction, appeal: AppealRecord) -> None:
    editable = {AppealState.DRAFT, AppealState.APPROVED, AppealState.NEEDS_HUMAN}
    is_untried = appeal.state in editable and not may_have_gone_out(tx.appeals.transitions(appeal.id))
    if not appeal.is_open or not is_untried:
        raise IllegalTransition(
            _("the appeal is {state}: its words are not changed any more").format(state=appeal.state),
            where=appeal.id,
            hint=tell_next_step(tx, appeal),
        )


def _require_resolvable(tx: Transaction, appeal: AppealRecord, wanted: AppealState) -> None:
    is_left = appeal.state is AppealState.DUPLICATE_SEEN and wanted is AppealState.MOOT
    if not (is_left or appeal.state in {AppealState.NEEDS_HUMAN, AppealState.UNKNOWN}) or not appeal.is_open:
        raise IllegalTransition(
            _("the appeal is {state}: there is nothing to resolve").format(state=appeal.state),
            where=appeal.id,
            hint=tell_next_step(tx, appeal),
        )
    if wanted is AppealState.DRAFT and appeal.gesture_at is not None:
        raise IllegalTransition(
            _("its gesture was made: it can be gone, but not unsent"), where=appeal.id, hint=tell_next_step(tx, appeal)
        )
    visit = None if appeal.fence is None else tx.visits.of_fence(appeal.account_id, appeal.fence)
    if wanted is AppealState.ABSENT and visit is not None and visit.finished_at is None:
        raise UnknownOutcome(
            _("the visit that filled the form has not ended"), where=appeal.id, hint=_("Look again when it has.")
        )


def _require_none_open(tx: Transaction, earlier: list[AppealRecord], tickets: str = "") -> None:
    """Refuses a second one; ``tickets`` is the channel, where its gesture opens a ticket."""
    for appeal in earlier:
        if appeal.is_open:
            is_ticket = appeal.channel == tickets
            raise AlreadyOpen(
                _("this review has an open appeal ({state})").format(state=appeal.state),
                where=appeal.id,
                hint=tell_way_on(tx, appeal) if is_ticket else tell_next_step(tx, appeal),
            )


def _require_none_lost(tx: Transaction, earlier: list[AppealRecord]) -> None:
    """What was left without anybody finding out may be on the site: another one beside it could be the second."""
    for appeal in earlier:
        if appeal.state == AppealState.MOOT and may_have_gone_out(tx.appeals.transitions(appeal.id)):
            raise AppealError(
                _("an earlier appeal about this review may be on the site, and it was left without finding out"),
                where=appeal.id,
                hint=_("Nothing more is sent about this review."),
            )


def _require_reappeal_allowed(earlier: list[AppealRecord], terms: ChannelTerms) -> None:
    sent = [appeal for appeal in earlier if appeal.moderation or appeal.outcome or appeal.number]
    if any(appeal.outcome == Outcome.REMOVED or appeal.moderation == Moderation.ACCEPTED for appeal in sent):
        raise AppealError(_("the site has already agreed with an appeal about this review"), where=sent[-1].id)
    if len(sent) > terms.max_reappeals:
        raise AppealError(
            _("the site takes {max_reappeals} further appeals about a review, {count} were decided").format(
                max_reappeals=terms.max_reappeals, count=len(sent)
            ),
            where=sent[-1].id,
        )


def _new_record(account_id: str, case_id: str, payload: Payload, *, generation: int, now: datetime) -> AppealRecord:
    return AppealRecord(
        id=new_id("appeal"),
        case_id=case_id,
        account_id=account_id,
        site=payload.site,
        identity=payload.identity,
        review_id=payload.review_id,
        generation=generation,
        review_version=payload.review_version,
        channel=payload.channel,
        ground=payload.ground,
        reason_label=payload.reason_label,
        text=payload.text,
        product_url=payload.product_url,
        order_number=payload.order_number,
        payload_hash=payload.compute_hash(),
        state=AppealState.DRAFT,
        moderation="",
        outcome="",
        number=None,
        fence=None,
        deadline_at=None,
        intent_at=None,
        gesture_at=None,
        released_at=None,
        settled_at=None,
        counted_at=None,
        decided_at=None,
        returns=0,
        created_at=now,
        updated_at=now,
        closed_at=None,
        closed_why="",
        sender_name=payload.sender_name,
        sender_email=payload.sender_email,
        channel_kind=payload.channel_kind,
    )


def _files(appeal_id: str, payload: Payload) -> list[AppealFile]:
    return [
        AppealFile(appeal_id, position, file.name, file.sha256, file.media_type, str(file.path))
        for position, file in enumerate(payload.files)
    ]
