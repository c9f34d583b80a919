"""Buyers' words as the staff sees them: nobody can be told from them, and the complaint stays readable."""

from __future__ import annotations

import re

import pytest

from monitor.insight.quoting import quote

AUTHOR = "Мария Канареева"
# What a buyer wrote, and what must not stand in it any more.
CANARIES = {
    "telephone": ("Крышка протекла. Звоните +7 916 123-45-67!", "123-45"),
    "telephone with brackets": ("Всё разбито, 8(495)1234567", "1234567"),
    "telephone in one piece": ("Сломано, мой номер 89161234567", "9161234"),
    "mail": ("Порвана упаковка, пишите на maria.k@mail.ru", "maria.k@mail.ru"),
    "handle": ("Порвана упаковка, я в телеге @maria_kan", "maria_kan"),
    "link": ("Фото брака тут https://vk.com/id1234", "vk.com/id1234"),
    "order": ("Заказ 12345678-0012 пришёл мятым", "12345678"),
    "own name": ("Меня зовут Мария Канареева, коробка мятая", "Канареева"),
    "own name in another case": ("Позвоните Канареевой, коробка мятая", "Канареевой"),
    "own first name": ("С уважением, Мария. Коробка мятая", "Мария"),
    "manager": ("Менеджер Ольга Смирнова хамила из-за брака", "Смирнова"),
    "name as a rare reading": ("На упаковке ничего, а Слава из поддержки хамил", "Слава"),
    "name at the beginning": ("Света из поддержки хамила, крышка сломана", "Света"),
    "manager by first name": ("менеджер ольга хамила из-за брака", "ольга"),
    "address": ("Живу на улице Ленина, дом 5, кв 12, привезите крышку", "Ленина"),
    "short address": ("Москва, ул. Тверская 12 кв 45. Крышка сломана", "Тверская"),
}


@pytest.mark.parametrize("name", CANARIES)
def test_nobody_can_be_told_from_a_quote(name: str) -> None:
    text, canary = CANARIES[name]

    assert canary in text
    assert canary not in quote(text, author=AUTHOR)


@pytest.mark.parametrize("name", CANARIES)
def test_the_complaint_stays_readable(name: str) -> None:
    shown = quote(CANARIES[name][0], author=AUTHOR)

    assert re.search("крышк|разбит|сломан|упаковк|брак|мят", shown, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "Размер 42-44 маломерит, цена 1500 рублей",
        "Пришло 12 штук вместо 24",
        "Чайник течёт, ручка синяя",
        "Из коробки торчит провод, по цвету не тот. Цвет на фото другой, сами проверьте",
        "По шву дыра, том числе и на кармане",
    ],
)
def test_what_names_nobody_stays_as_it_is(text: str) -> None:
    assert quote(text, author=AUTHOR) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Менеджер Иван Петров хамил", "Менеджер […] хамил"),
        ("Прислали другое, позвоните мне 8 916 123-45-89", "Прислали другое, позвоните мне […]"),
        ("Олег из поддержки хамил", "[…] из поддержки хамил"),
    ],
)
def test_neither_letters_nor_lengths_nor_digits_of_what_is_hidden_stay(text: str, shown: str) -> None:
    assert quote(text) == shown


def test_a_quote_is_one_line_and_not_endless() -> None:
    shown = quote("Плохо.\n\nОчень " * 200)

    assert "\n" not in shown
    assert len(shown) <= 320
