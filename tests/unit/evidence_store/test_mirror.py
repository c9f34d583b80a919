from __future__ import annotations

import stat
from pathlib import Path

import pytest

from evidence_store.errors import StorageUnavailable
from evidence_store.findings import FindingKind
from evidence_store.mirror import Mirror, compare
from tests.unit.evidence_store.samples import CHAIN, sample_chain


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "log", CHAIN)


def test_appended_entries_are_read_back_in_order(mirror: Mirror) -> None:
    log = sample_chain(4)
    mirror.append(log[:1])
    mirror.append(log[1:])
    assert mirror.read() == (log, [])
    assert stat.S_IMODE(mirror.path.stat().st_mode) == 0o600


def test_a_mirror_that_was_never_written_is_empty(mirror: Mirror) -> None:
    assert mirror.read() == ([], [])


@pytest.mark.parametrize("cut", [1, 2, 20, 300])
def test_a_torn_line_is_named_and_the_next_append_mends_it(mirror: Mirror, cut: int) -> None:
    log = sample_chain(3)
    mirror.append(log[:2])
    mirror.path.write_bytes(mirror.path.read_bytes()[:-cut])
    assert [finding.kind for finding in mirror.read()[1]] == [FindingKind.TORN_LINE]
    assert mirror.catch_up(log) in (1, 2)
    assert mirror.read() == (log, [])


def test_catching_up_appends_only_what_is_missing(mirror: Mirror) -> None:
    log = sample_chain(5)
    mirror.append(log[:3])
    assert mirror.catch_up(log) == 2
    assert mirror.catch_up(log) == 0
    assert mirror.read() == (log, [])


def test_a_lost_mirror_is_rebuilt_from_the_entries(mirror: Mirror) -> None:
    log = sample_chain(3)
    mirror.append(log)
    before = mirror.path.read_bytes()
    mirror.path.write_bytes(b"garbage")
    mirror.rebuild(log)
    assert mirror.path.read_bytes() == before


def test_a_link_in_place_of_the_mirror_is_not_followed(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    mirror.path.symlink_to(target)
    with pytest.raises(StorageUnavailable):
        mirror.append(sample_chain(1))
    assert target.read_bytes() == b""


def test_differences_between_table_and_mirror_are_named() -> None:
    log = sample_chain(4)
    other = sample_chain(4)
    found = [(finding.item, finding.detail) for finding in compare([log[0], log[2]], [log[0], log[1], other[2]])]
    assert found == [
        (f"{CHAIN}#2", "in the mirror, but not in the table"),
        (f"{CHAIN}#3", "table and mirror differ"),
    ]
