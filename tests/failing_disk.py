"""A real disk of a few megabytes that turns read-only when told to, as a faulty one does, whatever is open on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class FailingDisk:
    """An ext4 of its own (``abort`` and ``errors=remount-ro``: ext4(5)); mounting needs a right that CI has as root."""

    image: Path
    path: Path

    def mount(self) -> str:
        how = ["mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.path)]
        done = subprocess.run(how, check=False, capture_output=True, text=True)
        return done.stderr.strip() if done.returncode else ""

    def fail(self) -> None:
        """From now on nothing is written; what was, is on it: power cuts are another proof."""
        os.sync()
        subprocess.run(["mount", "-o", "remount,abort", str(self.path)], check=True)

    def mend(self) -> None:
        """As a restart does. Nothing may be open on it."""
        subprocess.run(["umount", str(self.path)], check=True)
        assert self.mount() == ""


@contextmanager
def failing_disk(folder: Path) -> Iterator[FailingDisk]:
    """Makes and mounts one; a test that may not is an expected failure."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs ext4, as Linux mounts it")
    made = FailingDisk(folder / "image", folder / "disk")
    made.path.mkdir()
    with made.image.open("wb") as image:
        image.truncate(64 << 20)
    try:
        subprocess.run(["mkfs.ext4", "-q", str(made.image)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.xfail(f"needs a program that makes ext4: {error}")
    if refused := made.mount():
        pytest.xfail(f"needs the right to mount a small disk: {refused}")
    try:
        yield made
    finally:
        subprocess.run(["umount", "--lazy", str(made.path)], check=True)
