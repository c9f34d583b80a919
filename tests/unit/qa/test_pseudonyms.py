"""What is personal is replaced the same way everywhere, in every spelling of a page; what is not stays."""

from __future__ import annotations

import json

import pytest

from qa.pseudonyms import Personal, invented

PERSONAL = Personal(
    names=("Иван П.", "O'Neil & Co"),
    identifiers=("12345678-0001", "a83f7396-dc52-4623-9a1e-03bc5bd1e995"),
    secrets=("session-value-0123456789",),
)


@pytest.mark.parametrize(
    "text",
    [
        "<b>Иван П.</b>",
        json.dumps({"name": "Иван П."}),
        "O&#x27;Neil &amp; Co",
        "/my/orderdetails/?order=12345678-0001",
        "sid=session-value-0123456789",
        '<input name="csrf" value="0123456789abcdef0123">',
        '<meta name="csrf-token" content="0123456789abcdef0123">',
        '{"csrfToken": "0123456789abcdef0123"}',
        "https://www.ozon.ru/auth/callback?ticket=0123456789abcdef0123",
        "пишите на ivan.petrov@mail.example.ru",
        "звоните +7 (916) 123-45-67",
        "8 916 123 45 67",
    ],
)
def test_nothing_personal_is_left(text: str) -> None:
    cleaned = PERSONAL.clean(text)

    left = (
        "Иван",
        "Neil",
        "12345678-0001",
        "session-value",
        "0123456789abcdef",
        "ivan.petrov",
        "123-45-67",
        "123 45 67",
    )
    assert [part for part in left if part in cleaned] == []


def test_one_person_is_the_same_one_everywhere() -> None:
    cleaned = PERSONAL.clean(json.dumps({"name": "Иван П."}) + "<b>Иван П.</b>")

    names = {name for name in ("Покупатель 1", "Покупатель 2") if name in cleaned or json.dumps(name)[1:-1] in cleaned}
    assert len(names) == 1


@pytest.mark.parametrize(
    "text",
    ["Отзыв № 5", "1600000001", "018f4a5b-7c3d-7e2f-8a9b-0c1d2e3f4a5b", "3 368 отзывов", "89161234567890", "Иванов П."],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert PERSONAL.clean(text) == text


def test_an_invented_identifier_has_the_same_shape_and_is_another() -> None:
    other = invented("a83f7396-dc52-4623-9a1e-03bc5bd1e995")

    assert [len(part) for part in other.split("-")] == [8, 4, 4, 4, 12]
    assert other != "a83f7396-dc52-4623-9a1e-03bc5bd1e995"
    assert invented("12345678-0001").replace("-", "").isdecimal()
