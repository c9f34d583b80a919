"""The locks: everything pinned and hashed, for every platform, from no particular index, and up to date."""

from __future__ import annotations

import re
from typing import cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.meta.checkout import ROOT, pyproject

_PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, set[str]]:
    """The locked versions by name; a package may have two, for different Pythons or platforms."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if match := _PIN.match(line):
            found.setdefault(match["name"], set()).add(match["version"])
    return found


def wanted(lock: str) -> list[Requirement]:
    """What pyproject.toml asks for: to use, to build, and for one lock also to test."""
    project = pyproject()
    extras = cast("dict[str, list[str]]", project["project"]["optional-dependencies"])
    texts = [*cast("list[str]", project["project"]["dependencies"]), *extras["postgres"], *extras["qa"]]
    texts += cast("list[str]", project["build-system"]["requires"])
    if lock == "requirements-dev.lock":
        texts += cast("list[str]", project["dependency-groups"]["dev"])
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_or_a_hash(lock: str) -> None:
    """So there is no index, no address and no unpinned or unhashed package in it."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()

    assert [line for line in lines if not _PIN.match(line) and not _HASH.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    bare = [
        line for line, after in zip(lines, [*lines[1:], ""], strict=True) if _PIN.match(line) and not _HASH.match(after)
    ]

    assert bare == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_what_the_project_asks_for(lock: str) -> None:
    locked = pins(lock)
    unmet = [
        str(requirement)
        for requirement in wanted(lock)
        if not any(
            requirement.specifier.contains(version) for version in locked.get(canonicalize_name(requirement.name), ())
        )
    ]

    assert unmet == []


def test_tests_run_with_the_versions_that_are_installed_for_use() -> None:
    use, dev = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: version for name, version in use.items() if dev.get(name) != version} == {}


def test_the_browser_driver_is_past_its_unsafe_download() -> None:
    """Before 1.55.1 the driver fetched browsers without checking certificates (CVE-2025-59288)."""
    (version,) = pins("requirements.lock")["playwright"]

    assert tuple(int(part) for part in version.split(".")) >= (1, 55, 1)


def test_what_only_windows_or_old_pythons_need_is_locked_too() -> None:
    locked = pins("requirements.lock")

    assert {"tzdata", "pywin32-ctypes", "colorama"} <= set(locked)
