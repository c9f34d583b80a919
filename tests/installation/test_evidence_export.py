"""A bundle is checked by a stranger with plain Python; what is personal stays here in a shareable one."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import docx
import pytest

from evidence_store.artifacts import ArtifactKind
from evidence_store.errors import ArtifactDamaged
from evidence_store.wacz import WARC_PATH
from monitor.errors import SettingsError, UsageError
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, listing, review
from tests.unit.evidence_store.test_wacz import sample_warc
from tests.unit.monitor.case_world import REVIEW, World, make_world, picture, seal


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    made = make_world(folder)
    own = folder / "chat.png"
    own.write_bytes(picture("yellow"))
    made.run("evidence", "add", made.case.id, own, "--note", "переписка")
    return made


def judge(folder: Path) -> tuple[int, str]:
    """Runs the bundle's own verifier with plain Python, without this program's packages."""
    key = json.loads((folder / "data/bundle-signature.json").read_bytes())["public_key"]
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), "--key", key]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode()


@pytest.mark.usefixtures("unprinted")
def test_the_exported_verifier_accepts_the_bundle_and_names_one_changed_byte(world: World, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    assert world.run("evidence", "export", world.case.id, "--out", out) == 0
    code, words = judge(out)
    assert code == 0, words
    assert "ВСЁ СХОДИТСЯ" in words
    victim = out / "data/captures/01-public/01-element-png.png"
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    code, words = judge(out)
    assert code == 1
    assert "data/captures/01-public/01-element-png.png" in words


@pytest.mark.usefixtures("unprinted")
def test_a_case_goes_by_every_name_that_lists_show(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    own = tmp_path / "note.txt"
    for at, name in enumerate([world.case.id, world.case.id[-6:], REVIEW]):
        own.write_text(f"переписка {at}", encoding="utf-8")
        assert world.run("evidence", "add", name, own) == 0
        assert world.run("evidence", "verify", name) == 0
        assert world.run("evidence", "export", name, "--out", tmp_path / f"bundle{at}") == 0
        assert (tmp_path / f"bundle{at}/verify.py").is_file()


def test_a_name_that_no_case_has_is_refused_with_the_way_to_the_names(world: World, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no case 'case_0000'") as refused:
        world.run("evidence", "export", "case_0000", "--out", tmp_path / "bundle")
    assert "case list" in str(refused.value.hint)
    assert not (tmp_path / "bundle").exists()


@pytest.mark.usefixtures("unprinted")
def test_a_bundle_holds_act_request_log_own_evidence_and_says_what_is_missing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "case.zip"
    assert world.run("evidence", "export", world.case.id, "--out", out, "--json") == 0
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert "записи нет: карточка товара в тот день" in missing
    assert "акт осмотра: не отпечатан в PDF, есть страница akt-osmotra.html" in missing
    with zipfile.ZipFile(out) as archive:
        names = {name.removeprefix("case/") for name in archive.namelist()}
        act = archive.read("case/data/documents/akt-osmotra.html").decode()
        log = archive.read("case/data/log/log.jsonl").decode()
    expected = {"verify.py", "kak-proverit.html", "data/log/checkpoint.json", "data/bundle-signature.json"}
    assert expected | {"data/documents/zayavlenie-notariusu.html"} <= names
    assert "data/captures/03-own_evidence/01-own-evidence.png" in names
    assert "Анна Примерова, менеджер" in act
    assert "Записи нет: карточка товара в тот день" in act
    assert "Принято на хранение" in act
    assert "переписка" in log


@pytest.mark.usefixtures("unprinted")
def test_act_and_request_lie_there_to_edit_under_the_bundles_signature(world: World, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    assert world.run("evidence", "export", world.case.id, "--out", out) == 0
    request, act = sorted((out / "data/documents").glob("*.docx"), key=lambda path: path.name, reverse=True)
    written = "\n".join(paragraph.text for paragraph in docx.Document(str(request)).paragraphs)
    assert "Прошу в порядке ст. 102 и 103" in written
    tables = [cell.text for table in docx.Document(str(act)).tables for cell in table._cells]
    assert "Анна Примерова" in tables
    properties = docx.Document(str(act)).core_properties
    assert (properties.author, properties.last_modified_by, properties.title) == ("", "", "акт осмотра")
    changed = docx.Document(str(act))
    changed.add_paragraph("И ещё одно слово.")
    changed.save(str(act))
    code, words = judge(out)
    assert code == 1
    assert "data/documents/akt-osmotra.docx" in words


@pytest.mark.usefixtures("unprinted")
def test_a_shareable_bundles_act_to_edit_hides_the_author_and_there_is_no_request(world: World, tmp_path: Path) -> None:
    out = tmp_path / "shareable"
    assert world.run("evidence", "export", world.case.id, "--shareable", "--out", out) == 0
    (act,) = (out / "data/documents").glob("*.docx")
    with zipfile.ZipFile(act) as archive:
        words = archive.read("word/document.xml").decode()
    assert "скрыто в этой копии" in words
    assert "Мария" not in words
    assert "Подлинник; не передан: личные данные; передана копия, где они скрыты" in words
    assert "5 из 5 не переданы" in words
    missing = json.loads((out / "data/bundle.json").read_bytes())["missing"]
    assert any(one.startswith("проекта заявления нотариусу нет") for one in missing)
    assert any(one.startswith("архивов для просмотра") for one in missing)
    assert "Проекта заявления нотариусу нет" in words


@pytest.mark.usefixtures("unprinted")
def test_the_act_says_who_opened_the_pages_and_from_where_its_facts_are(tmp_path: Path) -> None:
    world, acts = make_world(tmp_path), []
    for name in ("before", "after"):
        assert world.run("evidence", "export", world.case.id, "--out", tmp_path / name) == 0
        acts.append((tmp_path / name / "data/documents/akt-osmotra.html").read_text("utf-8"))
        seal(world, "account", has_reading=True)
    assert ["Как записано в базе данных программы" in act for act in acts] == [True, False]
    assert ["Как прочла программа при записи" in act for act in acts] == [False, True]
    assert all("Страницы открыла и записала программа, а не человек" in act for act in acts)
    assert all("не передан" not in act for act in acts)
    assert "<bdi>(артикул" not in acts[0]


@pytest.mark.usefixtures("unprinted")
def test_the_export_is_in_the_log_with_the_bundles_digest(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.run("evidence", "export", world.case.id, "--out", tmp_path / "b", "--json")
    digest = json.loads(capsys.readouterr().out)["digest"]
    with world.installation.state.read() as tx:
        body = tx.journal.about("main", world.case.review_id)[-1].to_entry().read_body()
    assert body is not None
    assert (body.action, body.outputs["bundle"], body.inputs["variant"]) == ("evidence.export", digest, "full")


@pytest.mark.usefixtures("unprinted")
def test_a_shareable_bundle_has_masked_copies_and_no_original_text_or_note(world: World, tmp_path: Path) -> None:
    out = tmp_path / "shared"
    assert world.run("evidence", "export", world.case.id, "--out", out, "--shareable") == 0
    assert judge(out)[0] == 0
    names = [path.name for path in out.rglob("*") if path.is_file()]
    assert names.count("01-element-png.masked.png") == 2
    assert not {"01-element-png.png", "02-visible-text.txt", "01-own-evidence.png"} & set(names)
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert "переписка".encode() not in everything
    assert "evidence.mask" in world.actions()


@pytest.mark.usefixtures("unprinted")
def test_a_telephone_in_the_review_itself_is_not_handed_on(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    state = world.installation.state
    lease = state.acquire(ACCOUNT, "poll", timedelta(minutes=5))
    edited = review(REVIEW, text="Пишите мне: +7 900 123-45-67", version=1)
    record_poll(state, lease, listing([edited], state.clock.now()))
    state.release(lease)

    for name, variant in (("full", ()), ("shared", ("--shareable",))):
        assert world.run("evidence", "export", world.case.id, "--out", tmp_path / name, *variant) == 0
        assert judge(tmp_path / name)[0] == 0

    act = "data/documents/akt-osmotra.html"
    assert "123-45-67" in (tmp_path / "full" / act).read_text("utf-8")
    shared = b"".join(path.read_bytes() for path in (tmp_path / "shared").rglob("*") if path.is_file())
    assert b"123-45" not in shared
    assert "***-**-67" in (tmp_path / "shared" / act).read_text("utf-8"), "which one is meant can be told"
    assert list((tmp_path / "shared").rglob("*.masked.png")) == [], "where it stands in the picture is not known"
    missing = json.loads((tmp_path / "shared/data/bundle.json").read_bytes())["missing"]
    assert any("место на снимке не отмечено" in one for one in missing)


@pytest.mark.usefixtures("unprinted")
def test_what_the_browser_loaded_can_be_replayed_and_is_not_shared(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    warc = sample_warc()
    seal(world, "afterwards", warc=warc)
    for name, variant in (("full", ()), ("shared", ("--shareable",))):
        assert world.run("evidence", "export", world.case.id, "--out", tmp_path / name, *variant) == 0
        assert judge(tmp_path / name)[0] == 0
    (replay,) = (tmp_path / "full").rglob("*.wacz")
    assert replay.name == "replay-03-afterwards.wacz"
    with zipfile.ZipFile(replay) as archive:
        assert archive.read(WARC_PATH) == warc
        (page,) = archive.read("pages/pages.jsonl").decode().splitlines()[1:]
    assert json.loads(page)["title"] == "3. страница товара после решения"
    assert list((tmp_path / "shared").rglob("*.wacz")) == []


@pytest.mark.usefixtures("unprinted")
def test_damaged_evidence_is_not_handed_on(world: World, tmp_path: Path) -> None:
    exports = world.actions().count("evidence.export")
    with world.installation.state.read() as tx:
        rows = tx.artifacts.of_review("main", world.case.review_id)
    row = next(row for row in rows if isinstance(row.notes, dict) and row.notes["kind"] == ArtifactKind.VISIBLE_TEXT)
    path = next(world.installation.home.evidence.rglob(f"*{row.sha256[4:]}"))
    kept = path.read_bytes()
    path.write_bytes(b"something else")
    try:
        with pytest.raises(ArtifactDamaged):
            world.run("evidence", "export", world.case.id, "--out", tmp_path / "b")
    finally:
        path.write_bytes(kept)
    assert list(tmp_path.iterdir()) == []
    assert world.actions().count("evidence.export") == exports


def test_pictures_in_a_story_are_a_view_in_the_log(world: World, tmp_path: Path) -> None:
    assert world.run("case", "show", world.case.id) == 0
    assert "evidence.view" not in world.actions()
    assert world.run("case", "show", world.case.id, "--html", tmp_path / "story.html") == 0
    assert world.actions()[-1] == "evidence.view"


def test_nothing_is_overwritten(world: World, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is there already"):
        world.run("evidence", "export", world.case.id, "--out", tmp_path)
