"""A bundle that was handed on is tied to a checkpoint that was made after it, by the installed verifier itself."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evidence_store.errors import SealBroken
from monitor.errors import SettingsError, UsageError
from tests.unit.monitor.case_world import World, make_world, seal


@pytest.fixture
def world(tmp_path: Path, unprinted: None) -> World:
    del unprinted
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    return make_world(tmp_path, anchors=[str(anchors)])


def judge(bundle: Path, *options: str | Path) -> tuple[int, str]:
    key = json.loads((bundle / "data/bundle-signature.json").read_bytes())["public_key"]
    command = [sys.executable, "-I", "-S", str(bundle / "verify.py"), "--key", key, *map(str, options)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode()


def test_a_later_checkpoint_is_open_without_and_proven_with_the_continuation(world: World, tmp_path: Path) -> None:
    bundle, more = tmp_path / "bundle", tmp_path / "more.json"
    assert world.run("evidence", "export", world.case.id, "--out", bundle) == 0
    seal(world, "status")
    assert world.run("evidence", "checkpoint") == 0
    before, after = sorted((tmp_path / "anchors").iterdir())
    assert judge(bundle, "--checkpoint", before)[0] == 0
    code, words = judge(bundle, "--checkpoint", after)
    assert code == 3
    assert "evidence continue" in words
    assert world.run("evidence", "continue", bundle, "--out", more) == 0
    assert judge(bundle, "--checkpoint", after, "--continuation", more)[0] == 0
    assert "плохо" not in more.read_text("utf-8")


def test_what_cannot_be_continued_is_refused_with_a_next_step(world: World, tmp_path: Path) -> None:
    bundle = tmp_path / "case.zip"
    assert world.run("evidence", "export", world.case.id, "--out", bundle) == 0
    with pytest.raises(SettingsError, match="no list"):
        world.run("evidence", "continue", tmp_path, "--out", tmp_path / "more.json")
    with pytest.raises(UsageError, match="is there already"):
        world.run("evidence", "continue", bundle, "--out", bundle)
    with zipfile.ZipFile(bundle) as archive:
        about = json.loads(archive.read("case/data/bundle.json"))
    for name, value, error in (("installation", "0" * 32, SettingsError), ("heads", None, SealBroken)):
        changed = {**about, name: value or [{**head, "digest": "sha256:" + "0" * 64} for head in about["heads"]]}
        (tmp_path / name / "data").mkdir(parents=True)
        text = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (tmp_path / name / "data/bundle.json").write_text(text, encoding="utf-8")
        with pytest.raises(error):
            world.run("evidence", "continue", tmp_path / name, "--out", tmp_path / "more.json")
    assert not (tmp_path / "more.json").exists()


def test_the_command_checks_a_bundle_as_its_verifier_does(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "case.zip"
    assert world.run("evidence", "export", world.case.id, "--out", bundle, "--json") == 0
    key = json.loads(capsys.readouterr().out)["public_key"]
    for options, code, end in ((("--key", key.upper()), 0, 0), ((), 1, 3), (("--key", "0" * 64), 1, 1)):
        assert world.run("evidence", "verify", bundle, *options, "--json") == code
        assert json.loads(capsys.readouterr().out)["exit_code"] == end
    for wrong in (("evidence", "verify", bundle, "--key", "x"), ("evidence", "verify", tmp_path / "none.zip")):
        with pytest.raises(SettingsError):
            world.run(*wrong)
