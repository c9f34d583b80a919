"""What an installation says otherwise than the package: taken, shown, compared and dropped by the commands."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from evidence_store.entries import EntryBody
from flows.catalog.layers import ADOPTED, Adoption, Layers, digest_of_site
from flows.catalog.loader import catalog_folder
from flows.catalog.writing import render_adoption
from mock_site.skins import CATALOGS
from monitor.bootstrap import open_installation
from monitor.cli.reporting import report_end
from monitor.doctor.checking import check_catalogs
from monitor.doctor.findings import Level
from monitor.endings import end_of
from monitor.errors import SettingsError
from monitor.state import INSTALLATION
from monitor.state.journal import JournalRow
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import World, make_world, told

SHOPETTE = CATALOGS / "shopette"
HEAD = 'overlay = 1\nsite = "ozon"\npage = "site"\n'
REASONS = '\n[[override]]\nkey = "channels.public_report.reasons"\nreason = "the list has one more"\nmark = "guess"\n'
ONE = HEAD + REASONS + 'value = ["Спам или реклама", "Другое"]\n'


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def run(world: World, *arguments: str | Path) -> int:
    """Runs a command as the terminal would, its errors told and turned into an exit code."""
    try:
        return world.run(*arguments)
    except Exception as error:  # noqa: BLE001 - what the last line of defence of the command line does
        return report_end(end_of(error))


def write(folder: Path, text: str) -> Path:
    path = folder / "change.toml"
    path.write_text(text, encoding="utf-8")
    return path


def shown_hash(world: World, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Asks without a terminal: what is shown ends in the hash that says that it was shown."""
    assert run(world, "catalog", "adopt", *arguments) != 0
    found = re.search(r"--hash ([0-9a-f]{32,64})", " ".join(told(capsys).split()))
    assert found is not None
    return found[1]


def body_of(row: JournalRow) -> EntryBody:
    body = row.to_entry().read_body()
    assert body is not None
    return body


