"""Where a person may have something written: never over what an installation lives on, never over a device."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from monitor.errors import UsageError
from monitor.language import gettext as _

_CONFIG = "config.toml"
_REPORTS = "reports"  # pages and documents for people: the one folder of a home that takes files from outside
_OF_A_HOME = ("state.sqlite3", "evidence", "action-log", "secrets", "seal")
_WATERMARK = ".watermark"


def require_target(
    out: Path, *, field: str = "out", endings: Collection[str] = (), may_replace: bool = False, hint: str = ""
) -> Path:
    """Returns the whole path of a file or folder that may be written.

    Args:
        out: What the person named.
        field: What the person calls it.
        endings: Which the name may have, with their dot; none: any.
        may_replace: A plain file that is there already may be replaced; a link is replaced itself, not what it names.
        hint: The next step where something is there already.

    Raises:
        UsageError: it is part of an installation, a device, a folder or something else that is no file, is there
            already, ends otherwise, or its folder is not there.
    """
    path = out.absolute()
    if endings and path.suffix.lower() not in endings:
        raise UsageError(
            _("{suffix!r} is no ending of what would be written").format(suffix=path.suffix or path.name),
            where=str(out),
            field=field,
            hint=_("End the name in {endings}.").format(endings=", ".join(endings)),
        )
    if (home := _home_around(path)) is not None:
        raise UsageError(
            _("is inside the installation {home}").format(home=home),
            where=str(out),
            field=field,
            hint=_("Name a file outside of it, or in {home}.").format(home=home / _REPORTS),
        )
    if path.is_symlink() or path.exists():
        if not may_replace:
            raise UsageError(_("is there already"), where=str(out), field=field, hint=hint or _("Choose a new name."))
        if not path.is_symlink() and not path.is_file():
            raise UsageError(_("is no plain file"), where=str(out), field=field, hint=_("Choose a new name."))
    if not path.parent.is_dir():
        raise UsageError(_("there is no such folder"), where=str(path.parent), field=field, hint=_("Make it first."))
    return path


def _home_around(path: Path) -> Path | None:
    """Returns the installation that a path is part of; its pages for people are not."""
    for name in {path, path.parent.resolve() / path.name}:  # also where a link leads into it
        beside = name.with_name(name.name.removeprefix(".").removesuffix(_WATERMARK))
        if name.name == f".{beside.name}{_WATERMARK}" and _is_home(beside):
            return beside
        home = next((folder for folder in (name, *name.parents) if _is_home(folder)), None)
        if home is not None and (home == name or name.relative_to(home).parts[0] != _REPORTS):
            return home
    return None


def _is_home(folder: Path) -> bool:
    return (folder / _CONFIG).is_file() and any((folder / part).exists() for part in _OF_A_HOME)
