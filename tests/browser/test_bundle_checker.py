"""The checker in one HTML page: the same findings as ``verify.py``, from disk, without a network, in a real browser."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from evidence_store.verifier import check_bundle
from evidence_store.verifier.reading import canonical
from tests.frozen.opening import unpack
from tests.proofs.checker_page import CheckerPage, difference, payload
from tests.proofs.evidence_archives import prove_archives
from tests.proofs.evidence_forgeries import (
    SETTINGS,
    World,
    make_world,
    prove_file_mutations,
    prove_forgeries,
)
from tests.proofs.forged_bundle import read_folder, zipped
from tests.unit.evidence_store.bundles import KEY
from tests.unit.evidence_store.ed25519_vectors import vectors

if TYPE_CHECKING:
    from playwright.sync_api import Page

OWN = KEY.public_key
VECTORS = Path(__file__).resolve().parents[1] / "vectors"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def checker(page: Page, tmp_path: Path) -> CheckerPage:
    return CheckerPage(page, tmp_path)


def test_the_three_ends_are_told_in_words_and_nothing_leaves(checker: CheckerPage, world: World) -> None:
    archive = zipped(world.genuine)
    checker.judge(archive, OWN)
    assert checker.page.inner_text("#verdict").startswith("ВСЁ СХОДИТСЯ")
    checker.judge(archive)
    assert "ПОДТВЕРЖДЕНО НЕ ВСЁ" in checker.page.inner_text("#verdict")
    assert "ключ отправителя не из пакета" in checker.page.inner_text("#verdict")
    checker.judge(archive, "0" * 64)
    assert checker.page.inner_text("#verdict").startswith("ЕСТЬ ПОВРЕЖДЕНИЯ")
    assert [url for url in checker.requests if not url.startswith("file:")] == []
    assert checker.errors == []
    assert "Если она пришла вместе с пакетом, не верьте ей" in checker.page.inner_text("body")


def test_a_policy_keeps_the_page_from_running_and_asking_anything_else(checker: CheckerPage) -> None:
    checker.page.evaluate(
        """() => { const made = document.createElement('script'); made.textContent = 'globalThis.ran = true';
        document.body.append(made); const image = new Image(); image.src = 'http://127.0.0.1:9/x'; }"""
    )
    assert checker.page.evaluate("globalThis.ran") is None
    refused = checker.page.evaluate("fetch('http://127.0.0.1:9/x').then(() => 'sent', error => String(error))")
    assert refused != "sent"
    assert checker.page.evaluate("fetch(location.href).then(() => 'read', () => 'refused')") == "refused"
    assert any("Content Security Policy" in error for error in checker.errors)


def test_the_same_signatures_are_taken_and_refused(checker: CheckerPage) -> None:
    script = """async ([key, message, signature]) =>
        signatureFits(Uint8Array.from(key), Uint8Array.from(message), Uint8Array.from(signature))"""
    wrong = [
        vector.name
        for vector in vectors()
        if checker.page.evaluate(script, [list(vector.key), list(vector.message), list(vector.signature)])
        is not vector.is_good
    ]
    assert wrong == []


def test_a_continuation_ties_a_later_checkpoint(checker: CheckerPage, world: World) -> None:
    archive = zipped(world.genuine)
    assert checker.judge(archive, OWN, world.later).exit_code == 3
    report = checker.judge(archive, OWN, world.later, world.continuation)
    expected = world.judge(world.genuine, SETTINGS[3], continuation=world.continuation)
    assert (report.exit_code, difference(report, expected)) == (0, "")


def test_hostile_archives_end_alike(checker: CheckerPage, world: World, tmp_path: Path) -> None:
    for name, spoil in SPOILED.items():
        path = tmp_path / "spoiled.zip"
        path.write_bytes(zipped(world.genuine))
        spoil(path)
        expected = check_bundle(path, keys=(OWN,))
        assert expected.exit_code == 1, name
        assert difference(checker.judge(path.read_bytes(), OWN), expected) == "", name


def test_a_log_of_empty_lines_ends_the_check_early(checker: CheckerPage, world: World, tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    path.write_bytes(zipped({**world.genuine, "data/log/log.jsonl": b"\n" * 3_000_000}))
    expected = check_bundle(path, keys=(OWN,))
    assert expected.findings[-1][1] == "too-many"
    assert difference(checker.judge(path.read_bytes(), OWN), expected) == ""


def test_a_dropped_zip_is_checked_at_once(checker: CheckerPage, world: World) -> None:
    checker.page.fill("#key", OWN)
    script = """text => { const bytes = Uint8Array.from(atob(text), mark => mark.charCodeAt(0));
        const transfer = new DataTransfer(); transfer.items.add(new File([bytes], 'case.zip'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true })); }"""
    checker.page.evaluate(script, base64.b64encode(zipped(world.genuine)).decode())
    expect(checker.page.locator("body")).to_have_attribute("data-runs", "1")
    assert checker.page.inner_text("#verdict").startswith("ВСЁ СХОДИТСЯ")


def test_an_unpacked_folder_is_checked_too(checker: CheckerPage, world: World, tmp_path: Path) -> None:
    for path, data in world.genuine.items():
        (tmp_path / "case" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "case" / path).write_bytes(data)
    checker.page.set_input_files("#folder", tmp_path / "case")
    checker.page.fill("#key", OWN)
    checker.page.click("#check")
    expect(checker.page.locator("body")).to_have_attribute("data-runs", "1")
    assert checker.page.inner_text("#verdict").startswith("ВСЁ СХОДИТСЯ")


@pytest.mark.parametrize("key", ["x", "0" * 63, "é" * 64])
def test_a_key_that_is_none_is_never_no_key(checker: CheckerPage, world: World, key: str) -> None:
    checker.page.set_input_files("#zip", payload("case.zip", zipped(world.genuine)))
    checker.page.fill("#key", key)
    checker.page.click("#check")
    expect(checker.page.locator("body")).to_have_attribute("data-runs", "1")
    assert "64 знака" in checker.page.inner_text("#status")
    assert checker.page.inner_text("#verdict") == ""


def test_odd_words_steer_nothing(checker: CheckerPage, world: World) -> None:
    told = json.loads(world.genuine["data/bundle.json"]) | {"title": "<img src=x onerror=alert(1)>"}
    hostile = {"data/bundle.json": canonical(told), "case/\ufeffgnp.txt": b"x"}
    checker.judge(zipped({**world.genuine, **hostile}), OWN)
    assert "<img" in checker.page.inner_text("#findings")
    assert checker.page.locator("#findings img").count() == 0
    assert "‹U+FEFF›" in checker.page.inner_text("#findings")
    checker.judge(zipped({**world.genuine, "case/\u202egnp.txt": b"x"}), OWN)
    assert "недопустимое имя" in checker.page.inner_text("#findings")
    assert "\u202e" not in checker.page.inner_text("#findings")


def test_the_written_vectors_give_their_findings(checker: CheckerPage) -> None:
    told = json.loads((VECTORS / "bundles.json").read_text("utf-8"))
    files = {SETTINGS[2]: "checkpoint.json", SETTINGS[3]: "later.json"}
    for name, ends in told["bundles"].items():
        for setting, expected in ends.items():
            outside = (VECTORS / files[setting]).read_bytes() if setting in files else None
            key = "" if setting == SETTINGS[0] else told["key"]
            report = checker.judge((VECTORS / f"{name}.zip").read_bytes(), key, outside)
            found = sorted([level, code, item] for level, code, item, _ in report.findings if level != "note")
            assert (report.exit_code, found) == (expected["exit"], expected["findings"]), (name, setting)


@pytest.mark.parametrize("name", ["full", "shareable"])
def test_bundles_of_the_old_form_are_judged_alike(checker: CheckerPage, tmp_path: Path, name: str) -> None:
    old = unpack("0_1", tmp_path).folder / name
    key = json.loads((old / "data/bundle-signature.json").read_bytes())["public_key"]
    for damage in (None, "data/log/log.jsonl", "kak-proverit.html", "data/captures"):
        victim = next((old / damage).rglob("*.*"), old / damage) if damage else None
        if victim is not None:
            victim.write_bytes(victim.read_bytes()[:-1])
        for keys in ((key,),) if damage else ((), (key,)):
            expected = check_bundle(old, keys=keys)
            assert expected.exit_code == (1 if damage else 3)
            archive = zipped(read_folder(old))
            assert difference(checker.judge(archive, keys[0] if keys else ""), expected) == "", damage


def test_forgeries_and_mutations_are_judged_alike(checker: CheckerPage) -> None:
    assert prove_forgeries(8, 21, checker.differs).violations == []
    assert prove_file_mutations(12, 22, checker.differs).violations == []
    assert prove_archives(20, 23, checker.differs_on).violations == []


def _append(name: str, data: bytes, *, mode: int = 0, is_utf8: bool = True) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as archive:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
        if not is_utf8:
            path.write_bytes(path.read_bytes().replace("ё".encode(), b"\xff\xfe"))

    return spoil


def _edit(old: bytes, new: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(path.read_bytes().replace(old, new, 1)), None)[1]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


SPOILED: dict[str, Callable[[Path], None]] = {
    "twice": _append("case/data/bundle.json", b"{}"),
    "outside": _append("case/../evil", b"x"),
    "absolute": _append("/etc/evil", b"x"),
    "drive": _append("case/C:evil", b"x"),
    "backslash": _append("case/a\\evil", b"x"),
    "link": _append("case/link", b"/etc/hostname", mode=0o120777),
    "empty folder": _append("case/empty/", b""),
    "beside": _append("evil.txt", b"x"),
    "not UTF-8": _append("case/ё", b"x", is_utf8=False),
    "local name": _edit(b"case/verify.py", b"case/verifx.py"),
    "cut": _cut,
    "bomb": _append("case/bomb.png", bytes(2**24 + 1)),
    "number": _append("data/case.json", b'{"a":1e400}'),
    "no zip": lambda path: (path.write_bytes(b"no zip at all"), None)[1],
    "nothing": lambda path: (path.write_bytes(b""), None)[1],
}
