"""Each check of the doctor says what it saw: a healthy machine passes, each fault is found by its own check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from flows.catalog import load_site
from flows.errors import CatalogError
from monitor import language
from monitor.config.home import Home
from monitor.config.sections import BrowserSection
from monitor.config.settings import Environment
from monitor.doctor import checking, machine
from monitor.doctor.checking import BrowserCandidate
from monitor.doctor.findings import Level
from monitor.endings import end_of
from monitor.secrets.data_keys import KeyringProbe

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/anna/local\\040disk ext4 rw 0 0
//nas/share /mnt/nas cifs rw 0 0
"""


@pytest.mark.parametrize(("version", "level"), [((3, 10, 9), Level.FAULT), ((3, 11, 0), Level.OK), ((4, 0), Level.OK)])
def test_an_old_python_is_a_fault(version: tuple[int, ...], level: Level) -> None:
    assert checking.check_python(version).level is level


def test_no_browser_is_a_fault_that_lists_every_candidate() -> None:
    finding = checking.check_browser((BrowserCandidate("a", None, "no"), BrowserCandidate("b", None, "gone")))

    assert finding.level is Level.FAULT
    assert finding.details == ("a: no", "b: gone")


def test_the_first_browser_that_starts_is_named() -> None:
    finding = checking.check_browser((BrowserCandidate("a", None, "no"), BrowserCandidate("b", "1.2", None)))

    assert finding.level is Level.OK
    assert "b, version 1.2" in finding.message


def test_a_keyring_that_does_not_work_is_told_with_the_way_out() -> None:
    finding = checking.check_keyring(KeyringProbe("null", "it forgets"))

    assert finding.level is Level.WARNING
    assert "--secrets file" in finding.hint


def test_a_home_that_others_can_enter_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert [finding.level for finding in checking.check_home(Home(tmp_path), mounts="")] == [Level.WARNING]

    tmp_path.chmod(0o700)
    assert [finding.level for finding in checking.check_home(Home(tmp_path), mounts="")] == [Level.OK]


def test_a_home_that_is_not_there_is_only_noted(tmp_path: Path) -> None:
    assert [finding.level for finding in checking.check_home(Home(tmp_path / "x"), mounts="")] == [Level.NOTE]


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive - Firma", "Яндекс.Диск", "Mobile Documents", "Google Drive"])
def test_a_synced_home_is_found(tmp_path: Path, folder: str) -> None:
    root = tmp_path / folder / "fairreview"
    root.mkdir(parents=True, mode=0o700)

    findings = list(checking.check_home(Home(root), mounts=""))

    assert any(folder in finding.message and finding.level is Level.WARNING for finding in findings)


def test_a_home_on_a_network_drive_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    findings = list(checking.check_home(Home(tmp_path), mounts=f"server:/x {tmp_path.resolve()} nfs4 rw 0 0\n"))

    assert [finding.level for finding in findings] == [Level.OK, Level.WARNING]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/opt/x", "ext4"), ("/home/ivan", "nfs4"), ("/home/anna/local disk/x", "ext4"), ("/mnt/nas", "cifs")],
)
def test_the_innermost_mount_decides(path: str, kind: str) -> None:
    assert checking.filesystem_of(PurePosixPath(path), MOUNTS) == kind


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 40, 1), Level.NOTE), ((3, 50, 7), Level.OK), ((3, 51, 2), Level.NOTE), ((3, 51, 3), Level.OK)],
)
def test_the_faulty_write_ahead_log_is_known_by_version(version: tuple[int, ...], level: Level) -> None:
    assert checking.check_sqlite(version).level is level


@pytest.mark.parametrize(("year", "level"), [(1970, Level.FAULT), (2025, Level.FAULT), (2027, Level.OK)])
def test_a_clock_before_the_program_is_a_fault(year: int, level: Level) -> None:
    assert checking.check_clock(datetime(year, 6, 1, tzinfo=UTC), "Europe/Moscow").level is level


