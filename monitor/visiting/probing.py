"""Looks for the ways to appeal a review, and keeps what was seen as dated evidence. Sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flows.capture.values import CaptureOrder
from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.capture_review import capture_tab
from flows.library.filing import OpenChannel, open_channel
from flows.library.probe_channels import ChannelProbe, ProbeTarget, look_for
from flows.workbench import Workbench
from monitor.cases.casework import open_case_file
from monitor.cases.channel_choice import FILED_THROUGH
from monitor.cases.channel_terms import find_channel
from monitor.cases.needed_requests import findings_of
from monitor.endings import message_of
from monitor.errors import SettingsError
from monitor.software import own_version
from monitor.state import subject
from monitor.state.probes import ProbeRecord
from monitor.state.repository import new_id
from monitor.state.text import JsonValue
from monitor.visit_protocol import EndKind, VisitEnd
from monitor.visiting.needed import needed_requests
from monitor.visiting.room import VisitRoom
from monitor.visiting.sealing import About, seal_capture
from monitor.visiting.signing_in import SignIns


@dataclass
class Probing:
    """Looks for channels, one after the other, each under its own identity."""

    room: VisitRoom
    bench: Workbench
    sign_ins: SignIns

    def run(self) -> VisitEnd:
        """Looks for the ordered channels (or all that this account can have) for each ordered review.

        Raises:
            flows.errors.WallMet: the site asks for a person.
            SettingsError: the account has none of the channels' identities.
        """
        channels = self._channels()
        facts: list[tuple[str, str]] = []
        for review_id in self.room.order.review_ids:
            for channel in channels:
                control = self._probe(review_id, channel)
                if control is not None:
                    facts.append((f"{review_id} {channel}", control))
        kind = EndKind.DONE if facts else EndKind.FINDINGS
        return VisitEnd(kind=kind, message=f"{len(facts)} looks were kept as evidence.", facts=tuple(facts))

    def _channels(self) -> list[str]:
        wanted = self.room.order.channels or FILED_THROUGH
        found = [name for name in wanted if find_channel(self.room.site, name).identity in self.room.account.identities]
        if not found:
            raise SettingsError(
                f"account {self.room.account_id} has no identity that could have: {', '.join(wanted)}",
                where="account.identities",
                hint="Add the identity to config.toml, then `fairreview login`.",
            )
        return found

    def _probe(self, review_id: str, channel: str) -> str | None:
        """Looks for one channel; trouble with one does not stop the others, a wall does."""
        case = open_case_file(self.room.opened, self.room.account_id, review_id)
        order = case.facts.order
        target = ProbeTarget(
            review_id=review_id, product_url=case.product_url, order_number=order.order_number if order else None
        )
        if channel == "order_appeal" and target.order_number is None:
            self.room.problems.append(
                f"{channel}: the order of the review is not known; `fairreview capture {review_id}` looks for it"
            )
            return None
        identity = find_channel(self.room.site, channel).identity
        self.room.report("probe", f"Looking for {channel} of {review_id}")
        try:
            signed_in = self.sign_ins.require(identity)
            expected = self.sign_ins.expected(identity)
            needed = needed_requests(self.room, channel)
            with open_channel(self.bench, channel, state=signed_in.state, expected=expected, needed=needed) as opened:
                seen = look_for(opened, channel, target)
                digest = self._seal(opened, seen, identity)
                changing = (*opened.gate.stopped, *opened.gate.passed)
        except WallMet:
            raise
        except (SignInRequired, WrongAccount, FlowError) as error:
            self.room.problems.append(f"{channel}: {message_of(error)}")
            return None
        self._keep(seen, identity, digest, changing)
        self.room.report("probe", f"{channel}: {seen.control.replace('_', ' ')} {seen.detail}".rstrip())
        return seen.control

    def _seal(self, opened: OpenChannel, seen: ChannelProbe, identity: str) -> str:
        wanted = CaptureOrder(
            moment="probe",
            url=opened.tab.page.url,
            page_name=find_channel(self.room.site, seen.channel).page,
            made_by=self.room.actor.name,
            account_label=self.room.account_id,
            software=f"fairreview {own_version()}",
        )
        about = About(review_id=seen.review_id, identity=identity)
        return seal_capture(self.room, self.bench, capture_tab(opened.tab, wanted), about).digest.hex

    def _keep(self, seen: ChannelProbe, identity: str, manifest: str, changing: tuple[str, ...]) -> None:
        limits = seen.form.limits
        findings: dict[str, JsonValue] = {
            "reasons": list(seen.form.reasons),
            "text_max": limits.text_max,
            "takes_files": limits.takes_files,
            "takes_many_files": limits.takes_many_files,
            "file_types": list(limits.file_types),
            "was_appealed": seen.form.was_appealed,
            "offers_reappeal": seen.form.was_appealed and seen.control == "present",
            "detail": seen.detail,
            "url": seen.url,
            "requests": findings_of(changing),
        }
        with self.room.opened.state.transaction(self.room.lease) as tx:
            record = ProbeRecord(
                id=new_id("probe"),
                account_id=self.room.account_id,
                identity=identity,
                review_id=seen.review_id,
                channel=seen.channel,
                control=seen.control,
                findings=findings,
                manifest_sha256=manifest,
                visit_id=self.room.order.visit_id,
                probed_at=tx.now(),
            )
            tx.probes.add(record)
            action = self.room.action(
                "channel.probed",
                subjects=[subject("review", seen.review_id)],
                inputs={"channel": seen.channel, "identity": identity, "probe": record.id},
                outputs={"control": seen.control, **findings},
                artifacts=[f"sha256:{manifest}"],
            )
            tx.journal.record(self.room.account_id, action)
