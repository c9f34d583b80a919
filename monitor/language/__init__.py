"""The language of what a person reads: chosen before anything else is loaded, looked up in the program's catalogue.

``gettext`` (imported as ``_``) and ``ngettext`` give a sentence in that language. Command names, options, JSON keys,
log entries, exit codes and hashes never depend on it: docs/adr/0038-messages-in-two-languages.md.
"""

from __future__ import annotations

import gettext as library
import os
import sys
from collections.abc import Mapping, Sequence
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from evidence_store.sentences import Sentence

ENGLISH, RUSSIAN = "en", "ru"
LANGUAGES = (ENGLISH, RUSSIAN)
VARIABLE = "FAIRREVIEW_LANG"
"""What a person sets; ``begin`` sets it too, so that the program's children speak as it does."""

CATALOGUES = Path(__file__).parents[1] / "locale"
DOMAIN = "fairreview"

_SYSTEM_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order of GNU gettext
_PRIMARY_RUSSIAN = 0x19  # the low ten bits of Windows' language numbers: learn.microsoft.com, "Language identifiers"


def known_language(name: str) -> str | None:
    """Returns the language that a name of a person or a system means: «ru», «RU», «ru_RU.UTF-8»; None for any other."""
    plain = name.strip().lower().replace("-", "_").partition(".")[0].partition("@")[0].partition("_")[0]
    return plain if plain in LANGUAGES else None


def choose(words: Sequence[str], config: Path | None = None, variables: Mapping[str, str] = os.environ) -> str:
    """Chooses the language: ``--lang``, the program's variable, the settings, the system's variables, Windows.

    What names no known language is passed over: the library of the command line complains about an option.

    Args:
        words: The command line after the program's name.
        config: The settings' file, where one may be.
        variables: The environment.
    """
    said = (said_option(words, "--lang"), variables.get(VARIABLE, ""), _set_language(config))
    for name in said:
        if language := known_language(name):
            return language
    for name in _SYSTEM_VARIABLES:
        if value := variables.get(name, ""):
            return next(filter(None, map(known_language, value.split(":"))), ENGLISH)
    return _windows_language() if sys.platform == "win32" else ENGLISH


def said_option(words: Sequence[str], option: str) -> str:
    """Returns what a command line says for an option, wherever it stands before a ``--``; else an empty text."""
    coming = iter(words)
    for word in coming:
        name, equals, value = word.partition("=")
        if word == "--":
            break
        if name == option:
            return value if equals else next(coming, "")
    return ""


def begin(language: str) -> None:
    """Speaks a language from here on, and in every program that is started from here.

    The library of the command line asks ``gettext.gettext`` as it is when it is loaded: later than this.
    """
    global _catalogue  # noqa: PLW0603 - one process speaks one language
    _catalogue = _load(language)
    os.environ[VARIABLE] = language
    library.gettext = gettext


def spoken() -> str:
    """Returns the language that is spoken."""
    return RUSSIAN if isinstance(_catalogue, GNUTranslations) else ENGLISH


def gettext(message: str) -> str:
    """Returns a message in the language that is spoken."""
    return _catalogue.gettext(message) if message else message


def ngettext(one: str, many: str, count: int) -> str:
    """Returns a message that counts something, in the form that the count asks for."""
    return _catalogue.ngettext(one, many, count)


def in_language(text: str) -> str:
    """Returns what a room below said in English, in the language that is spoken; what no message is, as it is."""
    if isinstance(text, Sentence):
        values = {name: in_language(value) if isinstance(value, str) else value for name, value in text.values.items()}
        return gettext(text.pattern).format(**values)
    return gettext(text)


def tell_number(number: int) -> str:
    """Returns a whole number with its thousands apart, as the language does it; no-break spaces in Russian."""
    grouped = f"{number:,}"
    return grouped.replace(",", "\u00a0") if spoken() == RUSSIAN else grouped


def _load(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)


def _set_language(config: Path | None) -> str:
    """Reads one key of the settings; whatever is wrong with them is told when they are read as a whole."""
    try:
        text = "" if config is None else config.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    if "language" not in text:
        return ""
    import tomllib  # noqa: PLC0415 - only where there is something to read

    try:
        section = tomllib.loads(text).get("installation", {})
    except tomllib.TOMLDecodeError:
        return ""
    return str(section.get("language", "")) if isinstance(section, dict) else ""


def _windows_language() -> str:
    if sys.platform != "win32":
        return ENGLISH
    import ctypes  # noqa: PLC0415 - there alone

    number: int = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return RUSSIAN if number & 0x3FF == _PRIMARY_RUSSIAN else ENGLISH


_catalogue: NullTranslations = _load(known_language(os.environ.get(VARIABLE, "")) or ENGLISH)
