"""What the start of a command costs in processor time, beside importing the libraries that it is made with."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.config.home import Home
from monitor.config.template import write_config
from monitor.state import State, StatePlaces

LIBRARIES = "import typer, rich.console, rich.table, typer.rich_utils"
"""What typer loads at its first line of help: importing ``typer`` alone loads none of rich."""
COMMAND = "from monitor.__main__ import main; main()"


@dataclass(frozen=True)
class Row:
    """One start: what is run, what it is compared with, and the most that it may cost of that.

    Attributes:
        target: What we aim at; ``limit`` what a change may not pass.
    """

    name: str
    arguments: tuple[str, ...]
    base: str
    target: float
    limit: float


BASES = {"typer and rich": LIBRARIES, "and pydantic, SQLAlchemy": f"{LIBRARIES}, pydantic, sqlalchemy"}
ROWS = (
    Row("--help", ("--help",), "typer and rich", 1.8, 1.8),
    Row("reviews list", ("reviews", "list"), "and pydantic, SQLAlchemy", 1.5, 2.1),
)


def measure(home: Path, *, rounds: int, before: str = "") -> dict[str, float]:
    """Starts everything in turn; returns the cheapest processor seconds of each.

    Args:
        home: An installation with a store.
        rounds: How often.
        before: Python that our commands run first: a slowdown, to see that it is found.
    """
    codes = {name: [code] for name, code in BASES.items()}
    codes |= {row.name: [f"{before}\n{COMMAND}", "--home", str(home), *row.arguments] for row in ROWS}
    found: dict[str, float] = {}
    for _ in range(rounds):
        for name, arguments in codes.items():
            found[name] = min(_start(arguments), found.get(name, float("inf")))
    return found


def ratios(found: Mapping[str, float]) -> dict[str, float]:
    """Puts each start in proportion to importing its libraries."""
    return {row.name: found[row.name] / found[row.base] for row in ROWS}


def make_home(folder: Path) -> Path:
    """Makes an installation with an empty store."""
    home = Home(folder / "home")
    home.create()
    write_config(home.config, {"operator": {"name": "Bench", "role": "bench"}})
    places = StatePlaces(url=f"sqlite:///{home.database}", mirror=home.action_log, watermark=home.watermark)
    State.open(places).close()
    return home.root


def _start(arguments: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run(
        [sys.executable, "-P", "-c", *arguments],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
    )
    if made.returncode:
        raise RuntimeError(made.stderr.decode(errors="replace"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
