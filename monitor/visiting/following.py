"""Asks the site about what was sent: what is unknown, what the moderator says, what the public page shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.check_public import check_public
from flows.library.follow_appeals import AppealListReader
from flows.library.probe_channels import ProbeTarget, probe_channel
from flows.readings.models import AppealListReading
from flows.workbench import Workbench
from monitor.appeals.follow import TELLS_STATUSES, Follower, PublicLook
from monitor.appeals.machine import DECIDED, NOT_SENT, AppealState
from monitor.appeals.payload import address_today
from monitor.appeals.reconcile import Reconciler, SiteLook, submitter_gone_since
from monitor.appeals.restore import settle_restore
from monitor.appeals.terms import ChannelTerms
from monitor.appeals.words import FILING, MODERATION
from monitor.cases.casework import open_case_file
from monitor.cases.channel_terms import find_channel, identity_key, terms_of
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.endings import told
from monitor.incidents import report_bad, report_good
from monitor.language import gettext as _
from monitor.language.words import in_a_cell
from monitor.state.appeals import AppealRecord
from monitor.state.cases import ArtifactRecord
from monitor.visiting.investigating import Investigation
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns


def is_decision_unseen(appeal: AppealRecord, evidence: Iterable[ArtifactRecord]) -> bool:
    """Whether the site has decided an appeal and no picture of its page was taken since. Pure."""
    if appeal.number is None or appeal.decided_at is None or appeal.moderation not in DECIDED:
        return False
    return not any(row.moment == "status" and row.captured_at >= appeal.decided_at for row in evidence)


@dataclass
class FollowUp:
    """Follows the appeals of one account.

    Attributes:
        has_unread_list: Whether a list was asked for and said nothing: what moved is not all that there is to know.
    """

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns
    investigation: Investigation
    has_unread_list: bool = False

    def run(self) -> list[AppealRecord]:
        """Reconciles, reads statuses and looks at the public page, as far as each is due; returns what changed.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: a person is needed.
            LeaseLost, StorageError: this visit may not go on.
        """
        changed: dict[str, AppealRecord] = {}
        with self.room.installation.state.read() as tx:
            tx.even_since()  # before the first look: one that is older than this observation would not count
        for identity, channels in self._by_identity().items():
            started = self.room.installation.clock.now()
            listing = self._read_list(identity, channels)
            moved = [
                *self._settle_restore(identity, channels, listing),
                *self._reconcile(channels, listing, started),
                *self._read_statuses(channels, listing),
            ]
            self._capture_decisions(identity, channels, {appeal.id for appeal in moved})
            changed |= {appeal.id: appeal for appeal in moved}
        changed |= {appeal.id: appeal for appeal in self._look_at_public()}
        return list(changed.values())

    def _by_identity(self) -> dict[str, dict[str, ChannelTerms]]:
        with self.room.installation.state.read() as tx:
            followed = tx.appeals.of_account(self.room.account_id, only_open=True)
        channels = {appeal.channel for appeal in followed if appeal.state not in NOT_SENT}
        if self._must_reconcile():
            channels |= (
                self.room.site.channels.keys()
            )  # the site may hold appeals that the restored store does not know
        found: dict[str, dict[str, ChannelTerms]] = {}
        for channel in sorted(channels):
            identity = find_channel(self.room.site, channel).identity
            if identity not in self.room.account.identities:
                continue
            found.setdefault(identity, {})[channel] = self._terms(channel)
        return found

    def _read_list(self, identity: str, channels: dict[str, ChannelTerms]) -> AppealListReading | None:
        """Reads the site's own list in a fresh context, when one of the channels has one."""
        if not any(terms.has_list for terms in channels.values()):
            return None
        signed_in = self.sign_ins.require(identity)
        self.room.report("follow", _("Reading the site's own list of appeals"))
        list_page = self._list_page(identity)
        expected = self.sign_ins.expected(identity)
        reader = AppealListReader(
            self.bench, state=signed_in.state, expected=expected, list_page=list_page, identity=identity
        )
        listing, why = None, ""
        try:
            listing = reader.read_list()
        except (WallMet, SignInRequired, WrongAccount):
            raise
        except FlowError as error:
            why = told(error)
        if listing is not None and listing.health not in TELLS_STATUSES:
            why = "; ".join([listing.health.value, *listing.problems])
        self._note_list(identity, list_page, why)
        return listing

    def _note_list(self, identity: str, list_page: str, why: str) -> None:
        account, kind = self.room.account_id, IncidentKind.LIST_UNREADABLE
        with self.room.installation.state.transaction(self.room.lease) as tx:
            if why:
                report_bad(tx, account, kind, subject=identity, detail=why[:300])
            else:
                report_good(tx, account, kind, subject=identity)
        if why:
            self.has_unread_list = True
            self.room.problems.append(
                _("the list of appeals ({page}) could not be read: {error}").format(page=list_page, error=why)
            )

    def _list_page(self, identity: str) -> str:
        """The page on which the site lists what this identity filed."""
        specs = self.room.site.channels.values()
        return next((spec.list_page for spec in specs if spec.identity == identity and spec.list_page), "appeals")

    def _reconcile(
        self, channels: dict[str, ChannelTerms], listing: AppealListReading | None, read_at: datetime
    ) -> Iterable[AppealRecord]:
        reconciler = Reconciler(self.room.installation.state)
        for appeal in reconciler.waiting(self.room.account_id, channels.values()):
            terms = channels.get(appeal.channel)
            if terms is None:
                continue
            look = self._look(appeal, terms, listing, read_at)
            done = reconciler.apply(appeal.id, look, self.room.lease, terms)
            if done.state != appeal.state:
                self.room.report(
                    "reconcile", f"{appeal.id}: {in_a_cell(appeal.state, FILING)} → {in_a_cell(done.state, FILING)}"
                )
                yield done

    def _look(
        self, appeal: AppealRecord, terms: ChannelTerms, listing: AppealListReading | None, read_at: datetime
    ) -> SiteLook:
        mark = self._reported_mark(appeal) if appeal.state == AppealState.UNKNOWN else None
        self.sign_ins.require(find_channel(self.room.site, appeal.channel).identity)
        with self.room.installation.state.read() as tx:
            gone_since = submitter_gone_since(tx, appeal, self.room.lease)
        return SiteLook(
            read_at=read_at,
            account_proven=True,  # the sign-in above proved it, and the list is read under the same session
            submitter_gone=gone_since is not None,
            gone_since=gone_since,
            listing=listing if terms.has_list else None,
            reported_mark=mark,
        )

    def _reported_mark(self, appeal: AppealRecord) -> bool | None:
        """Looks whether the review's page says that it was reported; None when that cannot be seen."""
        spec = find_channel(self.room.site, appeal.channel)
        if spec.facts.names_review_in == "text":
            return None  # a contact form looks the same before and after
        identity = spec.identity
        signed_in = self.sign_ins.require(identity)
        with self.room.installation.state.read() as tx:
            address = address_today(tx, appeal)
        target = ProbeTarget(review_id=appeal.review_id, product_url=address, order_number=appeal.order_number)
        try:
            probe = probe_channel(
                self.bench,
                appeal.channel,
                target,
                state=signed_in.state,
                expected=self.sign_ins.expected(identity),
            )
        except (WallMet, SignInRequired, WrongAccount):
            raise
        except FlowError as error:
            self.room.problems.append(
                _("{id}: the review's page could not be looked at: {error}").format(id=appeal.id, error=told(error))
            )
            return None
        if probe.form.was_appealed:
            return None  # an earlier appeal left the mark, and one more is offered: it says nothing about this one
        return {"already_reported": True, "present": False}.get(probe.control)

    def _read_statuses(
        self, channels: dict[str, ChannelTerms], listing: AppealListReading | None
    ) -> Iterable[AppealRecord]:
        if listing is None:
            return
        for appeal in Follower(self.room.installation.state).apply_list(listing, self.room.lease, channels):
            word = in_a_cell(appeal.moderation, MODERATION)
            self.room.report("follow", _("{id}: the site says {moderation}").format(id=appeal.id, moderation=word))
            yield appeal

    def _capture_decisions(self, identity: str, channels: dict[str, ChannelTerms], moved: Collection[str]) -> None:
        """Takes the picture of each decision that has none yet; what fails is tried again by the next visit.

        A site may have no page of one appeal: that is told when its decision is read, and not at every look.
        """
        with self.room.installation.state.read() as tx:
            decided = [
                appeal
                for appeal in tx.appeals.of_account(self.room.account_id, only_open=True)
                if appeal.channel in channels and is_decision_unseen(appeal, tx.artifacts.of_appeal(appeal.id))
            ]
        for appeal in decided:
            page = find_channel(self.room.site, appeal.channel).details_page or ""
            if page not in self.room.site.urls or page not in self.room.site.pages:
                if appeal.id in moved:
                    self.room.problems.append(
                        _("{id}: the site's catalog has no page {page}, so no picture of the decision is taken").format(
                            id=appeal.id, page=page
                        )
                    )
                continue
            self.room.report("capture", _("{id}: capturing the decision").format(id=appeal.id))
            try:
                state = self.sign_ins.require(identity).state
                self.investigation.capture_status(appeal, appeal.number or "", page=page, state=state)
            except (WallMet, SignInRequired, WrongAccount):
                raise
            except FlowError as error:
                self.room.problems.append(
                    _("{id}: the decision could not be captured: {error}").format(id=appeal.id, error=told(error))
                )

    def _look_at_public(self) -> Iterable[AppealRecord]:
        follower = Follower(self.room.installation.state)
        terms = [item for channels in self._by_identity().values() for item in channels.values()]
        for appeal in follower.needing_public_look(self.room.account_id, terms, self.room.installation.clock.now()):
            done = follower.apply_public(
                appeal.id, self._public_look(appeal), self.room.lease, self._terms(appeal.channel)
            )
            if done.outcome != appeal.outcome:
                self.room.report(
                    "outcome",
                    _("{id}: the review is {outcome} on the public page").format(id=appeal.id, outcome=done.outcome),
                )
                yield done

    def _public_look(self, appeal: AppealRecord) -> PublicLook:
        case = open_case_file(
            self.room.installation.state, self.room.installation.artifacts, self.room.account_id, appeal.review_id
        )
        checked = check_public(
            self.bench,
            sku=case.review.sku,
            product_url=case.product_url,
            review_id=appeal.review_id,
            known_text=case.version.text,
            known_version=None if case.version.to_reading().has_unread_mark else case.version.site_version,
        )
        artifacts: tuple[str, ...] = ()
        if checked.verdict != "cannot_say":
            # What the page showed at this look is the evidence of the outcome, also when it shows nothing any more.
            sealed = self.investigation.capture(
                case, appeal.case_id, "afterwards", is_expected=checked.verdict != "gone"
            )
            artifacts = (str(sealed.digest),)
        return PublicLook(
            read_at=self.room.installation.clock.now(),
            verdict=checked.verdict,
            problems=checked.problems,
            artifacts=artifacts,
        )

    def _settle_restore(
        self, identity: str, channels: dict[str, ChannelTerms], listing: AppealListReading | None
    ) -> Iterable[AppealRecord]:
        """After a restored backup: takes over what the site shows; the account files again when nothing is open."""
        if not self._must_reconcile():
            return ()
        read_at = self.room.installation.clock.now()
        looks = {
            name: SiteLook(read_at=read_at, account_proven=True, submitter_gone=True, listing=listing)
            for name, terms in channels.items()
            if terms.has_list and listing is not None
        }
        result = settle_restore(
            self.room.installation.state,
            self.room.lease,
            identity=identity_key(self.room.account, identity),
            looks=looks,
            terms=channels.values(),
        )
        self.room.problems += [
            _("the site is asked before anything is sent, and this is still waited for: {what}").format(what=what)
            for what in result.waiting_for
        ]
        return result.moved

    def _must_reconcile(self) -> bool:
        with self.room.installation.state.read() as tx:
            account = tx.accounts.get(self.room.account_id)
        return account is not None and account.must_reconcile_since is not None

    def _terms(self, channel: str) -> ChannelTerms:
        return terms_of(self.room.site, channel, settings=self.room.installation.settings, account=self.room.account)
