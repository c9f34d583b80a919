"""Killed between the store and the index: what was stored and never noted is told, and is no damage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evidence_store.digests import Digest
from evidence_store.findings import FindingKind
from evidence_store.store import ArtifactStore
from monitor.bootstrap import open_installation
from monitor.custody.checking import check_evidence
from monitor.custody.notes import require_case
from monitor.custody.own_files import add_own_evidence
from tests.unit.monitor.case_world import make_world, picture


def main(home: str, case_id: str, stored: str, *files: str) -> None:
    """Takes files into a case and kills itself after so many items were stored."""
    really_put, done = ArtifactStore.put, [0]

    def put(self: ArtifactStore, data: bytes) -> Digest:
        digest = really_put(self, data)
        done[0] += 1
        if done[0] == int(stored):
            os.kill(os.getpid(), signal.SIGKILL)
        return digest

    ArtifactStore.put = put  # type: ignore[method-assign]
    installation = open_installation(Path(home))
    add_own_evidence(installation, require_case(installation.state, case_id), [Path(file) for file in files])


@pytest.mark.parametrize("stored", [1, 2, 3])
def test_what_a_killed_writer_left_is_told_as_unreferenced_and_the_next_try_takes_it_in(
    tmp_path: Path, stored: int
) -> None:
    world = make_world(tmp_path)
    files = [tmp_path / "a.png", tmp_path / "b.png"]
    for path, colour in zip(files, ("yellow", "green"), strict=True):
        path.write_bytes(picture(colour))
    command = [sys.executable, "-m", __name__, str(world.installation.home.root), world.case.id, str(stored)]
    killed = subprocess.run([*command, *map(str, files)], check=False, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    report = check_evidence(world.installation)
    assert report.damage == ()
    assert [one.kind for one in report.findings].count(FindingKind.UNREFERENCED) == stored
    assert world.run("evidence", "add", world.case.id, *files) == 0
    # Only the manifest of the try that was killed stays behind: its moment is another one.
    told = [one.kind for one in check_evidence(world.installation).findings]
    assert told.count(FindingKind.UNREFERENCED) == (1 if stored == 3 else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
