"""Programs of others are type-checked against the public face as it is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qa.api import replay

RECORDED = Path(__file__).parents[1] / "recorded" / "orders"

PROGRAM = """
from pathlib import Path

from evidence_store.verifier import Report, check_bundle
from qa.api import Maker, MockSite, NewReview, Replay, SitePage, Wall, WorldOptions, replay

def options() -> WorldOptions:
    return WorldOptions(seed=11, products=3)

def turn(mock_site: MockSite) -> int:
    mock_site.switches.walls = [Wall(kind="captcha", path="/my/*")]
    mock_site.world.add_review(0, NewReview(kind="advert"))
    return len(mock_site.ledger.submits)

def make(maker: Maker[SitePage]) -> SitePage:
    return maker(sku="505", slug="mug")

def differing(folder: Path) -> list[str]:
    found: Replay = replay(folder)
    return [one.case for one in found.cases if one.reading == "differs"]

def judge(bundle: Path, key: str) -> tuple[int, str]:
    report: Report = check_bundle(bundle, keys=(key,))
    return report.exit_code, report.verdict
"""
WRONG = {
    "replay(folder)": "replay(str(folder))",
    'one.reading == "differs"': "one.reding",
    "len(mock_site.ledger.submits)": "mock_site.ledger",
    "report.exit_code, report.verdict": "report.verdict, report.exit_code",
    "products=3": 'products="3"',
}
"""What a type checker must refuse: the right words, and wrong ones in their place."""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What mypy says, in one run, of the program and of one copy for each mistake."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "right.py").write_text(PROGRAM)
    for number, (words, wrong) in enumerate(WRONG.items()):
        assert PROGRAM.count(words) == 1
        (folder / f"wrong_{number}.py").write_text(PROGRAM.replace(words, wrong))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_a_program_of_others_is_typed(complaints: list[str]) -> None:
    assert [line for line in complaints if line.startswith("right.py")] == []


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_mistake_is_refused(complaints: list[str], number: int) -> None:
    assert [line for line in complaints if line.startswith(f"wrong_{number}.py") and ": error:" in line] != []


def test_the_face_reads_recorded_pages() -> None:
    found = replay(RECORDED)
    assert {one.reading for one in found.cases} == {"as_expected"}
    assert {one.flow for one in found.cases} == {"not_run"}
