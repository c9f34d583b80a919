"""``python3 run.py messages --reached [WHAT PYTEST TAKES]``: runs tests and says which messages none of them reached.

A message counts when something asked the catalogue for it outside the loading of a module: in pytest, its workers, and
every program that a test starts; what a room below raises in pytest is asked for there (``raising``). What no test
reaches stands in ``unreached.txt`` with its reason, or is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.messages import catalogue, collecting, raising

HEARING = Path(__file__).parent / "hearing"
FOLDER = "MESSAGES_HEARD"
UNREACHED = Path(__file__).parent / "unreached.txt"
"""Why no test reaches a message: a JSON list of the reason and the message's English words a line."""
BAR = 90


def heard(folder: Path) -> tuple[set[str], set[str]]:
    """Returns the messages that were asked for in use, and those that were asked for while modules were loaded."""
    used: set[str] = set()
    loaded: set[str] = set()
    for file in folder.glob("*.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            if line.endswith("]"):  # a killed process may have left half of one
                message, is_loading = json.loads(line)
                (loaded if is_loading else used).add(message)
    return used, loaded


def reasons() -> dict[str, str]:
    """Returns the reason of each message that no test reaches."""
    lines = UNREACHED.read_text("utf-8").splitlines() if UNREACHED.exists() else []
    told = [json.loads(line) for line in lines if line.startswith("[")]
    return {message: reason for reason, message in told}


def report(wanted: Iterable[str], used: set[str], loaded: set[str]) -> Iterator[str]:
    """Yields the share and what is left, in lines; those that begin with «unreached» have to be seen to."""
    named = set(wanted)
    percent, missed = catalogue.share(named, used)
    known = reasons()
    yield f"{len(named)} messages, {percent} % reached by a test, {len(missed)} not"
    yield f"of these {len(loaded & set(missed))} were only looked up while a module was loaded"
    yield from (f"unreached, {known.get(one, 'without a reason')}: {one!r}" for one in missed)
    yield from (f"reached, and still among the unreached: {one!r}" for one in known if one in used)


def run(arguments: list[str]) -> int:
    """Runs pytest with every process listening; returns 1 where the share is below the bar or a reason lacks."""
    wanted = collecting.collect()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(os.environ.get(FOLDER) or folder)  # who names a folder adds one run to another
        kept.mkdir(parents=True, exist_ok=True)
        paths = os.pathsep.join(filter(None, (str(HEARING), os.environ.get("PYTHONPATH", ""))))
        environment = {**os.environ, FOLDER: str(kept), "PYTHONPATH": paths}
        if arguments != ["--no-run"]:
            command = [sys.executable, "-m", "pytest", "-p", raising.__name__, *arguments]
            subprocess.run(command, env=environment, check=False)
        used, loaded = heard(kept)
    lines = list(report(wanted, used, loaded))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    percent, _ = catalogue.share(set(wanted), used)
    return 1 if percent < BAR or is_wanting(lines) else 0


def is_wanting(lines: Iterable[str]) -> bool:
    """Whether a message has no reason, or one that holds no longer."""
    return any("without a reason" in line or line.startswith("reached, and") for line in lines)
