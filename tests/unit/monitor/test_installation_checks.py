"""What ``doctor`` says of an installation: each fault is made for real and named by its own check."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import default_settings
from monitor.doctor import installation as checks
from monitor.doctor.findings import Level
from monitor.doctor.machine import check_free_space
from monitor.errors import SettingsError
from monitor.state.migrating import SCHEMA_HEAD

_HOLD = """
import sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    with closing(sqlite3.connect(made.database)) as store:
        store.execute("CREATE TABLE alembic_version (version_num TEXT)")
        store.execute("INSERT INTO alembic_version VALUES (?)", (SCHEMA_HEAD,))
        store.commit()
    made.database.chmod(0o600)
    return made


@pytest.fixture
def holder(home: Home) -> Iterator[int]:
    """Another process that holds the store; its number."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.communicate("")


def test_a_free_store_is_fine(home: Home) -> None:
    (found,) = checks.check_store(home.database)
    assert (found.level, found.message) == (Level.OK, f"free, schema {SCHEMA_HEAD}")


def test_who_holds_the_store_is_named(home: Home, holder: int) -> None:
    (found,) = checks.check_store(home.database)
    assert found.level is Level.WARNING
    assert f"process {holder} (" in found.message


def test_a_store_of_a_newer_program_and_one_that_is_no_database_are_faults(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.commit()
    (found,) = checks.check_store(home.database)
    assert (found.level, "a newer program" in found.message) == (Level.FAULT, True)
    home.database.write_bytes(b"no database at all" * 100)
    (found,) = checks.check_store(home.database)
    assert (found.level, "no sound database" in found.message) == (Level.FAULT, True)


def test_what_others_may_read_is_told_and_mended(home: Home) -> None:
    assert list(checks.check_open_files(home)) == []
    home.config.write_text("")
    home.config.chmod(0o644)
    home.secrets.mkdir(mode=0o700)
    (home.secrets / "store.json").write_text("{}")
    (home.secrets / "store.json").chmod(0o640)
    (found,) = checks.check_open_files(home)
    assert (found.level, "config.toml (0644)" in found.message) == (Level.WARNING, True)
    assert "secrets/store.json (0640)" in found.message
    for one in checks.open_files(home):
        checks.mend(one)
    assert list(checks.check_open_files(home)) == []
    assert home.config.stat().st_mode & 0o777 == 0o600


def test_a_site_or_channel_that_nobody_knows_is_a_fault(home: Home) -> None:
    settings = default_settings({"account": [{"name": "shop", "site": "ozonn"}], "notify": {"seller": ["tg", "mail"]}})
    (home.secrets / "notify").mkdir(parents=True)
    (home.secrets / "notify" / "mail.sealed").touch()
    (site,) = checks.check_sites(home, settings)
    (channel,) = checks.check_channels(home, settings)
    assert (site.level, "'ozonn'" in site.message, "ozon" in site.hint) == (Level.FAULT, True, True)
    assert (channel.level, "names tg" in channel.message) == (Level.FAULT, True)


def test_a_team_whose_channel_nobody_knows_is_a_fault_and_half_a_digest_is_told(home: Home) -> None:
    (home.secrets / "notify").mkdir(parents=True)
    (home.secrets / "notify" / "mail.sealed").touch()
    weekly = "0 8 * * mon"
    (fault,) = checks.check_channels(home, default_settings({"digest": {"at": weekly, "packing": ["mail", "boxes"]}}))
    assert (fault.level, "[digest] packing names boxes" in fault.message) == (Level.FAULT, True)
    assert "notify set boxes" in fault.hint
    for digest, told in (({"packing": ["mail"]}, "no time"), ({"at": weekly}, "no team's channel")):
        (half,) = checks.check_channels(home, default_settings({"digest": digest}))
        assert (half.level, told in half.message) == (Level.WARNING, True)


def test_a_full_disk_is_a_fault_and_a_narrow_one_a_warning() -> None:
    levels = [check_free_space(free).level for free in (50_000_000, 1_000_000_000, 50_000_000_000)]
    assert levels == [Level.FAULT, Level.WARNING, Level.OK]


def test_a_home_with_a_question_mark_is_refused_and_says_where_its_state_would_lie(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="question mark") as refused:
        find_home(tmp_path / "what? home")
    assert str(tmp_path / "what") in refused.value.hint
    assert find_home(tmp_path / "what home").root == tmp_path / "what home"
