"""The wheel: what a user gets holds everything the program reads, and nothing of the workshop."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.meta.checkout import PACKAGES, ROOT, own_files


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names(*folders: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in own_files(*folders)}


def test_every_file_of_the_packages_is_in_the_wheel(contents: set[str]) -> None:
    """Code and data alike: templates, static files, scenarios, migrations, word lists."""
    assert names(*PACKAGES) - contents == set()


def test_the_catalogs_travel_inside_flows(contents: set[str]) -> None:
    wanted = {f"flows/_selectors/{name.removeprefix('selectors/')}" for name in names("selectors")}

    assert wanted
    assert wanted - contents == set()


def test_nothing_else_is_in_the_wheel(contents: set[str]) -> None:
    allowed = (*(f"{package}/" for package in PACKAGES), "fairreview-")

    assert {name for name in contents if not name.startswith(allowed)} == set()
    assert {name for name in contents if "__pycache__" in name or name.endswith(".pyc")} == set()


def test_the_command_is_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        declared = archive.read(entry).decode()

    assert "fairreview = monitor.__main__:main" in declared
    assert "[pytest11]\nfairreview = qa.plugin" in declared


@pytest.mark.parametrize(
    "statement",
    [
        "from flows.catalog.loader import load_site; import flows; site = load_site('ozon'); where = flows.__file__",
        "import monitor.cli; where = monitor.cli.__file__",
        "import mock_site.server; where = mock_site.server.__file__",
    ],
)
def test_the_unpacked_wheel_works_without_the_checkout(unpacked: Path, tmp_path: Path, statement: str) -> None:
    code = f"{statement}; assert where.startswith({str(unpacked)!r}), where"
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
