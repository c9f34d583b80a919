"""What the start of a command costs in processor time, against importing the libraries that it is made with.

    python3 run.py bench start [--rounds 9] [--check]

Each round starts everything once, in turn, and of each the cheapest counts: what other programs on the machine do makes
a start dearer and never cheaper. Our targets: ``--help`` at most 1.8 times importing typer and rich, a list at most
1.5 times that with pydantic and SQLAlchemy. A change may pass neither of the limits
in tests/start_costs.py (a test holds them).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.start_costs import ROWS, make_home, measure, ratios


def main() -> int:
    """Measures and compares with the targets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(make_home(Path(folder)), rounds=asked.rounds)
    for name, seconds in found.items():
        print(f"{name:28} {seconds * 1000:6.0f} ms of processor time")
    told = ratios(found)
    for row in ROWS:
        word = "reached" if told[row.name] <= row.target else "missed"
        print(f"{row.name}: {told[row.name]:.2f} × importing {row.base}; target {row.target}, {word}")
    return 1 if asked.check and any(told[row.name] > row.target for row in ROWS) else 0


if __name__ == "__main__":
    sys.exit(main())
