"""Looks for the ways to appeal a review, and keeps what was seen as dated evidence. Sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flows.errors import FlowError, SignInRequired, WallMet, WrongAccount
from flows.library.filing import open_channel
from flows.library.probe_channels import ChannelProbe, ProbeTarget, look_for
from flows.workbench import Workbench
from monitor.cases.casework import open_case_file
from monitor.cases.channel_terms import find_channel
from monitor.cases.needed_requests import LookSource
from monitor.endings import message_of
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.state.text import JsonValue
from monitor.visit_protocol import EndKind, VisitEnd
from monitor.visiting.looks import FormSeen, needed_requests, record_look, seal_look, sent_by_itself
from monitor.visiting.room import VisitRoom
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
        return VisitEnd(
            kind=kind, message=_("{count} looks were kept as evidence.").format(count=len(facts)), facts=tuple(facts)
        )

    def _channels(self) -> list[str]:
        wanted = self.room.order.channels or self.room.site.channels_by_rank()
        found = [name for name in wanted if find_channel(self.room.site, name).identity in self.room.account.identities]
        if not found:
            raise SettingsError(
                _("account {account_id} has no identity that could have: {wanted}").format(
                    account_id=self.room.account_id, wanted=", ".join(wanted)
                ),
                where="account.identities",
                hint=_("Add the identity to config.toml, then `fairreview login`."),
            )
        return found

    def _probe(self, review_id: str, channel: str) -> str | None:
        """Looks for one channel; trouble with one does not stop the others, a wall does."""
        case = open_case_file(
            self.room.installation.state, self.room.installation.artifacts, self.room.account_id, review_id
        )
        order = case.facts.order
        target = ProbeTarget(
            review_id=review_id, product_url=case.product_url, order_number=order.order_number if order else None
        )
        if find_channel(self.room.site, channel).facts.needs_order and target.order_number is None:
            self.room.problems.append(
                _(
                    "{channel}: the order of the review is not known; `fairreview capture {review_id}` looks for it"
                ).format(channel=channel, review_id=review_id)
            )
            return None
        identity = find_channel(self.room.site, channel).identity
        self.room.report(
            "probe", _("Looking for {channel} of {review_id}").format(channel=channel, review_id=review_id)
        )
        try:
            signed_in = self.sign_ins.require(identity)
            expected = self.sign_ins.expected(identity)
            needed = needed_requests(self.room, channel)
            with open_channel(self.bench, channel, state=signed_in.state, expected=expected, needed=needed) as form:
                seen = look_for(form, channel, target)
                page = find_channel(self.room.site, channel).page
                digest = seal_look(self.room, form.tab, page_name=page, review_id=review_id, identity=identity)
                changing = sent_by_itself(form.gate)
        except WallMet:
            raise
        except (SignInRequired, WrongAccount, FlowError) as error:
            self.room.problems.append(f"{channel}: {message_of(error)}")
            return None
        self._keep(seen, identity, digest, changing)
        self.room.report("probe", f"{channel}: {seen.control.replace('_', ' ')} {seen.detail}".rstrip())
        return seen.control

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
        }
        look = FormSeen(
            source=LookSource.PROBE,
            review_id=seen.review_id,
            channel=seen.channel,
            identity=identity,
            control=seen.control,
            manifest=manifest,
            changing=changing,
            findings=findings,
        )
        record_look(self.room, look)
