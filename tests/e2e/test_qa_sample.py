"""The sample QA project runs in an environment that has the built wheel and nothing of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.privileges import runs_as_root
from tests.e2e.installed import environment
from tests.meta.checkout import ROOT

pytestmark = pytest.mark.timeout(600)

SAMPLE = ROOT / "docs" / "qa-sample"


def call(*command: str | Path, cwd: Path) -> str:
    kept = {name: value for name, value in environment().items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=500, env=kept, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment: the locked packages that `fairreview[qa]` asks for, then the wheel itself."""
    folder = tmp_path_factory.mktemp("qa")
    call(sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    uv = shutil.which("uv")
    python = folder / ".venv" / "bin" / "python"
    if uv is not None:
        call(uv, "venv", "--python", sys.executable, folder / ".venv", cwd=folder)
        install: tuple[str | Path, ...] = (uv, "pip", "install", "--python", python)
    else:
        call(sys.executable, "-m", "venv", folder / ".venv", cwd=folder)
        install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    call(*install, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=folder)
    call(*install, "--no-deps", wheel, cwd=folder)
    shutil.copytree(SAMPLE, folder / "sample", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return folder


def test_the_sample_project_passes_with_what_its_readme_says(clean: Path) -> None:
    (block,) = re.findall(r"^```\n(.*?)^```", (SAMPLE / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert block.splitlines() == [
        "python3 -m venv .venv",
        ".venv/bin/pip install 'fairreview[qa]'",
        ".venv/bin/pytest",
    ]

    flags = ["--no-sandbox"] if runs_as_root() else []
    told = call(clean / ".venv" / "bin" / "pytest", "-p", "no:cacheprovider", *flags, cwd=clean / "sample")

    assert re.search(r"^=+ 8 passed", told, re.MULTILINE), told


def test_nothing_of_the_checkout_is_seen_there(clean: Path) -> None:
    code = "import flows, qa.plugin, mock_site; print(flows.__file__, qa.plugin.__file__, mock_site.__file__)"

    told = call(clean / ".venv" / "bin" / "python", "-c", code, cwd=clean / "sample")

    assert all(Path(name).is_relative_to(clean / ".venv") for name in told.split()), told
    assert str(ROOT) + os.sep not in told
