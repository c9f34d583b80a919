"""The sample QA project runs in an environment that has the built wheel and nothing of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flows.privileges import runs_as_root
from tests.e2e.installed import environment
from tests.meta.checkout import ROOT

pytestmark = pytest.mark.timeout(300)

SAMPLE = ROOT / "docs" / "qa-sample"


def call(*command: str | Path, cwd: Path) -> str:
    kept = {name: value for name, value in environment().items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=500, env=kept, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def asked_for(name: str, extra: str = "") -> dict[str, Distribution]:
    """Returns what a distribution asks for, and what that asks for in turn, by name."""
    found: dict[str, Distribution] = {}
    left = [(name, extra)]
    while left:
        one, wanted = left.pop()
        for text in distribution(one).requires or ():
            needed = Requirement(text)
            key = canonicalize_name(needed.name)
            if (needed.marker is None or needed.marker.evaluate({"extra": wanted})) and key not in found:
                found[key] = distribution(key)
                left += [(key, "")] + [(key, more) for more in needed.extras]
    return found


def link_files(packages: Iterable[Distribution], folder: Path) -> None:
    """Puts the files of distributions into an environment, without copying and without asking a registry."""
    target = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for package in packages:
        for file in package.files or ():
            source = Path(str(package.locate_file(file)))
            if ".." in file.parts or not source.is_file():
                continue
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (target / file).symlink_to(source)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment: what the wheel says that `fairreview[qa]` asks for, and the wheel itself."""
    folder = tmp_path_factory.mktemp("qa")
    call(sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    call(sys.executable, "-m", "venv", "--without-pip", folder / ".venv", cwd=folder)
    python = folder / ".venv" / "bin" / "python"
    install = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check")
    call(*install, "--no-index", "--no-deps", wheel, cwd=folder)
    (metadata,) = folder.glob(".venv/lib/*/site-packages/fairreview-*.dist-info")
    assert "qa" in (PathDistribution(metadata).metadata.get_all("Provides-Extra") or ())
    link_files(asked_for("fairreview", "qa").values(), folder / ".venv")
    shutil.copytree(SAMPLE, folder / "sample", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return folder


def test_the_sample_project_passes_with_what_its_readme_says(clean: Path) -> None:
    (block,) = re.findall(r"^```\n(.*?)^```", (SAMPLE / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert block.splitlines() == [
        "python3 -m venv .venv",
        ".venv/bin/pip install './fairreview-VERSION-py3-none-any.whl[qa]'",
        ".venv/bin/pytest",
    ]

    flags = ["--no-sandbox"] if runs_as_root() else []
    told = call(
        clean / ".venv" / "bin" / "python", "-P", "-m", "pytest", "-p", "no:cacheprovider", *flags, cwd=clean / "sample"
    )

    assert re.search(r"^=+ 8 passed", told, re.MULTILINE), told


def test_nothing_of_the_checkout_is_seen_there(clean: Path) -> None:
    code = "import flows, qa.plugin, mock_site; print(flows.__file__, qa.plugin.__file__, mock_site.__file__)"

    told = call(clean / ".venv" / "bin" / "python", "-c", code, cwd=clean / "sample")

    assert all(Path(name).is_relative_to(clean / ".venv") for name in told.split()), told
    assert str(ROOT) + os.sep not in told
