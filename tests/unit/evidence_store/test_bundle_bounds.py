"""What a hostile bundle may cost its reader: depth, number of files, lines of a log, bytes of a value."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evidence_store.verifier import check_bundle, container, reading
from evidence_store.verifier.program import MOST_SHOWN
from evidence_store.verifier.reading import MOST_FINDINGS
from tests.proofs.forged_bundle import read_folder
from tests.proofs.zip_forgeries import ZIP_FORGERIES
from tests.unit.evidence_store.bundles import KEY, sample_case

NAMES = [name for name in ZIP_FORGERIES if name.startswith("a common folder")]


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("genuine")
    return sample_case(folder / "store").export(folder / "bundle").folder


@pytest.fixture
def bundle(genuine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(genuine, tmp_path / "bundle")


def codes(bundle: Path) -> list[tuple[str, str]]:
    report = check_bundle(bundle, keys=(KEY.public_key,))
    return [(code, item) for level, code, item, _ in report.findings if level != "note"]


@contextmanager
def nested(folder: Path, depth: int) -> Iterator[None]:
    """Makes folders within folders, from the innermost outwards: no path of the system is that long.

    They are taken apart again, for what clears the temporary folder follows them for ever.
    """
    inner = folder.with_name("inner")
    for _ in range(depth):
        outer = folder.with_name("outer")
        outer.mkdir()
        if inner.exists():
            inner.rename(outer / "x")
        outer.rename(inner)
    inner.rename(folder / "x")
    yield
    for _ in range(depth - 1):
        (folder / "x/x").rename(inner)
        (folder / "x").rmdir()
        inner.rename(folder / "x")


def test_folders_within_folders_are_not_followed_for_ever(bundle: Path) -> None:
    deepest = "/".join("x" * container.MOST_PARTS)
    with nested(bundle, 2_500):
        assert codes(bundle) == [("too-big", f"{deepest}/x"), ("folder-extra", "x")]


def test_too_many_files_are_not_read(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_FILES", 20)
    for number in range(20):
        (bundle / str(number)).mkdir()
    assert ("too-big", "папка") in codes(bundle)


def test_a_log_of_empty_lines_ends_the_check_early(bundle: Path) -> None:
    (bundle / "data/log/log.jsonl").write_bytes(b"\n" * 3_000_000)
    found = codes(bundle)
    assert len(found) == MOST_FINDINGS + 1
    assert found[-1] == ("too-many", "пакет")
    command = [sys.executable, str(bundle / "verify.py"), str(bundle), "--key", KEY.public_key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.count("строка") == MOST_SHOWN - 2  # the log itself and the bag's list come before them
    assert f"ПОВРЕЖДЕНО: и ещё {MOST_FINDINGS - MOST_SHOWN}\n" in done.stdout
    assert f"ЕСТЬ ПОВРЕЖДЕНИЯ: их {MOST_FINDINGS}" in done.stdout


def test_a_value_that_would_fill_the_memory_is_not_taken_apart(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(bundle) == []
    monkeypatch.setattr(reading, "LARGEST_JSON", (bundle / "data/bundle.json").stat().st_size - 1)
    assert codes(bundle) == [("list-broken", "data/bundle.json")]


@pytest.mark.parametrize("name", NAMES)
def test_without_the_rules_of_names_such_a_common_folder_passes(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    archive = bundle.with_suffix(".zip")
    archive.write_bytes(ZIP_FORGERIES[name](read_folder(bundle)))
    assert codes(archive)[0] == ("archive-name", "архив")
    monkeypatch.setattr(container, "is_unsafe", lambda _name: False)
    assert codes(archive) == []
