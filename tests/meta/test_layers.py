"""Who may import whom: the contracts hold, and each of them fails when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.checkout import PACKAGES, ROOT


def check_layers(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    done = check_layers(ROOT)

    assert done.returncode == 0, done.stdout


STRAYS = {
    "monitor/helpers.py": ("", "Layers of monitor"),
    "flows/helpers.py": ("", "Layers of flows"),
    "flows/readings/stray.py": ("import monitor.errors", "Rooms import downwards"),
    "evidence_store/stray.py": ("import flows.errors", "Rooms import downwards"),
    "mock_site/stray.py": ("import flows.errors", "The mock site knows none"),
    "monitor/cli/stray.py": ("import mock_site.server", "know the mock site"),
    "monitor/state/stray.py": ("import playwright.sync_api", "can never load the browser"),
    "monitor/engine/behind.py": ("import monitor.visiting.entry", "can never load the browser"),
    "flows/readings/behind.py": ("import flows.browser", "can never load the browser"),
    "monitor/visiting/stray.py": ("import playwright.sync_api", "playwright: flows only"),
    "monitor/triage/stray.py": ("import sqlalchemy", "Database drivers"),
    "flows/library/stray.py": ("import tenacity", "tenacity"),
    "monitor/outgoing/stray.py": ("import rich", "typer and rich"),
    "monitor/engine/keys.py": ("import keyring", "keyring"),
    "monitor/engine/more.py": ("import pydantic_settings", "pydantic_settings"),
}


def test_each_contract_fails_when_it_is_broken(copy: Path) -> None:
    for name, (statement, _) in STRAYS.items():
        (copy / name).write_text(f"{statement}\n")

    report = check_layers(copy)

    assert report.returncode == 1
    broken = {line for line in report.stdout.splitlines() if " BROKEN" in line}
    assert [title for _, title in STRAYS.values() if not any(title in line for line in broken)] == []


def test_the_parent_loads_no_browser_driver_at_run_time() -> None:
    code = "import sys, monitor.cli, monitor.bootstrap; print([m for m in sys.modules if m.startswith('playwright')])"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "[]"
