"""Every channel in every way its form may be sent, in every layout, judged at the socket: ``run.py prove channels``.

The tests are the ordinary ones of ``tests/browser/test_channels.py``; CI runs the part that meets every pair.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tests.browser.channel_table import ALL
from tests.meta.checkout import ROOT


def test_every_channel_holds_in_every_way_and_layout() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/test_channels.py"]

    done = subprocess.run([*command, "--all-ways"], cwd=ROOT, capture_output=True, text=True, check=False)

    closing = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-500:]
    passed = int((re.search(r"(\d+) passed", closing) or ["", "0"])[1])
    failed = int((re.search(r"(\d+) failed", closing) or ["", "0"])[1])
    sys.stdout.write(f"\nchannels: injections={passed + failed} violations={failed} ways={len(ALL)} ({closing})\n")
    assert done.returncode == 0, done.stdout[-3000:]
    assert passed > len(ALL), "fewer ways were run than there are"
