"""Which logins an account acts with, and which other accounts act with them: to the site they are one person."""

from __future__ import annotations

from contextlib import suppress

from flows.catalog import Site
from flows.errors import CatalogError
from monitor.bootstrap import Installation
from monitor.config.sections import AccountSection
from monitor.errors import SettingsError
from monitor.state import Lease
from monitor.state.login_locks import Login, one_spelling


def logins_of(account: AccountSection, site: Site) -> list[Login]:
    """Returns what to lock of an account: each login on each of the site's origins, whatever the site is called here.

    A catalog of one's own may describe the same site under a second name. The name is locked as well: a site may have
    been moved to other origins, and earlier versions lock nothing else.
    """
    places = (account.site, *site.origins.values())
    logins = [one_spelling(identity.login) for identity in account.identities.values() if identity.login]
    return [(place, login) for login in logins for place in places]


def find_sharers(installation: Installation, lease: Lease) -> list[str]:
    """Returns the other accounts of the settings that have one of the logins a lease holds."""
    found = []
    for other in installation.settings.account:
        if other.name == lease.account_id:
            continue
        with suppress(CatalogError, SettingsError):  # that account acts nowhere before it is set right
            if set(lease.logins) & set(logins_of(other, installation.site_of(other))):
                found.append(other.name)
    return found
