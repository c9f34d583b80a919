"""What was answered to ``init`` so far: kept in the home after each answer, so that Ctrl-C loses nothing."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.config.home import Home
from monitor.config.sections import IdentitySection, Installation, OperatorSection
from monitor.errors import SettingsError
from monitor.private_files import read_plain, write_private
from monitor.stand_ins import fitting

_NAME = "init-answers.json"
_LARGEST = 4_000_000  # bytes
_LONGEST_NAME = 40
_MOSCOW_HOURS = {
    -1: "Europe/Kaliningrad", 0: "Europe/Moscow", 1: "Europe/Samara", 2: "Asia/Yekaterinburg", 3: "Asia/Omsk",
    4: "Asia/Krasnoyarsk", 5: "Asia/Irkutsk", 6: "Asia/Yakutsk", 7: "Asia/Vladivostok", 8: "Asia/Magadan",
    9: "Asia/Kamchatka",
}  # fmt: skip
"""How the zones of Russia are called there: by their hours from Moscow (law 107-FZ of 2011, as changed)."""


class InitAnswers(BaseModel):
    """Answers that were checked; None is a question not yet answered. No secret is among them."""

    model_config = ConfigDict(extra="ignore")

    account: str | None = None
    products: tuple[str, ...] | None = None
    login: str | None = None
    witness: str | None = None
    operator: str | None = None
    zone: str | None = None

    def given(self) -> tuple[str, ...]:
        """Names of the questions that were answered."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is not None)


def load_answers(home: Home) -> InitAnswers:
    """Returns the answers that an interrupted ``init`` left; none where there are none or they cannot be read."""
    try:
        return InitAnswers.model_validate_json(read_plain(_path(home), max_bytes=_LARGEST))
    except (SettingsError, ValidationError):
        return InitAnswers()


def keep_answers(home: Home, answers: InitAnswers) -> None:
    """Keeps the answers in the home, which is made for it."""
    home.create()
    write_private(_path(home), answers.model_dump_json(exclude_none=True).encode())


def forget_answers(home: Home) -> None:
    """Removes them once the installation is there."""
    _path(home).unlink(missing_ok=True)


def account_name(text: str) -> str:
    """Makes an account's short name of what it is called: «Мой магазин» becomes ``moy-magazin``.

    Raises:
        SettingsError: no letter or digit is in it.
    """
    plain = re.sub(r"[^a-z0-9_]+", "-", fitting(text.strip().lower(), "ascii").lower())
    name = plain.strip("-_")[:_LONGEST_NAME].rstrip("-_")
    if not name:
        raise SettingsError("a name needs a letter or a digit", where="--account", hint="For example: my-shop")
    return name


def login_of(text: str) -> str:
    """Returns a login as it is kept.

    Raises:
        SettingsError: it is neither an e-mail address nor a telephone number.
    """
    try:
        return IdentitySection(login=text.strip(), sign_in="code").login
    except ValidationError as error:
        raise SettingsError(
            f"{text[:80]!r} is neither an e-mail address nor a telephone number",
            where="--login",
            hint="Write it as you do on ozon.ru: you@example.com or +7 900 000-00-00.",
        ) from error


def person_name(text: str) -> str:
    """Returns a person's name for the log and documents.

    Raises:
        SettingsError: it is empty or cannot stand in a document.
    """
    if not text.strip():
        raise SettingsError("the log and documents need a name", where="--operator", hint="For example: Анна Петрова")
    return _line(text, "--operator")


def shown_name(text: str) -> str:
    """Returns the name that the site shows when signed in; empty where it is not known.

    Raises:
        SettingsError: it cannot be a line of a page.
    """
    return _line(text, "--witness")


def zone_of(text: str) -> str:
    """Returns a zone's name, given as such or by its hours from Moscow (``MSK+2``, ``МСК``).

    Raises:
        SettingsError: there is no such zone.
    """
    hours = re.fullmatch(r"(?:msk|мск)\s*([+-]\s*\d+)?", text.strip().lower())
    name = _MOSCOW_HOURS.get(int((hours[1] or "0").replace(" ", "")), "") if hours else text.strip()
    try:
        return Installation(zone=name).zone
    except ValidationError as error:
        raise SettingsError(
            f"there is no zone {text[:60]!r}", where="--zone", hint="Write Asia/Yekaterinburg, or MSK+2."
        ) from error


def _line(text: str, where: str) -> str:
    try:
        return OperatorSection(name=text.strip()).name
    except ValidationError as error:
        raise SettingsError("cannot be read as a name", where=where, hint="One line of at most 200 letters.") from error


def _path(home: Home) -> Path:
    return home.root / _NAME
