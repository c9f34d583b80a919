"""The settings of one installation: the only module that reads the environment.

One file, ``config.toml`` in the home directory of the installation, validated as a whole before anything starts.
An environment variable ``FAIRREVIEW_<SECTION>__<KEY>`` overrides one key of a section. Secrets never stand here:
they belong to ``monitor.secrets``, and a key or value that looks like one is refused.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.config_file import ConfigText, read_config
from monitor.config_problems import describe_problems, refuse_secrets
from monitor.errors import SettingsError
from monitor.home import CONFIG_NAME, Home
from monitor.schedule import ALWAYS, Every
from monitor.setting_values import (
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

SHORTEST_POLL = timedelta(minutes=5)
"""Shortest time between two polls of an account on a live site. Our own choice, for the sake of the site."""

_ENV_PREFIX = "FAIRREVIEW_"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Installation(_Section):
    """This installation: its name in documents and the zone in which its people live."""

    name: Line = Field(default="fairreview", min_length=1, description="how this installation is named in documents")
    zone: Zone = Field(default="Europe/Moscow", description="zone for schedules, caps per day and documents")
    visits_at_once: int = Field(default=2, ge=1, le=32, description="accounts visited at the same time")


class StateSection(_Section):
    """Where the state lives."""

    url: StateUrl = Field(default="", description="empty: SQLite in the home directory; or postgresql://user@host/name")


class BrowserSection(_Section):
    """Which browser to use and how."""

    path: Path | None = Field(default=None, description="the browser's program, when it should not be searched for")
    channel: Literal["chrome", "msedge", "chromium"] | None = Field(default=None, description="an installed browser")
    headless: bool = Field(default=True, description="false shows the window")
    connect: Endpoint = Field(default="", description="a running browser, ws:// or http://; empty: start one here")

    @model_validator(mode="after")
    def _check_choice(self) -> BrowserSection:
        if sum((self.path is not None, self.channel is not None, bool(self.connect))) > 1:
            raise ValueError("choose one of path, channel and connect")
        if self.connect.startswith(("ws://", "http://")) and not is_loopback(self.connect):
            raise ValueError("a browser on another machine sees sessions: only wss and https are allowed")
        if self.path is not None and not self.path.is_absolute():
            raise ValueError("path must be absolute")
        return self


class SiteSection(_Section):
    """What differs from the site's own catalog, for a mock or a test stand."""

    origins: Mapping[Slug, Origin] = Field(default_factory=dict, description="other origins, by the catalog's names")
    timings: Mapping[Slug, Duration] = Field(default_factory=dict, description="other waits, by the catalog's names")
    windows: Mapping[Slug, Duration] = Field(default_factory=dict, description="other windows of every channel")
    requests_per_minute: float | None = Field(
        default=None, gt=0, le=60_000, description="another pace; faster than the catalog's on this machine only"
    )


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
            raise ValueError(f'sign_in = "{self.sign_in}" needs a login')
        if self.login and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|\+?[0-9 ()-]{7,20}", self.login):
            raise ValueError("login must be an e-mail address or a phone number")
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


class AccountSection(_Section):
    """A seller's login on a site, with the products it watches."""

    name: Slug = Field(description="short name, used in commands and file names")
    site: Slug = Field(default="ozon", description="folder name of the site's catalog")
    products: tuple[ProductRef, ...] = Field(default=(), max_length=20_000, description="numbers or addresses")
    identities: Mapping[Literal["seller_cabinet", "site_profile"], IdentitySection] = Field(
        default_factory=dict, description="how this account signs in"
    )
    schedule: ScheduleSection = Field(default=ScheduleSection(), description="when it is visited")
    caps: CapsSection = Field(default=CapsSection(), description="how much it may file")
    looking: LookingSection = Field(default=LookingSection(), description="what is looked at first")

    @model_validator(mode="after")
    def _check_products(self) -> AccountSection:
        twice = _first_repeated(self.products)
        if twice:
            raise ValueError(f"product {twice} is there twice")
        return self


class OperatorSection(_Section):
    """The person who approves, as named in the log and in documents."""

    name: Line = Field(default="", description="first and last name")
    role: Line = Field(default="", description="for example: owner, lawyer")
    email: Email = Field(default="", description="where support answers; empty: the address that signs in")


class EvidenceSection(_Section):
    """How evidence is kept."""

    quota_gb: int = Field(default=20, ge=1, le=100_000, description="ask before growing beyond this")
    anchors: tuple[Path, ...] = Field(default=(), description="folders outside this disk that get each checkpoint")
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
        description="PEM files with the authorities' root certificates, to judge stamps by",
    )


class WindowsSection(_Section):
    """How long things may take. Shorter values are for the demo and tests."""

    settle: Duration = Field(default=timedelta(minutes=15), description="after a filing, before absence can be proven")
    between_reads: Duration = Field(default=timedelta(minutes=15), description="between the two reads that prove")
    poll_deadline: Duration = Field(default=timedelta(minutes=15), description="longest poll visit")
    capture_deadline: Duration = Field(default=timedelta(minutes=5), description="longest capture visit")
    submit_deadline: Duration = Field(default=timedelta(minutes=5), description="longest filing visit")
    follow_deadline: Duration = Field(default=timedelta(minutes=10), description="longest visit to filed appeals")
    hand_over: Duration = Field(default=timedelta(minutes=10), description="how long a person has to sign in")


class VaultSection(_Section):
    """How the secret store is unlocked where nobody can be asked."""

    passphrase_file: Path | None = Field(default=None, description="file with the passphrase, readable by you alone")


