"""What a configuration file may say, and how a wrong one is refused: with the file, the line and the next step."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import default_settings, environment_for_children, load_settings, state_url
from monitor.config.template import render_config, write_config
from monitor.errors import SettingsError, UsageError
from monitor.schedule import Every
from monitor.schedule.durations import format_duration

ACCOUNT = '[[account]]\nname = "shop"\n'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def put(home: Home, content: str | bytes, mode: int = 0o600) -> Home:
    home.config.write_bytes(content.encode() if isinstance(content, str) else content)
    home.config.chmod(mode)
    return home


def refusal(home: Home) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(home)
    return caught.value


def test_an_empty_file_gives_the_defaults(home: Home) -> None:
    assert load_settings(put(home, "")) == default_settings()


def test_a_missing_file_names_the_command_that_makes_one(home: Home) -> None:
    error = refusal(home)

    assert error.where == str(home.config)
    assert "fairreview init" in error.hint


@pytest.mark.parametrize("content", ["\ufeff[installation]\nname = 'А'\n", "[installation]\r\nname = 'А'\r\n"])
def test_byte_order_mark_and_windows_line_ends_are_fine(home: Home, content: str) -> None:
    assert load_settings(put(home, content)).installation.name == "А"


BAD = {
    "plain way to a remote browser": ("[browser]\nconnect = 'http://pool.example:9222'\n", 1, "only wss and https"),
    "unknown key": ("[browser]\nheadles = true\n", 2, "headless"),
    "unknown section": ("\n[browsers]\npath = '/x'\n", 2, "browser"),
    "unknown key of an identity": (ACCOUNT + "[account.identities.site_profile]\nwitnes = 'x'\n", 4, "witness"),
    "pydantic's own switch": ("_env_file = 'x'\n", 1, "_env_file"),
    "wrong type": ("[browser]\n\nheadless = 'often'\n", 3, "headless"),
    "duplicate key": ("[browser]\nheadless = true\nheadless = true\n", 3, "overwrite"),
    "duplicate table": ("[browser]\n[state]\n[browser]\n", 3, "declare"),
    "not TOML": ("[browser\n", 1, "TOML"),
    "huge number": (ACCOUNT + "caps = { appeals_per_day = 9223372036854775808 }\n", 3, "appeals_per_day"),
    "infinite": (ACCOUNT + "caps = { appeals_per_day = inf }\n", 3, "appeals_per_day"),
    "not a number": (ACCOUNT + "caps = { appeals_per_day = nan }\n", 3, "appeals_per_day"),
    "date in place of text": ("[installation]\nname = 2026-01-01T00:00:00+23:59\n", 2, "name"),
    "unknown zone": ("[installation]\nzone = 'Europe/Moskva'\n", 2, "time zone"),
    "zone of the machine": ("[installation]\nzone = 'Local'\n", 2, "zone"),
    "zone as a path": ("[installation]\nzone = '/etc/localtime'\n", 2, "zone"),
    "zone that climbs": ("[installation]\nzone = '../../etc/passwd'\n", 2, "zone"),
    "interval of zero": (ACCOUNT + "[account.schedule]\npoll = '0s'\n", 4, "longer than zero"),
    "interval without unit": (ACCOUNT + "[account.schedule]\npoll = 900\n", 4, "unit"),
    "interval too short for the site": (ACCOUNT + "[account.schedule]\npoll = '10s'\n", 1, "5 minutes"),
    "cron of 25 o'clock": (ACCOUNT + "[account.schedule]\npoll = '0 25 * * *'\n", 4, "cron line"),
    "cron that never fires": (ACCOUNT + "[account.schedule]\npoll = '0 0 30 2 *'\n", 4, "cron line"),
    "cron faster than the site allows": (ACCOUNT + "[account.schedule]\npoll = '*/2 * * * *'\n", 1, "5 minutes"),
    "hours without an end": (ACCOUNT + "[account.schedule]\nsubmit_hours = ['mon 09:00']\n", 4, "mon-fri"),
    "hours of no length": (ACCOUNT + "[account.schedule]\nsubmit_hours = ['09:00-09:00']\n", 4, "same time"),
    "hours that never close": (ACCOUNT + "[account.schedule]\npoll_hours = ['00:00-24:00']\n", 4, "never close"),
    "zone of an account": (ACCOUNT + "[account.schedule]\nzone = 'Local'\n", 4, "zone"),
    "a name that turns the direction of writing": ("[operator]\nname = '\u202eanna'\n", 2, "direction"),
    "relative browser path": ("[browser]\npath = 'chromium'\n", 1, "absolute"),
    "home in a browser path": ("[browser]\npath = '~/chromium'\n", 1, "absolute"),
    "two ways to a browser": ("[browser]\npath = '/x'\nchannel = 'chrome'\n", 1, "one of"),
    "account name as a path": ("[[account]]\nname = '../x'\n", 2, "name"),
    "two accounts of one name": (ACCOUNT + ACCOUNT, 1, "two accounts"),
    "a list for a product": (ACCOUNT + "products = [['1']]\n", 3, "string"),
    "a truth for a product": (ACCOUNT + "products = [true]\n", 3, "string"),
    "origin over http": ("[sites.ozon.origins]\nwww = 'http://www.ozon.ru'\n", 2, "https"),
    "sign-in without login": (ACCOUNT + "[account.identities.site_profile]\nsign_in = 'totp'\n", 3, "login"),
    "login that is neither": (ACCOUNT + "[account.identities.site_profile]\nlogin = 'me'\n", 3, "e-mail"),
    "control character in a name": ('[operator]\nname = "a\\u001b[31m"\n', 2, "name"),
    "other database": ("[state]\nurl = 'mysql://x/y'\n", 2, "url"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_is_refused_with_its_line(home: Home, name: str) -> None:
    content, line, told = BAD[name]

    error = refusal(put(home, content))

    assert error.where.startswith(f"{home.config}:{line}") or (line == 1 and error.where == str(home.config))
    assert told in f"{error} {error.hint}"


SECRETS = {
    "password": (ACCOUNT + "[account.identities.site_profile]\npassword = 'hunter2!'\n", 4),
    "code secret": (ACCOUNT + "[account.identities.site_profile]\ntotp_secret = 'hunter2!'\n", 4),
    "token": ("[notify]\nbot_token = 'hunter2!'\n", 2),
    "password in a database address": ("[state]\nurl = 'postgresql://me:hunter2!@db/x'\n", 2),
    "code secret as an address": ("[operator]\nname = 'otpauth://totp/x?hunter2!'\n", 2),
    "token in an address": ("[browser]\nconnect = 'wss://b/?token=hunter2!'\n", 2),
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_the_file_is_refused_and_not_repeated(home: Home, name: str) -> None:
    content, line = SECRETS[name]

    error = refusal(put(home, content))

    assert error.where == f"{home.config}:{line}"
    assert "fairreview secrets" in error.hint
    assert "hunter2" not in f"{error}{error.hint}{error.problems}"


def test_all_problems_are_told_at_once(home: Home) -> None:
    error = refusal(put(home, "[browser]\nheadles = true\n[installation]\nzone = 'x'\nnam = 'y'\n"))

    assert len(error.problems) == 3
    assert all(str(home.config) in problem for problem in error.problems)


@pytest.mark.parametrize("content", ["[installation]\n".encode("utf-16"), "[installation]".encode("utf-16-le")])
def test_utf_16_is_refused_by_name(home: Home, content: bytes) -> None:
    assert "UTF-8" in str(refusal(put(home, content)))


def test_bytes_that_are_no_text_are_refused_with_their_line(home: Home) -> None:
    assert refusal(put(home, b"[operator]\n\nname = '\xff'\n")).where == f"{home.config}:3"


def test_a_file_that_is_too_large_is_refused_unread(home: Home) -> None:
    with put(home, "").config.open("wb") as file:
        file.truncate(100_000_000)

    assert "larger" in str(refusal(home))


def test_deep_nesting_is_refused(home: Home) -> None:
    assert str(refusal(put(home, "a = " + "[" * 10_000)))


def test_a_file_that_others_can_change_is_refused(home: Home) -> None:
    error = refusal(put(home, "", mode=0o666))

    assert "0666" in str(error)
    assert error.hint.startswith("chmod 600")


def test_a_symbolic_link_is_refused(home: Home) -> None:
    target = home.root / "elsewhere.toml"
    target.write_text("")
    home.config.symlink_to(target)

    assert "symbolic link" in str(refusal(home))


def test_a_pipe_is_refused_and_not_waited_for(home: Home) -> None:
    os.mkfifo(home.config, 0o600)

    assert "plain file" in str(refusal(home))


def test_a_folder_is_refused(home: Home) -> None:
    home.config.mkdir()

    assert refusal(home)


def test_an_environment_variable_wins_over_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRREVIEW_BROWSER__HEADLESS", "false")

    assert load_settings(put(home, "[browser]\nheadless = true\n")).browser.headless is False


def test_a_wrong_environment_variable_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRREVIEW_INSTALLATION__ZONE", "Mars/Base")

    assert refusal(put(home, "")).where == "environment FAIRREVIEW_INSTALLATION__ZONE"


def test_short_intervals_are_allowed_on_this_machine_itself(home: Home) -> None:
    origins = "[sites.ozon.origins]\nwww = 'http://www.localhost:8080'\n"

    settings = load_settings(put(home, origins + ACCOUNT + "[account.schedule]\npoll = '2s'\n"))

    assert settings.account[0].schedule.poll == Every(timedelta(seconds=2))


def test_settings_cannot_be_changed_after_loading(home: Home) -> None:
    settings = load_settings(put(home, ""))

    with pytest.raises(ValueError, match="frozen"):
        settings.browser.headless = False  # type: ignore[misc]


def test_an_unknown_account_lists_those_that_exist(home: Home) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(put(home, ACCOUNT)).find_account("shp")

    assert "shop" in caught.value.hint


def test_home_comes_from_the_flag_then_the_environment_then_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert find_home().root == tmp_path / "xdg" / "fairreview"

    monkeypatch.setenv("FAIRREVIEW_HOME", str(tmp_path / "env"))
    assert find_home().root == tmp_path / "env"
    assert find_home(tmp_path / "flag").root == tmp_path / "flag"


def test_the_state_is_sqlite_in_the_home_unless_configured(home: Home) -> None:
    assert state_url(default_settings(), home) == f"sqlite:///{home.database}"
    assert state_url(default_settings({"state": {"url": "postgresql://h/d"}}), home) == "postgresql://h/d"


def test_children_do_not_get_switches_that_print_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "DEBUG_FILE", "PWDEBUG", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "pw:*")
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")

    environment = environment_for_children()

    assert not {"DEBUG", "DEBUG_FILE", "PWDEBUG", "NODE_OPTIONS"} & set(environment)
    assert environment["LANG"] == "ru_RU.UTF-8"


VALUES = {
    "installation": {"name": 'ООО "Пример" \\ 1', "zone": "Asia/Yekaterinburg"},
    "operator": {"name": "Анна", "role": "владелец"},
    "browser": {"channel": "chrome", "headless": False},
    "evidence": {"anchors": ["/media/usb"]},
    "windows": {"settle": "1500ms"},
    "sites": {"ozon": {"origins": {"www": "http://www.localhost:1"}, "timings": {"settle": "250ms"}}},
    "account": [
        {
            "name": "shop",
            "products": ["123", "https://www.ozon.ru/product/x-124/"],
            "identities": {"site_profile": {"login": "a@example.org", "sign_in": "totp", "witness": "Анна"}},
            "schedule": {
                "poll": "1d1h1m1s",
                "submit": "*/20 9-18 * * mon-fri",
                "submit_hours": ["mon-fri 09:30-18:00"],
            },
        },
        {"name": "other"},
    ],
}


def test_what_is_written_reads_back_as_the_same_settings(home: Home) -> None:
    written = write_config(home.config, VALUES)

    assert load_settings(home) == written
    assert home.config.stat().st_mode & 0o777 == 0o600


def test_the_defaults_in_the_file_are_those_of_the_program(home: Home) -> None:
    """Taking the comment sign away from any default changes nothing."""
    lines = render_config(default_settings({"account": [{"name": "shop"}]})).splitlines()
    plain = [line.removeprefix("# ") if " = " in line and " =  #" not in line else line for line in lines]
    content = "\n".join(line for line in plain if not line.startswith("# "))

    assert load_settings(put(home, content)) == default_settings({"account": [{"name": "shop"}]})


def test_a_refused_write_leaves_the_old_file(home: Home) -> None:
    put(home, "# mine\n")

    with pytest.raises(SettingsError):
        write_config(home.config, {"installation": {"zone": "nowhere"}})

    assert [path.read_text() for path in home.root.iterdir()] == ["# mine\n"]


def test_a_failed_write_leaves_the_old_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "# mine\n")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SettingsError, match="No space left"):
        write_config(home.config, VALUES)

    assert [path.read_text() for path in home.root.iterdir()] == ["# mine\n"]


@pytest.mark.parametrize("text", ["15m", "1h30m", "2d", "90s", "250ms", "1m500ms"])
def test_durations_are_written_as_they_are_read(text: str) -> None:
    settings = default_settings({"windows": {"settle": text}})

    assert default_settings({"windows": {"settle": format_duration(settings.windows.settle)}}) == settings
