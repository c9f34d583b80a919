"""The sections of ``config.toml``: what can be set, its default, and one line about it. Reads nothing by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.catalog.channel_kinds import SubmitTransport
from monitor.config.values import (
    ClientId,
    Cronline,
    Days,
    Duration,
    Email,
    Endpoint,
    Firing,
    Line,
    OpenHours,
    Origin,
    ProductRef,
    Slug,
    StateUrl,
    Storefront,
    TimeAuthority,
    WorkerName,
    Zone,
    is_loopback,
)
from monitor.language import gettext as _
from monitor.schedule import ALWAYS, Every


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, defer_build=True)


class Installation(_Section):
    """This installation: its name in documents and the zone in which its people live."""

    name: Line = Field(default="fairreview", min_length=1, description="how this installation is named in documents")
    zone: Zone = Field(default="Europe/Moscow", description="zone for schedules, caps per day and documents")
    language: Literal["", "en", "ru"] = Field(default="", description="of commands and messages; empty: the system's")
    machine: Line = Field(
        default="",
        description="stands for the machine where it has no lasting name (a container); set by environment",
    )
    visits_at_once: int = Field(default=2, ge=1, le=32, description="accounts visited at the same time")


class StateSection(_Section):
    """Where the state lives."""

    url: StateUrl = Field(default="", description="empty: SQLite in the home directory; or postgresql://user@host/name")


class BrowserSection(_Section):
    """Which browser to use and how."""

    path: Path | None = Field(default=None, description="the browser's program, when it should not be searched for")
    channel: Literal["chrome", "msedge", "chromium"] | None = Field(default=None, description="an installed browser")
    headless: bool = Field(default=True, description="false shows the window")
    sandbox: bool = Field(default=True, description="false: without Chromium's sandbox, the only way for root on Linux")
    connect: Endpoint = Field(default="", description="a running browser, ws:// or http://; empty: start one here")

    @model_validator(mode="after")
    def _check_choice(self) -> BrowserSection:
        if sum((self.path is not None, self.channel is not None, bool(self.connect))) > 1:
            raise ValueError(_("choose one of path, channel and connect"))
        if self.connect.startswith(("ws://", "http://")) and not is_loopback(self.connect):
            raise ValueError(_("a browser on another machine sees sessions: only wss and https are allowed"))
        if self.path is not None and not self.path.is_absolute():
            raise ValueError(_("path must be absolute"))
        return self


class SiteSection(_Section):
    """What differs from the site's own catalog: for a mock or a test stand, and by choice of the person."""

    origins: Mapping[Slug, Origin] = Field(default_factory=dict, description="other origins, by the catalog's names")
    timings: Mapping[Slug, Duration] = Field(default_factory=dict, description="other waits, by the catalog's names")
    windows: Mapping[Slug, Duration] = Field(default_factory=dict, description="other windows of every channel")
    requests_per_minute: float | None = Field(
        default=None, gt=0, le=60_000, description="another pace; faster than the catalog's on this machine only"
    )
    submit_transport: SubmitTransport | None = Field(default=None, description="who sends a filing: browser or pinned")


class IdentitySection(_Section):
    """One sign-in of an account. Passwords and code secrets are in the secret store, under account and identity."""

    login: Line = Field(default="", description="e-mail address or phone that signs in")
    sign_in: Literal["code", "totp", "hand_over"] = Field(
        default="hand_over", description="code: asked for; totp: computed; hand_over: a person signs in"
    )
    witness: Line = Field(default="", description="the name the site shows when signed in")

    @model_validator(mode="after")
    def _check_login(self) -> IdentitySection:
        if self.sign_in != "hand_over" and not self.login:
            raise ValueError(_('sign_in = "{sign_in}" needs a login').format(sign_in=self.sign_in))
        if self.login and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|\+?[0-9 ()-]{7,20}", self.login):
            raise ValueError(_("login must be an e-mail address or a phone number"))
        return self


class ScheduleSection(_Section):
    """When what is done for an account: a duration like "30m" or a cron line like "0 9-18 * * mon-fri"."""

    zone: Zone | None = Field(default=None, description="zone of its cron lines and hours; unset: the installation's")
    poll: Firing = Field(default=Every(timedelta(minutes=30)), description="reading the reviews")
    poll_hours: OpenHours = Field(default=ALWAYS, description='for example ["mon-fri 09:00-19:00"]; empty: always')
    submit: Firing = Field(default=Every(timedelta(minutes=15)), description="filing what is approved")
    submit_hours: OpenHours = Field(default=ALWAYS, description="hours in which appeals are filed")
    follow: Firing = Field(default=Every(timedelta(hours=3)), description="asking the site about filed appeals")
    follow_hours: OpenHours = Field(default=ALWAYS, description="hours in which they are followed")


