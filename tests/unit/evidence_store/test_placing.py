"""Windows refuses to rename what an antivirus has open: such a step is taken again, and told when it stays so.

Nothing here ran on Windows: its refusal is simulated at the system's call.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence_store import placing, private_dir
from evidence_store.placing import PAUSES, while_held
from evidence_store.store import ArtifactStore
from monitor.files.private import read_private, write_private
from monitor.language.os_words import tell_os_error

TRIES = len(PAUSES) + 1


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "IS_REFUSED_WHILE_OPEN", True)
    monkeypatch.setattr(placing, "PAUSES", (0.0,) * len(PAUSES))


def scanner(monkeypatch: pytest.MonkeyPatch, *, looks: int) -> list[str]:
    """An antivirus that has each thing open for so many looks before it may get another name."""
    refused: list[str] = []
    for call in ("replace", "rename"):
        real: Callable[..., None] = getattr(os, call)

        def held(source: Any, target: Any, *more: Any, real: Callable[..., None] = real, **named: Any) -> None:
            if refused.count(str(source)) < looks:
                refused.append(str(source))
                raise PermissionError(errno.EACCES, "Access is denied", str(source))
            real(source, target, *more, **named)

        monkeypatch.setattr(os, call, held)
    return refused


@pytest.mark.usefixtures("windows")
def test_what_an_antivirus_looks_at_gets_its_name_once_it_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ArtifactStore(tmp_path / "evidence")
    refused = scanner(monkeypatch, looks=3)
    write_private(tmp_path / "settings", b"one")
    write_private(tmp_path / "settings", b"two")
    digest = store.put(b"a picture")
    assert read_private(tmp_path / "settings", max_bytes=10) == b"two"
    assert store.read(digest) == b"a picture"
    assert len(refused) >= 9
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.usefixtures("windows")
def test_what_stays_open_elsewhere_is_told_as_that_and_the_old_content_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(tmp_path / "settings", b"one")
    refused = scanner(monkeypatch, looks=TRIES)
    with pytest.raises(OSError, match="busy") as caught:
        write_private(tmp_path / "settings", b"two")
    assert len(refused) == TRIES
    said, hint = tell_os_error(caught.value)
    assert said == f"{tmp_path / 'settings'}: Another program has it open"
    assert "antivirus" in hint
    monkeypatch.undo()
    assert read_private(tmp_path / "settings", max_bytes=10) == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["settings"]


def test_elsewhere_a_missing_right_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = scanner(monkeypatch, looks=TRIES)
    with pytest.raises(PermissionError):
        write_private(tmp_path / "settings", b"one")
    assert len(refused) == 1


@pytest.mark.usefixtures("windows")
def test_other_errors_are_not_waited_out() -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        while_held(full)


def without_handles_of_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows opens no folder, and knows no name that is relative to one."""
    monkeypatch.setattr(private_dir, "_HAS_DIR_FD", False)
    for call in ("open", "mkdir", "unlink", "stat", "replace", "rename", "link"):
        real: Callable[..., Any] = getattr(os, call)

        def refusing(*given: Any, real: Callable[..., Any] = real, **named: Any) -> Any:
            if any(value is not None for name, value in named.items() if name.endswith("dir_fd")):
                raise NotImplementedError("dir_fd unavailable on this platform")
            if real is os_open and Path(given[0]).is_dir():
                raise PermissionError(errno.EACCES, "Permission denied", str(given[0]))
            return real(*given, **named)

        monkeypatch.setattr(os, call, refusing)


os_open = os.open


@pytest.mark.usefixtures("windows")
def test_a_store_works_without_handles_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_handles_of_folders(monkeypatch)
    store = ArtifactStore(tmp_path / "Мои доказательства")
    digest = store.put(b"a picture")
    assert store.put(b"a picture") == digest
    assert ArtifactStore(tmp_path / "Мои доказательства").read(digest) == b"a picture"
    assert [name for _, _, files in os.walk(tmp_path) for name in files if name.startswith((".", "tmp"))] == []
