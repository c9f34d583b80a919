from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta, timezone
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from evidence_store.act import Act, Maker, ReviewFacts, render_act
from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.manifest import CaptureStep, Completeness, Operator
from evidence_store.markup import shown
from evidence_store.notary import render_notary_request
from tests.unit.evidence_store.samples import MOMENT, sample_manifest

FACTS = ReviewFacts(
    marketplace="ozon.ru",
    seller="ООО Пример",
    review_id="r-1",
    product="Чайник",
    rating="1 из 5",
    author="Мария К.",
    text="Плохой чайник\nочень",
    published="12 октября 2026",
    public_url="https://example.test/r/1",
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b[2J</div>' \" onload=1 {{7*7}} &lt;"


def act(facts: ReviewFacts = FACTS, pictures: dict[Digest, bytes] | None = None, **changes: object) -> str:
    made = Act(
        number="7",
        case_id="case-1",
        purpose="обращение на площадку",
        made_at=MOMENT.astimezone(timezone(timedelta(hours=3))),
        operator=Operator(kind="person", id="anna", name="Анна", role="менеджер"),
        maker=Maker(position="юрист", organisation="ООО «Пример»", inn="7700000000", place="г. Примерск"),
        review=facts,
        captures=(sample_manifest(**changes),),
        pictures=pictures or {Digest.of(b"picture"): b"picture"},
        third_party_time="none",
    )
    return render_act(made)


@pytest.mark.parametrize(
    "words",
    [
        "https://example.test/r/1",
        "22.11.2026 12:30:15 +0300",
        "2026-11-22 09:30:15.123456 UTC",
        "Europe/Moscow",
        "расхождение -12 мс",
        "Место составления",
        "г. Примерск",
        "юрист",
        "ООО «Пример»",
        "7700000000",
        "Плохой чайник<br>очень",
        "12 октября 2026",
        Digest.of(b"picture").hex,
        "data:image/png;base64,cGljdHVyZQ==",
        "Независимой отметки времени нет",
        "Присутствовал (1)",
        "мнение нельзя опровергнуть",
        "программа ничего на странице не меняла",
    ],
)
def test_the_act_says(words: str) -> None:
    assert words in act()


def test_a_partial_capture_is_named_in_the_act() -> None:
    text = act(completeness=Completeness(), is_partial=True, missing=("mhtml: не ответил",))
    assert "не доказано, что текст отзыва попал в снимок" in text
    assert "mhtml: не ответил" in text


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def test_hostile_words_add_no_element_and_no_attribute_to_act_and_request() -> None:
    hostile = replace(FACTS, **{field.name: HOSTILE for field in fields(FACTS)})
    plain = replace(FACTS, text="Плохой чайник", cabinet_url="x", item="x")
    assert Elements(act(hostile)).found == Elements(act(plain)).found
    texts = [
        render_notary_request(facts, applicant=facts.seller, steps=[facts.text], reason=facts.text)
        for facts in (hostile, plain)
    ]
    assert Elements(texts[0]).found == Elements(texts[1]).found
    assert "\u202e" not in act(hostile) + texts[0]
    assert "\x1b" not in act(hostile) + texts[0]


def test_pages_run_nothing_and_load_nothing() -> None:
    assert "default-src 'none'" in act()


def test_steering_characters_are_made_visible_and_joined_emoji_stay() -> None:
    assert shown("a\u202eb") == "<bdi>a‹U+202E›b</bdi>"
    assert shown("👩\u200d👧\ufe0f") == "<bdi>👩\u200d👧\ufe0f</bdi>"


def test_the_request_names_the_page_and_the_way_to_it() -> None:
    text = render_notary_request(FACTS, applicant="ООО Пример", steps=["Открыть адрес", "Нажать «Отзывы»"], reason="—")
    assert all(words in text for words in ("https://example.test/r/1", "Нажать «Отзывы»", "Проект", "ст. 102 и 103"))


def test_steps_and_changes_are_told_in_russian() -> None:
    steps = tuple(
        CaptureStep(number=number, at=MOMENT, action=action, outcome=outcome)
        for number, (action, outcome) in enumerate(
            [("open", "HTTP 200"), ("pictures", "full_page; not stable"), ("archive", "11 exchanges"), ("new", "odd")],
            1,
        )
    )
    alterations = ("the cookie banner was closed by its own button", "something unheard of")
    html = act(steps=steps, alterations=alterations)
    for words in ("открыта страница", "вся страница; страница менялась", "запросов: 11", "something unheard of"):
        assert words in html
    assert "сообщение о cookie закрыто его собственной кнопкой" in html
    assert "full_page" not in html


def test_each_picture_is_printed_once_and_a_long_one_from_its_top() -> None:
    long, short = png(100, 900), png(100, 100)
    artifacts = tuple(
        Artifact(kind=kind, media_type="image/png", digest=Digest.of(data), size=len(data))
        for kind, data in (
            (ArtifactKind.ELEMENT_PNG, short),
            (ArtifactKind.FULL_PAGE_PNG, short),
            (ArtifactKind.FULL_PAGE_PNG, long),
        )
    )
    html = act(artifacts=artifacts, pictures={Digest.of(data): data for data in (long, short)})
    assert html.count("<img") == 2
    assert html.count("<img class=tall") == html.count("напечатан верх") == 1


def png(width: int, height: int) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()
