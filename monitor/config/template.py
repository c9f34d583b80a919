"""Writes ``config.toml``: every section with its keys explained, set ones plain, the others as commented defaults.

Rendered from the models of ``monitor.config.settings``, so that the file a person opens cannot disagree with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel

from monitor.config.sections import AccountSection, SiteSection
from monitor.config.settings import Settings, default_settings
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.language import gettext as _
from monitor.schedule import Cron, Every, Hours
from monitor.schedule.durations import format_duration

_HEAD = """\
# Settings of fairreview. Lines that begin with "#" show the defaults.
# No secret belongs here: passwords and code secrets are kept with `fairreview secrets set`.
"""


def write_config(path: Path, values: Mapping[str, object]) -> Settings:
    """Checks the values and writes them as a commented file, atomically and with mode 0600.

    Args:
        path: The file to write or replace.
        values: The tables as a file would hold them, for example ``{"installation": {"zone": "Europe/Moscow"}}``.

    Returns:
        The settings that were written.

    Raises:
        SettingsError: a value is not allowed, or the file cannot be written; nothing was changed.
    """
    settings = default_settings(values)
    try:
        write_private(path, render_config(settings).encode())
    except OSError as error:
        raise SettingsError(
            _("cannot be written: {strerror}").format(strerror=error.strerror), where=str(path)
        ) from error
    return settings


def render_config(settings: Settings) -> str:
    """Renders settings as a commented TOML file that reads back as the same settings."""
    lines = [_HEAD]
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            lines += ["", f"# {_first_sentence(value)}", f"[{name}]", *_render_keys(value)]
    if settings.operators:
        lines += ["", "# The people who decide at the desk besides the operator: name and role.", "[operators]"]
        lines += [f"{_literal(name)} = {_literal(role)}" for name, role in settings.operators.items()]
    for name, site in settings.sites.items():
        lines += _render_site(name, site)
    for account in settings.account:
        lines += _render_account(account)
    return "\n".join(lines) + "\n"


def render_account(account: AccountSection) -> str:
    """Renders one account, to be added at the end of a file."""
    return "\n".join(_render_account(account)) + "\n"


def _render_site(name: str, site: SiteSection) -> Iterator[str]:
    own = {"requests_per_minute": site.requests_per_minute, "submit_transport": site.submit_transport}
    if chosen := [f"{key} = {_literal(value)}" for key, value in own.items() if value is not None]:
        yield from ("", f"[sites.{name}]", *chosen)
    for table, values in (("origins", site.origins), ("timings", site.timings), ("windows", site.windows)):
        if values:
            yield from ("", f"[sites.{name}.{table}]", *(f"{key} = {_literal(value)}" for key, value in values.items()))


def _render_account(account: AccountSection) -> Iterator[str]:
    yield from ("", f"# {_first_sentence(account)}", "[[account]]", *_render_keys(account))
    for kind, identity in account.identities.items():
        yield from ("", f"# {_first_sentence(identity)}", f"[account.identities.{kind}]", *_render_keys(identity))
    for name, section in (
        ("schedule", account.schedule),
        ("caps", account.caps),
        ("looking", account.looking),
        ("sources", account.sources),
    ):
        yield from ("", f"# {_first_sentence(section)}", f"[account.{name}]", *_render_keys(section))


def _render_keys(section: BaseModel) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel) or (isinstance(section, AccountSection) and name == "identities"):
            continue
        is_default = not field.is_required() and value == field.get_default(call_default_factory=True)
        literal = "" if value is None else _literal(value)
        yield f"{'# ' if is_default else ''}{name} = {literal}".rstrip() + f"  # {field.description}"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, timedelta):
        return f'"{format_duration(value)}"'
    if isinstance(value, Every | Cron):
        return f'"{value}"'
    if isinstance(value, Hours):
        return _literal(tuple(map(str, value.stretches)))
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    # A JSON string is a TOML basic string, apart from DEL and lone surrogates, which no setting may hold.
    return json.dumps(str(value), ensure_ascii=False)


def _first_sentence(section: BaseModel) -> str:
    return (type(section).__doc__ or "").strip().splitlines()[0]