def test_every_mark_of_a_catalog_is_listed_with_its_place() -> None:
    catalog = {"a": {"verified": "guess", "b": [{"verified": "capture 2026-09"}, {"c": 1}]}}

    assert dict(checking.list_marks(catalog)) == {"a": "guess", "a.b[0]": "capture 2026-09"}


def test_the_shipped_catalogs_load_and_say_what_is_guessed() -> None:
    (finding,) = checking.check_catalogs()

    assert finding.level is Level.NOTE
    assert "channels.order_appeal" in finding.details


def test_little_space_is_told() -> None:
    assert machine.check_free_space(1_000_000_000).level is Level.WARNING
    assert machine.check_free_space(50_000_000_000).level is Level.OK


def test_missing_fonts_and_shared_memory_are_told() -> None:
    assert machine.check_fonts(0).level is Level.WARNING
    assert machine.check_fonts(3).level is Level.OK
    assert machine.check_shared_memory(None).level is Level.NOTE
    assert machine.check_shared_memory(10**9).level is Level.OK


def test_variables_are_named_and_their_values_are_not_shown() -> None:
    variables = {"DEBUG": "pw:api", "PLAYWRIGHT_X": "v4lue", "HTTPS_PROXY": "http://u:v4lue@p", "HOME": "/h"}
    findings = list(machine.check_environment(Environment(variables)))

    assert Level.FAULT in {finding.level for finding in findings}
    assert {name for finding in findings for name in finding.details} == {"PLAYWRIGHT_X", "HTTPS_PROXY"}
    assert "v4lue" not in str(findings)


@pytest.mark.parametrize(
    ("has_sandbox", "is_root", "levels"),
    [
        (True, False, []),
        (True, True, [Level.FAULT]),
        (False, True, [Level.WARNING]),
        (False, False, [Level.WARNING]),
    ],
)
def test_a_browser_without_a_sandbox_and_a_root_without_a_browser_are_told(
    *, has_sandbox: bool, is_root: bool, levels: list[Level]
) -> None:
    found = list(machine.check_rights(BrowserSection(sandbox=has_sandbox), is_root=is_root))

    assert [finding.level for finding in found] == levels


def test_a_quiet_environment_has_no_findings() -> None:
    assert list(machine.check_environment(Environment({"HOME": "/h", "PATH": "/bin"}))) == []


def test_the_whole_examination_runs_without_settings(tmp_path: Path) -> None:
    checks = {finding.check for finding in checking.examine(Home(tmp_path), None, tries_browser=False)}

    assert {"python", "keyring", "home", "sqlite", "clock", "catalog", "disk"} <= checks


def test_markup_and_words_have_marks_of_their_own() -> None:
    (told,) = (one.message for one in checking.check_catalogs() if one.message.startswith("ozon"))
    assert "markup and facts:" in told
    assert "words known from elsewhere than their markup:" in told
    site = load_site("ozon")
    marked = [entry for page in site.pages.values() for entry in page.entries.values() if entry.words_verified]
    assert len(marked) >= 13
    captured = {
        f"{page}.{name}"
        for page, catalog in site.pages.items()
        for name, entry in catalog.entries.items()
        if entry.verified.startswith("capture")
    }
    assert captured == set(), "what was captured is the pages' data; no page was captured as a browser draws it"
    assert site.witnesses.account["site_profile"].verified == "guess"


def test_a_command_that_closes_the_home_can_be_pasted(tmp_path: Path) -> None:
    root = tmp_path / "мой дом"
    root.mkdir(mode=0o755)
    root.chmod(0o755)
    hints = [found.hint for found in checking.check_home(Home(root)) if found.hint]
    assert f"chmod 700 '{root}'" in hints


def test_a_site_without_a_catalog_is_told_in_russian() -> None:
    with pytest.raises(CatalogError) as refused:
        load_site("wildberries")
    try:
        language.begin("ru")
        told = end_of(refused.value)
    finally:
        language.begin("en")
    assert told.message.endswith("нет каталога площадки 'wildberries'")
    assert told.hint == "Известные площадки: ozon"
