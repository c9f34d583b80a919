"""What is wrong with settings is said in Russian, each by its real cause: a line of config.toml that says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import language
from monitor.config.editing import set_account
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.config.sites import load_configured_site
from monitor.errors import SettingsError

ACCOUNT = '[[account]]\nname = "shop"\n'


@pytest.fixture(autouse=True)
def russian() -> Iterator[None]:
    language.begin("ru")
    yield
    language.begin("en")


def home_with(folder: Path, content: str) -> Home:
    (folder / "config.toml").write_text(content, "utf-8")
    (folder / "config.toml").chmod(0o600)
    return Home(folder)


LINES = {
    'напишите строку cron из пяти полей, например "0 8 * * mon"': '[digest]\nat = "1h"\n',
    'напишите список часов, например ["mon-fri 09:00-19:00"]': ACCOUNT + '[account.schedule]\npoll_hours = "daily"\n',
    'нет времени суток "25:00"': ACCOUNT + '[account.schedule]\npoll_hours = ["mon 25:00-26:00"]\n',
    'напишите адрес как "https://www.example.com", без пути': '[sites.ozon.origins]\nwww = "http://a.test/path"\n',
    'напишите адрес как "https://tsa.example.com/tsr"': '[evidence]\ntime_authorities = ["ftp://a b"]\n',
    'напишите дни и название: "2026-11-09/2026-11-13 Распродажа"': '[insight]\nsales_days = ["завтра"]\n',
    "2026-11-09 раньше, чем 2026-11-13": '[insight]\nsales_days = ["2026-11-13/2026-11-09 Распродажа"]\n',
    'напишите длительность, например "30m", или строку cron': ACCOUNT + '[account.schedule]\npoll = "0 9 * *"\n',
    "здесь известны: ": '[mail]\nzzzzzzzz = "a"\n',
}


@pytest.mark.parametrize("said", LINES)
def test_what_a_line_says_wrongly_is_said_in_russian(tmp_path: Path, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(home_with(tmp_path, LINES[said]))
    assert said in f"{caught.value} {caught.value.hint}"


SITES = {
    "Ozon: среди timings нет 'patience_seconds'": '[sites.ozon.timings]\npatience_seconds = "2s"\n',
    "999 запросов в минуту больше, чем": "[sites.ozon]\nrequests_per_minute = 999\n",
}


@pytest.mark.parametrize("said", SITES)
def test_what_a_site_lacks_or_forbids_is_said_in_russian(tmp_path: Path, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_configured_site(load_settings(home_with(tmp_path, SITES[said])), "ozon")
    assert said in str(caught.value)


def test_an_account_that_no_table_holds_is_changed_in_an_editor(tmp_path: Path) -> None:
    home = home_with(tmp_path, 'account = [{ name = "shop" }]\n')
    with pytest.raises(SettingsError, match=r'здесь нет таблицы \[\[account\]\] с name = "shop"') as caught:
        set_account(home.config, "shop", {"is_paused": True})
    assert caught.value.hint == "Измените этот аккаунт в редакторе."


def test_no_folder_of_the_user_is_no_riddle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAIRREVIEW_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)

    def nobody() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(SettingsError, match="нет папки пользователя") as caught:
        find_home()
    assert caught.value.hint == "задайте FAIRREVIEW_HOME или назовите домашнюю папку"
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(SettingsError, match="не задана LOCALAPPDATA"):
        find_home()


def test_a_home_below_a_file_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SettingsError, match="не создаётся:"):
        Home(tmp_path / "file" / "home").create()
