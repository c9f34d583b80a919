"""Files that reports and exports write, where they cannot be written or printed: told with its place, nothing left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.endings import end_of
from monitor.errors import PrintingFailed
from monitor.visit_protocol import EndKind
from tests.unit.monitor.insight.shop import Shop, make_shop, many


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = make_shop(tmp_path_factory.mktemp("shop"))
    made.store(many("1001", bad=40, good=200, days_ago=3, text="Коробка мятая, крышка протекла, всё мокрое. " * 20))
    return made


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk with one page of room left."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs tmpfs, as Linux mounts it")
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False)
    if made.returncode:
        pytest.xfail("needs the right to mount a small disk")
    try:
        (folder / "filled").write_bytes(b"0" * 60_000)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize(
    "command",
    [
        ("insight", "digest", "--team", "packing", "--out", "digest.html"),
        ("insight", "sheet", "packaging", "--out", "sheet.html"),
        ("reviews", "export", "reviews.csv"),
        ("reviews", "export", "reviews.xlsx"),
        ("reviews", "export", "reviews.jsonl"),
    ],
)
def test_a_full_disk_is_told_with_the_file_and_nothing_half_written_stays(
    shop: Shop, full_disk: Path, command: tuple[str, ...]
) -> None:
    out = full_disk / command[-1]
    with pytest.raises(OSError, match="No space left") as caught:
        shop.run(*command[:-1], out)
    told = end_of(caught.value)

    assert (told.kind, told.message.startswith(f"{out}: ")) == (EndKind.STORAGE, True)
    assert "Free space" in told.hint
    assert [one.name for one in full_disk.iterdir()] == ["filled"]


def test_a_pdf_without_a_browser_is_told_as_the_machine_s_fault_and_leaves_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRREVIEW_BROWSER__PATH", str(tmp_path / "no-browser"))
    with pytest.raises(PrintingFailed) as caught:
        shop.run("insight", "digest", "--team", "packing", "--out", tmp_path / "digest.pdf")
    told = end_of(caught.value)

    assert told.kind is EndKind.ENVIRONMENT
    assert ".html needs none" in told.hint
    assert list(tmp_path.iterdir()) == []
