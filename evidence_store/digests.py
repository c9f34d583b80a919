"""A digest is a value with its algorithm, never a bare string of hex."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from evidence_store.errors import Malformed

_FORM = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """The digest of some bytes, printed as ``sha256:…`` with 64 lower-case hex digits.

    Raises:
        Malformed: another algorithm, or hex that is not 64 lower-case digits.
    """

    algorithm: Literal["sha256"]
    hex: str

    def __post_init__(self) -> None:
        if _FORM.fullmatch(f"{self.algorithm}:{self.hex}") is None:
            raise Malformed("not a sha256 digest", where=f"{self.algorithm}:{self.hex}"[:100])

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """Returns the digest of ``data``."""
        return cls("sha256", hashlib.sha256(data).hexdigest())

    @classmethod
    def of_file(cls, path: Path) -> Digest:
        """Returns the digest of a file's content, read in pieces.

        Raises:
            OSError: the file could not be read.
        """
        with path.open("rb") as stream:
            return cls("sha256", hashlib.file_digest(stream, "sha256").hexdigest())

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Reads the printed form back.

        Raises:
            Malformed: anything but ``sha256:`` and 64 lower-case hex digits.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise Malformed("not a sha256 digest", where=text[:100])
        return cls("sha256", match[1])

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _from_value, serialization=core_schema.to_string_ser_schema(when_used="json")
        )


ZERO = Digest("sha256", "0" * 64)
"""Stands before the first entry of a chain and the first checkpoint. No known bytes have this digest."""


def _from_value(value: object) -> Digest:
    if isinstance(value, Digest):
        return value
    if isinstance(value, str):
        try:
            return Digest.parse(value)
        except Malformed as error:
            raise ValueError(str(error)) from error
    raise ValueError("a digest is text of the form sha256:…")
