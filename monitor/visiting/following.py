"""Asks the site about what was sent: what is unknown, what the moderator says, what the public page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.check_public import check_public
from flows.library.follow_appeals import AppealListReader
from flows.readings.models import AppealListReading
from flows.workbench import Workbench
from monitor.appeals.follow import Follower, PublicLook
from monitor.appeals.reconcile import Reconciler, SiteLook
from monitor.appeals.terms import ChannelTerms
from monitor.cases.casework import open_case_file
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.state.appeals import AppealRecord
from monitor.visiting.investigating import Investigation
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.watching.incidents import report_bad, report_good


@dataclass
class FollowUp:
    """Follows the appeals of one account."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns
    investigation: Investigation

    def run(self) -> list[AppealRecord]:
        """Reconciles, reads statuses and looks at the public page, as far as each is due; returns what changed.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: a person is needed.
            LeaseLost, StorageError: this visit may not go on.
        """
        changed: dict[str, AppealRecord] = {}
        for identity, channels in self._by_identity().items():
            listing = self._read_list(identity, channels)
            for appeal in [*self._reconcile(channels, listing), *self._read_statuses(channels, listing)]:
                changed[appeal.id] = appeal
        for appeal in self._look_at_public():
            changed[appeal.id] = appeal
        self._release_account()
        return list(changed.values())

    def _by_identity(self) -> dict[str, dict[str, ChannelTerms]]:
        with self.room.opened.state.read() as tx:
            channels = {appeal.channel for appeal in tx.appeals.of_account(self.room.account_id, only_open=True)}
        found: dict[str, dict[str, ChannelTerms]] = {}
        for channel in sorted(channels):
            identity = find_channel(self.room.site, channel).identity
            found.setdefault(identity, {})[channel] = self._terms(channel)
        return found

    def _read_list(self, identity: str, channels: dict[str, ChannelTerms]) -> AppealListReading | None:
        """Reads the site's own list in a fresh context, when one of the channels has one."""
        if not any(terms.has_list for terms in channels.values()):
            return None
        signed_in = self.sign_ins.require(identity)
        self.room.tell("follow", "Reading the site's own list of appeals")
        reader = AppealListReader(self.bench, state=signed_in.state, expected=self.sign_ins.expected(identity))
        try:
            listing = reader.read_list()
        except (WallMet, SignInRequired, WrongAccount):
            raise
        except FlowError as error:
            self.room.problems.append(f"the list of appeals could not be read: {error}")
            with self.room.opened.state.transaction(self.room.lease) as tx:
                report_bad(tx, self.room.account_id, "list_unreadable", subject=identity, detail=str(error)[:300])
            return None
        with self.room.opened.state.transaction(self.room.lease) as tx:
            report_good(tx, self.room.account_id, "list_unreadable", subject=identity)
        return listing

    def _reconcile(
        self, channels: dict[str, ChannelTerms], listing: AppealListReading | None
    ) -> Iterable[AppealRecord]:
        reconciler = Reconciler(self.room.opened.state)
        for appeal in reconciler.waiting(self.room.account_id, channels.values()):
            terms = channels.get(appeal.channel)
            if terms is None:
                continue
            self.sign_ins.require(find_channel(self.room.site, appeal.channel).identity)
            look = SiteLook(
                read_at=self.room.opened.clock.now(),
                account_proven=True,
                # Submit contexts are closed when their block is left, and an earlier visit's processes are dead
                # before its lock can be taken: nothing that filled a form is alive while this list is read.
                submitter_gone=True,
                listing=listing if terms.has_list else None,
                reported_mark=None,
            )
            done = reconciler.apply(appeal.id, look, self.room.lease, terms)
            if done.state != appeal.state:
                self.room.tell("reconcile", f"{appeal.id}: {appeal.state} → {done.state}")
                yield done

    def _read_statuses(
        self, channels: dict[str, ChannelTerms], listing: AppealListReading | None
    ) -> Iterable[AppealRecord]:
        if listing is None:
            return
        for appeal in Follower(self.room.opened.state).apply_list(listing, self.room.lease, channels):
            self.room.tell("follow", f"{appeal.id}: the site says {appeal.moderation}")
            yield appeal

    def _look_at_public(self) -> Iterable[AppealRecord]:
        follower = Follower(self.room.opened.state)
        terms = [item for channels in self._by_identity().values() for item in channels.values()]
        for appeal in follower.needing_public_look(self.room.account_id, terms, self.room.opened.clock.now()):
            done = follower.apply_public(
                appeal.id, self._public_look(appeal), self.room.lease, self._terms(appeal.channel)
            )
            if done.outcome != appeal.outcome:
                self.room.tell("outcome", f"{appeal.id}: the review is {done.outcome} on the public page")
                yield done

    def _public_look(self, appeal: AppealRecord) -> PublicLook:
        case = open_case_file(self.room.opened, self.room.account_id, appeal.review_id)
        checked = check_public(
            self.bench,
            sku=case.review.sku,
            product_url=case.product_url,
            review_id=appeal.review_id,
            known_text=case.version.text,
            known_version=case.version.site_version,
        )
        artifacts: tuple[str, ...] = ()
        if checked.verdict != "cannot_say":
            # What the page showed at this look is the evidence of the outcome, also when it shows nothing any more.
            sealed = self.investigation.capture(
                case, appeal.case_id, "afterwards", is_expected=checked.verdict != "gone"
            )
            artifacts = (str(sealed.digest),)
        return PublicLook(
            read_at=self.room.opened.clock.now(),
            verdict=checked.verdict,
            problems=checked.problems,
            artifacts=artifacts,
        )

    def _release_account(self) -> None:
        """After a restored backup: once the site was asked about everything open, the account may file again."""
        state = self.room.opened.state
        with state.read() as tx:
            account = tx.accounts.get(self.room.account_id)
        if account is None or account.must_reconcile_since is None:
            return
        terms = [item for channels in self._by_identity().values() for item in channels.values()]
        if not Reconciler(state).waiting(self.room.account_id, terms):
            with state.transaction(self.room.lease) as tx:
                tx.accounts.mark_reconciled(self.room.account_id)

    def _terms(self, channel: str) -> ChannelTerms:
        return terms_of(self.room.site, channel, settings=self.room.opened.settings, account=self.room.account)
