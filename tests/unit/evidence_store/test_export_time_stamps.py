"""The stamps in a bundle: what verify.py says of one that is over something else or names another time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from evidence_store.digests import Digest
from evidence_store.seal import TimeStamp
from evidence_store.time_stamps import request_time_stamp
from evidence_store.verifier import check_bundle
from tests.unit.evidence_store.authority import Authority
from tests.unit.evidence_store.bundles import Case, sample_case

pytest.importorskip("rfc3161_client")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return sample_case(tmp_path_factory.mktemp("case") / "store")


@pytest.fixture(scope="module")
def stamp(case: Case, tmp_path_factory: pytest.TempPathFactory) -> TimeStamp:
    authority = Authority(tmp_path_factory.mktemp("tsa") / "tsa")
    return request_time_stamp(case.captures[0].to_bytes(), "https://tsa.test/", authority.answer)


def told(folder: Path) -> str:
    report = check_bundle(folder)
    levels = {level for level, _, item, _ in report.findings if "time-stamps" in item or item == "независимое время"}
    assert len(levels) == 1
    return levels.pop()


def test_a_stamp_over_a_capture_is_told(case: Case, stamp: TimeStamp, tmp_path: Path) -> None:
    bundle = case.export(tmp_path / "b", time_stamps=(stamp,))
    assert told(tmp_path / "b") == "note"
    assert "https://tsa.test/" in bundle.manifest.third_party_time


def test_no_stamp_is_told(case: Case, tmp_path: Path) -> None:
    assert case.export(tmp_path / "b").manifest.third_party_time == "none"
    assert told(tmp_path / "b") == "note"


@pytest.mark.parametrize("what", ["over", "at", "token", "foreign"])
def test_a_stamp_that_does_not_fit_is_damage(case: Case, stamp: TimeStamp, tmp_path: Path, what: str) -> None:
    changes: dict[str, dict[str, object]] = {
        "over": {"over": case.captures[1].digest},
        "at": {"at": stamp.at + timedelta(seconds=1)},
        "token": {"token": "AAAA"},
        "foreign": {"over": Digest.of(b"something that is not in the bundle")},
    }
    case.export(tmp_path / "b", time_stamps=(stamp.model_copy(update=changes[what]),))
    assert told(tmp_path / "b") == "damage"
