"""Which channel an appeal may take: what the site has, what the account has, and what a person confirmed.

Any channel is off on a live site until a look recorded what its page sends by itself, and a person said that this may
pass. A disputed one is off, besides, until a look found it for this review. The mock on this machine counts as not
live.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.models import Site
from monitor.cases.channel_terms import find_channel
from monitor.cases.context import CaseContext
from monitor.cases.needed_requests import LookSource, find_marks, requests_of, source_of
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.config.sites import is_here
from monitor.errors import ChannelOff, OrderUnread, UsageError
from monitor.language import gettext as _
from monitor.language.days import tell_day
from monitor.language.words import named
from monitor.state import Transaction
from monitor.triage.rules import Ground


@dataclass(frozen=True)
class ChannelQuestion:
    """What has to be known to choose a channel for one review.

    Attributes:
        order_number: The order's; None where there is none, or none is known.
        is_order_known: Whether the orders were read to their end; without that, no number does not mean no order.
    """

    account: AccountSection
    review_id: str
    ground: Ground
    order_number: str | None
    is_order_known: bool = True
    has_files: bool = False
    has_reason: bool = False


def choose_channel(
    installation: CaseContext, site: Site, question: ChannelQuestion, wanted: str | None
) -> tuple[str, ChannelSpec]:
    """Returns the channel the person named, or the best one that is on and fits.

    Raises:
        OrderUnread: the best one may be that of the order, which is not known.
        UsageError: the named one does not fit, or none does.
        ChannelOff: the named one is disputed and nobody has confirmed it here.
    """
    if wanted is not None:
        spec = find_channel(site, wanted)
        problem = _misfit(wanted, spec, question)
        if problem is not None:
            raise problem
        require_channel_on(installation, question.account, question.review_id, wanted)
        return wanted, spec
    hoped = question if question.is_order_known else replace(question, order_number=question.order_number or "")
    turned_off: list[tuple[bool, ChannelOff]] = []
    for name in site.channels_by_rank():
        spec = site.channels[name]
        if _misfit(name, spec, hoped) is not None or (question.has_files and not spec.attachments):
            continue
        reason_off = find_reason_off(installation, question.account, question.review_id, name)
        if reason_off is not None:
            turned_off.append((spec.disputed, reason_off))
            continue
        if spec.asks_sender and sender_of(installation.settings, question.account, spec) is None:
            continue
        if spec.facts.needs_order and not hoped.order_number:
            raise OrderUnread(
                _("the order decides the channel and is not known yet"),
                field="channel",
                hint=_("`fairreview capture {review_id}` reads it again; a named channel or order decides now.").format(
                    review_id=question.review_id
                ),
            )
        return name, spec
    if turned_off:
        raise min(turned_off, key=lambda pair: pair[0])[1]  # the one that is known, before those that are disputed
    raise UsageError(
        _("no channel fits the ground {id} here").format(id=question.ground.id),
        field="channel",
        hint=_("Name a channel and a reason."),
    )


def require_channel_on(installation: CaseContext, account: AccountSection, review_id: str, name: str) -> None:
    """Refuses a channel that nobody has confirmed for this account and review on a live site.

    Raises:
        ChannelOff: with the next step.
    """
    problem = find_reason_off(installation, account, review_id, name)
    if problem is not None:
        raise problem


def find_reason_off(installation: CaseContext, account: AccountSection, review_id: str, name: str) -> ChannelOff | None:
    """Returns why a channel is off for this account and review, None when it is on."""
    dispute = _find_dispute(installation, account, review_id, name)
    if dispute is not None or is_here(installation.settings, installation.site_of(account)):
        return dispute
    with installation.state.read() as tx:
        return _find_unwatched(tx, account.name, review_id, name)


def _find_dispute(installation: CaseContext, account: AccountSection, review_id: str, name: str) -> ChannelOff | None:
    site = installation.site_of(account)
    if not find_channel(site, name).disputed or is_here(installation.settings, site):
        return None
    with installation.state.read() as tx:
        return _find_unconfirmed(tx, account.name, review_id, name, zone=installation.settings.installation.zone)


def count_attempts(installation: CaseContext, account: AccountSection, review_id: str) -> int | None:
    """Returns how many complaints the most patient undisputed channel allows here; None when none of them says."""
    known = [
        1 + spec.reappeals
        for name, spec in installation.site_of(account).channels.items()
        if spec.reappeals is not None
        and not spec.facts.opens_dialogue  # no shot to waste: a closed ticket is followed by another
        and spec.identity in account.identities
        and _find_dispute(installation, account, review_id, name) is None
    ]
    return max(known, default=None)


def sender_of(settings: Settings, account: AccountSection, spec: ChannelSpec) -> tuple[str, str] | None:
    """Returns name and e-mail of who writes, where a form asks for them; None when the settings do not say."""
    operator = settings.operator
    logins = [section.login for name, section in account.identities.items() if name == spec.identity]
    email = operator.email or next((login for login in logins if "@" in login), "")
    return (operator.name, email) if operator.name and email else None


def _find_unconfirmed(tx: Transaction, account_id: str, review_id: str, name: str, *, zone: str) -> ChannelOff | None:
    # A preview fills a form that a probe has found: that it could not says nothing about whether the channel is there.
    found = tx.probes.find(account_id, review_id=review_id, channel=name)
    probes = [probe for probe in found if source_of(probe) is LookSource.PROBE]
    look = _("`fairreview probe run {review_id} --channel {name}` looks for it; nothing is sent.").format(
        review_id=review_id, name=name
    )
    if not probes:
        return ChannelOff(
            _("{name} is off here: nobody has looked for it for this review yet").format(name=name),
            field="channel",
            hint=look,
        )
    if probes[0].control != "present":
        seen = _("{what} on {day}").format(what=named(probes[0].control), day=tell_day(probes[0].probed_at, zone))
        return ChannelOff(_("{name} was looked for: {seen}").format(name=name, seen=seen), field="channel", hint=look)
    if all(probe.confirmed_at is None for probe in probes if probe.control == "present"):
        return ChannelOff(
            _("{name} was found for this review, and nobody has confirmed it").format(name=name),
            field="channel",
            hint=_("Look at the picture, then `fairreview probe confirm {id}`.").format(id=probes[0].id),
        )
    return None


def _find_unwatched(tx: Transaction, account_id: str, review_id: str, name: str) -> ChannelOff | None:
    if find_marks(tx, account_id, name) is not None:
        return None
    watched = [probe for probe in tx.probes.find(account_id, channel=name) if requests_of(probe) is not None]
    if watched:
        return ChannelOff(
            _("nobody has confirmed what the page of {name} may send by itself").format(name=name),
            field="channel",
            hint=_("Look at the picture and the list, then `fairreview probe confirm {id}`.").format(id=watched[0].id),
        )
    return ChannelOff(
        _("nobody knows yet what the page of {name} sends by itself on this site").format(name=name),
        field="channel",
        hint=_("`fairreview probe run {review_id} --channel {name}` looks; nothing is sent.").format(
            review_id=review_id, name=name
        ),
    )


def _misfit(name: str, spec: ChannelSpec, question: ChannelQuestion) -> UsageError | None:
    if spec.identity not in question.account.identities:
        return UsageError(
            _("{name} needs the identity {identity}, which account {account} does not have").format(
                name=name, identity=spec.identity, account=question.account.name
            ),
            field="channel",
            hint=_(
                "Add [account.identities.{identity}] to config.toml, then `fairreview login --identity {identity}`."
            ).format(identity=spec.identity),
        )
    if spec.facts.needs_order and question.order_number is None:
        return UsageError(_("this channel needs the order's number"), field="order", hint=_("Name it."))
    if name not in question.ground.reasons and not question.has_reason and spec.reasons:
        return UsageError(
            _("the rules name no reason of {name} for {id}").format(name=name, id=question.ground.id),
            field="reason",
            hint=_("Name one."),
        )
    return None
