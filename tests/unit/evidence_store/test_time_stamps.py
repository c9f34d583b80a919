from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from evidence_store.der_order import find_certificates, in_der_order
from evidence_store.digests import Digest
from evidence_store.errors import TimeStampFailed
from evidence_store.findings import FindingKind, Severity
from evidence_store.seal import TimeStamp
from evidence_store.time_stamps import accept_answer, prepare_query, request_time_stamp, verify_time_stamp
from tests.unit.evidence_store.authority import Authority
from tests.unit.evidence_store.samples import MOMENT

pytest.importorskip("rfc3161_client")
DATA = b"the first manifest"
ADDRESS = "https://tsa.test/"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture(scope="module")
def stamp(authority: Authority) -> TimeStamp:
    return request_time_stamp(DATA, ADDRESS, authority.answer)


def test_a_stamp_verifies_with_the_authoritys_root(stamp: TimeStamp, authority: Authority) -> None:
    assert stamp.over == Digest.of(DATA)
    assert verify_time_stamp(stamp, DATA, [authority.root]) == []


def test_another_tool_verifies_the_stored_token(stamp: TimeStamp, authority: Authority, tmp_path: Path) -> None:
    for name, data in {"data": DATA, "token": stamp.token_bytes, "root.pem": authority.root}.items():
        (tmp_path / name).write_bytes(data)
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "token", "-CAfile", "root.pem"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in result.stdout, result.stderr


def test_a_stamp_over_other_bytes_does_not_verify(stamp: TimeStamp, authority: Authority) -> None:
    assert [f.kind for f in verify_time_stamp(stamp, b"other", [authority.root])] == [FindingKind.TIME_STAMP_WRONG]
    moved = stamp.model_copy(update={"over": Digest.of(b"other")})
    assert [f.severity for f in verify_time_stamp(moved, b"other", [authority.root])] == [Severity.DAMAGE]


def test_a_stamp_of_another_authority_does_not_verify(stamp: TimeStamp, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    assert [f.severity for f in verify_time_stamp(stamp, DATA, [stranger.root])] == [Severity.DAMAGE]


def test_a_moment_written_beside_the_token_must_be_the_tokens(stamp: TimeStamp, authority: Authority) -> None:
    moved = stamp.model_copy(update={"at": MOMENT})
    assert [f.detail for f in verify_time_stamp(moved, DATA, [authority.root])] == ["the token names another moment"]


def test_without_a_root_nothing_can_be_judged(stamp: TimeStamp) -> None:
    assert [f.severity for f in verify_time_stamp(stamp, DATA, [])] == [Severity.CANNOT_JUDGE]


def test_a_broken_token_is_a_finding_and_no_crash(stamp: TimeStamp, authority: Authority) -> None:
    for token in ("AAAA", "", stamp.token[:400]):
        broken = stamp.model_copy(update={"token": token})
        assert [f.severity for f in verify_time_stamp(broken, DATA, [authority.root])] == [Severity.DAMAGE]


@pytest.mark.parametrize("answer", [b"", b"<html>502</html>", b"0\x030\x01\x02", b"x" * 300_000])
def test_garbage_from_an_authority_is_a_failed_stamp(answer: bytes) -> None:
    with pytest.raises(TimeStampFailed):
        request_time_stamp(DATA, ADDRESS, lambda _address, _query: answer)


def test_an_answer_to_another_query_is_refused(authority: Authority) -> None:
    answer = authority.answer(ADDRESS, prepare_query(DATA).der)
    with pytest.raises(TimeStampFailed, match="something else"):
        accept_answer(answer, prepare_query(DATA), ADDRESS)


def test_an_authority_that_cannot_be_reached_is_a_failed_stamp() -> None:
    def unreachable(_address: str, _query: bytes) -> bytes:
        raise TimeoutError("too slow")

    with pytest.raises(TimeStampFailed, match="cannot be reached"):
        request_time_stamp(DATA, ADDRESS, unreachable)


def test_without_the_library_a_stamp_is_neither_made_nor_judged(
    stamp: TimeStamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rfc3161_client", None)
    with pytest.raises(TimeStampFailed):
        prepare_query(DATA)
    assert [f.severity for f in verify_time_stamp(stamp, DATA, [b"root"])] == [Severity.CANNOT_JUDGE]


@pytest.mark.parametrize("is_reversed", [False, True], ids=["in order", "reversed"])
def test_two_certificates_in_any_order_verify_here_as_they_do_with_openssl(tmp_path: Path, is_reversed: bool) -> None:
    authority = Authority(tmp_path / "tsa", sends_root=True)
    query = prepare_query(DATA)
    ordered = in_der_order(authority.answer(ADDRESS, query.der))
    answer = turned_around(ordered) if is_reversed else ordered
    assert (answer != ordered) == is_reversed
    for name, data in {"data": DATA, "token": answer, "root.pem": authority.root}.items():
        (tmp_path / name).write_bytes(data)
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "token", "-CAfile", "root.pem"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in result.stdout, result.stderr
    stamp = accept_answer(answer, query, ADDRESS)
    assert stamp.token_bytes == answer
    assert verify_time_stamp(stamp, DATA, [authority.root]) == []


def turned_around(answer: bytes) -> bytes:
    """The same answer with its two certificates the other way round."""
    found = find_certificates(answer)
    assert found is not None
    first, end = found
    second = first + int.from_bytes(answer[first + 2 : first + 4], "big") + 4
    return answer[:first] + answer[second:end] + answer[first:second] + answer[end:]
