"""Checkpoints from outside: older ones hold or accuse, newer ones do neither until the log's continuation ties them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from evidence_store.canonical import canonical_bytes
from evidence_store.continuation import continue_log, read_bundle_end
from evidence_store.errors import Malformed, SealBroken
from evidence_store.extract import heads_of
from evidence_store.journal import Checkpoint, Entry, Head, build_entry
from evidence_store.seal import SigningKey, sign_checkpoint
from evidence_store.verifier import Report, check_bundle
from tests.unit.evidence_store.bundles import KEY, Case, sample_case
from tests.unit.evidence_store.samples import CHAIN, MOMENT, OTHER_CHAIN, sample_body

SALT = "5a" * 32
STRANGER = SigningKey.load(b"s" * 32)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return sample_case(tmp_path_factory.mktemp("case") / "store")


@pytest.fixture(scope="module")
def folder(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return case.export(tmp_path_factory.mktemp("out") / "bundle").folder


def grown(case: Case, count: int = 3) -> tuple[Entry, ...]:
    """The case's log after it went on."""
    entries = list(case.entries)
    for number in range(count):
        last = [entry for entry in entries if entry.header.chain == CHAIN][-1]
        entries.append(build_entry(last.head, sample_body(50 + number, salt=SALT)))
    return (*entries, build_entry(Head.empty("c" * 32), sample_body(salt=SALT)))


def outside(entries: tuple[Entry, ...], number: int, *, key: SigningKey = KEY, installation: str = "i" * 32) -> bytes:
    at = MOMENT + timedelta(hours=number - 1)
    point = Checkpoint(installation=installation, number=number, at=at, heads=heads_of(entries))
    return sign_checkpoint(point, key).to_bytes()


def judge(folder: Path, point: bytes, continuation: bytes | None = None) -> tuple[int, set[str]]:
    """The exit code under the sender's key, and the codes about the outside."""
    report = check_bundle(folder, keys=(KEY.public_key,), outside=point, continuation=continuation)
    return report.exit_code, codes(report)


def codes(report: Report) -> set[str]:
    told = ("outside", "continuation", "head", "signature-wrong", "signature-stranger", "chain-van", "checkpoint")
    return {code for _, code, _, _ in report.findings if code.startswith(told)}


def continued(folder: Path, entries: tuple[Entry, ...]) -> bytes:
    return continue_log(*read_bundle_end(folder), entries, MOMENT).to_bytes()


def test_the_very_checkpoint_and_an_older_one_hold(case: Case, folder: Path) -> None:
    assert judge(folder, case.checkpoint.to_bytes()) == (0, {"outside-holds"})


def test_a_newer_checkpoint_neither_accuses_nor_proves(case: Case, folder: Path) -> None:
    assert judge(folder, outside(grown(case), 2)) == (3, {"outside-later", "outside-new-chain"})


def test_a_newer_checkpoint_with_nothing_logged_since_holds(case: Case, folder: Path) -> None:
    assert judge(folder, outside(case.entries, 2)) == (0, {"outside-holds"})


@pytest.mark.parametrize("more", [0, 4])
def test_the_continuation_ties_a_newer_checkpoint_also_when_it_goes_on_beyond_it(
    case: Case, folder: Path, more: int
) -> None:
    longer = continued(folder, grown(case, 3 + more))
    assert judge(folder, outside(grown(case), 2), longer) == (0, {"outside-continued"})


def test_a_continuation_that_ends_before_the_checkpoint_leaves_it_open(case: Case, folder: Path) -> None:
    assert judge(folder, outside(grown(case), 2), continued(folder, grown(case, 1)))[0] == 3


def rewritten(case: Case) -> tuple[Entry, ...]:
    ours = [entry for entry in case.entries if entry.header.chain == CHAIN]
    other = build_entry(ours[-2].head, sample_body(99))
    return (*ours[:-1], other, *(entry for entry in case.entries if entry.header.chain == OTHER_CHAIN))


@pytest.mark.parametrize("number", [1, 2])
def test_a_checkpoint_of_another_history_accuses_whatever_its_number(case: Case, folder: Path, number: int) -> None:
    code, found = judge(folder, outside(rewritten(case), number))
    assert code == 1
    assert "head-rewritten" in found


def test_a_log_cut_before_the_export_is_found_by_a_checkpoint_that_is_older(case: Case, tmp_path: Path) -> None:
    cut = replace(case, entries=case.entries[:-1])
    point = Checkpoint(installation="i" * 32, number=2, at=MOMENT, heads=heads_of(cut.entries))
    bundle = cut.export(tmp_path / "b", checkpoint=sign_checkpoint(point, KEY))
    assert judge(bundle.folder, case.checkpoint.to_bytes()) == (1, {"head-cut"})


def test_a_continuation_of_another_history_is_refused_by_maker_and_verifier(case: Case, folder: Path) -> None:
    end, digest = read_bundle_end(folder)
    with pytest.raises(SealBroken):
        continue_log(end, digest, rewritten(case), MOMENT)
    own = continue_log(end, digest, grown(case), MOMENT)
    moved = own.model_copy(update={"headers": own.headers[1:]})
    code, found = judge(folder, outside(grown(case), 2), moved.to_bytes())
    assert code == 1
    assert "continuation-breaks" in found


@pytest.mark.parametrize("key", [STRANGER, None])
def test_the_signature_of_an_outside_checkpoint_is_checked(case: Case, folder: Path, key: SigningKey | None) -> None:
    signed = sign_checkpoint(case.checkpoint.checkpoint, key or KEY)
    if key is None:
        value = signed.signature.value[:-1] + ("0" if signed.signature.value[-1] != "0" else "1")
        signed = signed.model_copy(update={"signature": signed.signature.model_copy(update={"value": value})})
    code, found = judge(folder, signed.to_bytes())
    assert code == 1
    assert found & {"signature-wrong", "signature-stranger"}


def test_a_checkpoint_of_another_installation_says_nothing(case: Case, folder: Path) -> None:
    assert judge(folder, outside(case.entries, 1, installation="j" * 32)) == (3, {"outside-foreign"})


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", canonical_bytes({"checkpoint": {}, "signature": 5})])
def test_something_else_in_the_place_of_checkpoint_or_continuation_is_named(folder: Path, data: bytes) -> None:
    assert judge(folder, data) == (1, {"checkpoint-broken"})
    report = check_bundle(folder, keys=(KEY.public_key,), continuation=data)
    assert (report.exit_code, codes(report)) == (1, {"continuation-broken"})


def test_a_bundle_without_a_list_cannot_be_continued(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")
    for path in (tmp_path, tmp_path / "x.zip", tmp_path / "none"):
        with pytest.raises(Malformed):
            read_bundle_end(path)
