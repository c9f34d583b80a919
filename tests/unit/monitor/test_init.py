"""``init`` listens: one question at a time, checked at once, nothing lost by a wrong answer or Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from flows.catalog.loader import load_site
from monitor import language
from monitor.cli import asking, main
from monitor.config.home import Home
from monitor.config.settings import Settings, load_settings
from monitor.desk.setup import Setup
from monitor.errors import SecretsUnavailable, SettingsError
from monitor.files.private import write_private
from monitor.use_cases.first_run import (
    account_name,
    make_installation,
    needs_first_run,
    person_name,
    values_of,
    zone_of,
)
from monitor.use_cases.product_lists import find_products, require_products, take_products

MUG, CUP = "https://www.ozon.ru/product/mug-1600000001/", "https://www.ozon.ru/product/cup-1600000002/"
PHRASE = "a long passphrase"


class Leave(Exception):
    """The person presses Ctrl-C at this question."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return Home(tmp_path / "home")


@pytest.fixture
def type_in(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs ``init`` at a terminal where these answers are typed, one a question."""
    left: list[str | type[Leave]] = []

    def prompt(_: str, *, default: str = "", **__: object) -> str:
        answer = left.pop(0)
        if answer is Leave:
            raise typer.Abort
        return str(answer) or default

    def run(*answers: str | type[Leave], options: tuple[str, ...] = ()) -> int:
        left[:] = answers
        monkeypatch.setattr(sys, "argv", ["fairreview", "--home", str(home.root), "init", *options])
        with pytest.raises(SystemExit) as end:
            main()
        assert left == [], "every answer was asked for"
        return int(end.value.code or 0)

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(asking, "forget_typed_ahead", lambda: None)
    return run


def made(home: Home) -> Settings:
    return load_settings(home)


def test_every_wrong_answer_is_asked_for_again_and_none_of_the_right_ones(
    home: Home, type_in: Callable[..., int]
) -> None:
    code = type_in(
        "французский", "", "«»", "Мой магазин", "https://example.com/product/mug-1/",
        f"Кружка – ozon.ru/product/mug-1600000001?at=1, {CUP}",
        "", "me at example", "me@example.com", "", "", "Анна Петрова", "Марс", "МСК+2", "maybe", "да",
        "short", PHRASE, "another passphrase", PHRASE, PHRASE,
    )  # fmt: skip
    account = made(home).account[0]
    assert code == 0
    assert (account.name, account.products) == ("moy-magazin", (MUG, CUP))
    assert account.identities["site_profile"].login == "me@example.com"
    assert (made(home).operator.name, made(home).installation.zone) == ("Анна Петрова", "Asia/Yekaterinburg")
    assert sorted(path.name for path in home.root.iterdir()) == ["config.toml", "secrets"]


def test_the_language_is_asked_first_and_kept(home: Home, type_in: Callable[..., int]) -> None:
    given = ("--account", "shop", "--product", MUG, "--login", "me@example.com", "--witness", "", "--operator", "Anna")
    try:
        assert type_in("Русский", "", "да", PHRASE, PHRASE, options=given) == 0
        assert language.spoken() == "ru"
    finally:
        language.begin("en")
    assert made(home).installation.language == "ru"


def test_a_language_that_was_given_is_not_asked_for(home: Home, type_in: Callable[..., int]) -> None:
    given = ("--account", "shop", "--login", "me@example.com", "--witness", "", "--operator", "Anna", "--lang", "en")
    assert type_in("", "", "да", PHRASE, PHRASE, options=given) == 0  # products, zone, passphrase
    assert made(home).installation.language == "en"


def test_ctrl_c_loses_no_answer(home: Home, type_in: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert type_in("", "shop", MUG, "", "me@example.com", Leave) == 130
    assert "goes on from there" in capsys.readouterr().err
    assert not home.config.exists()
    assert type_in("", "Anna", "", "", PHRASE, PHRASE) == 0  # witness, operator, zone, passphrase: the rest is known
    assert (made(home).account[0].name, made(home).account[0].products) == ("shop", (MUG,))


def test_what_was_answered_before_can_be_forgotten(home: Home, type_in: Callable[..., int]) -> None:
    assert type_in("", "shop", Leave) == 130
    assert type_in("", "other", "", "me@example.com", "", "Anna", "", "y", PHRASE, PHRASE, options=("--restart",)) == 0
    assert made(home).account[0].name == "other"


def test_a_no_to_the_passphrase_keeps_the_answers(home: Home, type_in: Callable[..., int]) -> None:
    given = ("--account", "shop", "--product", MUG, "--login", "me@example.com", "--witness", "")
    assert type_in("", "Anna", "", "нет", options=given) == 4
    assert type_in("", PHRASE, PHRASE) == 0
    assert made(home).operator.name == "Anna"


def without_terminal(home: Home, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fairreview", "--home", str(home.root), "init", *options])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_options_alone_are_enough_where_nobody_can_be_asked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    phrase = home.root.parent / "phrase"
    phrase.write_text(PHRASE)
    phrase.chmod(0o600)
    options = ("--login", "+7 900 000-00-00", "--operator", "Anna", "--passphrase-file", str(phrase))
    assert without_terminal(home, monkeypatch, *options, "--origin", "www=http://www.localhost:8080") == 0
    settings = made(home)
    assert (settings.account[0].name, settings.vault.passphrase_file) == ("my-shop", phrase)
    assert settings.sites["ozon"].origins["www"] == "http://www.localhost:8080"


def test_without_a_terminal_everything_that_is_missing_is_said_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert without_terminal(home, monkeypatch, "--secrets", "file") == 2
    assert "--login, --operator, --passphrase-file" in capsys.readouterr().err
    assert not home.root.exists()


@pytest.mark.parametrize(
    ("called", "short"),
    [("Мой магазин", "moy-magazin"), ("My Shop!", "my-shop"), ("ИП Щукин №5", "ip-shchukin-no-5"), ("a_b", "a_b")],
)
def test_an_account_gets_a_short_name_from_what_it_is_called(called: str, short: str) -> None:
    assert account_name(called) == short


@pytest.mark.parametrize("typed", [MUG, "www.ozon.ru/product/mug-1600000001/", "ozon.ru/t/abc"])
def test_an_address_is_not_taken_for_an_accounts_name(typed: str) -> None:
    with pytest.raises(SettingsError, match="an address, not a name"):
        account_name(typed)


@pytest.mark.parametrize("typed", ["да", " Y ", "нет", ""])
def test_a_yes_is_not_taken_for_a_persons_name(typed: str) -> None:
    with pytest.raises(SettingsError, match="need a name"):
        person_name(typed)


def test_a_zone_is_taken_by_its_name_or_its_hours_from_moscow() -> None:
    assert [zone_of(text) for text in ("МСК", "msk +9", "Europe/Moscow", "Омск")] == [
        "Europe/Moscow", "Asia/Kamchatka", "Europe/Moscow", "Asia/Omsk",
    ]  # fmt: skip
    for wrong in ("МСК+12", "Mars/Base", "", "Local"):
        with pytest.raises(SettingsError, match="no zone"):
            zone_of(wrong)


def test_settings_without_an_account_lead_to_the_first_run_and_keep_what_they_say(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    text = '# mine\n[installation]\nzone = "Asia/Omsk"\n[sites.ozon.origins]\nwww = "http://127.0.0.1:9"\n'
    write_private(home.config, text.encode())
    setup = Setup(home, lambda: PHRASE, has_terminal=True, made=lambda: None)
    setup.keep_person({"operator": "Анна", "account": "shop", "login": "me@example.com", "sign_in": "code"})
    setup.add_products("http://127.0.0.1:9/product/mug-1600000001/")
    values = values_of(setup.answers, "code", {}, load_site("ozon"))
    with pytest.raises(SecretsUnavailable):
        make_installation(home, values, kind="file", passphrase="short")
    assert (needs_first_run(home), home.config.read_text()) == (True, text)
    make_installation(home, values, kind="file", passphrase=PHRASE)
    settings = load_settings(home)
    assert (needs_first_run(home), settings.installation.zone, settings.operator.name) == (False, "Asia/Omsk", "Анна")
    assert settings.account[0].products == ("http://127.0.0.1:9/product/mug-1600000001/",)
    assert settings.sites["ozon"].origins == {"www": "http://127.0.0.1:9"}
    assert "# mine" in home.config.read_text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_products_are_read_from_a_file_as_windows_saves_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "товары.txt"
    path.write_bytes(f"Кружка; 350 руб; {MUG}\r\n1600000002\r\n<{CUP}reviews/>\r\n".encode(encoding))
    assert find_products(load_site("ozon"), str(path)).by_sku == {"1600000001": MUG, "1600000002": "1600000002"}


def test_a_price_beside_a_link_is_no_product_and_a_number_alone_is() -> None:
    site = load_site("ozon")
    assert find_products(site, f"350 {MUG}").by_sku == {"1600000001": MUG}
    assert find_products(site, "1600000001, 1600000002").by_sku.keys() == {"1600000001", "1600000002"}
    assert find_products(site, f"Кружка,350,{MUG},{CUP}").by_sku.keys() == {"1600000001", "1600000002"}
    with pytest.raises(SettingsError, match="names no product"):
        require_products(site, "кружка")


TABLES = {
    "head": "Артикул;Название\n1600000001;Кружка\n1600000002;Чашка",
    "own numbers": "Артикул;Название;SKU;Штрихкод\nKR-1;Кружка;1600000001;4601234567890\n17;Чашка;1600000002;46",
    "no head": "1600000001;Кружка;350;4601234567890\n1600000002;Чашка, белая;12000;4601234567891",
    "commas": 'Название,Артикул\n"Кружка, 350/400 мл",1600000001\nЧашка,1600000002',
    "tabs": "sku\tназвание\n1600000001\tКружка\n1600000002\tЧашка\n\t\n",
    "links": f"Название;Ссылка;Ozon SKU ID\nКружка;{MUG};\nЧашка;;1600000002",
    "one column": "Ozon SKU ID\n1600000001\n1600000002",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_read_by_its_column_of_numbers(table: str) -> None:
    named = find_products(load_site("ozon"), table)
    assert (set(named.by_sku), named.unread) == ({"1600000001", "1600000002"}, ())


def test_a_number_among_words_is_taken_where_it_is_called_so_or_stands_alone() -> None:
    given = f"Вот наши:\n1) {MUG}?at=abc,\n2) арт. 1600000002 (рюкзак), тел. +7 903 123-45-67\nи ещё 1600000003"
    named = find_products(load_site("ozon"), given)
    assert (set(named.by_sku), named.unread) == ({"1600000001", "1600000002", "1600000003"}, ())
    unclear = ("тел. 9031234567", "1600000001 или 1600000002", "+79031234567 Анна", "350 шт.")
    assert len(find_products(load_site("ozon"), "\n".join(unclear)).unread) == len(unclear)


def test_a_row_of_a_table_without_a_number_is_named() -> None:
    named = find_products(load_site("ozon"), "Артикул;Название\n1600000001;Кружка\nне знаю;Наушники\n;;\n")
    assert [one.line for one in named.unread] == ["не знаю;Наушники"]


def test_a_row_with_two_likely_numbers_is_named_and_not_guessed() -> None:
    named = find_products(load_site("ozon"), "1600000001;Кружка;1600000002\n1600000003;Чашка")
    assert (set(named.by_sku), [one.line for one in named.unread]) == (
        {"1600000003"},
        ["1600000001;Кружка;1600000002"],
    )


def test_lines_that_name_nothing_stand_beside_those_that_do() -> None:
    site, given = load_site("ozon"), f"{MUG}\nhttps://example.com/product/x-1/\n0123\nспасибо\n1600000002"
    named = take_products(site, given)
    assert [one.line for one in named.unread] == ["https://example.com/product/x-1/", "0123"]
    assert set(named.by_sku) == {"1600000001", "1600000002"}
    assert "https://example.com/product/x-1/ is not an address of Ozon" in named.told
    with pytest.raises(SettingsError, match="0123 is not a product's number"):
        take_products(site, "0123")


def test_answers_that_cannot_be_read_are_forgotten(home: Home, type_in: Callable[..., int]) -> None:
    assert type_in("", "shop", Leave) == 130
    (home.root / "init-answers.json").write_text("{")
    assert type_in("", "", "", "me@example.com", "", "Anna", "", "y", PHRASE, PHRASE) == 0
    assert made(home).account[0].name == "my-shop"
