from __future__ import annotations

import ast
import json
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import evidence_store.bundle_verifier as verifier
from evidence_store.bundle import BUNDLE_PATH, LOG_PATH, SIGNATURE_PATH
from evidence_store.digests import Digest
from evidence_store.errors import ArtifactDamaged, ExportFailed
from evidence_store.export import Document, zip_bundle
from tests.unit.evidence_store.bundles import AUTHOR, KEY, Case, sample_case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return sample_case(tmp_path / "store")


@pytest.fixture
def folder(case: Case, tmp_path: Path) -> Path:
    return case.export(tmp_path / "bundle").folder


def check(folder: Path, *options: str) -> tuple[int, list[tuple[str, str, str]]]:
    report = verifier.Report()
    keys = [option.removeprefix("--key=") for option in options]
    verifier.Bundle(folder, report).check(None, keys)
    return report.exit_code, [finding for finding in report.findings if finding[0] != verifier.NOTE]


def test_a_stranger_with_nothing_but_python_finds_the_bundle_intact(folder: Path) -> None:
    command = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == "ИТОГ: изменений не найдено"
    assert "подпись не проверена" in result.stdout


def test_the_verifier_needs_only_old_python_and_its_standard_library() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} == {
        "cryptography.exceptions",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
    }


def test_the_signature_is_checked_against_the_key_known_from_elsewhere(folder: Path) -> None:
    assert check(folder, f"--key={KEY.public_key}") == (0, [])
    code, found = check(folder, f"--key={'0' * 64}")
    assert code == 1
    assert {item for _, item, _ in found} == {SIGNATURE_PATH, "data/log/checkpoint.json"}


def every_file(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_one_changed_bit_in_any_file_is_found_and_named(folder: Path, tmp_path: Path) -> None:
    for name in every_file(folder):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        data = bytearray((copy / name).read_bytes())
        data[len(data) // 2] ^= 1
        (copy / name).write_bytes(data)
        code, found = check(copy)
        assert code == 1, name
        assert name in {item for _, item, _ in found} or name.startswith(("data/log/", "tagmanifest", "data/bundle")), (
            found
        )
        shutil.rmtree(copy)


DAMAGES: list[tuple[str, Callable[[Path], object]]] = [
    ("data/captures/01-public/01-element-png.png", lambda path: path.unlink()),
    ("data/extra.txt", lambda path: path.write_text("x")),
    ("data/link", lambda path: path.symlink_to("/etc/hostname")),
    ("data/folder-link", lambda path: path.symlink_to("/etc")),
    (LOG_PATH, lambda path: path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))),
    (LOG_PATH, lambda path: path.unlink()),
    (BUNDLE_PATH, lambda path: path.write_text("{}")),
    (BUNDLE_PATH, lambda path: path.write_text('{"a":' * 100_000)),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_each_damage_of_a_bundle_is_named(folder: Path, name: str, damage: Callable[[Path], object]) -> None:
    damage(folder / name)
    code, found = check(folder)
    assert code == 1
    assert name in {item for _, item, _ in found}


def test_a_capture_that_the_log_does_not_know_is_named(case: Case, tmp_path: Path) -> None:
    bundle = case.export(tmp_path / "b", entries=case.entries[:1], checkpoint=None)
    _, found = check(bundle.folder)
    assert {text for _, _, text in found} == {"журнал не знает этой записи"}


def test_a_shareable_bundle_holds_no_personal_data_and_says_what_it_withholds(case: Case, tmp_path: Path) -> None:
    picture = case.captures[0].artifacts[0].digest
    bundle = case.export(tmp_path / "b", variant="shareable", masked={picture: b"masked picture"})
    assert check(bundle.folder) == (0, [])
    assert not any(AUTHOR.encode() in path.read_bytes() for path in bundle.folder.rglob("*") if path.is_file())
    assert (bundle.folder / "data/captures/01-public/01-element-png.masked.png").read_bytes() == b"masked picture"
    assert {entry.digest for entry in bundle.manifest.withheld} == {
        artifact.digest for capture in case.captures for artifact in capture.artifacts[:2]
    }


def test_a_purged_artifact_is_said_to_be_purged(case: Case, tmp_path: Path) -> None:
    gone = case.captures[0].artifacts[1].digest
    case.store.path_of(gone).unlink()
    bundle = case.export(tmp_path / "b", purged=frozenset({gone}))
    assert check(bundle.folder) == (0, [])


def test_damaged_evidence_is_never_exported(case: Case, tmp_path: Path) -> None:
    case.store.path_of(case.captures[1].artifacts[0].digest).write_bytes(b"changed")
    with pytest.raises(ArtifactDamaged):
        case.export(tmp_path / "bundle")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_an_export_never_overwrites(case: Case, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(ExportFailed):
        case.export(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["../x.pdf", "a/b.pdf", ".hidden", "CON", "имя.pdf", "a.pdf\n", ""])
def test_a_document_with_an_odd_name_is_refused(case: Case, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportFailed):
        case.export(tmp_path / "bundle", documents=(Document(name, b"", ""),))


def test_words_from_outside_are_inert_in_the_page(case: Case, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\" onload='x' {digest} \x1b[2J"
    bundle = case.export(tmp_path / "b", title=hostile, case_id=hostile, missing=(hostile,))
    page = (bundle.folder / "kak-proverit.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    output = subprocess.run([sys.executable, bundle.folder / "verify.py"], capture_output=True, check=False).stdout
    assert b"\x1b" not in output


def test_the_page_gives_the_digest_to_compare(case: Case, tmp_path: Path) -> None:
    bundle = case.export(tmp_path / "b")
    assert bundle.digest == Digest.of((bundle.folder / BUNDLE_PATH).read_bytes())
    assert bundle.digest.hex in (bundle.folder / "kak-proverit.html").read_text(encoding="utf-8")


def test_files_of_a_bundle_are_private(folder: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")} == {0o600, 0o700}


def test_a_zipped_bundle_unpacks_to_the_same_bundle(folder: Path, tmp_path: Path) -> None:
    zip_bundle(folder, tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert check(tmp_path / "out" / "bundle") == (0, [])
    with pytest.raises(ExportFailed):
        zip_bundle(folder, tmp_path / "bundle.zip")


def test_an_outside_checkpoint_shows_a_log_that_was_rewritten_before_export(case: Case, tmp_path: Path) -> None:
    other = sample_case(tmp_path / "other")
    bundle = case.export(tmp_path / "b", checkpoint=None)
    outside = tmp_path / "checkpoint.json"
    outside.write_bytes(other.checkpoint.to_bytes())
    command = [sys.executable, str(bundle.folder / "verify.py"), "--checkpoint", str(outside)]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 1
    assert "журнал переписан" in result.stdout
    assert json.loads(outside.read_bytes())["signature"]["public_key"] == KEY.public_key
