"""What a backup says about itself, and which names may stand in one."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.errors import BackupDamaged
from monitor.files.private import is_device_name
from monitor.language import gettext as _

FORMAT: Literal["fairreview-backup/1"] = "fairreview-backup/1"
LIST_NAME = "backup.json"
LARGEST_LIST = 64_000_000  # bytes; some 150 a file
_MOST = 2**53 - 1  # what every program reads back as it was written

Keys = Literal["own_passphrase", "backup_passphrase", "left_out"]
"""How the secrets travel: under the installation's passphrase, under one made for the backup, or not at all."""

# Only what an installation holds, written as this program writes it: nothing can lead out of the folder.
_MEMBER = re.compile(
    r"config\.toml|state\.sqlite3|action-log/[0-9a-f]{32}[a-z0-9.-]{0,60}\.jsonl"
    r"|catalogs/[a-z0-9_]{1,48}/(overrides/|accounts/[a-z0-9][a-z0-9_-]{0,39}/)?[a-z0-9_]{1,48}\.toml"
    r"|evidence/sha256/(?P<shard>[0-9a-f]{2})/((?P=shard)[0-9a-f]{62})"
    r"|secrets/(store\.json|([a-z0-9][a-z0-9_-]{0,63}/){0,3}[a-z0-9][a-z0-9_-]{0,63}\.sealed)"
)


class Member(BaseModel):
    """One file of the installation."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0, le=_MOST)


class Contents(BaseModel):
    """The list that goes into a backup.

    Attributes:
        mark: How far the installation had got; what was sent later is not in here.
        epoch: How often it had been restored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    format: Literal["fairreview-backup/1"] = FORMAT
    created: str
    installation: str = Field(pattern=r"^[0-9a-f]{32}$")
    mark: int = Field(ge=0, lt=_MOST)
    epoch: int = Field(ge=0, lt=_MOST)
    keys: Keys
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(member.size for member in self.members)


def parse_contents(data: bytes, where: str) -> Contents:
    """Reads the list.

    Raises:
        BackupDamaged: no list of a backup, or a name in it that no installation has.
    """
    try:
        contents = Contents.model_validate_json(data)
    except ValidationError as error:
        raise BackupDamaged(_("it has no list of contents that can be read"), where=where) from error
    names = [member.path for member in contents.members]
    strange = next((name for name in names if not is_member(name)), None)
    if strange is not None or len(set(names)) != len(names):
        raise BackupDamaged(
            _("its list names something strange: {strange!r}").format(strange=strange or "a file twice")[:200],
            where=where,
        )
    for member in contents.members:
        if member.path.startswith("evidence/") and not member.path.endswith(member.sha256):
            raise BackupDamaged(_("{path} is listed with another digest").format(path=member.path), where=where)
    return contents


def is_member(path: str) -> bool:
    """Whether an installation has a file of this name."""
    return _MEMBER.fullmatch(path) is not None and not any(map(is_device_name, path.split("/")))
