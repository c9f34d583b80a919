"""What a person types for a command about the law: days, prices, facts, steps, words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.support.law.ladder import FACTS, Fact, load_ladder


def known_steps(names: list[str] | None) -> frozenset[str]:
    """Returns steps of the ladder by their names.

    Raises:
        SettingsError: there is no such step.
    """
    known = [step.id for step in load_ladder().step]
    if odd := [one for one in names or () if one not in known]:
        raise SettingsError(
            _("no step is called {odd!r}").format(odd=odd[0]),
            where="--done",
            hint=_("Use one of: {known}").format(known=", ".join(known)),
        )
    return frozenset(names or ())


def read_fact(text: str) -> tuple[Fact, str]:
    """Reads a fact with its words, ``FACT=words``.

    Raises:
        SettingsError: no such fact is known.
    """
    name, sign, words = text.partition("=")
    if not sign or name not in set(Fact):
        known = ", ".join(FACTS)
        raise SettingsError(
            _("{text!r} is not FACT=words with a known fact").format(text=text[:80]),
            where="--set",
            hint=_("Facts are: {known}").format(known=known),
        )
    return Fact(name), words


def read_day(text: str, option: str) -> date:
    """Reads a day.

    Raises:
        SettingsError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            _("{text!r} is not a day").format(text=text[:40]), where=option, hint=_("Write it as 2026-12-14.")
        ) from error


def read_roubles(text: str) -> Decimal:
    """Reads a price in roubles.

    Raises:
        SettingsError: it is none.
    """
    try:
        amount = Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= Decimal("1e12"):
        raise SettingsError(
            _("{text!r} is not a price in roubles").format(text=text[:40]),
            where="--price",
            hint=_("Write it as 500000."),
        )
    return amount


def read_words(path: Path) -> str:
    """Reads a file of plain text, its first 200,000 bytes.

    Raises:
        SettingsError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes()[:200_000].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            _("{path} cannot be read as UTF-8 text").format(path=path),
            where="--file",
            hint=_("Save it as plain text in UTF-8."),
        ) from error
