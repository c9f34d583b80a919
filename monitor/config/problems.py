"""What is wrong with a configuration, in words that name the line and the next step."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from monitor.config.file import ConfigText, Location
from monitor.errors import SettingsError
from monitor.language import gettext as _

_SECRET_KEY = re.compile(
    r"(^|[_-])(pass(word|wd|phrase)?|secrets?|tokens?|cookies?|api_?key|totp(_secret)?|pin|otp)$", re.IGNORECASE
)
_SECRET_VALUE = re.compile(r"otpauth://|://[^/@\s:]*:[^/@\s]+@|[?&](token|key|password|secret)=", re.IGNORECASE)
_SECRET_HINT = _("keep it with `fairreview secrets set ACCOUNT`; a database password belongs in ~/.pgpass")


@dataclass(frozen=True)
class ConfigProblem:
    """One thing that is wrong, where, and what to do."""

    where: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f" ({self.hint})" if self.hint else "")


def refuse_secrets(config: ConfigText) -> None:
    """Refuses a file that holds something that looks like a secret. Says which key, never the value.

    Raises:
        SettingsError: a key or a value looks like a password, a token or a code secret.
    """
    for location, value in _walk((), config.data):
        name = str(location[-1])
        is_named_so = bool(_SECRET_KEY.search(name)) and not isinstance(value, dict)
        if is_named_so or (isinstance(value, str) and _SECRET_VALUE.search(value)):
            key = ".".join(str(part) for part in location)
            raise SettingsError(
                _('"{key}" looks like a secret, and secrets do not stand in this file').format(key=key),
                where=config.where(location),
                hint=_SECRET_HINT,
            )


def describe_problems(
    error: ValidationError,
    model: type[BaseModel],
    config: ConfigText,
    *,
    env_prefix: str,
    env_names: frozenset[str],
) -> tuple[ConfigProblem, ...]:
    """Turns pydantic's findings into problems, in the order of the file."""
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        location = tuple(part for part in detail["loc"] if part != "[key]")
        variable = env_prefix + "__".join(str(part) for part in location[:2]).upper()
        where = (
            _("environment {variable}").format(variable=variable) if variable in env_names else config.where(location)
        )
        key = ".".join(str(part) for part in location)
        if detail["type"] == "extra_forbidden":
            problems.append(
                ConfigProblem(where, _('unknown key "{key}"').format(key=key), _nearest_key(model, location))
            )
        else:
            message = detail["msg"].removeprefix("Value error, ")
            problems.append(ConfigProblem(where, f"{key}: {message}" if key else message))
    return tuple(problems)


def _walk(place: Location, value: object) -> Iterator[tuple[Location, object]]:
    """Yields every key and value. Not recursive: the depth of the file is not ours to trust."""
    pending: list[tuple[Location, object]] = [(place, value)]
    while pending:
        here, current = pending.pop()
        if here:
            yield here, current
        if isinstance(current, dict):
            pending.extend(((*here, key), item) for key, item in current.items())
        elif isinstance(current, list):
            pending.extend(((*here, index), item) for index, item in enumerate(current))


def _nearest_key(model: type[BaseModel], location: Location) -> str:
    known = _known_keys(model, location[:-1])
    found = difflib.get_close_matches(str(location[-1]).lower().replace("-", "_"), known, n=1, cutoff=0.6)
    if found:
        return _('did you mean "{found}"?').format(found=found[0])
    return _("known here: {known}").format(known=", ".join(known)) if known else ""


def _known_keys(model: type[BaseModel], location: Location) -> tuple[str, ...]:
    current: object = model
    for part in location:
        fields = _fields(current)
        current = fields[str(part)].annotation if str(part) in fields else _model_inside(current)
    current = current if _fields(current) else _model_inside(current)
    return tuple(_fields(current))


def _fields(annotation: object) -> dict[str, FieldInfo]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.model_fields
    return {}


def _model_inside(annotation: object) -> object:
    """Finds the section model in ``tuple[Model, ...]`` or ``Mapping[str, Model]``."""
    for argument in get_args(annotation):
        inner = argument if _fields(argument) else _model_inside(argument)
        if _fields(inner):
            return inner
    return annotation if _fields(annotation) else None
