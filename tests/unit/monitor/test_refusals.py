"""What commands refuse and what they say of nothing: by its real cause, in Russian, with the exit code.

One home, in which nothing a row does is needed by another one.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor import language
from monitor.files.private import write_private
from monitor.secrets.stores import open_store
from tests.appeal_world import fast_folder
from tests.command_world import ORDER, CommandWorld, forget_home, make_home, open_home, patched
from tests.messages.named_commands import QUOTED
from tests.quick_secrets import create_quick_store
from tests.site_in_memory import new_site

_NO_TERMINAL = "!"
"""Stands before what is typed where nobody can be asked."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandWorld]:
    site = new_site()
    with fast_folder(tmp_path_factory.mktemp("refusals")) as folder, patched(site):
        home = folder / "Мой дом № 1"
        make_home(home, site.clock, reviews=3)
        create_quick_store(home / "secrets", "a long passphrase")
        secrets = open_store(home / "secrets", ask_passphrase=lambda: "a long passphrase")
        open_home(home, site.clock).__dict__["secrets"] = secrets
        made = CommandWorld(home, site)
        assert made.draft("r1", ORDER).code == 0
        yield made
        forget_home(home)


@pytest.fixture(autouse=True)
def russian(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path))  # where a service would be
    language.begin("ru")
    yield
    language.begin("en")


NEW = "!--home TMP/new init --account shop --product 1600000001 --operator Анна --secrets file --login a@b.test"
ROWS: list[tuple[str, int, tuple[str, ...]]] = [
    ("notify test", 2, ("каналов ещё нет", "Канал создаёт `fairreview notify set ИМЯ`.")),
    ("notify forget telegram", 0, ("Такого не было.",)),
    ("!notify set telegram", 2, ("Адрес не спросить: стандартный ввод — не терминал.", "Запустите команду в")),
    ("notify send", 0, ("отправлено 0, не удалось 0",)),
    ("source forget-key shop", 0, ("Его не было.",)),
    ("!source set-key shop", 2, ("Ключ не спросить: стандартный ввод — не терминал.",)),
    ("support strike contact_ffff --why x", 2, ("CONTACT: под 'contact_ffff' подходят контакты: нет", "Номера есть в")),
    ("support show r1 --html TMP/x.html", 2, ("контактов ещё не было", "Контакт отмечает `fairreview support note`.")),
    ("support search слово", 0, ("контактов: 0",)),
    ("!support mail set", 2, ("спросить пароль здесь некого",)),
    ("support letter send x", 2, ("под 'x' подходят письма: нет", "Номера есть в `fairreview support letter list`.")),
    ("triage --past", 0, ("Разбираем по правилам отзывы аккаунта shop: 3;", "Выберите: fairreview capture r1 r2 r3")),
    ("triage eval /dev/null", 2, ("нет строки, которую оценить", "Дайте файл строк JSON.")),
    ("insight show --limit 1", 0, ("3 из 3",)),
    ("insight moves --until 2099-01-01", 2, ("этот день ещё не наступил", "не позже завтрашнего: 2026-10-02.")),
    ("upgrade back", 2, ("ни одна миграция не оставила здесь копии", "Возвращаться не к чему.")),
    ("upgrade check /etc/hostname", 2, ("/etc/hostname — не файл fairreview",)),
    ("probe confirm nothing", 2, ("под 'nothing' подходят осмотры: 0", "Их показывает `fairreview probe list`.")),
    ("survey run --with a", 2, ("--with: 'a=' — не ИМЯ=ЗНАЧЕНИЕ", "Имя — одно из: appeal_number,")),
    ("survey forget --why x", 2, ("пометок этого аккаунта нет", "Их делает `fairreview survey run`.")),
    ("appeal status r2", 2, ("обращения 'r2' нет", "Это отзыв: `fairreview capture r2` снимет его")),
    ("appeal answer draft APPEAL --text ' '", 2, ("ответу нужен текст", "Напишите то, о чём спросил модератор.")),
    ("appeal resolve APPEAL not-there", 2, ("для not-there нужна причина", "Напишите, где смотрели и что видели.")),
    ("change add ' ' --product 1001", 2, ("WHAT: изменение без слов", "Скажите, что изменили.")),
    ("unlock --for 3d", 2, ("--for таким быть не может: время не больше 24h, например 8h",)),
    ("lock", 0, ("Открытым ничего не было.",)),
    ("!account add second", 2, ("--login: нужен вход", "Телефон или почта для входа на ozon.ru.")),
    ("!account remove shop", 2, ("Не спросить: стандартный ввод — не терминал.", "Укажите --yes.")),
    ("catalog adopt a --file b", 2, ("назовите предложение или площадку или укажите --file или --folder",)),
    ("service uninstall", 0, ("Службы не было.",)),
    ("support chat send", 1, ("Ничего не отправлено",)),
    ("evidence verify --continuation a.json", 2, ("продолжение относится к пакету", "Назовите и пакет.")),
    ("log --installation --account shop", 2, ("у аккаунта свой журнал: укажите что-то одно",)),
    ("logs", 0, ("Ещё ничего не записано; будет лежать в",)),
    ("home claim", 0, ("Эта домашняя папка там же, где жила. Заявлять нечего.",)),
    ("bug-report --out TMP/report.json", 0, ("report.json. Прочитайте, прежде чем отправлять; ничего не отправлено.",)),
    ("evidence purge --older-than 0", 2, ("--older-than таким быть не может: число слишком мало",)),
    ("--lang de reviews list", 2, ("--lang таким быть не может: есть: en, ru",)),
    ("reviews list --columns отзыв,цвет", 2, ("нет столбца 'цвет'",)),
    ("poll --sku 77", 2, ("аккаунт shop не наблюдает за товаром 77", "Добавьте его к товарам аккаунта в")),
    ("change add Коробка --product 77 --begins 2026-01-01", 2, ("--product: '77' — не товар этого аккаунта",)),
    ("support sheet r1 --question ' ' --out TMP/q.html", 2, ("напишите от одного до", "Один вопрос.")),
    ("service install --print", 0, ()),
    ("!init", 2, ("у этой установки уже есть настройки", "Их меняют `fairreview product add LINK`,")),
    ("!--home TMP/new init", 2, ("Не хватает: --login, --operator", "init --help`.")),
    (f"{NEW} --origin http://x --passphrase-file TMP/short", 2, ("--origin: у адреса должно быть имя",)),
    (f"{NEW} --passphrase-file TMP/short", 2, ("знаков в парольной фразе: 5", "Нужно не меньше 10.")),
    (f"{NEW} --passphrase-file TMP/long --sign-in totp", 0, ("Ещё нужен секрет аутентификатора: `fairreview", "set")),
    ("product add мусор", 2, ("'мусор' не называет товара",)),
    ("reviews list --limit 1", 0, ("Показаны только последние 1 каждого аккаунта: больше покажет --limit.",)),
]  # fmt: skip


