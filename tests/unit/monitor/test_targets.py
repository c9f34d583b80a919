"""What a person has written never lands on what an installation lives on, on a device, or on what is there."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.files.targets import require_target
from tests.meta.checkout import ROOT

WRITES_AT_ITS_OWN_PLACE = {
    "monitor/cli/home.py",  # the new configuration, in the home that is made
    "monitor/cli/schemas.py",  # the project's own documents
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    for folder in ("evidence", "action-log", "reports"):
        (home / folder).mkdir(parents=True)
    for name in ("config.toml", "state.sqlite3", "seal"):
        (home / name).write_text("kept", "utf-8")
    (tmp_path / ".home.watermark").write_text("kept", "utf-8")
    return home


@pytest.mark.parametrize("may_replace", [True, False])
@pytest.mark.parametrize(
    "part", ["state.sqlite3", "config.toml", "seal", "evidence/new.html", "action-log/x.html", "new.html", "."]
)
def test_nothing_is_written_into_an_installation(home: Path, part: str, may_replace: bool) -> None:
    with pytest.raises(UsageError, match="is inside the installation") as refused:
        require_target(home / part, may_replace=may_replace)

    assert str(home / "reports") in refused.value.hint


def test_its_watermark_beside_it_is_part_of_it(home: Path) -> None:
    with pytest.raises(UsageError, match="is inside the installation"):
        require_target(home.parent / ".home.watermark", may_replace=True)


def test_a_link_leads_nobody_into_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home / "evidence")

    with pytest.raises(UsageError, match="is inside the installation"):
        require_target(tmp_path / "link" / "new.html")


def test_pages_for_people_go_to_its_reports(home: Path) -> None:
    assert require_target(home / "reports" / "new.html") == home / "reports" / "new.html"


def test_a_folder_with_settings_of_something_else_is_no_installation(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", "utf-8")

    assert require_target(tmp_path / "new.html") == tmp_path / "new.html"


@pytest.mark.parametrize("kind", ["device", "folder", "fifo", "link to a folder"])
def test_only_a_plain_file_is_replaced(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out.csv"
    if kind == "device":
        out = Path("/dev/null")
    elif kind == "folder":
        out.mkdir()
    elif kind == "fifo":
        os.mkfifo(out)
    else:
        out.symlink_to(tmp_path)
        assert require_target(out, may_replace=True) == out  # the link is replaced, never what it names
        return

    with pytest.raises(UsageError, match="is no plain file"):
        require_target(out, may_replace=True)


def test_what_is_there_stays_unless_it_may_be_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old", "utf-8")

    assert require_target(out, may_replace=True) == out
    with pytest.raises(UsageError, match="is there already") as refused:
        require_target(out, field="html")
    assert refused.value.field == "html"


def test_ending_and_folder_are_looked_at_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no ending") as refused:
        require_target(tmp_path / "out.doc", endings=(".html", ".pdf"))
    assert ".html, .pdf" in refused.value.hint
    with pytest.raises(UsageError, match="no such folder"):
        require_target(tmp_path / "nowhere" / "out.html")


def test_every_command_that_writes_a_file_asks_here() -> None:
    unasked = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "monitor" / "cli").glob("*.py") if _is_unasked(path)
    }
    assert unasked == WRITES_AT_ITS_OWN_PLACE


def test_one_that_does_not_is_found(tmp_path: Path) -> None:
    command = tmp_path / "command.py"
    command.write_text("write_private(out, data)\n", "utf-8")

    assert _is_unasked(command)


def _is_unasked(path: Path) -> bool:
    called = {
        node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    return bool(called & {"write_private", "write_text", "write_bytes"}) and "require_target" not in called
