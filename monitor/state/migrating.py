"""Brings a store to this program's schema: all of it or nothing, with a copy first, and never backwards."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from monitor.errors import SchemaTooNew, SchemaTooOld, StorageDamaged
from monitor.language import gettext as _
from monitor.state.engine import WRITE_OPTION, open_engine, sqlite_path
from monitor.state.faults import translated
from monitor.state.private_files import sync_directory

SCHEMA_HEAD = "0021"
"""The newest revision in ``migrations/versions``; a test compares the two."""

COPY_MARK = ".before-migration-from-"
"""What the name of a copy adds to the store's own; the revision follows."""

SCRIPTS = Path(__file__).with_name("migrations")

_LOCK_KEY = 7_313_002
"""Advisory lock of PostgreSQL under which one process at a time migrates."""


def read_revision(engine: Engine) -> str | None:
    """Returns the store's schema revision, None for an empty store.

    Raises:
        StorageDamaged: the file is a database of something else.
    """
    with translated(), engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        if "alembic_version" in names:
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
        if names and engine.dialect.name == "sqlite":
            raise StorageDamaged(
                _("this database was not made by this program"),
                where=str(engine.url.database),
                hint=_("Point the configuration at another file."),
            )
        return None


def require_head(engine: Engine) -> None:
    """Refuses a store whose schema is not this program's.

    Raises:
        SchemaTooNew: a newer program wrote it.
        SchemaTooOld: it was not migrated yet.
    """
    revision = read_revision(engine)
    if revision == SCHEMA_HEAD:
        return
    if revision is None or revision in known_revisions():
        raise SchemaTooOld(
            _("the store has to be migrated first"),
            where=str(revision),
            hint=_("Any command that may write does it, after a copy: `fairreview case list`."),
        )
    raise SchemaTooNew(
        _("the store has schema {revision}, this program knows {schema_head}").format(
            revision=revision, schema_head=SCHEMA_HEAD
        ),
        where=revision,
        hint=_("Update this program. Nothing was changed."),
    )


def migrate(url: str, *, scripts: Path = SCRIPTS, head: str = SCHEMA_HEAD) -> Path | None:
    """Brings the store to the newest schema in one transaction.

    Args:
        url: The store.
        scripts: Folder of the revisions.
        head: The revision to reach.

    Returns:
        The copy made of a SQLite file before it was changed, None when nothing had to be copied.

    Raises:
        SchemaTooNew: a newer program wrote the store.
        StorageError: it could not be migrated; it is as it was.
    """
    engine = open_engine(url, enforces_foreign_keys=False)
    try:
        revision = read_revision(engine)
        if revision == head:
            return None
        if revision is not None and revision not in known_revisions(scripts):
            raise SchemaTooNew(
                _("the store has schema {revision}, this program knows {head}").format(revision=revision, head=head),
                where=revision,
                hint=_("Update this program. Nothing was changed."),
            )
        path = sqlite_path(url)
        copy = _copy(path, revision) if path is not None and revision is not None else None
        with translated(where=str(path or engine.url.host)):
            _upgrade(engine, scripts, head)
        return copy
    finally:
        engine.dispose()


def _upgrade(engine: Engine, scripts: Path, head: str) -> None:
    # Imported here: only a migration pays for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    with engine.connect().execution_options(**{WRITE_OPTION: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        config.attributes["connection"] = connection
        command.upgrade(config, head)
        _require_sound(connection)


def _require_sound(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StorageDamaged(_("rows point to nothing after the migration; nothing was changed"), where=str(broken[0]))


def known_revisions(scripts: Path = SCRIPTS) -> set[str]:
    """Returns the revisions that this program can take a store through."""
    return {path.name.split("_", 1)[0] for path in (scripts / "versions").glob("[0-9]*.py")}


def _copy(path: Path, revision: str) -> Path:
    target = path.with_name(f"{path.name}{COPY_MARK}{revision}")
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    source, destination = sqlite3.connect(path), sqlite3.connect(target)
    try:
        source.backup(destination)
    finally:
        source.close()
        destination.close()
    sync_directory(target.parent)
    return target
