"""TOML that somebody else wrote, read with suspicion: bounded before the parser sees it, refused with its line.

The parser's work on a dotted key grows with the square of its parts: 100 KB of them take half a minute.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

MAX_LINE = 20_000  # characters
MAX_PARTS = 16  # of a dotted key; ours have three

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DEEP = re.compile(rf"\s*(?:\[\s*){{0,2}}(?:{_PART}\s*\.\s*){{{MAX_PARTS},}}")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_INSTALLED = Path(__file__).parents[1]
_READS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class TomlRefused(ValueError):
    """A text or file that is not read.

    Attributes:
        at: ``:line`` or ``:line:column``, to be put behind the file's name; empty when it is about the whole file.
        hint: The next step, for a person.
    """

    def __init__(self, message: str, *, at: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.hint = hint


def read_toml(path: Path, *, max_bytes: int) -> dict[str, object]:
    """Reads a file of bounded size; a link to a plain file is followed, as installers make them.

    Raises:
        TomlRefused: it is no plain file, too large, cannot be read, or is not plain TOML.
    """
    return parse_toml(decode_toml(read_plain(path, max_bytes=max_bytes)))


def refuse_link(path: Path) -> None:
    """Refuses a person's file that is a link: what it leads to changes without a trace where it was shown.

    Files of the installed packages may be links: some installers make them.

    Raises:
        TomlRefused: it is one.
    """
    if path.is_symlink() and _INSTALLED not in path.absolute().parents:
        raise TomlRefused("is a link to another file", hint="Put the file itself there.")


def read_plain(path: Path, *, max_bytes: int) -> bytes:
    """Reads the bytes of a plain file of bounded size.

    Raises:
        TomlRefused: it is no plain file (a pipe would never end), too large, or cannot be read.
    """
    try:
        handle = os.open(path, _READS)
    except OSError as error:
        raise TomlRefused(f"cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise TomlRefused("is not a plain file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        raise TomlRefused(f"cannot be read: {error.strerror}") from error
    finally:
        os.close(handle)
    if len(content) > max_bytes:
        raise TomlRefused(f"is larger than {max_bytes:,} bytes")
    return content


def decode_toml(content: bytes) -> str:
    """Decodes UTF-8, with or without a mark before it.

    Raises:
        TomlRefused: it is something else.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in content[:200]:
        raise TomlRefused("is not UTF-8 (it looks like UTF-16)", at=":1", hint="save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlRefused("is not UTF-8", at=f":{line}", hint="save it as UTF-8") from error


def parse_toml(text: str) -> dict[str, object]:
    """Parses a text in a time that its length bounds.

    Raises:
        TomlRefused: it is not TOML, or its lines, keys, numbers or nesting are out of bounds.
    """
    _refuse_long_lines_and_keys(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error) from error
    except RecursionError as error:
        raise TomlRefused("values are nested too deeply") from error
    except ValueError as error:  # what the parser passes on: a number of thousands of digits
        raise TomlRefused("holds a number that is too long", hint="shorten it") from error


def _refuse_long_lines_and_keys(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise TomlRefused(f"a line is longer than {MAX_LINE:,} characters", at=f":{number}", hint="break it up")
        if line.count(".") >= MAX_PARTS and _DEEP.match(line):
            raise TomlRefused(f"a key has more than {MAX_PARTS} parts", at=f":{number}", hint="shorten it")


def _syntax_error(error: tomllib.TOMLDecodeError) -> TomlRefused:
    found = _AT_LINE.search(str(error))
    message = _AT_LINE.sub("", str(error)).strip()
    hint = "a key or table is there twice" if "overwrite" in message or "declare" in message else ""
    return TomlRefused(f"is not valid TOML: {message}", at=f":{found[1]}:{found[2]}" if found else "", hint=hint)