def typed(row: str, world: CommandWorld, tmp_path: Path) -> list[str]:
    here: dict[str, Any] = {"APPEAL": world.newest().id}
    words = shlex.split(row.removeprefix(_NO_TERMINAL))
    return [here.get(word, word).replace("TMP", str(tmp_path)) for word in words]


ASKED: list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = [
    ("notify set telegram", ("json://127.0.0.1:1/x",), ("Адрес канала",),
     ("Сохранено: telegram,", 'Дальше: назовите его в config.toml, [notify] seller = ["telegram"], потом')),
    ("notify forget telegram", (), (), ("Удалено.",)),
    ("health --set-ping", ("https://ping.example.com/abc",), ("Адрес, который вызывать",),
     ("Сохранено. Он вызывается после каждого визита, с /fail, если визит прошёл не полностью.",)),
    ("source set-key shop", ("два слова",), ("Api-Key",),
     ("это не ключ", "Скопируйте его целиком: Настройки → API-ключи в кабинете.")),
    ("source set-key shop", ("key-1234567890",), ("Api-Key",),
     ("Сохранено.", 'Дальше: в config.toml, [account.sources] api_client_id = "<Client-Id>", потом')),
    ("source forget-key shop", (), (), ("Удалено.",)),
    ("secrets set shop", ("1!", "jbsw y3dp ehpk 3pxp"), ("Секрет приложения-аутентификатора (base32)",) * 2,
     ("это не секрет аутентификатора", "Только буквы от A до Z и цифры от 2 до 7.", "Сохранено.")),
    ("support mail set", ("app-password",), ("Пароль приложения почтового сервера",),
     ("Сохранено. Сервер, пользователь и отправитель — под [mail] в config.toml.",)),
    ("support note r2 --way chat --direction out --text Вопрос --promised ответят", (), (), ()),
    ("support show r2 --wide", (), (), ("обещано: ответят",)),
    ("account pause shop", (), (), ("shop: отдыхает.",)),
    ("account pause shop --off", (), (), ("shop: снова в работе.",)),
    ("product pause 1001", (), (), ("shop: на паузе товаров: 1.",)),
    ("product pause 1001 --off", (), (), ("shop: снова читается товаров:",)),
]  # fmt: skip
"""What is typed, what is answered, what was asked, what is said: one after the other, as a person does it."""


def test_what_is_asked_at_a_terminal_is_asked_and_answered_in_russian(
    world: CommandWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row, answers, questions, said in ASKED:
        asked: list[str] = []
        coming = iter(answers)
        monkeypatch.setattr("typer.prompt", lambda told, *, _a=asked, _c=coming, **_: _a.append(told) or next(_c))
        done = world.run(*typed(row, world, tmp_path))
        told = " ".join((done.out + done.err).split())
        assert (tuple(asked), [words for words in said if words not in told]) == (questions, []), told


VISITS = {"survey run", "capture r2", "watch", "poll"}
ASKING = {"notify set ИМЯ", "support note"}
"""What a hint names and what another test carries out: visits in tests/e2e, questions above."""


def test_each_command_that_a_hint_names_works_as_told(world: CommandWorld, tmp_path: Path) -> None:
    named: set[str] = set()
    for row in (one for one, _, _ in ROWS if "init" not in one):
        done = world.run(*typed(row, world, tmp_path), is_terminal=not row.startswith(_NO_TERMINAL))
        named |= set(QUOTED.findall(" ".join(done.err.replace(f"--home '{world.home}' ", "").split())))
    carried = {one for one in named if one not in ASKING and not one.startswith(tuple(VISITS))}
    assert len(carried) >= 8, named
    for command in sorted(carried):
        words = [{"ОТЗЫВ": "r2", "АККАУНТ": "shop"}.get(word, word) for word in shlex.split(command)]
        done = world.run(*words, says="n")
        assert done.code in {0, 1, 3}, f"{command}: {done.err}"


@pytest.mark.parametrize(("row", "code", "said"), ROWS, ids=[row for row, _, _ in ROWS])
def test_it_is_said_in_russian_with_what_to_do(
    world: CommandWorld, row: str, code: int, said: tuple[str, ...], tmp_path: Path
) -> None:
    for name, passphrase in (("short", "short"), ("long", "a long passphrase")):
        write_private(tmp_path / name, passphrase.encode())
    done = world.run(*typed(row, world, tmp_path), is_terminal=not row.startswith(_NO_TERMINAL))
    told = " ".join((done.out + done.err).split()).replace(str(tmp_path), "TMP")
    assert (done.code, [words for words in said if words not in told]) == (code, []), told
