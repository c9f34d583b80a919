"""Column types that behave alike on SQLite and PostgreSQL, and the metadata all tables share."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Dialect, Integer, MetaData, Text, false
from sqlalchemy.types import TypeDecorator

from monitor.state.text import JsonValue, clean_text, dump_json, load_json

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""A growing key: SQLite only numbers rows by itself in an INTEGER column."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. Naive datetimes are refused on the way in, aware ones come out on both stores."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turns an aware moment into what the store keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turns what the store keeps into an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text that went through the one sanitizer."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Cleans the text."""
        return None if value is None else clean_text(value)


class JsonText(TypeDecorator[JsonValue]):
    """A JSON value kept as text, so that both stores return the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Writes the value as one line of JSON."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:  # noqa: ARG002
        """Reads the value back."""
        return None if value is None else load_json(value)


def text(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    """Returns a text column; ``default`` is also the server's default for new rows."""
    return Column(name, CleanText, nullable=null, server_default=default)


def moment(name: str, *, null: bool = True) -> Column[datetime]:
    """Returns a column for a moment in UTC; optional unless told otherwise."""
    return Column(name, Instant, nullable=null)


def number(name: str, *, null: bool = False, default: int | None = None) -> Column[int]:
    """Returns a column for a whole number."""
    return Column(name, BIG, nullable=null, server_default=None if default is None else str(default))


def flag(name: str) -> Column[bool]:
    """Returns a column for yes or no; no where nothing is said."""
    return Column(name, Boolean, nullable=False, server_default=false())


def json_text(name: str, *, null: bool = False) -> Column[JsonValue]:
    """Returns a column for a JSON value."""
    return Column(name, JsonText, nullable=null)


def maybe(name: str) -> Column[bool]:
    """Returns a column for yes, no or not known."""
    return Column(name, Boolean, nullable=True)
