"""The starter: needs nothing but Python, does nothing twice, and says what is missing."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "run.py"


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The starter as a module, with its environment in a temporary folder."""
    specification = importlib.util.spec_from_file_location("starter", SOURCE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    for kind in ("use", "dev"):
        (tmp_path / f"{kind}.lock").write_text(f"{kind}==1\n")
    monkeypatch.setattr(module, "LOCKS", {kind: tmp_path / f"{kind}.lock" for kind in ("use", "dev")})
    return module


@pytest.fixture
def installs(starter: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What would have been installed, in order."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(starter, "_make_venv", lambda: None)
    monkeypatch.setattr(starter, "_pip", lambda *arguments: calls.append(arguments))
    return calls


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SOURCE), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_an_old_python_can_read_the_file_far_enough_to_say_what_is_needed() -> None:
    ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 6))


def test_it_imports_only_the_standard_library() -> None:
    tree = ast.parse(SOURCE.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("x",), 2), (("--help",), 0), (("-h",), 0)])
def test_without_a_known_command_it_shows_the_commands(arguments: tuple[str, ...], code: int) -> None:
    done = run(*arguments)

    assert done.returncode == code
    assert "run.py demo" in done.stdout + done.stderr
    assert bool(done.stdout) == (code == 0)


@pytest.mark.parametrize("command", ["prove", "bench"])
def test_an_unknown_proof_or_benchmark_lists_those_that_exist(command: str) -> None:
    done = run(command, "no-such-thing")

    assert done.returncode == 3
    assert "There are:" in done.stderr


@pytest.mark.parametrize("command", ["prove", "bench"])
def test_help_lists_the_proofs_and_benchmarks_and_starts_none(command: str) -> None:
    done = run(command, "--help")

    assert done.returncode == 0
    assert "ledger" in done.stdout if command == "prove" else "polling" in done.stdout


def test_a_first_start_installs_by_hash_and_then_the_project(
    starter: ModuleType, installs: list[tuple[str, ...]]
) -> None:
    starter.ensure_environment("use")

    assert installs[0][0] == "--require-hashes"
    assert set(installs[1][:3]) == {"--no-deps", "--no-build-isolation", "--editable"}


def test_a_second_start_installs_nothing(starter: ModuleType, installs: list[tuple[str, ...]]) -> None:
    starter.ensure_environment("use")
    installs.clear()

    starter.ensure_environment("use")

    assert installs == []


def test_an_environment_for_tests_does_for_use_but_not_the_other_way(
    starter: ModuleType, installs: list[tuple[str, ...]]
) -> None:
    starter.ensure_environment("dev")
    installs.clear()
    starter.ensure_environment("use")
    assert installs == []

    starter.STAMP.unlink()
    starter.ensure_environment("use")
    installs.clear()
    starter.ensure_environment("dev")
    assert installs


def spoil_lock(starter: ModuleType) -> None:
    starter.LOCKS["use"].write_text("use==2\n")


def spoil_python(starter: ModuleType) -> None:
    stamp = json.loads(starter.STAMP.read_text())
    starter.STAMP.write_text(json.dumps({**stamp, "python": "3.9"}))


def spoil_place(starter: ModuleType) -> None:
    stamp = json.loads(starter.STAMP.read_text())
    starter.STAMP.write_text(json.dumps({**stamp, "root": "/elsewhere"}))


def cut_stamp(starter: ModuleType) -> None:
    starter.STAMP.write_text(starter.STAMP.read_text()[:10])


def lose_python(starter: ModuleType) -> None:
    vars(starter)["PYTHON"] = Path("/nonexistent/python")


@pytest.mark.parametrize("change", [spoil_lock, spoil_python, spoil_place, cut_stamp, lose_python])
def test_another_lock_python_or_place_installs_anew(
    starter: ModuleType, installs: list[tuple[str, ...]], change: Callable[[ModuleType], None]
) -> None:
    starter.ensure_environment("use")
    installs.clear()
    change(starter)

    starter.ensure_environment("use")

    assert installs


def test_an_interrupted_installation_leaves_no_stamp(
    starter: ModuleType, installs: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: str) -> None:
        raise starter.Stop("no network")

    starter.ensure_environment("use")
    spoil_lock(starter)
    monkeypatch.setattr(starter, "_pip", fail)

    assert starter.main(["setup"]) == 3
    assert installs
    assert not starter.STAMP.exists()


def test_a_python_without_ensurepip_gets_the_package_to_install(
    starter: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    assert starter.main(["setup"]) == 3
    assert f"apt-get install python3.{sys.version_info[1]}-venv" in capsys.readouterr().err


def test_a_closed_standard_input_is_replaced(tmp_path: Path) -> None:
    script = f"exec {sys.executable} {SOURCE} --help <&-"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)

    assert done.returncode == 0
