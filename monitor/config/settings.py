"""The settings of one installation: with ``monitor.config.finding`` the only module that reads the environment.

One file, ``config.toml`` in the home directory of the installation, validated as a whole before anything starts.
An environment variable ``FAIRREVIEW_<SECTION>__<KEY>`` overrides one key of a section. Secrets never stand here:
they belong to ``monitor.secrets``, and a key or value that looks like one is refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.config.file import ConfigText, parse_config, read_config
from monitor.config.finding import ENV_PREFIX
from monitor.config.home import CONFIG_NAME, Home
from monitor.config.problems import describe_problems, refuse_secrets
from monitor.config.sections import (
    AccountSection,
    BrowserSection,
    ClusterSection,
    DeskSection,
    DigestSection,
    EvidenceSection,
    HealthSection,
    InsightSection,
    Installation,
    LawSection,
    MailSection,
    NotifySection,
    OperatorSection,
    SiteSection,
    StateSection,
    VaultSection,
    WindowsSection,
    first_repeated,
)
from monitor.config.values import Line, Slug, is_loopback
from monitor.errors import SettingsError, UsageError
from monitor.language import gettext as _

SHORTEST_POLL = timedelta(minutes=5)
"""Shortest time between two polls of an account on a live site. Our own choice, for the sake of the site."""


class Settings(BaseSettings):
    """Everything that can be set, validated as a whole. Immutable: a change needs a new start."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    installation: Installation = Installation()
    operator: OperatorSection = OperatorSection()
    operators: Mapping[Line, Line] = Field(default_factory=dict, max_length=50)
    desk: DeskSection = DeskSection()
    state: StateSection = StateSection()
    browser: BrowserSection = BrowserSection()
    evidence: EvidenceSection = EvidenceSection()
    windows: WindowsSection = WindowsSection()
    vault: VaultSection = VaultSection()
    notify: NotifySection = NotifySection()
    digest: DigestSection = DigestSection()
    mail: MailSection = MailSection()
    insight: InsightSection = InsightSection()
    law: LawSection = LawSection()
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
        twice = first_repeated(account.name for account in self.account)
        if twice:
            raise ValueError(_('two accounts are named "{twice}"').format(twice=twice))
        for account in self.account:
            if account.schedule.poll.shortest < SHORTEST_POLL and not self.is_on_loopback(account.site):
                raise ValueError(
                    _('account "{account}": poll at most every {seconds} minutes').format(
                        account=account.name, seconds=SHORTEST_POLL.seconds // 60
                    )
                )
        return self

    def find_account(self, name: str) -> AccountSection:
        """Returns the account of that name.

        Raises:
            UsageError: there is none; the hint lists those that exist.
        """
        for account in self.account:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.account) or _("none yet")
        raise UsageError(
            _('there is no account "{name}"').format(name=name),
            field="account",
            hint=_("accounts: {known}").format(known=known),
        )

    def named_channels(self) -> dict[str, tuple[str, ...]]:
        """The channels through which people are told, by the place in the file that names them."""
        teams = {f"[digest] {team}": names for team, names in self.digest.teams.items()}
        return {"[notify] seller": self.notify.seller, "[notify] operator": self.notify.operator, **teams}

    def is_on_loopback(self, site: str) -> bool:
        """Whether every origin that is set for the site is on this machine, and at least one is."""
        origins = self.sites[site].origins.values() if site in self.sites else ()
        return bool(origins) and all(is_loopback(origin) for origin in origins)


def load_settings(home: Home) -> Settings:
    """Reads ``config.toml`` and the environment.

    Raises:
        SettingsError: with ``problems``, each naming file and line, and the nearest known key where one is unknown.
    """
    config = read_config(home.config)
    refuse_secrets(config)
    return _validate(config)


def check_config(path: Path, text: str) -> Settings:
    """Settings that a file with this text would give; nothing is read or written.

    Raises:
        SettingsError: as ``load_settings`` does.
    """
    config = parse_config(path, text)
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
            raise SettingsError(_('unknown key "{key}"').format(key=key), where=config.where((key,)))
    try:
        return Settings(**config.data)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = describe_problems(error, Settings, config, env_prefix=ENV_PREFIX, env_names=frozenset(os.environ))
        first = problems[0]
        raise SettingsError(
            first.message, where=first.where, hint=first.hint, problems=tuple(str(problem) for problem in problems)
        ) from error
