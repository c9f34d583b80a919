"""The way through the bot's menu: labels that a person pressed once, kept as a file of the home that anybody can read.

Only labels are recorded. They are followed up to the first one that the bot does not offer.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from flows.plain_toml import TomlRefused, read_toml
from monitor.errors import SettingsError
from monitor.files.private import make_private_directory, write_private
from monitor.language import gettext as _

FOLDER = "chats"
_MOST_BYTES = 20_000
_MOST_LABELS = 12
_ODD = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class ChatPath(BaseModel):
    """The labels in their order, and who recorded them when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...] = Field(default=(), max_length=_MOST_LABELS)
    recorded_at: AwareDatetime | None = None
    recorded_by: str = ""


def load_path(home: Path, account: str) -> ChatPath:
    """Returns the account's recorded way; an empty one where nobody recorded any.

    Raises:
        SettingsError: the file is not as it has to be.
    """
    file = path_file(home, account)
    if not file.exists():
        return ChatPath()
    try:
        return ChatPath.model_validate(read_toml(file, max_bytes=_MOST_BYTES))
    except (ValidationError, TomlRefused) as error:
        raise SettingsError(
            _("the recorded way through the bot's menu cannot be read"),
            where=str(file),
            hint=_("`fairreview support chat learn --number NUMBER` records it anew."),
        ) from error


def save_path(home: Path, account: str, labels: tuple[str, ...], *, at: datetime, by: str) -> Path:
    """Writes the account's way in place of an older one; returns the file.

    Raises:
        SettingsError: a label holds what no label holds, or there are too many.
    """
    if len(labels) > _MOST_LABELS or any(not one.strip() or len(one) > 200 or _ODD.search(one) for one in labels):
        raise SettingsError(
            _("these are no labels of a menu"),
            where="labels",
            hint=_("At most {most_labels} lines of plain text.").format(most_labels=_MOST_LABELS),
        )
    file = path_file(home, account)
    make_private_directory(file.parent)
    rows = "\n".join(f"  {_quoted(one)}," for one in labels)
    text = f'labels = [\n{rows}\n]\nrecorded_at = "{at.isoformat(timespec="seconds")}"\nrecorded_by = {_quoted(by)}\n'
    file.unlink(missing_ok=True)
    write_private(file, text.encode())
    return file


def path_file(home: Path, account: str) -> Path:
    """Where an account's way lies."""
    return home / FOLDER / f"{account}.toml"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
