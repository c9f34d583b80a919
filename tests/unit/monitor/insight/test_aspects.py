"""What a review complains of, by words: negation and praise, a seller's own words, errors that name a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.insight.aspects import load_lexicon

LOW, HIGH = 1, 5

COMPLAINTS = [
    ("Через день сломалась ручка", LOW, {"defect"}),
    ("Запах ужасный", LOW, {"smell"}),
    ("Запах", LOW, {"smell"}),
    ("Пахнет химией", HIGH, {"smell"}),
    ("Не держится и не пенится", LOW, {"effect"}),
    ("Плохо работает", LOW, {"works"}),
    ("Нет крышки", LOW, {"incomplete", "packaging"}),
    ("Чехла внутри не было", LOW, {"incomplete"}),
    ("Коробка помята и порвана", LOW, {"packaging"}),
    ("Порвалась сразу", LOW, {"defect"}),
    ("Вкус так себе", HIGH, {"taste"}),
    ("Товар бракованный, продавец хамит", LOW, {"defect", "seller"}),
    ("ПОДДЕЛКА!!!", LOW, {"fake"}),
    ("Маломерит на два размера", LOW, {"size"}),
    ("Материал хороший, но шов кривой", 3, {"material"}),
    ("Мощность меньше, чем указано в описании", LOW, {"look"}),
    ("Прислали чужой заказ", LOW, {"wrong_item"}),
    ("Это не то, что заказывали", LOW, {"wrong_item"}),
    ("Вместо чёрного прислали белый", LOW, {"wrong_item"}),
]
NOT_COMPLAINTS = [
    ("Ничего не сломалось за год", HIGH, {"defect"}),
    ("Без брака, всё отлично", HIGH, {"defect"}),
    ("Аллергии не вызвал", HIGH, {"skin"}),
    ("Запаха нет", HIGH, {"smell"}),
    ("Запах приятный", LOW, {"smell"}),
    ("Очень качественный материал", HIGH, {"material"}),
    ("Упаковано отлично, пришло целым", HIGH, set()),
    ("Пришло уже вчера", LOW, set()),
    ("В магазине дороже", HIGH, set()),
    ("Всё как на фото", HIGH, {"look"}),
    ("", LOW, set()),
    ("ужас", LOW, set()),
]


@pytest.mark.parametrize(("text", "rating", "expected"), COMPLAINTS)
def test_complaints_are_found(text: str, rating: int, expected: set[str]) -> None:
    assert load_lexicon().read(text, rating).complaints == expected


@pytest.mark.parametrize(("text", "rating", "praised"), NOT_COMPLAINTS)
def test_negation_and_praise_are_no_complaints(text: str, rating: int, praised: set[str]) -> None:
    told = load_lexicon().read(text, rating)

    assert told.complaints == set()
    assert told.praises >= praised


def test_without_stars_a_name_alone_says_nothing() -> None:
    told = load_lexicon().read("Запах", None)

    assert not told.complaints | told.praises


def test_a_sellers_own_words_are_added(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[aspects.size]\ntitle = "Размер"\ncomplaints = ["кургузый"]\n\n'
        '[aspects.zip]\ntitle = "Молния"\nteam = "supplier"\ncomplaints = ["заедать"]\n',
        encoding="utf-8",
    )
    lexicon = load_lexicon(own)

    assert lexicon.read("Молния заедает, сама куртка кургузая", LOW).complaints == {"zip", "size"}
    assert lexicon.read("Маломерит", LOW).complaints == {"size"}
    assert lexicon.aspects["size"].title == load_lexicon().aspects["size"].title
    assert load_lexicon().read("заедает", LOW).complaints == set()


OWN_PHRASES = """
[words]
good = ["то что надо"]

[aspects.battery]
title = "Заряд"
names = ["блок питания"]
complaints = ["не держит заряд"]
praises = ["хватает надолго"]

[aspects.again]
title = "Больше не купят"
complaints = ["Не  Рекомендую", "больше не куплю", "какой-то хлам", "НЕ ТО, ЧТО"]
"""


@pytest.mark.parametrize(
    ("text", "complaints", "praises"),
    [
        ("Не держит заряд", {"battery"}, set()),
        ("не держал зарядов", {"battery"}, set()),
        ("Всё хорошо, но не держит заряд совсем", {"battery"}, set()),
        ("Не рекомендуем никому", {"again"}, set()),
        ("больше не купим", {"again"}, set()),
        ("не куплю больше", set(), set()),
        ("Прислали какой-то хлам", {"again"}, set()),
        ("Пришло не то, что на картинке", {"again"}, set()),
        ("Ужасный блок питания", {"battery"}, set()),
        ("Блоки питания то что надо", set(), {"battery"}),
        ("Хватает надолго", set(), {"battery"}),
        ("Не хватает надолго", {"battery"}, set()),
        ("держит", set(), {"works"}),
    ],
)
def test_several_words_in_a_row_are_found_in_any_form(
    tmp_path: Path, text: str, complaints: set[str], praises: set[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN_PHRASES, encoding="utf-8")
    told = load_lexicon(own).read(text, 5)

    assert told.complaints & {"battery", "again"} == complaints
    assert told.praises >= praises
    assert not (told.praises - praises) & {"battery", "again"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[aspects.zip]\ntitle = 'Молния'\nnames = ['молни*']", "aspects.zip: 'молни*' has a star"),
        ("[words]\nbreaks = ['при этом']", "words: 'при этом' is more than one word"),
        ("[words]\ngood = ['!']", "words: '!' is not a word"),
        ("[aspects.zip]\nnames = [", "not valid TOML"),
        ("[aspects.zip]\nnames = ['молния']", "aspects.zip.title"),
        ("[aspects.zip]\ntitle = 'Молния'\nteam = 'boss'", "aspects.zip.team"),
        ("[aspects.zip]\ntitle = 'Молния'\nnames = ['.*']", "'.*' is not a word"),
        ("[aspect.zip]\ntitle = 'Молния'", "aspect"),
        ("a" + ".a" * 40_000 + " = 1", "longer than 20,000 characters"),
        ("names = " + "[" * 15_000, "nested too deeply"),
    ],
)
def test_a_wrong_file_of_words_is_told_with_its_place(tmp_path: Path, content: str, told: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=told.replace(".", r"\.").replace("*", r"\*")) as caught:
        load_lexicon(own)

    assert caught.value.where.startswith(str(own))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_lexicon(tmp_path / "none.toml")


def test_every_aspect_can_be_complained_of_and_belongs_to_a_team() -> None:
    for code, aspect in load_lexicon().aspects.items():
        assert [*aspect.names, *aspect.hints, *aspect.complaints, *aspect.phrases], code
        assert aspect.title
        assert set(aspect.yields_to) <= set(load_lexicon().aspects)


@pytest.mark.parametrize("text", ["не " * 5_000, "а" * 100_000, "\ud800\u0000🙂", "сломался " * 10_000])
def test_hostile_texts_are_read_in_passing(text: str) -> None:
    load_lexicon().read(text, LOW)
