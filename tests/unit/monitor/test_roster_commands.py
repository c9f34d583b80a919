"""``product`` and ``account`` change the settings and keep what a person wrote around them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config.home import Home
from monitor.config.settings import load_settings

MUG, CUP = "https://www.ozon.ru/product/mug-1600000001/", "https://www.ozon.ru/product/cup-1600000002/"
CONFIG = f"""\
# mine
[installation]
zone = "Asia/Omsk"  # where I live

[[account]]
name = "shop"   # the first one
products = [
  "{MUG}",  # the good one
]
[account.identities.site_profile]
login = "me@example.com"
sign_in = "code"
# the end
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    home.config.write_text(CONFIG)
    home.config.chmod(0o600)
    return home


def run(home: Home, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fairreview", "--home", str(home.root), *words])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def products(home: Home) -> tuple[str, ...]:
    return load_settings(home).find_account("shop").products


def test_a_product_comes_and_goes_and_every_comment_stays(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(home, monkeypatch, "product", "add", f"смотри {CUP}?from=share", "1600000001") == 0
    assert products(home) == (MUG, CUP)
    assert run(home, monkeypatch, "product", "add", "1600000003", "1600000004") == 0
    assert len(products(home)) == 4
    assert run(home, monkeypatch, "product", "remove", "1600000003", "1600000004", CUP) == 0
    assert products(home) == (MUG,)
    text = home.config.read_text()
    for comment in ("# mine", "# where I live", "# the first one", "# the good one", "# the end"):
        assert comment in text


def test_a_bad_line_of_a_file_is_told_and_the_good_ones_are_taken(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "товары.csv"
    path.write_text("Артикул;Название\n1600000002;Чашка\nKR-17;Кружка\n1600000003;Блюдце\n")
    assert run(home, monkeypatch, "product", "add", str(path)) == 1
    assert products(home) == (MUG, "1600000002", "1600000003")
    told = capsys.readouterr().err
    assert "2 added" in told
    assert "Not taken: KR-17;Кружка" in told


def test_a_stranger_is_refused_and_the_file_is_as_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("add", "https://example.com/product/mug-1/"), ("remove", "99"), ("add", CUP, "--account", "nobody")):
        assert run(home, monkeypatch, "product", *words) == 2
        assert "fairreview: " in capsys.readouterr().err
    assert home.config.read_text() == CONFIG


def test_an_account_comes_and_goes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("account", "add", "Второй магазин", "--login", "two@example.com", "--product", CUP)
    assert run(home, monkeypatch, *words) == 0
    settings = load_settings(home)
    assert [section.name for section in settings.account] == ["shop", "vtoroy-magazin"]
    assert settings.account[1].products == (CUP,)
    assert run(home, monkeypatch, *words) == 2
    assert run(home, monkeypatch, "account", "remove", "vtoroy-magazin") == 2  # nobody was asked, nobody said --yes
    assert run(home, monkeypatch, "account", "remove", "vtoroy-magazin", "--yes") == 0
    assert [section.name for section in load_settings(home).account] == ["shop"]
    assert "# the good one" in home.config.read_text()


def test_the_lists_say_what_is_watched(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, monkeypatch, "product", "list") == 0
    assert run(home, monkeypatch, "account", "list") == 0
    told = capsys.readouterr().out
    assert "1600000001" in told
    assert MUG in told
    assert "me@example.com" in told
