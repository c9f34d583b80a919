"""Opens a frozen installation as its owner would after an update: unpacked somewhere else, by this program."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from evidence_store.verifier_program import render_verifier
from monitor.state import State, StatePlaces
from tests.e2e.installed import COMMAND, LIMIT, Done, environment
from tests.frozen.telling import Told

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Frozen:
    """What was packed, unpacked in a folder of its own.

    Attributes:
        expected: What was there when it was packed.
    """

    folder: Path
    expected: Told

    @property
    def database(self) -> Path:
        return self.folder / "home" / "state.sqlite3"

    def run(self, *arguments: str, home: str = "home") -> Done:
        """Runs the installed command over a home of this folder; the passphrase lies beside it."""
        done = subprocess.run(
            [str(COMMAND), "--home", home, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=environment(),
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def copy(self, folder: Path, *names: str) -> Frozen:
        """Copies some of it, to be changed."""
        for name in names:
            source, target = self.folder / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        return Frozen(folder, self.expected)

    def copy_installation(self, folder: Path) -> Frozen:
        """Copies the home, the mark beside it and what opens its secrets."""
        return self.copy(folder, "home", ".home.watermark", "passphrase", "anchor")


def unpack(version: str, folder: Path) -> Frozen:
    """Unpacks one release's installation."""
    with tarfile.open(HERE / f"v{version}.tar.xz") as archive:
        archive.extractall(folder, filter="tar")  # the other filters forget folders' modes
    return Frozen(folder, json.loads((HERE / f"v{version}.json").read_text("utf-8")))


@contextmanager
def opened_store(database: Path, folder: Path) -> Iterator[State]:
    """Opens a copy of a store alone, without the home around it; migrates it."""
    copy = folder / "store" / "state.sqlite3"
    copy.parent.mkdir(parents=True)
    shutil.copy2(database, copy)
    with State.open(StatePlaces(url=f"sqlite:///{copy}")) as state:
        yield state


def judge_bundle(bundle: Path, *options: str, by_its_own: bool) -> Done:
    """Has a bundle checked by plain Python: with the program that lies in it, or with the one of this release."""
    verifier = bundle / "verify.py"
    if not by_its_own:
        verifier = bundle.parent / "verify-of-this-release.py"
        verifier.write_bytes(render_verifier())
    command = [sys.executable, "-I", "-S", str(verifier), *options, str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
    return Done(done.returncode, done.stdout, done.stderr)


def flip(path: Path) -> None:
    """Changes one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def drop_row(database: Path, table: str) -> None:
    """Takes the last row out of a table, as the frozen program named it, behind everybody's back."""
    with closing(sqlite3.connect(database)) as connection, connection:
        found = connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
        assert found.rowcount == 1, f"nothing in {table}"


def find_losses(expected: object, told: object, where: str = "") -> list[str]:
    """Says what was expected and is not told any more; only the log may have grown."""
    if isinstance(expected, dict) and isinstance(told, dict):
        names = [f"{where}/{name}: not expected" for name in told.keys() - expected.keys()]
        return names + [
            loss for name, one in expected.items() for loss in find_losses(one, told.get(name), f"{where}/{name}")
        ]
    if isinstance(expected, list) and isinstance(told, list):
        if where.startswith("/log/"):
            told = told[: len(expected)]
        if len(expected) == len(told):
            return [
                loss
                for number, pair in enumerate(zip(expected, told, strict=True))
                for loss in find_losses(*pair, f"{where}/{number}")
            ]
    return [] if expected == told else [f"{where}: {told!r} instead of {expected!r}"[:300]]
