"""Third-party time: asked for by every visit until it is there, checked, handed on, and its absence said."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from evidence_store.findings import Finding, FindingKind, Severity, is_sound
from monitor.custody import time_authority
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import checkpoint_after_visit, make_checkpoint
from monitor.custody.stamping import MOMENT
from monitor.errors import PrintingFailed
from monitor.outgoing import bundle_documents
from tests.appeal_world import ACCOUNT
from tests.installation.test_evidence_export import judge
from tests.installation.time_authority import ServedAuthority, serve
from tests.unit.evidence_store.authority import Authority
from tests.unit.monitor.case_world import World, make_world, seal, told

pytest.importorskip("rfc3161_client")
STAMP_KINDS = {FindingKind.TIME_STAMP_WRONG, FindingKind.NO_THIRD_PARTY_TIME}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture
def served(authority: Authority) -> Iterator[ServedAuthority]:
    with serve(authority) as running:
        yield running


def world_with(folder: Path, *authorities: str, root: bytes) -> World:
    (folder / "root.pem").write_bytes(root)
    return make_world(folder, time_authorities=list(authorities), time_roots=[str(folder / "root.pem")])


@pytest.fixture
def world(tmp_path: Path, served: ServedAuthority) -> World:
    return world_with(tmp_path, served.address, root=served.root)


def about_time(world: World) -> list[Finding]:
    return [one for one in check_evidence(world.installation).findings if one.kind in STAMP_KINDS]


def test_the_first_picture_and_each_checkpoint_are_stamped_once(world: World, served: ServedAuthority) -> None:
    seal(world, "public")
    first, second = make_checkpoint(world.installation), make_checkpoint(world.installation)
    assert [len(one.signed.time_stamps) for one in (first, second)] == [1, 1]
    assert served.asked == 3
    with world.installation.state.read() as tx:
        rows = tx.artifacts.of_moment(ACCOUNT, MOMENT)
        (oldest, *_) = tx.artifacts.of_moment(ACCOUNT, "public")
    assert [row.notes["over"] for row in rows if isinstance(row.notes, dict)] == [f"sha256:{oldest.manifest_sha256}"]
    assert world.actions().count("evidence.time_stamp") == 1
    assert about_time(world) == []
    assert is_sound(one for one in check_evidence(world.installation).findings)


def test_without_an_authority_nobody_is_asked_and_the_absence_is_said(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    assert make_checkpoint(world.installation).problems == ()
    assert [(one.kind, one.severity) for one in about_time(world)] == [
        (FindingKind.NO_THIRD_PARTY_TIME, Severity.NOTE)
    ] * 2


@pytest.mark.parametrize("answer", [None, lambda _query: b"<html>", lambda _query: b"x" * 400_000])
def test_what_an_authority_did_not_stamp_is_pending_and_asked_for_again(
    world: World, served: ServedAuthority, answer: Callable[[bytes], bytes] | None
) -> None:
    served.answer = answer
    (problem,) = checkpoint_after_visit(world.installation)
    assert "no third-party time" in problem
    assert served.asked == 2  # once for the picture, once for the checkpoint
    assert ["pending" in one.detail for one in about_time(world)] == [True, True]
    served.answer = served.really_answer
    assert make_checkpoint(world.installation).problems == ()
    assert about_time(world) == []
    with world.installation.state.read() as tx:
        assert [b'"time_stamps":[]' in envelope for envelope in tx.journal.envelopes()] == [False, False]


def test_what_an_authority_refuses_is_told_once_and_not_asked_for_again(world: World, served: ServedAuthority) -> None:
    served.answer = lambda _query: bytes.fromhex("30053003020102")  # a status of 2, rejection, and no stamp
    (problem,) = checkpoint_after_visit(world.installation)
    assert "refused (status 2)" in problem
    asked = served.asked
    checkpoint_after_visit(world.installation)
    assert served.asked == asked + 1  # for the new checkpoint, not for the picture again


def test_an_authority_that_is_slow_is_left_until_the_next_time(
    world: World, served: ServedAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    in_general = time_authority.BOUNDS
    monkeypatch.setattr(time_authority, "BOUNDS", replace(in_general, silence_seconds=0.2))
    served.answer = lambda query: served.really_answer(query) if over.wait(30) else b""
    (problem,) = make_checkpoint(world.installation).problems
    over.set()
    assert "cannot be reached" in problem
    monkeypatch.setattr(time_authority, "BOUNDS", replace(in_general, longest_seconds=-1.0))
    with pytest.raises(TimeoutError):
        time_authority.post_query(served.address, b"query")


def test_an_authority_that_is_away_does_not_keep_another_from_stamping(tmp_path: Path, served: ServedAuthority) -> None:
    world = world_with(tmp_path, "http://127.0.0.1:9/tsr", served.address, root=served.root)
    kept = make_checkpoint(world.installation)
    assert [stamp.authority for stamp in kept.signed.time_stamps] == [served.address]
    assert len(kept.problems) == 1
    assert about_time(world) == []


def test_an_answer_to_another_query_is_not_taken(world: World, served: ServedAuthority) -> None:
    queries: list[bytes] = []

    def replay(query: bytes) -> bytes:
        queries.append(query)
        return served.really_answer(queries[0])

    served.answer = replay
    assert make_checkpoint(world.installation).signed.time_stamps == ()


def test_a_changed_token_another_moment_and_another_root_are_damage(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_checkpoint(world.installation)
    with world.installation.state.read() as tx:
        (row,) = tx.artifacts.of_moment(ACCOUNT, MOMENT)
    path = next(world.installation.home.evidence.rglob(row.sha256))
    kept = path.read_bytes()
    path.write_bytes(kept[:-1])
    assert FindingKind.TIME_STAMP_WRONG in {one.kind for one in check_evidence(world.installation).damage}
    path.write_bytes(kept)
    (tmp_path / "root.pem").write_bytes(Authority(tmp_path / "stranger").root)
    assert world.run("evidence", "verify") == 1
    assert FindingKind.TIME_STAMP_WRONG in told(capsys)


def test_a_stamp_is_not_good_where_no_root_was_given(tmp_path: Path, served: ServedAuthority) -> None:
    world = make_world(tmp_path, time_authorities=[served.address])
    make_checkpoint(world.installation)
    assert {one.severity for one in about_time(world)} == {Severity.CANNOT_JUDGE}


def test_the_copy_outside_carries_the_stamp(tmp_path: Path, served: ServedAuthority) -> None:
    (tmp_path / "stick").mkdir()
    world = make_world(tmp_path, anchors=[str(tmp_path / "stick")], time_authorities=[served.address])
    served.answer = None
    kept = make_checkpoint(world.installation)
    served.answer = served.really_answer
    make_checkpoint(world.installation)
    assert json.loads(kept.copies[0].read_bytes())["time_stamps"] != []


def test_a_bundle_carries_the_stamps_and_another_tool_verifies_them(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    monkeypatch.setattr(bundle_documents, "print_pages", refuse)
    out = tmp_path / "bundle"
    assert world.run("evidence", "export", world.case.id, "--out", out) == 0
    code, words = judge(out)
    assert code == 0, words
    commands = re.findall(r"openssl ts -verify -digest \S+ -in \S+", words)
    assert len(commands) == 2
    for command in commands:
        arguments = [*command.split(), "-CAfile", str(tmp_path / "root.pem")]
        done = subprocess.run(arguments, cwd=out, capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout, done.stderr
    assert "первая запись" in (out / "data/documents/akt-osmotra.html").read_text()
