"""The collector of what tests ask the catalogue for hears every process, and tells use from loading."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.messages import collecting, raising, reached

ASKING = """
from monitor.language import begin, gettext as _, ngettext
LOADED = _("Looked up while this is loaded.")
def use():
    begin("ru")
    _("Interrupted."), ngettext("{count} review", "{count} reviews", 2)
use()
"""


def ask(folder: Path, source: str) -> tuple[set[str], set[str]]:
    heard = {**os.environ, "PYTHONPATH": f"{reached.HEARING}{os.pathsep}{Path.cwd()}", reached.FOLDER: str(folder)}
    subprocess.run([sys.executable, "-c", source], env=heard, check=False, stdin=subprocess.DEVNULL)
    return reached.heard(folder)


def test_a_program_that_is_started_is_heard_in_both_languages(tmp_path: Path) -> None:
    used, loaded = ask(tmp_path, ASKING)
    assert {"Interrupted.", "{count} review"} <= used
    assert loaded == {"Looked up while this is loaded."}
    assert not used & loaded


def test_what_a_killed_program_asked_for_counts(tmp_path: Path) -> None:
    used, _ = ask(tmp_path, ASKING + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert "Interrupted." in used
    next(tmp_path.glob("*.jsonl")).open("a").write('["half of a li')
    assert reached.heard(tmp_path)[0] == used


def test_what_a_room_below_makes_is_said_with_its_hint() -> None:
    class Base(Exception):
        def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
            super().__init__(message)
            self.where, self.hint = where, hint

    class Raised(Base):
        def __init__(self, message: str, *, kind: int, hint: str = "") -> None:
            super().__init__(message, where=str(kind), hint=hint)

    said: list[str] = []
    raising.say_when_made(Base, said.append)
    made = Raised("no room", kind=3, hint="Free space.")
    assert (str(made), made.where, made.hint) == ("no room", "3", "Free space.")
    assert said == ["no room", "3", "Free space."]


def test_nobody_is_heard_unasked(tmp_path: Path) -> None:
    silent = {name: value for name, value in os.environ.items() if name != reached.FOLDER}
    silent["PYTHONPATH"] = str(reached.HEARING)
    command = [sys.executable, "-c", "import gettext; print(gettext.NullTranslations.gettext.__module__)"]
    told = subprocess.run(command, env=silent, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "gettext"


def test_the_share_names_each_message_with_its_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "unreached.txt"
    table.write_text('Why.\n["needs Windows", "Two."]\n["needs a fault", "One."]\n', "utf-8")
    monkeypatch.setattr(reached, "UNREACHED", table)
    assert list(reached.report({"One.", "Two.", "Three.", "Four."}, {"One."}, {"Three."})) == [
        "4 messages, 25 % reached by a test, 3 not",
        "of these 1 were only looked up while a module was loaded",
        "unreached, without a reason: 'Four.'",
        "unreached, without a reason: 'Three.'",
        "unreached, needs Windows: 'Two.'",
        "reached, and still among the unreached: 'One.'",
    ]


def test_a_missing_reason_and_one_too_many_are_faults() -> None:
    assert reached.is_wanting(["unreached, without a reason: 'Four.'"])
    assert reached.is_wanting(["reached, and still among the unreached: 'One.'"])
    assert not reached.is_wanting(["4 messages, 25 % reached by a test, 3 not", "unreached, needs Windows: 'Two.'"])


def test_each_reason_belongs_to_a_message() -> None:
    assert sorted(set(reached.reasons()) - set(collecting.collect())) == []