def adopt(world: World, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> None:
    assert run(world, "catalog", "adopt", *arguments, "--hash", shown_hash(world, capsys, *arguments)) == 0


def reasons(world: World, account: str = ACCOUNT) -> tuple[str, ...]:
    installation = open_installation(world.installation.home.root)
    return installation.site("ozon", account=account).channels["public_report"].reasons


def test_a_change_is_taken_only_as_it_was_shown(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, ONE)
    shown = shown_hash(world, capsys, "--file", path)
    assert "Другое" not in reasons(world)

    path.write_text(ONE.replace("Другое", "Иное"), encoding="utf-8")
    assert run(world, "catalog", "adopt", "--file", path, "--hash", shown) == 2
    assert "not what was shown" in told(capsys)
    assert reasons(world) == reasons(world, "")
    assert "Иное" not in reasons(world)


def test_what_was_taken_counts_is_told_and_can_be_taken_back(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adopt(
        world, capsys, "--file", write(tmp_path, ONE), "--why", "seen tonight", "--mark", "seen 2026-11 by this account"
    )
    assert reasons(world) == ("Спам или реклама", "Другое")
    told(capsys)
    assert run(world, "catalog", "show") == 0
    shown = " ".join(told(capsys).split())
    for word in (
        "channels.public_report.reasons",
        "installation",
        "in force",
        "seen 2026-11 by this account",
        "seen tonight",
    ):
        assert word in shown
    assert run(world, "catalog", "diff") == 1
    assert "Другое" in told(capsys)


def test_who_when_why_and_the_mark_stand_in_the_log(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adopt(
        world, capsys, "--file", write(tmp_path, ONE), "--why", "seen tonight", "--mark", "seen 2026-11 by this account"
    )
    assert run(world, "catalog", "drop", "site.channels.public_report.reasons", "--why", "wrong after all") == 0
    assert "Другое" not in reasons(world)
    with world.installation.state.read() as tx:
        rows = [
            row for row in tx.journal.rows(tx.journal.heads()[INSTALLATION].chain) if row.action.startswith("catalog.")
        ]
    assert [row.action for row in rows] == ["catalog.adopt", "catalog.drop"]
    body = body_of(rows[0])
    assert (body.actor.kind, body.outputs["reason"]) == ("operator", "seen tonight")
    assert body.outputs["mark"] == "seen 2026-11 by this account"
    assert body.subjects[0].id == "ozon.site.channels.public_report.reasons"
    assert body_of(rows[1]).outputs["reason"] == "wrong after all"
    told(capsys)
    assert run(world, "log", "--installation") == 0
    shown = " ".join(told(capsys).split())
    for word in ("catalog.adopt", "Анна Примерова", "seen tonight", "seen 2026-11 by this account", "wrong after all"):
        assert word in shown


def test_an_account_has_a_layer_of_its_own(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adopt(world, capsys, "--file", write(tmp_path, ONE), "--account", ACCOUNT)
    assert "Другое" in reasons(world, ACCOUNT)
    assert "Другое" not in reasons(world, "")
    assert run(world, "catalog", "drop", "site.channels.public_report.reasons") == 2  # not the installation's
    assert run(world, "catalog", "drop", "site.channels.public_report.reasons", "--account", ACCOUNT) == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (
            "needed",
            '[{ url = "www:/api/*rpReportAbuseV2*", verified = "guess", source = "harmless" }]',
        ),
        ("channels.public_report.gate_sees_submit", "true"),
        ("channels.order_appeal.disputed", "false"),
        ("origins.www", '"https://ozon.example"'),
    ],
)
def test_what_files_is_refused_by_name_and_changes_nothing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, value: str
) -> None:
    text = HEAD + REASONS.replace("channels.public_report.reasons", key) + f"value = {value}\n"
    assert run(world, "catalog", "adopt", "--file", write(tmp_path, text)) != 0
    words = told(capsys)
    assert "an override never changes" in words
    assert key in words
    assert not (world.installation.home.catalogs / "ozon").exists()


def test_a_change_with_which_the_site_does_not_load_leaves_what_was_there(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adopt(world, capsys, "--file", write(tmp_path, ONE))
    kept = (world.installation.home.catalogs / "ozon" / "overrides" / "site.toml").read_bytes()
    path = write(tmp_path, ONE.replace('["Спам или реклама", "Другое"]', "5"))
    assert run(world, "catalog", "adopt", "--file", path) != 0
    said = told(capsys)
    assert "a list is expected here" in said
    assert ("change.toml" in said, "--hash" in said) == (True, False)  # refused before anybody is asked
    assert (world.installation.home.catalogs / "ozon" / "overrides" / "site.toml").read_bytes() == kept
    with world.installation.state.read() as tx:
        assert len(tx.journal.of_action("catalog.adopt")) == 1


@pytest.mark.parametrize("name", ["../../config", "report_dialog.send", "ozon", "", "a/b", "site.origins.www"])
def test_what_is_not_there_is_told_with_a_next_step(
    world: World, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    for command in ("adopt", "drop", "diff"):
        assert run(world, "catalog", command, name) == 2, (command, name)
        assert "catalog" in told(capsys) or command == "drop"


def test_a_proposal_without_both_pictures_is_not_taken(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    folder = world.installation.home.catalogs / "ozon" / "proposals"
    folder.mkdir(parents=True)
    (folder / "report_dialog.send.toml").write_text(ONE, encoding="utf-8")
    (folder / "report_dialog.send.now.png").write_bytes(b"\x89PNG")
    assert run(world, "catalog", "adopt", "report_dialog.send") == 2
    assert "before.png" in told(capsys)


def test_a_whole_site_is_shown_whole_before_it_is_taken(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOPETTE, tmp_path / "shopette")
    arguments = ("--folder", tmp_path / "shopette", "--why", "a second shop")
    assert run(world, "catalog", "adopt", *arguments) != 0
    shown = told(capsys)
    for word in ("files by", "signs in as", "POST", "report_dialog.toml", "[channels.public_report]"):
        assert word in shown
    adopt(world, capsys, *arguments)
    assert open_installation(world.installation.home.root).site("shopette").is_own
    with world.installation.state.read() as tx:
        assert len(tx.journal.of_action("catalog.adopt_site")) == 1

    assert run(world, "catalog", "adopt", "--folder", tmp_path) == 2
    assert "holds no site" in told(capsys)


@pytest.mark.parametrize(
    ("written", "told_there"),
    [('public_report = "Rood"', "no reason 'Rood'"), ('public_raport = "Rude"', "Did you mean 'public_report'?")],
)
def test_rules_name_channels_and_reasons_that_the_site_has(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str, told_there: str
) -> None:
    shutil.copytree(SHOPETTE, tmp_path / "shopette")
    text = (catalog_folder() / "ozon" / "rules.toml").read_text("utf-8").partition("[[grounds]]")[0]
    text = text.replace('site = "ozon"', 'site = "shopette"')
    ground = (
        '[[grounds]]\nid = "insult"\ntitle = "Insult"\ndecision = "file"\nfile_at = 0.8\nperson_at = 0.4\n'
        'strong_at = 0.9\nevidence = ["quote"]\nverified = "test"\nsource = "invented"\n\n[grounds.reasons]\n'
    )
    (tmp_path / "shopette" / "rules.toml").write_text(f"{text}{ground}{written}\n", "utf-8")

    assert run(world, "catalog", "adopt", "--folder", tmp_path / "shopette") == 2

    shown = " ".join(told(capsys).split())
    assert told_there in shown
    assert "grounds.insult.reasons" in shown


def test_doctor_tells_of_overrides_and_of_an_account_without_a_catalog(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adopt(world, capsys, "--file", write(tmp_path, ONE))
    account = world.installation.settings.find_account(ACCOUNT)
    layers = Layers(world.installation.home.catalogs)
    found = list(check_catalogs(layers, [account, account.model_copy(update={"site": "yonder"})]))
    assert any("in force" in one.message and one.level is Level.NOTE for one in found)
    (missing,) = (one for one in found if one.level is Level.FAULT)
    assert "yonder" in missing.message
    assert "ozon" in missing.hint

    (layers.folder / "ozon" / "overrides" / "site.toml").write_text("overlay = 1\n", encoding="utf-8")
    assert any(one.level is Level.FAULT for one in check_catalogs(layers, [account]))


def test_a_backup_takes_them_along(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adopt(world, capsys, "--file", write(tmp_path, ONE))
    adopt(world, capsys, "--file", write(tmp_path, ONE), "--account", ACCOUNT)
    assert run(world, "backup", "create", tmp_path / "b") == 0
    home = world.installation.home
    there = {path.relative_to(home.root): path.read_bytes() for path in home.catalogs.rglob("*.toml")}
    assert len(there) == 2
    shutil.rmtree(home.root)
    assert run(world, "backup", "restore", tmp_path / "b") == 0
    assert {path.relative_to(home.root): path.read_bytes() for path in home.catalogs.rglob("*.toml")} == there


def test_an_identity_that_the_site_does_not_have_is_told_by_name(world: World) -> None:
    account = world.installation.settings.find_account(ACCOUNT)
    wrong = account.model_copy(update={"identities": {"cabinet": account.identities["site_profile"]}})
    with pytest.raises(SettingsError, match="no identity 'cabinet'") as caught:
        world.installation.site_of(wrong)
    assert "seller_cabinet" in caught.value.hint
    (found,) = (one for one in check_catalogs(None, [wrong]) if one.level is Level.FAULT)
    assert "'cabinet'" in found.message
    assert world.installation.identity_of(account, None) == "site_profile"
    with pytest.raises(SettingsError, match="no identity"):
        world.installation.identity_of(account, "buyer")


def test_looking_at_a_site_changes_nothing_of_the_one_that_was_taken(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOPETTE, tmp_path / "shopette")
    adopt(world, capsys, "--folder", tmp_path / "shopette")
    taken = world.installation.home.catalogs / "shopette"
    before = {path.name: path.read_bytes() for path in taken.iterdir()}
    page = tmp_path / "shopette" / "reviews.toml"
    page.write_text(page.read_text("utf-8") + "\n# another one\n", encoding="utf-8")
    (tmp_path / "shopette" / "sign_in.toml").rename(tmp_path / "sign_in.toml")
    told(capsys)
    assert run(world, "catalog", "adopt", "--folder", tmp_path / "shopette") != 0
    assert {path.name: path.read_bytes() for path in taken.iterdir()} == before


def test_a_file_that_was_changed_by_hand_is_told(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adopt(world, capsys, "--file", write(tmp_path, ONE))
    told(capsys)
    assert run(world, "catalog", "show") == 0
    assert "by hand" not in told(capsys)

    (path,) = (world.installation.home.catalogs / "ozon" / "overrides").glob("*.toml")
    path.write_text(path.read_text(encoding="utf-8").replace("Другое", "Иное"), encoding="utf-8")
    assert run(world, "catalog", "show") == 0
    assert "channels.public_report.reasons" in (said := told(capsys))
    assert "by hand" in said


BUTTON = '{ why = "The button.", verified = "guess", candidates = [{ by = "css", css = "button" }] }'


def change_of(page: str, key: str, value: str) -> str:
    change = f'[[override]]\nkey = "{key}"\nreason = "a slip"\nmark = "guess"\nvalue = {value}\n'
    return f'overlay = 1\nsite = "ozon"\npage = "{page}"\n\n{change}'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("report_dialog", "entries.sendd", BUTTON), "Did you mean 'entries.send'?"),
        (("report_dialg", "entries.send", BUTTON), "Did you mean 'report_dialog'?"),
        (("reviews", "reading.rows", '"tr"'), "a list is expected here"),
        (("site", "urls.profile_sign_in", '"www:/ozonid"'), "where an account signs in"),
    ],
)
def test_an_override_that_cannot_be_is_refused_before_anybody_is_asked(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str, str], said: str
) -> None:
    path = write(tmp_path, change_of(*change))
    assert run(world, "catalog", "adopt", "--file", path) == 2
    words = " ".join(told(capsys).split())
    assert said in words
    assert ("change.toml" in words, "--hash" in words) == (True, False)
    assert not list(world.installation.home.catalogs.glob("ozon/overrides/*.toml"))


def test_what_would_change_is_shown_before_it_is_taken(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, change_of("report_dialog", "entries.dialog", BUTTON.replace('button"', 'dialog"')))
    assert run(world, "catalog", "adopt", "--file", path) != 0
    shown = told(capsys)
    assert "-required = true" in shown  # a whole entry is replaced: what it leaves out is gone
    assert '+why = "The button."' in shown


def take_as_an_earlier_program_did(folder: Path) -> None:
    """Writes the note of an adoption over files whose names are refused by now."""
    page = folder / "reviews.toml"
    changed = page.read_text(encoding="utf-8").replace("[reading.fields]", '[reading.fields]\nauhtor = [{ css = "b" }]')
    page.write_text(changed, encoding="utf-8")
    note = read_adoption_of(folder)
    (folder / ADOPTED).write_text(render_adoption(note.model_copy(update={"digest": digest_of_site(folder)})), "utf-8")


def read_adoption_of(folder: Path) -> Adoption:
    return Adoption.model_validate(tomllib.loads((folder / ADOPTED).read_text(encoding="utf-8")))


def test_a_site_that_was_taken_before_its_names_were_refused_is_read_and_told(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOPETTE, tmp_path / "shopette")
    adopt(world, capsys, "--folder", tmp_path / "shopette")
    home = world.installation.home
    take_as_an_earlier_program_did(home.catalogs / "shopette")

    assert "auhtor" in open_installation(home.root).site("shopette").page("reviews").reading.fields
    found = list(check_catalogs(Layers(home.catalogs)))
    (told_of,) = (one for one in found if "shopette: 1 name" in one.message)
    assert told_of.level is Level.WARNING
    assert "adopt --folder" in told_of.hint
    assert told_of.details == ("reviews.toml: reading.fields.auhtor: no reading takes this value",)
    assert run(world, "catalog", "adopt", "shopette") == 2  # what is taken anew is corrected first
    assert "Did you mean 'author'?" in " ".join(told(capsys).split())


def test_the_check_tells_that_the_package_has_caught_up(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "recorded").mkdir()
    same = ", ".join(f'"{one}"' for one in reasons(world))
    adopt(world, capsys, "--file", write(tmp_path, HEAD + REASONS + f"value = [{same}]\n"))
    told(capsys)

    run(world, "catalog", "check", "--recorded", tmp_path / "recorded", "--page", "no_such")

    said = " ".join(told(capsys).split())
    assert "site.channels.public_report.reasons: the package has caught up with it" in said
    assert "no page 'no_such'" in said  # and no browser was started for it
