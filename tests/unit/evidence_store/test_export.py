from __future__ import annotations

import ast
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_store.bundle import BUNDLE_PATH, CHECKPOINT_PATH, LOG_PATH, SIGNATURE_PATH
from evidence_store.digests import Digest
from evidence_store.errors import ArtifactDamaged, ExportFailed
from evidence_store.export import Document, export_bundle, zip_bundle
from evidence_store.verifier import check_bundle
from evidence_store.verifier_program import render_verifier
from tests.unit.evidence_store.bundles import AUTHOR, KEY, Case, sample_case, with_tombstone


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return sample_case(tmp_path / "store")


@pytest.fixture
def folder(case: Case, tmp_path: Path) -> Path:
    return case.export(tmp_path / "bundle").folder


OWN = (KEY.public_key,)


def check(bundle: Path, keys: tuple[str, ...] = OWN) -> tuple[int, list[tuple[str, str]]]:
    """The exit code under these keys, and code and item of everything that is not a note."""
    report = check_bundle(bundle, keys=keys)
    return report.exit_code, [(code, item) for level, code, item, _ in report.findings if level != "note"]


def run_verifier(folder: Path, *options: str) -> tuple[int, str]:
    """Runs a bundle's own verifier with plain Python; returns exit code and output."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_stranger_with_nothing_but_python_is_told_all_three_ends(folder: Path) -> None:
    code, words = run_verifier(folder, "--key", KEY.public_key)
    assert (code, words.splitlines()[-1]) == (0, "ИТОГ: ВСЁ СХОДИТСЯ: каждый файл заверен ключом, который вы назвали")
    code, words = run_verifier(folder)
    assert code == 3
    assert "ИЗМЕНЕНИЙ НЕ НАЙДЕНО, НО ПОДТВЕРЖДЕНО НЕ ВСЁ" in words.splitlines()[-1]
    assert "--key" in words.splitlines()[-2]
    (folder / "data/documents/akt.pdf").write_bytes(b"%PDF-1.7 other")
    code, words = run_verifier(folder)
    assert code == 1
    assert words.splitlines()[-1].startswith("ИТОГ: ЕСТЬ ПОВРЕЖДЕНИЯ")


@pytest.mark.parametrize("key", ["", "x", "0" * 63, "0" * 65, "ё" * 64])
def test_a_key_that_is_none_is_a_wrong_call_and_never_no_key(folder: Path, key: str) -> None:
    code, words = run_verifier(folder, "--key", key)
    assert code == 2
    assert "64" in words


def test_the_verifier_is_one_file_that_needs_only_old_python_and_its_standard_library() -> None:
    tree = ast.parse(render_verifier(), feature_version=(3, 8))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} == set()


def test_the_signature_is_checked_against_the_key_known_from_elsewhere(folder: Path) -> None:
    assert check(folder) == (0, [])
    code, found = check(folder, ("0" * 64,))
    assert code == 1
    assert found == [("signature-stranger", SIGNATURE_PATH), ("signature-stranger", CHECKPOINT_PATH)]


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
        # A list that was changed is named where its signature is checked.
        assert {name, name.replace(BUNDLE_PATH, SIGNATURE_PATH)} & {item for _, item in found}, found
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
    (SIGNATURE_PATH, lambda path: path.unlink()),
    (CHECKPOINT_PATH, lambda path: path.unlink()),
    ("data/empty", lambda path: path.mkdir()),
    ("manifest-sha256.txt", lambda path: path.unlink()),
    ("verify.py", lambda path: path.unlink()),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_each_damage_of_a_bundle_is_named(folder: Path, name: str, damage: Callable[[Path], object]) -> None:
    damage(folder / name)
    code, found = check(folder)
    assert code == 1
    assert name in {item for _, item in found}


def test_an_empty_folder_is_damage(tmp_path: Path) -> None:
    assert check(tmp_path, ())[0] == 1


def test_a_bundle_without_a_signature_is_open_to_the_one_and_damage_to_the_other(case: Case, tmp_path: Path) -> None:
    export_bundle(case.order(), case.store.read, tmp_path / "b", key=None)
    assert check(tmp_path / "b", ()) == (3, [("signature-missing", SIGNATURE_PATH)])
    assert check(tmp_path / "b") == (1, [("signature-missing", SIGNATURE_PATH)])


def test_a_capture_that_the_log_does_not_know_is_named(case: Case, tmp_path: Path) -> None:
    bundle = case.export(tmp_path / "b", entries=case.entries[:1], checkpoint=None)
    _, found = check(bundle.folder, ())
    assert {code for code, _ in found} == {"capture-unknown", "checkpoint-missing"}


def test_a_shareable_bundle_holds_no_personal_data_and_says_what_it_withholds(case: Case, tmp_path: Path) -> None:
    picture = case.captures[0].artifacts[0].digest
    bundle = case.export(tmp_path / "b", variant="shareable", masked={picture: b"masked picture"})
    assert check(bundle.folder) == (0, [])
    assert not any(AUTHOR.encode() in path.read_bytes() for path in bundle.folder.rglob("*") if path.is_file())
    assert (bundle.folder / "data/captures/01-public/01-element-png.masked.png").read_bytes() == b"masked picture"
    assert {entry.digest for entry in bundle.manifest.withheld} == {
        artifact.digest for capture in case.captures for artifact in capture.artifacts[:2]
    }


def test_a_purged_artifact_is_believed_only_with_its_tombstone(case: Case, tmp_path: Path) -> None:
    gone = case.captures[0].artifacts[1].digest
    case.store.path_of(gone).unlink()
    bundle = case.export(tmp_path / "b", purged=frozenset({gone}))
    assert check(bundle.folder) == (1, [("purge-unproven", str(gone))])
    buried = with_tombstone(case, gone)
    bundle = buried.export(tmp_path / "c", purged=frozenset({gone}))
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


def test_the_digest_to_compare_is_of_the_list_and_the_page_names_the_key(case: Case, tmp_path: Path) -> None:
    bundle = case.export(tmp_path / "b")
    assert bundle.digest == Digest.of((bundle.folder / BUNDLE_PATH).read_bytes())
    assert KEY.public_key in (bundle.folder / "kak-proverit.html").read_text(encoding="utf-8")


def test_files_of_a_bundle_are_private(folder: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")} == {0o600, 0o700}


def test_a_zipped_bundle_unpacks_to_the_same_bundle(folder: Path, tmp_path: Path) -> None:
    zip_bundle(folder, tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert check(tmp_path / "out" / "bundle") == (0, [])
    assert check(tmp_path / "bundle.zip") == (0, [])
    with pytest.raises(ExportFailed):
        zip_bundle(folder, tmp_path / "bundle.zip")