class NotifySection(_Section):
    """Who is told what. The channels' addresses hold tokens and are kept in the secret store (`notify set NAME`)."""

    seller: tuple[Slug, ...] = Field(default=(), description="channels that hear of reviews, appeals, and sign-ins")
    operator: tuple[Slug, ...] = Field(default=(), description="channels that hear of faults; empty: the seller's")
    digest: Firing | None = Field(default=None, description='one message instead of many, like "0 9 * * *"; unset: off')
    quiet: OpenHours = Field(default=ALWAYS, description='hours in which nobody is told, like ["22:00-08:00"]')


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


class Settings(BaseSettings):
    """Everything that can be set, validated as a whole. Immutable: a change needs a new start."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=_ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    installation: Installation = Installation()
    operator: OperatorSection = OperatorSection()
    state: StateSection = StateSection()
    browser: BrowserSection = BrowserSection()
    evidence: EvidenceSection = EvidenceSection()
    windows: WindowsSection = WindowsSection()
    vault: VaultSection = VaultSection()
    notify: NotifySection = NotifySection()
    health: HealthSection = HealthSection()
    cluster: ClusterSection = ClusterSection()
    sites: Mapping[Slug, SiteSection] = Field(default_factory=dict)
    account: tuple[AccountSection, ...] = Field(default=(), max_length=1000)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _check_accounts(self) -> Settings:
        twice = _first_repeated(account.name for account in self.account)
        if twice:
            raise ValueError(f'two accounts are named "{twice}"')
        for account in self.account:
            if account.schedule.poll.shortest < SHORTEST_POLL and not self.is_on_loopback(account.site):
                raise ValueError(f'account "{account.name}": poll at most every {SHORTEST_POLL.seconds // 60} minutes')
        return self

    def find_account(self, name: str) -> AccountSection:
        """Returns the account of that name.

        Raises:
            SettingsError: there is none; the hint lists those that exist.
        """
        for account in self.account:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.account) or "none yet"
        raise SettingsError(f'there is no account "{name}"', where="--account", hint=f"accounts: {known}")

    def is_on_loopback(self, site: str) -> bool:
        """Tells whether every origin that is set for the site is on this machine, and at least one is."""
        origins = self.sites[site].origins.values() if site in self.sites else ()
        return bool(origins) and all(is_loopback(origin) for origin in origins)


def find_home(explicit: Path | None = None) -> Home:
    """Finds the home directory: the one asked for, else ``FAIRREVIEW_HOME``, else the platform's data directory.

    Raises:
        SettingsError: the environment names no home directory.
    """
    chosen = explicit or _path_from_environment(f"{_ENV_PREFIX}HOME")
    return Home((chosen or _platform_data_directory() / "fairreview").absolute())


def load_settings(home: Home) -> Settings:
    """Reads ``config.toml`` and the environment.

    Raises:
        SettingsError: with ``problems``, each naming file and line, and the nearest known key where one is unknown.
    """
    config = read_config(home.config)
    refuse_secrets(config)
    return _validate(config)


def default_settings(values: Mapping[str, object] | None = None) -> Settings:
    """Settings without a file, for the demo and for ``init``: ``values`` as a file would hold them.

    Raises:
        SettingsError: a value is not allowed.
    """
    config = ConfigText(path=Path(CONFIG_NAME), data=dict(values or {}), lines={})
    refuse_secrets(config)
    return _validate(config)


def state_url(settings: Settings, home: Home) -> str:
    """The URL of the state store: the configured one, else SQLite in the home directory."""
    return settings.state.url or f"sqlite:///{home.database}"


@dataclass(frozen=True)
class Environment:
    """What doctor and starters need to know of the environment; the values are not for logs."""

    variables: Mapping[str, str]

    def matching(self, *prefixes: str) -> tuple[str, ...]:
        """Names (never values) of the variables that start with one of the prefixes."""
        return tuple(sorted(name for name in self.variables if name.startswith(prefixes)))


def read_environment() -> Environment:
    """Takes a snapshot of the environment."""
    return Environment(dict(os.environ))


def environment_for_children() -> dict[str, str]:
    """The environment without the switches that make the browser's driver print what it sends, secrets included."""
    loud = ("DEBUG", "PWDEBUG", "PLAYWRIGHT_DEBUG", "NODE_OPTIONS")
    return {name: value for name, value in os.environ.items() if not name.startswith(loud)}


def _validate(config: ConfigText) -> Settings:
    for key in config.data:
        if key.startswith("_"):  # would reach pydantic's own switches
            raise SettingsError(f'unknown key "{key}"', where=config.where((key,)))
    try:
        return Settings(**config.data)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = describe_problems(error, Settings, config, env_prefix=_ENV_PREFIX, env_names=frozenset(os.environ))
        first = problems[0]
        raise SettingsError(
            first.message, where=first.where, hint=first.hint, problems=tuple(str(problem) for problem in problems)
        ) from error


def _first_repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _path_from_environment(name: str) -> Path | None:
    value = os.environ.get(name, "")
    return Path(value) if value else None


def _platform_data_directory() -> Path:
    if sys.platform == "win32":
        chosen = _path_from_environment("LOCALAPPDATA")
    elif sys.platform == "darwin":
        chosen = _user_home() / "Library" / "Application Support"
    else:
        chosen = _path_from_environment("XDG_DATA_HOME") or _user_home() / ".local" / "share"
    if chosen is None:
        raise SettingsError("LOCALAPPDATA is not set", hint=f"set {_ENV_PREFIX}HOME or give --home")
    return chosen


def _user_home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise SettingsError("there is no home directory", hint=f"set {_ENV_PREFIX}HOME or give --home") from error
