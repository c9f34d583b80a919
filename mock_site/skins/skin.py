"""What makes the mock one site and not another: origins, routes and words, over one world, ledger and moderator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from starlette.routing import Router

    from mock_site.pages.stage import Stage
    from mock_site.pages.stops import StopWords
    from mock_site.world.models import Account, Product


@dataclass(frozen=True, slots=True)
class Identity:
    """One way to be signed in.

    Attributes:
        host: Which of the hosts its session is for.
        shows: What of an account the pages show there.
        shows_guid: Whether they show the account's id too.
    """

    host: str
    shows: Literal["name", "company"] = "name"
    shows_guid: bool = False

    def name_of(self, account: Account) -> str:
        """The name that the pages show."""
        return account.company if self.shows == "company" else account.name


@dataclass(frozen=True, slots=True)
class SiteSkin:
    """A site as the mock shows it. A site of one's own is one more of these, given to ``MockSite.start``.

    Attributes:
        name: As its catalog is called.
        hosts: Names of the origins that have pages; the first is the one that anybody may read.
        identities: How one is signed in, by the catalog's names.
        routers: Makes the pages, one router a host (``api`` for the host without pages).
        product_path: Where a product's page is.
        stops: The words of its stop pages.
        submits: Globs over the paths of the POSTs that file something.
        uploads: Paths of the POSTs that bring a file.
        detours: Where the switch ``submit`` sends a visitor: ``sign_in`` and ``success``.
        has_api: Whether there is a host without pages, ``localhost`` itself.
        english: The site's own words in English, for the switch ``locale``.
    """

    name: str
    hosts: tuple[str, ...]
    identities: Mapping[str, Identity]
    routers: Callable[[Stage], Mapping[str, Router]]
    product_path: Callable[[Product], str]
    stops: StopWords
    submits: tuple[str, ...]
    uploads: tuple[str, ...] = ()
    detours: Mapping[str, str] = field(default_factory=dict)
    has_api: bool = False
    english: Callable[[], Mapping[str, str]] = dict

    @property
    def origins(self) -> tuple[str, ...]:
        """Names of all its origins."""
        return (*self.hosts, "api") if self.has_api else self.hosts
