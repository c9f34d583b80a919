"""Files what a person approved: opens the channel, seals the pictures, lets the ledger commit between the steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flows.capture.values import Capture
from flows.catalog.channel_spec import ChannelSpec
from flows.channels import Attachment, FilingOrder
from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.filing import OpenChannel, open_channel
from flows.workbench import Workbench
from monitor.appeals.conditions import is_ripe
from monitor.appeals.filing import Filing
from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.cases.attachments import at_home
from monitor.cases.channel_choice import require_channel_on
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.endings import message_of, told
from monitor.errors import AppealError, CapReached
from monitor.language import gettext as _
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import GESTURE, TaskKind, VisitKind
from monitor.visiting.form_pictures import FormMoment, capture_form
from monitor.visiting.looks import needed_requests
from monitor.visiting.outcomes import tell_filed
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, seal_capture
from monitor.visiting.signing_in import SignIns
from monitor.watching.timings import timings_of

_WAITS_FOR_PERSON = (WallMet, SignInRequired, WrongAccount)


@dataclass
class AppealSender:
    """Files appeals of one account, one after the other."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns

    def file_approved(self) -> list[AppealRecord]:
        """Files the ordered appeals, or all that are approved, oldest first.

        One appeal's trouble never stops the others; a cap, a wall or a lost session does.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: a person is needed.
            LeaseLost, StorageError: this visit may not go on.
        """
        filed: list[AppealRecord] = []
        for appeal in self._waiting():
            if not self._may_file_now():
                self.room.problems.append(
                    _("{id}: the hours for filing are over; it waits for the next ones").format(id=appeal.id)
                )
                break
            try:
                filed.append(self._file(appeal))
            except CapReached as error:
                self.room.problems.append(f"{appeal.id}: {message_of(error)}")
                break
            except AppealError as error:
                self.room.problems.append(f"{appeal.id}: {message_of(error)}")
            except _WAITS_FOR_PERSON:
                raise
            except FlowError as error:
                self.room.problems.append(
                    _("{id}: not sent. {message_of}").format(id=appeal.id, message_of=message_of(error))
                )
        return filed

    def _may_file_now(self) -> bool:
        """A person who orders a filing chooses the hour; a visit on schedule keeps to the account's hours."""
        if self.room.order.kind is not VisitKind.DUE:
            return True
        timing = timings_of(self.room.installation.settings, self.room.account)[TaskKind.SUBMIT]
        return timing.is_open(self.room.installation.clock.now())

    def _waiting(self) -> list[AppealRecord]:
        with self.room.installation.state.read() as tx:
            approved = tx.appeals.of_account(self.room.account_id, states=[AppealState.APPROVED.value], only_open=True)
            if self.room.order.kind is VisitKind.DUE:
                approved = [appeal for appeal in approved if is_ripe(tx, appeal)]
        wanted = set(self.room.order.appeal_ids)
        return [appeal for appeal in approved if not wanted or appeal.id in wanted]

    def _file(self, appeal: AppealRecord) -> AppealRecord:
        require_channel_on(self.room.installation, self.room.account, appeal.review_id, appeal.channel)
        spec = find_channel(self.room.site, appeal.channel)
        signed_in = self.sign_ins.require(spec.identity)
        expected = self.sign_ins.expected(spec.identity)
        self.room.report("submit", _("Filing {id} through {channel}").format(id=appeal.id, channel=appeal.channel))
        pictures = _FormPictures(self, appeal, spec)
        needed = needed_requests(self.room, appeal.channel)

        @contextmanager
        def opening(order: FilingOrder) -> Iterator[OpenChannel]:
            with open_channel(
                self.bench, order.channel, state=signed_in.state, expected=expected, needed=needed
            ) as form:
                pictures.form = form
                yield form

        terms = terms_of(
            self.room.site, appeal.channel, settings=self.room.installation.settings, account=self.room.account
        )
        filing = Filing(
            Ledger(self.room.installation.state), pictures.seal, announce=self._announce, locate=self._locate
        )
        done = filing.file(appeal.id, self.room.lease, terms, opening)
        if done.state == AppealState.UNKNOWN and pictures.form is not None and pictures.form.gate.stopped:
            tried = "; ".join(pictures.form.gate.stopped[:3])
            look = _("`fairreview probe run {review_id} --channel {channel}`").format(
                review_id=appeal.review_id, channel=appeal.channel
            )
            self.room.problems.append(
                _("{id}: its page tried to send more and was stopped: {tried}. {look} looks").format(
                    id=appeal.id, tried=tried, look=look
                )
            )
        if done.state == AppealState.UNKNOWN and pictures.form is not None and pictures.form.gate.released:
            self.room.problems.append(self._tell_signs(appeal))
        self.room.report("submit", tell_filed(done))
        return done

    def _tell_signs(self, appeal: AppealRecord) -> str:
        """Says which entries would have told that the site took it: one of them may not fit the page."""
        page = self.room.site.channels[appeal.channel].page
        signs = [f"{page}.{name}" for name in ("number", "success") if name in self.room.site.pages[page].entries]
        if not signs:
            return _("{id}: {page} of the site's catalog describes neither number nor success to look for").format(
                id=appeal.id, page=page
            )
        return _("{id}: no sign that the site took it was seen; looked for: {signs}").format(
            id=appeal.id, signs=", ".join(signs)
        )

    def _locate(self, file: Attachment) -> Attachment:
        return at_home(self.room.installation.artifacts, file)

    def _announce(self, appeal_id: str) -> None:
        self.room.report(GESTURE, _("{appeal_id}: its one gesture is made now").format(appeal_id=appeal_id))


@dataclass
class _FormPictures:
    """The form that is open now, and how its pictures are sealed."""

    sender: AppealSender
    appeal: AppealRecord
    spec: ChannelSpec
    form: OpenChannel | None = None

    def seal(self, order: FilingOrder, moment: FormMoment, picture: bytes) -> str | None:
        """Seals the page as it stands, with the channel's own picture of the form; returns the manifest's digest.

        The picture of the filled form must succeed, or nothing is sent. After the gesture no trouble with a picture may
        hide what the site said.
        """
        try:
            capture = self._capture(moment, picture)
        except FlowError as error:
            if moment == "filled_form":
                raise
            self.sender.room.problems.append(
                _("{appeal_id}: the confirmation could not be captured: {error}").format(
                    appeal_id=order.appeal_id, error=told(error)
                )
            )
            return str(self.sender.room.installation.artifacts.put(picture)) if picture else None
        about = About(
            review_id=order.review_id,
            case_id=self.appeal.case_id,
            appeal_id=order.appeal_id,
            identity=self.spec.identity,
        )
        return str(seal_capture(self.sender.room, self.sender.bench, capture, about).digest)

    def _capture(self, moment: FormMoment, picture: bytes) -> Capture:
        if self.form is None:
            raise FlowError("the form is not open")
        return capture_form(self.sender.room, self.form.tab, moment, page_name=self.spec.page, picture=picture)