class CapsSection(_Section):
    """Limits that hold across restarts and workers."""

    appeals_per_day: int = Field(default=5, ge=0, le=100, description="filings a calendar day in the zone above")
    pause: Duration = Field(default=timedelta(minutes=2), description="shortest time between two filings")


class LookingSection(_Section):
    """What is looked at first, so that a new review is found soon."""

    storefront: Storefront = Field(default="", description="the shop's page, or its last part (name-number)")
    budget: int = Field(default=0, ge=0, le=100_000, description="requests a visit for looking; 0: as many as needed")
    floor: Duration = Field(default=timedelta(hours=12), description="nothing is left unread for longer")


class SourcesSection(_Section):
    """Where reviews are read besides the public page, to be compared with it."""

    cabinet: bool = Field(default=False, description="the cabinet's list; needs its identity (Ozon: seller_cabinet)")
    api_client_id: ClientId = Field(default="", description="Client-Id of the Seller API; its key: `source set-key`")
    grace: Duration = Field(default=timedelta(hours=6), description="a review one source misses for longer is told")

    @property
    def switched_on(self) -> tuple[Literal["cabinet", "api"], ...]:
        """The sources that are read, in that order."""
        return (*(("cabinet",) if self.cabinet else ()), *(("api",) if self.api_client_id else ()))


class AccountSection(_Section):
    """A seller's login on a site, with the products it watches."""

    name: Slug = Field(description="short name, used in commands and file names")
    site: Slug = Field(default="ozon", description="folder name of the site's catalog")
    paused: bool = Field(default=False, description="true: nobody visits it by itself until you take it up again")
    products: tuple[ProductRef, ...] = Field(default=(), max_length=20_000, description="numbers or addresses")
    paused_products: tuple[ProductRef, ...] = Field(
        default=(), max_length=20_000, description="those of them that are not read for now"
    )
    identities: Annotated[Mapping[Slug, IdentitySection], Field(max_length=12)] = Field(
        default_factory=dict, description="how this account signs in; names are those of the site's catalog"
    )
    schedule: ScheduleSection = Field(default=ScheduleSection(), description="when it is visited")
    caps: CapsSection = Field(default=CapsSection(), description="how much it may file")
    looking: LookingSection = Field(default=LookingSection(), description="what is looked at first")
    sources: SourcesSection = Field(default=SourcesSection(), description="further sources of reviews")


Inn = Annotated[str, Field(pattern=r"^(\d{10}|\d{12})?$")]


class OperatorSection(_Section):
    """The person who approves, as named in the log and in documents."""

    name: Line = Field(default="", description="first and last name")
    role: Line = Field(default="", description="for example: owner, lawyer")
    position: Line = Field(default="", description="position, as it should stand in an act of inspection")
    organisation: Line = Field(default="", description="the seller's full name, like ООО «Пример» or ИП Иванов")
    inn: Inn = Field(default="", description="the seller's ИНН: 10 digits of a company, 12 of a person")
    place: Line = Field(default="", description="where acts are made, for example: г. Москва")
    email: Email = Field(default="", description="where support answers; empty: the address that signs in")


class DeskSection(_Section):
    """The page on this machine on which people look and decide (`fairreview desk`)."""

    port: int = Field(default=0, ge=0, le=65535, description="its port on this machine; 0: a free one each time")
    idle: Duration = Field(default=timedelta(minutes=15), description="without input for so long, the page is locked")
    with_watch: bool = Field(default=False, description="true: a running `watch` serves it too")


class EvidenceSection(_Section):
    """How evidence is kept."""

    quota_gb: int = Field(default=20, ge=1, le=100_000, description="ask before growing beyond this")
    anchors: tuple[Path, ...] = Field(
        default=(),
        description="folders outside this disk that get each checkpoint; a relative one counts from the home folder",
    )
    anchor_channels: tuple[Slug, ...] = Field(default=(), description="channels that get one each day, like a mailbox")
    keep: Duration | None = Field(
        default=None, description='how long `evidence purge` keeps a case that is over, like "1095d"; empty: for ever'
    )
    time_authorities: tuple[TimeAuthority, ...] = Field(
        default=(), max_length=8, description="RFC 3161 authorities; they learn digests only. Empty: nobody is asked"
    )
    time_roots: tuple[Path, ...] = Field(
        default=(),
        max_length=32,
        description="PEM files with the authorities' root certificates, to judge stamps by; relative: from the home",
    )


class WindowsSection(_Section):
    """How long things may take. Shorter values are for the demo and tests."""

    settle: Duration = Field(default=timedelta(minutes=15), description="after a filing, before absence can be proven")
    change_of_mind: Duration = Field(
        default=timedelta(minutes=10), description="after an approval, before `watch` sends it; at least two minutes"
    )
    between_reads: Duration = Field(default=timedelta(minutes=15), description="between the two reads that prove")
    poll_deadline: Duration = Field(default=timedelta(minutes=15), description="longest poll visit")
    capture_deadline: Duration = Field(default=timedelta(minutes=5), description="longest capture visit")
    submit_deadline: Duration = Field(default=timedelta(minutes=5), description="longest filing visit")
    follow_deadline: Duration = Field(default=timedelta(minutes=10), description="longest visit to filed appeals")
    hand_over: Duration = Field(default=timedelta(minutes=10), description="how long a person has to sign in")
    keep_slots: Duration = Field(default=timedelta(days=400), description="rows of past runs; the newest 5000 stay")


