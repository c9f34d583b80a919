"""Maps what the catalog says of a channel, and what the settings allow, to the terms the ledger works with."""

from __future__ import annotations

from datetime import timedelta

from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.models import Site
from monitor.appeals.terms import ChannelTerms
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.config.sites import is_here
from monitor.errors import UsageError
from monitor.language import gettext as _

_SHORTEST_CHANGE_OF_MIND = timedelta(minutes=2)
_REVIEW_DAYS = 14  # when the catalog knows no review time: how long to wait before "still visible" counts


def find_channel(site: Site, name: str) -> ChannelSpec:
    """Returns what the catalog says of a channel.

    Raises:
        UsageError: the site has no such channel.
    """
    if name in site.channels:
        return site.channels[name]
    known_names = ", ".join(site.channels)
    raise UsageError(
        _("{title} has no channel {name!r}").format(title=site.title, name=name),
        field="channel",
        hint=_("Use one of: {known_names}").format(known_names=known_names),
    )


def terms_of(site: Site, channel: str, *, settings: Settings, account: AccountSection) -> ChannelTerms:
    """Builds a channel's terms for one account.

    Args:
        site: The site as this installation sees it.
        channel: The channel's name.
        settings: Windows come from here on this machine's mock; a live site keeps the catalog's.
        account: Its caps.
    """
    spec = find_channel(site, channel)
    windows = settings.windows
    is_mock = is_here(settings, site)
    answer_days = spec.review_time_days or _REVIEW_DAYS
    return ChannelTerms(
        channel=channel,
        kind=spec.kind,
        identity=identity_key(account, spec.identity),
        has_list=spec.has_list,
        submits_by_visible_request=spec.gate_sees_submit,
        settle_window=max(windows.settle, timedelta(seconds=spec.settle_window_seconds)),
        gesture_window=windows.submit_deadline,
        filing_window=timedelta(days=spec.filing_window_days) if spec.filing_window_days else None,
        review_time=timedelta(days=answer_days),
        opens_dialogue=spec.facts.opens_dialogue,
        between_reads=windows.between_reads,
        max_reappeals=spec.reappeals or 0,
        daily_cap=account.caps.appeals_per_day,
        pace=account.caps.pause,
        change_of_mind=windows.change_of_mind if is_mock else max(windows.change_of_mind, _SHORTEST_CHANGE_OF_MIND),
        zone=settings.installation.zone,
    )


def identity_key(account: AccountSection, identity: str) -> str:
    """Returns the name of an identity that the ledger's key uses: its login, which is the same in every installation.

    An identity that a person signs in by hand may have none; then account and identity name it.
    """
    section = next((section for name, section in account.identities.items() if name == identity), None)
    return section.login if section and section.login else f"{account.name}/{identity}"
