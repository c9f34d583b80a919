"""Diagnostics: what the program did, for whoever looks for a fault. Never the action log, which is evidence.

Each event is one JSON line, ASCII only, so nothing in a review's text can end a line, forge another one or steer a
terminal. Only fields on a fixed list are written, and every known secret is taken out by value before the line exists.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from loguru import logger

from monitor.errors import SettingsError
from monitor.language import gettext
from monitor.language.plain_text import show
from monitor.secrets.redaction import Redactor

if TYPE_CHECKING:
    from loguru import Message, Record

FIELDS = frozenset(
    {"account", "appeal", "attempt", "case", "channel", "count", "elapsed_ms", "error", "event", "exit_code", "health"}
    | {"host", "identity", "job", "page", "problem", "review", "site", "sku", "state", "status", "step", "visit", "way"}
)
"""The extra fields an event may carry. Anything else is dropped, and the line says which names were."""

_LONGEST_MESSAGE = 4_000  # characters
_LONGEST_FIELD = 500
_LONGEST_TRACE = 12_000
_ROTATE_AT = "10 MB"
_KEEP_FILES = 10


def start_logging(
    directory: Path, *, name: str = "fairreview", redactor: Redactor, verbose_to: TextIO | None = None
) -> Callable[[], None]:
    """Starts writing events to ``<name>.jsonl`` in the folder (file 0600, folder 0700) and, if asked, to a person.

    Args:
        directory: The folder of the logs.
        name: A file of its own for each kind of process, so that rotation never races.
        redactor: Takes the secrets out.
        verbose_to: Where a person reads along, usually standard error.

    Returns:
        A function that writes what is pending and closes the files.

    Raises:
        SettingsError: the folder cannot be written.
    """
    logger.remove()
    path = directory / f"{name}.jsonl"
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        logger.add(
            path,
            level="DEBUG",
            format=_store_line(redactor),
            rotation=_ROTATE_AT,
            retention=_KEEP_FILES,
            opener=_open_private,
            catch=True,
            backtrace=False,
            diagnose=False,  # would print the values of variables, secrets included
        )
    except OSError as error:
        raise SettingsError(
            gettext("cannot be written: {strerror}").format(strerror=error.strerror), where=str(path)
        ) from error
    if verbose_to is not None:
        logger.add(
            _human_sink(verbose_to, redactor), level="DEBUG", format="{message}", backtrace=False, diagnose=False
        )
    return logger.remove


def silence_logging() -> None:
    """Writes nothing anywhere: the state before ``start_logging``, so that no library default reaches the terminal."""
    logger.remove()


def render_line(record: Record, redactor: Redactor) -> str:
    """Renders an event as one JSON line without its end. Pure, apart from the traceback it formats."""
    extra, dropped = _choose_fields(record["extra"], redactor)
    line: dict[str, object] = {
        "at": record["time"].isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "from": f"{record['name']}:{record['line']}",
        "pid": record["process"].id,
        "message": _clip(redactor.redact(record["message"]), _LONGEST_MESSAGE),
        **extra,
    }
    if dropped:
        line["dropped"] = dropped
    if trace := _format_trace(record):
        line["trace"] = _clip(redactor.redact(trace), _LONGEST_TRACE, keep_end=True)
    return json.dumps(line, ensure_ascii=True, default=str)


def _store_line(redactor: Redactor) -> Callable[[Record], str]:
    def prepare(record: Record) -> str:
        # loguru formats what is returned here; the finished line goes through a field so that its braces stay inert.
        record["extra"]["line"] = render_line(record, redactor)
        return "{extra[line]}\n"

    return prepare


def _human_sink(stream: TextIO, redactor: Redactor) -> Callable[[Message], None]:
    def write(message: Message) -> None:
        record = message.record
        text = show(redactor.redact(record["message"]), one_line=True, limit=_LONGEST_MESSAGE)
        fields, _ = _choose_fields(record["extra"], redactor)
        told = " ".join(f"{key}={show(str(value), one_line=True)}" for key, value in fields.items())
        stream.write(f"{record['time']:%H:%M:%S} {record['level'].name.lower():7} {text} {told}".rstrip() + "\n")
        stream.flush()

    return write


def _choose_fields(extra: Mapping[str, object], redactor: Redactor) -> tuple[dict[str, object], list[str]]:
    chosen = {key: value for key, value in extra.items() if key in FIELDS}
    dropped = sorted(_clip(key, 40) for key in extra if key not in FIELDS and key != "line")
    return {key: _clip_value(value) for key, value in redactor.redact_fields(chosen).items()}, dropped


def _clip_value(value: object) -> object:
    return value if isinstance(value, int | float | None) else _clip(str(value), _LONGEST_FIELD)


def _clip(text: str, limit: int, *, keep_end: bool = False) -> str:
    if len(text) <= limit:
        return text
    return f"… {text[-limit:]}" if keep_end else f"{text[:limit]} …"


def _format_trace(record: Record) -> str:
    caught = record["exception"]
    if caught is None or caught.value is None:
        return ""
    return "".join(traceback.format_exception(caught.type, caught.value, caught.traceback))


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