class VaultSection(_Section):
    """How the secret store is unlocked where nobody can be asked."""

    passphrase_file: Path | None = Field(default=None, description="file with the passphrase, readable by you alone")
    keep_open: Duration = Field(
        default=timedelta(hours=8),
        description="`unlock` and `watch` keep the store open for commands; 0s: `watch` does not",
    )


class NotifySection(_Section):
    """Who is told what. The channels' addresses hold tokens and are kept in the secret store (`notify set NAME`)."""

    seller: tuple[Slug, ...] = Field(default=(), description="channels that hear of reviews, appeals, and sign-ins")
    operator: tuple[Slug, ...] = Field(default=(), description="channels that hear of faults; empty: the seller's")
    digest: Firing | None = Field(default=None, description='one message instead of many, like "0 9 * * *"; unset: off')
    quiet: OpenHours = Field(default=ALWAYS, description='hours in which nobody is told, like ["22:00-08:00"]')


class MailSection(_Section):
    """The seller's own mail server, for letters to support; its app password is kept by `support mail set`."""

    host: Line = Field(default="", description="for example smtp.example.com; empty: letters are saved as files")
    port: int = Field(default=465, ge=1, le=65_535, description="465 for tls, 587 for starttls")
    security: Literal["tls", "starttls"] = Field(default="tls", description="there is no way without TLS")
    user: Line = Field(default="", description="the name to sign in with; empty: the sender's address")
    sender: Email = Field(default="", description="your own address, from which letters go out")


class InsightSection(_Section):
    """Learning from reviews: what it costs you, and the days that were not as others."""

    review_minutes: float | None = Field(
        default=None, ge=0, le=1_000, description="minutes a person takes to judge one review; for hours spent"
    )
    appeal_minutes: float | None = Field(
        default=None, ge=0, le=1_000, description="minutes a person takes for one appeal; for hours spent"
    )
    bad_review_costs: int | None = Field(
        default=None, ge=0, le=10_000_000, description="roubles that one review of at most three stars costs you"
    )
    sales_days: tuple[Days, ...] = Field(
        default=(),
        max_length=500,
        description='days to mark beside the figures, like ["2026-11-09/2026-11-13 Распродажа"]',
    )
    words: Path | None = Field(default=None, description="a file of own words for complaints; see docs/insight.md")


class LawSection(_Section):
    """Packs for a lawyer."""

    largest_file: int | None = Field(
        default=None, ge=1, le=10_000, description="MB that a court's page or your mail takes in one file; unset: any"
    )


class DigestSection(_Section):
    """What buyers say, sent to each team: when, and through which channels (`notify set NAME`)."""

    at: Cronline | None = Field(default=None, description='for example "0 8 * * mon" or "0 8 1 * *"; unset: off')
    packing: tuple[Slug, ...] = Field(default=(), description="channels of those who pack")
    cards: tuple[Slug, ...] = Field(default=(), description="channels of those who write the products' pages")
    purchasing: tuple[Slug, ...] = Field(default=(), description="channels of those who choose what is sold")
    supplier: tuple[Slug, ...] = Field(default=(), description="channels of those who talk to suppliers")
    support: tuple[Slug, ...] = Field(default=(), description="channels of those who answer buyers")

    @model_validator(mode="after")
    def _check_pace(self) -> DigestSection:
        if self.at is not None and self.at.shortest < timedelta(hours=20):  # a day, where clocks change
            raise ValueError(_("at: at most once a day; weekly or monthly is what a shift reads"))
        return self

    @property
    def teams(self) -> dict[str, tuple[str, ...]]:
        """The channels of each team."""
        return {
            "packing": self.packing,
            "cards": self.cards,
            "purchasing": self.purchasing,
            "supplier": self.supplier,
            "support": self.support,
        }


class HealthSection(_Section):
    """When silence is a fault."""

    max_age: Duration | None = Field(
        default=None, description="age of the last full success of a product; unset: three polls and an hour"
    )


class ClusterSection(_Section):
    """Several machines on one PostgreSQL; `fairreview worker` on each."""

    worker: WorkerName = Field(default="", description="this machine's name among them; empty: its host name")
    dead_after: Duration = Field(
        default=timedelta(seconds=30), description="a worker not heard of for so long is dead; others take note of it"
    )


def first_repeated(names: Iterable[str]) -> str | None:
    """Returns the first name that comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
