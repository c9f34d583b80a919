"""Fills the site's real form without a gesture: what it shows, and what its page sends by itself, kept as a look."""

from __future__ import annotations

from dataclasses import dataclass

from flows.channels import FilledForm
from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.filing import OpenChannel, open_channel
from flows.workbench import Workbench
from monitor.appeals.payload import order_of
from monitor.cases.attachments import at_home
from monitor.cases.channel_terms import find_channel
from monitor.cases.early_checks import require_form_to_fill
from monitor.cases.needed_requests import LookSource, NeededMark, find_marks, requests_of
from monitor.language import gettext as _
from monitor.state import subject
from monitor.state.appeals import AppealRecord
from monitor.visiting.looks import FormSeen, needed_requests, record_look, seal_look, sent_by_itself
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns


@dataclass
class Previewing:
    """Fills forms of one account, one after the other, and leaves them."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns

    def preview(self, appeal: AppealRecord) -> tuple[str, ...]:
        """Fills the real form with the gate closed and seals its picture; returns what the form says is wrong.

        What the page sent meanwhile is kept as a look that a person can confirm, also where the form could not be
        filled because that was stopped.

        Raises:
            AppealError: there is no form to fill, or none that may be opened.
            flows.errors.FlowError: the form could not be filled.
        """
        require_form_to_fill(self.room.installation, self.room.account, appeal)
        spec = find_channel(self.room.site, appeal.channel)
        state, expected = self.sign_ins.require(spec.identity).state, self.sign_ins.expected(spec.identity)
        with self.room.installation.state.read() as tx:
            order = order_of(tx, appeal)
        order = order.model_copy(
            update={"attachments": tuple(at_home(self.room.installation.artifacts, file) for file in order.attachments)}
        )
        needed = needed_requests(self.room, appeal.channel)
        with open_channel(self.bench, appeal.channel, state=state, expected=expected, needed=needed) as open_form:
            try:
                open_form.channel.prepare(order)
                form = open_form.channel.inspect()
            except (WallMet, SignInRequired, WrongAccount):
                raise
            except FlowError:
                if open_form.gate.stopped:
                    self._keep(appeal, open_form, form=None)
                raise
            self._keep(appeal, open_form, form=form)
        return form.problems

    def _keep(self, appeal: AppealRecord, open_form: OpenChannel, *, form: FilledForm | None) -> None:
        spec = find_channel(self.room.site, appeal.channel)
        manifest = seal_look(
            self.room, open_form.tab, page_name=spec.page, review_id=appeal.review_id, identity=spec.identity
        )
        look = FormSeen(
            source=LookSource.PREVIEW,
            review_id=appeal.review_id,
            channel=appeal.channel,
            identity=spec.identity,
            control="cannot_say" if form is None else "present",
            manifest=manifest,
            changing=sent_by_itself(open_form.gate),
            findings={"reasons": list(form.reasons_offered) if form else []},
        )
        record = record_look(self.room, look)
        pictures = [manifest]
        if form is not None and form.screenshot:
            digest = self.room.installation.artifacts.put(form.screenshot)
            pictures.append(digest.hex)
            self.room.report(
                "preview",
                _("Picture of the filled form: {path_of}").format(
                    path_of=self.room.installation.artifacts.path_of(digest)
                ),
            )
        self._note(appeal, form, pictures)
        self._report_new(requests_of(record) or (), appeal.channel)

    def _note(self, appeal: AppealRecord, form: FilledForm | None, pictures: list[str]) -> None:
        action = self.room.action(
            "appeal.preview_live",
            subjects=[
                subject("appeal", appeal.id),
                subject("review", appeal.review_id),
                subject("case", appeal.case_id),
            ],
            outputs={
                "problems": list(form.problems) if form else ["the form could not be filled"],
                "reasons": list(form.reasons_offered) if form else [],
            },
            artifacts=[f"sha256:{picture}" for picture in pictures],
        )
        with self.room.installation.state.transaction(self.room.lease) as tx:
            tx.journal.record(self.room.account_id, action)

    def _report_new(self, marks: tuple[NeededMark, ...], channel: str) -> None:
        """Shows what nobody has confirmed yet, and what confirms it."""
        with self.room.installation.state.read() as tx:
            known = {(mark.method, mark.url) for mark in find_marks(tx, self.room.account_id, channel) or ()}
        for mark in marks:
            if (mark.method, mark.url) not in known:
                self.room.problems.append(
                    f"the page of {channel} sends by itself, and was stopped: {mark.method} {mark.url}. If it needs"
                    f" that, `fairreview probe confirm {mark.probe_id}` lets it pass"
                )
