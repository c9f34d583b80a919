"""The configuration file as bytes: read with suspicion, located line by line, replaced atomically.

The file is written by people and by other programs, so everything is checked before it is parsed: what kind
of file it is, who may write to it, its size and its encoding. A refusal always names the file and the line.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.plain_toml import TomlRefused, decode_toml, parse_toml
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language import tell_number

MAX_CONFIG_BYTES = 1_000_000

Location = tuple[str | int, ...]

_BARE = r"""[A-Za-z0-9_-]+|"[^"\\\n]*"|'[^'\n]*'"""
_DOTTED = rf"(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*"
_HEADER = re.compile(rf"^\s*(\[\[|\[)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_PART = re.compile(_BARE)


@dataclass(frozen=True)
class ConfigText:
    """A parsed configuration file that still knows where each key stands.

    Attributes:
        path: Where it was read from.
        data: The parsed tables.
        lines: Line number (from 1) of each table and key, by its path in ``data``.
    """

    path: Path
    data: dict[str, object]
    lines: dict[Location, int]

    def where(self, location: Location) -> str:
        """Names the line of a key, or of the nearest table above it that the file has."""
        for length in range(len(location), 0, -1):
            line = self.lines.get(location[:length])
            if line is not None:
                return f"{self.path}:{line}"
        return str(self.path)


def read_config(path: Path) -> ConfigText:
    """Reads and parses a configuration file.

    Raises:
        SettingsError: the file is missing, not a plain file, writable by others, too large, not UTF-8 or not TOML.
    """
    content = _read_guarded(path)
    try:
        text = decode_toml(content)
    except TomlRefused as error:
        raise SettingsError(str(error), where=f"{path}{error.at}", hint=error.hint) from error
    return parse_config(path, text)


def parse_config(path: Path, text: str) -> ConfigText:
    """Parses the text of a configuration file.

    Raises:
        SettingsError: it is not TOML.
    """
    try:
        data = parse_toml(text)
    except TomlRefused as error:
        raise SettingsError(str(error), where=f"{path}{error.at}", hint=error.hint) from error
    return ConfigText(path=path, data=data, lines=dict(_locate_keys(text)))


def _read_guarded(path: Path) -> bytes:
    try:
        if path.is_symlink():
            raise SettingsError(_("is a symbolic link"), where=str(path), hint=_("put the file itself there"))
        # Not blocking: a FIFO in this place must be refused, not waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError as error:
        raise SettingsError(
            _("there is no configuration yet"), where=str(path), hint=_("run `fairreview init`")
        ) from error
    except OSError as error:
        raise SettingsError(_("cannot be read: {strerror}").format(strerror=error.strerror), where=str(path)) from error
    try:
        _check_kind(path, os.fstat(handle))
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MAX_CONFIG_BYTES + 1)
    finally:
        os.close(handle)


def _check_kind(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(_("is not a plain file"), where=str(path))
    if status.st_size > MAX_CONFIG_BYTES:
        raise SettingsError(
            _("is larger than {max_config_bytes} bytes").format(max_config_bytes=tell_number(MAX_CONFIG_BYTES)),
            where=str(path),
        )
    if os.name != "nt" and status.st_mode & 0o022:
        mode = stat.S_IMODE(status.st_mode)
        raise SettingsError(
            _("can be changed by other users (mode {mode:04o})").format(mode=mode),
            where=str(path),
            hint=f"chmod 600 {shlex.quote(str(path))}",
        )


def _locate_keys(text: str) -> Iterator[tuple[Location, int]]:
    """Finds the line of each key. Knows as much TOML as error messages need; tomllib has checked the rest."""
    table: Location = ()
    counts: dict[Location, int] = {}
    quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if quote:
            quote = "" if quote in line else quote
            continue
        if header := _HEADER.match(line):
            table = _enter_table(header[1] == "[[", _split(header[2]), counts)
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_split(key[1])), number
            quote = _opened_quote(line)


def _enter_table(is_array: bool, names: tuple[str, ...], counts: dict[Location, int]) -> Location:
    place: Location = ()
    for depth, name in enumerate(names, start=1):
        place = (*place, name)
        if is_array and depth == len(names):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _opened_quote(line: str) -> str:
    for mark in ('"""', "'''"):
        if line.count(mark) % 2:
            return mark
    return ""
