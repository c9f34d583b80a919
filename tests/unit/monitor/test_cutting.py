"""Large files for people who take small ones: refused before anything is written, or cut so that anybody can join."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.outgoing.cutting import HOW_TO_JOIN, cut_file, refuse_large

MEGABYTE = 1_000_000


def test_a_paper_above_the_limit_is_refused_with_its_size_and_a_next_step() -> None:
    papers = [("a.docx", b"1" * MEGABYTE), ("b.docx", b"1" * (MEGABYTE + 1))]
    refuse_large(papers, None)
    refuse_large(papers, 2)
    with pytest.raises(SettingsError, match=r"b\.docx would have 1\.0 MB, and 1 MB are allowed") as caught:
        refuse_large(papers, 1)
    assert caught.value.where == "[law] largest_file"
    assert caught.value.hint


@pytest.mark.parametrize("limit", [None, 2])
def test_a_small_file_stays_whole(tmp_path: Path, limit: int | None) -> None:
    (tmp_path / "a.zip").write_bytes(bytes(2 * MEGABYTE))
    assert cut_file(tmp_path / "a.zip", limit) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_the_parts_joined_as_their_text_says_are_the_file(tmp_path: Path) -> None:
    whole = bytes(range(256)) * 9000  # 2.3 MB
    (tmp_path / "a.zip").write_bytes(whole)
    assert cut_file(tmp_path / "a.zip", 1) == ("a.zip.001", "a.zip.002", "a.zip.003")
    assert all((tmp_path / f"a.zip.{n:03d}").stat().st_size <= MEGABYTE for n in (1, 2, 3))
    assert not (tmp_path / "a.zip").exists()
    words = (tmp_path / HOW_TO_JOIN).read_text(encoding="utf-8-sig")
    assert "copy /b a.zip.001+a.zip.002+a.zip.003 a.zip" in words
    (command,) = [line for line in words.splitlines() if line.startswith("cat ")]
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    assert (tmp_path / "a.zip").read_bytes() == whole
