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


@pytest.mark.parametrize(
    ("content", "told"),
    [
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
