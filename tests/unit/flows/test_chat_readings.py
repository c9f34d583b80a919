"""The support's chats: what a stored page and the API's answers say, and what they do not."""

from __future__ import annotations

import json

import pytest

from flows.catalog import Site, load_site
from flows.library.chat_message import ChatMessage, is_message_there
from flows.readings.chat import read_chats
from flows.readings.chat_api import plain_type, read_chat_list, read_history

ROW = '<div conversationid="{id}"><b>Поддержка</b> <span>Обращение №{number}</span></div>'
TEXT = "Отзыв не о нашем товаре, просим проверить его по правилам публикации."


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site("ozon")


def page(*, head: str = "Обращение №73712587", head_id: str = "a", open_id: str = "a", messages: str = "") -> str:
    rows = ROW.format(id="a", number=73712587) + ROW.format(id="b", number=73712588)
    chat = f'<div active-chat-id="{head_id}">{head}</div><div current-chat-id="{open_id}">{messages}</div>'
    return f"<html><body>{rows}{chat}</body></html>"


def message(text: str, *, mine: bool = True, file: str = "") -> str:
    shown = f'<a download="{file}">{file}</a>' if file else ""
    return f'<div is-mine="{"mine" if mine else ""}"><i>12:30</i><div>{text}</div>{shown}</div>'


def test_a_page_tells_its_chats_the_open_one_and_whose_each_message_is(site: Site) -> None:
    shown = read_chats(
        page(messages=message("Вы пишете в поддержку", mine=False) + message(TEXT, file="box.png")), site
    )
    assert [(row.chat_id, row.number) for row in shown.rows] == [("a", "73712587"), ("b", "73712588")]
    assert (shown.chat_id, shown.number) == ("a", "73712587")
    assert [(one.is_mine, one.files) for one in shown.messages] == [(False, 0), (True, 1)]
    assert shown.messages[0].text == "Вы пишете в поддержку", "a time of day is no word"
    assert [one.files for one in shown.mine(TEXT)] == [1]


@pytest.mark.parametrize(
    ("html", "numbers", "chat_id"),
    [
        (page(head="Обращение №73712587 №73712588"), ("73712587", "73712588"), "a"),
        (page(open_id="b"), ("73712587",), ""),
        (page(head="Чат", messages=message("Обращение №73712587 создано", mine=False)), ("73712587",), "a"),
        (page(head="Чат", messages=message("Продолжение №73712587")), (), "a"),
        (page(head="Чат", messages=message("Раньше: №1234", mine=False)), (), "a"),
    ],
    ids=["two numbers", "head and messages differ", "the platform's first words", "our own words", "a short number"],
)
def test_a_chat_has_a_number_only_where_the_platform_says_one(
    site: Site, html: str, numbers: tuple[str, ...], chat_id: str
) -> None:
    shown = read_chats(html, site)
    assert (shown.numbers, shown.chat_id) == (numbers, chat_id)


def test_a_message_is_there_once_more_than_before_with_its_files_in_its_own_chat(site: Site) -> None:
    asked = ChatMessage(number="73712587", text=TEXT)
    there = read_chats(page(messages=message(TEXT)), site)
    assert is_message_there(there, asked, 0)
    assert not is_message_there(there, asked, 1), "it was there before"
    assert not is_message_there(read_chats(page(messages=message(TEXT, mine=False)), site), asked, 0)
    assert not is_message_there(read_chats(page(head="№73712588", messages=message(TEXT)), site), asked, 0)
    with_label = read_chats(page(messages=message("FBS и возвраты")), site)
    assert not is_message_there(with_label, ChatMessage(number="73712587", text="FBS"), 0), "a part is no message"


def test_types_are_read_in_any_alphabet_and_case() -> None:
    assert plain_type("\u0421ustomer") == "Customer"
    rows = [
        {"chat": {"chat_id": one, "chat_type": kind}} for one, kind in (("1", "SELLER_SUPPORT"), ("2", "BUYER_SELLER"))
    ]
    found = read_chat_list(json.dumps({"chats": [*rows, {"chat": {}}], "has_next": False, "cursor": ""}))
    assert found is not None
    assert [(one.chat_id, one.is_support) for one in found.chats] == [("1", True), ("2", False)]
    assert found.bad_rows == 1


def test_a_history_is_told_the_oldest_first_and_its_bad_rows_are_counted() -> None:
    def row(number: object, who: str, *data: object, at: str = "2026-11-30T09:00:00Z") -> dict[str, object]:
        return {"message_id": number, "user": {"type": who}, "created_at": at, "data": list(data)}

    body = {
        "messages": [
            row(3, "Support", "Пришлите фото", "![](https://example.test/f.png)"),
            row(2, "Seller", "Прошу проверить"),
            row(4, "ChatBot", "Опишите вопрос", at="yesterday"),
            row("x", "Support", "нет номера"),
        ]
    }
    read = read_history(json.dumps(body))
    assert read is not None
    assert [(one.message_id, one.who, one.text, one.files) for one in read[0]] == [
        (2, "seller", "Прошу проверить", 0),
        (3, "support", "Пришлите фото", 1),
    ]
    assert read[1] == 2
    assert read_history('{"messages": {}}') is None
    assert read_chat_list("<html>") is None
