"""The site of an account: its catalog with this installation's origins, waits, pace and transport laid over it."""

from __future__ import annotations

from collections.abc import Iterator

from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.layers import Layers
from flows.catalog.loader import SiteOverlay, load_site
from flows.catalog.models import Site
from monitor.config.sections import AccountSection, SiteSection
from monitor.config.settings import Settings
from monitor.config.values import is_loopback
from monitor.errors import SettingsError
from monitor.language import gettext as _


def load_configured_site(settings: Settings, name: str, *, layers: Layers | None = None) -> Site:
    """Loads a site as this installation sees it.

    Args:
        settings: Settings of the installation.
        name: The site's folder name.
        layers: What lies over the package's catalogs.

    Raises:
        flows.errors.CatalogError: the catalog, or what is laid over it, is not valid.
        SettingsError: a faster pace was asked for on a site that is not on this machine.
    """
    section = settings.sites.get(name)
    if section is None:
        return load_site(name, layers=layers)
    timings = {key: value.total_seconds() for key, value in section.timings.items()}
    if section.requests_per_minute is not None:
        timings["requests_per_minute"] = section.requests_per_minute
    windows: dict[str, float] = {}
    base = load_site(name, layers=layers)
    _check_names(section, base)
    moved = base.model_copy(update={"origins": {**base.origins, **section.origins}})
    if is_here(settings, moved):
        # Only a mock's answers come fast enough for shorter windows; the catalog's stay in force for a live site.
        windows = {key: value.total_seconds() for key, value in section.windows.items()}
        windows["settle_window_seconds"] = settings.windows.settle.total_seconds()
    overlay = SiteOverlay(
        origins=dict(section.origins), timings=timings, windows=windows, submit_transport=section.submit_transport
    )
    _check_pace(settings, base)
    return load_site(name, overlay=overlay, layers=layers)


def is_here(settings: Settings, site: Site) -> bool:
    """Whether a site is a mock on this machine: all origins that are set for it, and all that somebody signs in to.

    Of a site that was moved here in part the rest is live: nothing may be shorter or looser there.
    """
    signed_in = {site.origins[identity.origin] for identity in site.identities.values()}
    return settings.is_on_loopback(site.name) and all(map(is_loopback, signed_in))


def find_misfits(site: Site, account: AccountSection) -> Iterator[SettingsError]:
    """Names what an account's settings ask for and its site does not have, each by its place in the settings."""
    place = _("account {account}: {key}")
    known = _("It has: {identities}.").format(identities=", ".join(site.identities))
    for name in sorted(account.identities.keys() - site.identities.keys()):
        problem = _("{title} has no identity {unknown!r}").format(title=site.title, unknown=name)
        yield SettingsError(problem, where=place.format(account=account.name, key=f"identities.{name}"), hint=known)
    if account.sources.cabinet:
        where = place.format(account=account.name, key="sources.cabinet")
        if "cabinet_reviews" not in site.urls or "cabinet_reviews" not in site.pages:
            problem = _("{title} has no list of reviews of its sellers' own").format(title=site.title)
            hint = _("Take sources.cabinet out, or describe `cabinet_reviews` in the site's catalog.")
            yield SettingsError(problem, where=where, hint=hint)
        elif (needed := site.identity_at("cabinet_reviews")) not in account.identities:
            problem = _("sources.cabinet needs [account.identities.{needed}]").format(needed=needed)
            hint = _("Say there how the account signs in, or take sources.cabinet out.")
            yield SettingsError(problem, where=where, hint=hint)
    if account.sources.api_client_id and site.seller_api is None:
        problem = _("{title} has no API for sellers").format(title=site.title)
        hint = _("Take sources.api_client_id out, or describe `seller_api` in the site's catalog.")
        yield SettingsError(problem, where=place.format(account=account.name, key="sources.api_client_id"), hint=hint)


def _check_names(section: SiteSection, base: Site) -> None:
    """Refuses names under ``[sites.NAME]`` that the catalog does not have: the settings are at fault, not the file."""
    windows = {name for name in ChannelSpec.model_fields if name.endswith("_seconds")}
    timings = {name for name in type(base.timings).model_fields if name.endswith("_seconds")}
    known = {"origins": base.origins.keys(), "timings": timings, "windows": windows}
    for key, there in known.items():
        for name in sorted(getattr(section, key).keys() - there):
            raise SettingsError(
                _("{title} has no {name!r} among its {key}").format(title=base.title, name=name, key=key),
                where=f"sites.{base.name}.{key}.{name}",
                hint=_("It has: {identities}.").format(identities=", ".join(sorted(there))),
            )


def _check_pace(settings: Settings, base: Site) -> None:
    name = base.name
    asked = settings.sites[name].requests_per_minute
    allowed = base.timings.requests_per_minute
    if asked is not None and asked > allowed and not settings.is_on_loopback(name):
        raise SettingsError(
            _("{asked:g} requests a minute are more than the {allowed:g} this site is asked at most").format(
                asked=asked, allowed=allowed
            ),
            where=f"sites.{name}.requests_per_minute",
            hint=_("Take the line out, or write a smaller number."),
        )
