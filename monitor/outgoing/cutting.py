"""Files that are handed on to somebody who takes no large ones: refused, or cut into parts that anybody can join."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.language import gettext as _

_MEGABYTE = 1_000_000  # as mail services and courts' pages count
HOW_TO_JOIN = "kak-sobrat.txt"
_WORDS = """{name} разрезан на {count} частей, потому что получатель не принимает файлы больше {limit} МБ.

Собрать в Windows (в командной строке, в этой папке):
copy /b {by_plus} {name}

Собрать в Linux и macOS:
cat {by_space} > {name}

7-Zip открывает первую часть и сам находит остальные.
SHA-256 собранного файла: {digest}
"""


def refuse_large(files: Iterable[tuple[str, bytes]], limit: int | None) -> None:
    """Refuses files above the limit before any is written.

    Args:
        files: Names and contents.
        limit: In MB; None: any size.

    Raises:
        SettingsError: one is larger.
    """
    for name, data in files:
        if limit is not None and len(data) > limit * _MEGABYTE:
            raise SettingsError(
                _("{name} would have {count:.1f} MB, and {limit} MB are allowed for one file").format(
                    name=name, count=len(data) / _MEGABYTE, limit=limit
                ),
                where="[law] largest_file",
                hint=_("Raise it in config.toml; a paper cannot be cut."),
            )


def cut_file(path: Path, limit: int | None) -> tuple[str, ...]:
    """Cuts a file above the limit into parts beside it, with a text that says how to put them together.

    Args:
        path: The file; it is gone when it was cut.
        limit: In MB; None: any size.

    Returns:
        The names of the parts; empty where the file is small enough.
    """
    if limit is None or path.stat().st_size <= limit * _MEGABYTE:
        return ()
    parts: list[str] = []
    whole = sha256()
    with path.open("rb") as file:
        while data := file.read(limit * _MEGABYTE):
            whole.update(data)
            parts.append(f"{path.name}.{len(parts) + 1:03d}")
            write_private(path.with_name(parts[-1]), data)
    words = _WORDS.format(
        name=path.name,
        count=len(parts),
        limit=limit,
        by_plus="+".join(parts),
        by_space=" ".join(parts),
        digest=whole.hexdigest(),
    )
    write_private(path.with_name(HOW_TO_JOIN), words.replace("\n", "\r\n").encode("utf-8-sig"))
    path.unlink()
    return tuple(parts)
