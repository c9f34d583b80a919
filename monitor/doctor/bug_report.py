"""What a person may send to whoever mends the program: made of known words alone, so that nothing private can be in it.

An allow-list, never a mask: versions, codes, names of checks and of our own errors, numbers and switches of settings.
No path, name, address, text, login or message is taken, whatever it holds.
"""

from __future__ import annotations

import inspect
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

import evidence_store.errors as evidence
import flows.errors as flow
from monitor import errors
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.doctor.findings import Finding
from monitor.state.migrating import SCHEMA_HEAD

_PACKAGES = ("playwright", "pydantic", "sqlalchemy", "typer", "rich", "keyring", "cryptography", "apprise")
_SYSTEMS = frozenset({"Linux", "Darwin", "Windows"})
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,3}")
_LARGEST_LOG = 2_000_000  # bytes from its end
_OURS = frozenset(
    name
    for module in (errors, flow, evidence)
    for name, kind in vars(module).items()
    if inspect.isclass(kind) and issubclass(kind, Exception)
)
_BUILT_IN = frozenset({"KeyError", "TypeError", "ValueError", "AttributeError", "OSError", "AssertionError"})


class BugReport(BaseModel):
    """The report; ``errors`` counts names of errors in the logs, ``settings`` has switches and numbers alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    program: str
    python: str
    system: str
    bits: int
    encoding: str
    packages: Mapping[str, str]
    schema_head: str
    checks: tuple[tuple[str, str], ...]
    settings: Mapping[str, JsonValue]
    accounts: int
    products: int
    errors: Mapping[str, int]


def make_report(home: Home, settings: Settings, findings: Iterable[Finding]) -> BugReport:
    """Gathers the report; nothing is asked of anybody and nothing is written."""
    return BugReport(
        program=_version_of("fairreview"),
        python=_plain_version(platform.python_version()),
        system=system if (system := platform.system()) in _SYSTEMS else "other",
        bits=64 if sys.maxsize > 2**32 else 32,
        encoding=_known_encoding(),
        packages={name: _version_of(name) for name in _PACKAGES},
        schema_head=SCHEMA_HEAD,
        checks=tuple((one.check, one.level.value) for one in findings),
        settings=dict(_switches(settings)),
        accounts=len(settings.account),
        products=sum(len(account.products) for account in settings.account),
        errors=count_errors(home.logs),
    )


def count_errors(logs: Path) -> dict[str, int]:
    """Counts the names of errors that are ours or Python's own in the ends of the logs; no other word is looked at."""
    counts: Counter[str] = Counter()
    for path in logs.glob("*") if logs.is_dir() else ():
        try:
            content = path.read_bytes()[-_LARGEST_LOG:].decode("utf-8", "replace")
        except OSError:
            continue
        counts.update(word for word in re.findall(r"[A-Za-z]+", content) if word in _OURS | _BUILT_IN)
    return dict(sorted(counts.items()))


def _switches(settings: Settings) -> Iterable[tuple[str, JsonValue]]:
    """Yields switches, numbers and lengths of time; a text is told as whether it is set."""
    for section in type(settings).model_fields:
        value = getattr(settings, section)
        if not isinstance(value, BaseModel):
            continue
        for key in type(value).model_fields:
            one = getattr(value, key)
            if isinstance(one, bool | int | float):
                yield f"{section}.{key}", one
            elif isinstance(one, timedelta):
                yield f"{section}.{key}", one.total_seconds()
            else:
                yield f"{section}.{key}", "set" if one else "empty"


def _version_of(package: str) -> str:
    try:
        return _plain_version(version(package))
    except PackageNotFoundError:
        return "none"


def _plain_version(text: str) -> str:
    found = _VERSION.match(text)
    return found[0] if found else "other"


def _known_encoding() -> str:
    told = (getattr(sys.stdout, "encoding", None) or "none").lower()
    return told if re.fullmatch(r"utf-?8|cp[0-9]{3,5}|ascii|us-ascii|koi8-r|iso-?8859-[0-9]+|none", told) else "other"
