"""The kinds of value a setting can have: each one checked when the file is read, so nothing is checked later."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.language import gettext as _
from monitor.schedule import Cron, Every, Hours, MarkedDays, Rule, parse_hours, parse_marked, parse_rule
from monitor.schedule.durations import parse_duration

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _parse_duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    return parse_duration(value if isinstance(value, str) else "")


def _parse_rule(value: object) -> Rule:
    return value if isinstance(value, Every | Cron) else parse_rule(value if isinstance(value, str) else "")


def _parse_cron(value: object) -> Cron:
    found = _parse_rule(value)
    if not isinstance(found, Cron):
        raise ValueError(_('write a cron line of five fields like "0 8 * * mon"'))  # noqa: TRY004 - of a setting's text
    return found


def _parse_marked(value: object) -> MarkedDays:
    return value if isinstance(value, MarkedDays) else parse_marked(value if isinstance(value, str) else "")


def _parse_hours(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise ValueError(_('write a list of hours like ["mon-fri 09:00-19:00"]'))
    return parse_hours(value)


def _check_positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError(_("must be longer than zero"))
    return value


def _check_line(text: str) -> str:
    """Lines of the settings stand in papers, where no mark may make text read in another order than it is written."""
    if _STEERING.search(text):
        raise ValueError(_("a control character, a line break or a mark that turns the direction of writing"))
    return text


def _check_zone(value: str) -> str:
    if value in {"Local", "local"} or value.startswith(("/", ".")):
        raise ValueError(_('name a zone like "Europe/Moscow"; the zone of this machine is not taken by itself'))
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            _('"{value}" is not a time zone known here, write one like "Europe/Moscow"').format(value=value)
        ) from error
    return value


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine: the mock site, never the real one."""
    host = (urlsplit(url).hostname or "").lower()
    return host in LOOPBACK_HOSTS or host.endswith(".localhost")


def _check_origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ValueError(_('write an origin like "https://www.example.com", without a path'))
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError(_("only https is allowed, apart from this machine itself"))
    return value.rstrip("/")


def _read_product(value: object) -> object:
    """A number may stand without quotes. What a line names is read with the site's catalog, one line at a time."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_time_authority(value: str) -> str:
    parts = urlsplit(value)
    is_plain = value.isascii() and not re.search(r"[\s\x00-\x1f]", value)
    if not is_plain or parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(_('write an address like "https://tsa.example.com/tsr"'))
    return value


Duration = Annotated[timedelta, BeforeValidator(_parse_duration), AfterValidator(_check_positive)]
Firing = Annotated[Rule, BeforeValidator(_parse_rule)]
Cronline = Annotated[Cron, BeforeValidator(_parse_cron)]
Days = Annotated[MarkedDays, BeforeValidator(_parse_marked)]
OpenHours = Annotated[Hours, BeforeValidator(_parse_hours)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Line = Annotated[str, Field(max_length=200), AfterValidator(_check_line)]
Email = Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")]
ClientId = Annotated[str, Field(pattern=r"^[0-9]{0,20}$")]
Endpoint = Annotated[str, Field(max_length=500, pattern=r"^((wss?|https?)://.+)?$")]
StateUrl = Annotated[str, Field(max_length=500, pattern=r"^(sqlite:///.+|postgresql(\+psycopg)?://.+)?$")]
Zone = Annotated[str, AfterValidator(_check_zone)]
Origin = Annotated[str, Field(max_length=300), AfterValidator(_check_origin)]
ProductRef = Annotated[str, BeforeValidator(_read_product), Field(max_length=5_000)]
TimeAuthority = Annotated[str, Field(max_length=300), AfterValidator(_check_time_authority)]
"""Plain http is usual and enough: the answer is signed, and the question holds nothing but a digest."""

_SHOP = re.compile(r"(?:https?://[^/?#\s]+/seller/)?([\w-]+-\d+)(?:/[^\s]*)?")

Storefront = Annotated[str, Field(max_length=500, pattern=rf"^({_SHOP.pattern})?$")]
"""A shop's page, or the last part of its address."""


def shop_of(storefront: str) -> str:
    """Returns the shop's part of its address, as settings have it."""
    found = _SHOP.fullmatch(storefront)
    return found.group(1) if found else ""


WorkerName = Annotated[str, Field(max_length=60, pattern=r"^([a-z0-9][a-z0-9_-]*)?$")]
