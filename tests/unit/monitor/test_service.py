"""The files that keep ``watch`` running, and what happens where the service manager is not there."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from monitor.config.home import Home
from monitor.engine import service as installing
from monitor.engine import service_texts as texts
from monitor.errors import ServiceUnavailable

HOME = "/home/anna/мои отзывы/100% $HOME"
COMMAND = ("/opt/fairreview/bin/fairreview", "--home", HOME, "watch")


def verify(unit: Path) -> subprocess.CompletedProcess[str]:
    """Has systemd read a user unit; it wants a folder for sockets, which a build machine has not."""
    command = ["systemd-analyze", "verify", "--user", str(unit)]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(unit.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "fairreview-watch.service"
    program = shutil.which("true")
    unit.write_text(texts.systemd_unit((str(program), *COMMAND[1:])))

    done = verify(unit)

    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_sees_a_unit_that_is_wrong(tmp_path: Path) -> None:
    unit = tmp_path / "fairreview-watch.service"
    unit.write_text(texts.systemd_unit(("relative/program",)))

    assert verify(unit).returncode


def test_systemd_s_own_signs_in_a_folder_s_name_are_taken_literally() -> None:
    assert '"/home/anna/мои отзывы/100%% $$HOME"' in texts.systemd_unit(COMMAND)


def test_the_launch_agent_reads_back_as_what_was_meant() -> None:
    content = plistlib.loads(texts.launchd_plist(COMMAND, "/tmp/x.log").encode())

    assert content["ProgramArguments"] == list(COMMAND)
    assert content["KeepAlive"] is True


def test_the_windows_task_reads_back_as_what_was_meant() -> None:
    task = ET.fromstring(texts.windows_task(COMMAND, "PC\\anna & co"))
    space = {"t": task.tag.partition("}")[0].lstrip("{")}

    assert task.findtext("t:Actions/t:Exec/t:Command", namespaces=space) == COMMAND[0]
    assert task.findtext("t:Actions/t:Exec/t:Arguments", namespaces=space) == f'--home "{HOME}" watch'
    assert task.findtext("t:Settings/t:ExecutionTimeLimit", namespaces=space) == "PT0S"
    assert task.findtext("t:Triggers/t:LogonTrigger/t:UserId", namespaces=space) == "PC\\anna & co"


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_every_system_has_its_file(system: str, tmp_path: Path) -> None:
    manager = installing.manager_for(Home(tmp_path / "home"), system=system, user_home=tmp_path)

    assert manager.path.is_relative_to(tmp_path)
    assert str(tmp_path / "home") in manager.text


def fake_systemctl(folder: Path, script: str) -> None:
    program = folder / "systemctl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_without_a_running_systemd_nothing_is_left_and_the_next_step_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_systemctl(tmp_path, "echo 'Failed to connect to bus: No medium found' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    manager = installing.manager_for(Home(tmp_path / "home"), system="linux", user_home=tmp_path)

    with pytest.raises(ServiceUnavailable, match="connect to bus") as caught:
        installing.install(manager)

    assert "enable-linger" in caught.value.hint
    assert not manager.path.exists()
    with pytest.raises(ServiceUnavailable):
        installing.status(manager)


def test_what_is_installed_can_be_asked_after_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_systemctl(tmp_path, f'echo "$@" >> {tmp_path}/calls; case "$2" in is-active) echo active;; esac')
    monkeypatch.setenv("PATH", str(tmp_path))
    manager = installing.manager_for(Home(tmp_path / "home"), system="linux", user_home=tmp_path)

    installing.install(manager)
    assert manager.path.read_text() == manager.text
    assert installing.status(manager) == (True, "active")
    assert installing.uninstall(manager)
    assert not manager.path.exists()
    assert not installing.uninstall(manager)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert "--user enable --now fairreview-watch.service" in calls
    assert calls[-1] == "--user disable --now fairreview-watch.service"


def test_without_a_script_beside_the_interpreter_the_module_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    done = subprocess.run([*installing.own_command(), "--version"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.split()[0]) == (0, "fairreview")
