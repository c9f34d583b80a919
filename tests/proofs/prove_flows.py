"""Each flow twenty times in both layouts, with random latency, late hydration and a banner: ``run.py prove flows``.

The tests are the ordinary ones of ``tests/browser`` that are marked ``repeated``; only the number of rounds differs.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tests.meta.checkout import ROOT

ROUNDS = 20


def test_every_flow_holds_in_every_round() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "tests/browser", "-m", "repeated", "--flow-repeats", str(ROUNDS)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    closing = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-500:]
    passed = int((re.search(r"(\d+) passed", closing) or ["", "0"])[1])
    sys.stdout.write(f"\nflows: injections={passed} violations={0 if done.returncode == 0 else 1} ({closing})\n")
    assert done.returncode == 0, done.stdout[-3000:]
    assert passed >= ROUNDS * 10, "fewer flows were run than there are"
