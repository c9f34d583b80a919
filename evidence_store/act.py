"""The act of inspection («акт осмотра») and the draft request to a notary, as HTML for a browser to print.

Facts only, in the order a reader checks them: what, where, when, who, with what, step by step, what lies beside it,
what is missing, what it does not prove, room for signatures. It draws no conclusion about the review.
Its parts follow what Russian courts ask of a page's print: the address and the exact time of the print (Plenum of the
Supreme Court of 23.04.2019 No 10, item 55; wording not checked against the source).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape

from evidence_store.artifacts import Artifact
from evidence_store.bundle import DOES_NOT_PROVE
from evidence_store.digests import Digest
from evidence_store.exhibits import (
    KIND_WORDS,
    MOMENT_WORDS,
    SHORTFALL_WORDS,
    STEP_WORDS,
    describe_alterations,
    describe_outcome,
)
from evidence_store.manifest import CaptureManifest, CaptureTimes, Operator
from evidence_store.markup import POLICY, bullets, sentence, shown, table

_STYLE = """
@page { size: A4; margin: 20mm 15mm 20mm 25mm;
  @bottom-center { content: "стр. " counter(page) " из " counter(pages); font: 10px sans-serif; } }
body { font: 12px/1.4 serif; } h1 { font-size: 18px; text-align: center; } h2 { font-size: 14px; margin: 1.2em 0 .3em; }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid #666; padding: 2px 5px; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
.digest { font: 10px monospace; overflow-wrap: anywhere; } .quote { border-left: 3px solid #666; padding-left: 1em; }
img { max-width: 100%; max-height: 200mm; border: 1px solid #999; } figure { break-inside: avoid; margin: 1em 0; }
img.tall { width: 100%; height: 220mm; max-height: none; object-fit: cover; object-position: top; }
tr { break-inside: avoid; } tr:first-child { break-after: avoid; }
h2, h3, p.lead { break-after: avoid; } td.short { white-space: nowrap; }
.sign { margin-top: 2.5em; border-top: 1px solid #000; width: 70%; font-size: 10px; }
"""


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the act is about, exactly as the pages showed it; empty where nothing was shown.

    Attributes:
        published: The date as printed, and how it was understood.
        item: Number, name and variant of the very item it was written about: a card may show several.
    """

    marketplace: str
    seller: str
    review_id: str
    product: str
    rating: str
    author: str
    text: str
    published: str
    public_url: str
    cabinet_url: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the act, for whom and where, as it should stand in it."""

    position: str
    organisation: str
    inn: str
    place: str


@dataclass(frozen=True, slots=True)
class Act:
    """What one act says.

    Attributes:
        number: Number of the act.
        case_id: Our case.
        purpose: Why the page was inspected.
        made_at: When the act is made, in the zone it should be read in.
        operator: Who makes it.
        maker: In which position, for which organisation, and where.
        review: What the pages showed.
        captures: In order.
        pictures: PNG bytes of those artifacts that should be printed; others are only listed.
        third_party_time: As in the bundle: ``none``, or moment and authority.
        missing: What should have been captured and was not, in words; what the captures themselves lack is added.
        differences: Where what is stored now is not what was sealed, in words; stands on the first page.
        source: From what the facts about the review are quoted, in words.
        is_sealed: Whether those facts were sealed at capture; else they are the database's.
        shown_as: Under which name the site showed the account, by the capture's manifest.
        left_out: Which artifacts are not handed on with this act, and why, in words.
    """

    number: str
    case_id: str
    purpose: str
    made_at: datetime
    operator: Operator
    maker: Maker
    review: ReviewFacts
    captures: tuple[CaptureManifest, ...]
    pictures: Mapping[Digest, bytes]
    third_party_time: str
    missing: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    source: str = ""
    is_sealed: bool = False
    shown_as: Mapping[Digest, str] = field(default_factory=dict)
    left_out: Mapping[Digest, str] = field(default_factory=dict)


def render_act(act: Act) -> str:
    """Returns the act as a page to print."""
    parts = [
        f"<h1>Акт осмотра страниц в сети Интернет № {shown(act.number)}</h1>",
        f"<p>Место составления: {shown(act.maker.place)}. Время составления: {_local(act.made_at)}.</p>",
        f"<p>Дело {shown(act.case_id)}. Цель: {shown(act.purpose)}.</p>",
        _differences(act.differences),
        f"<h2>1. Кто составил</h2>{_maker_table(act)}",
        f"<h2>2. Что осмотрено</h2>{_review_table(act.review, is_sealed=act.is_sealed)}<p>{shown(act.source)}</p>",
        f"<p>Текст отзыва дословно:</p><div class=quote>{shown(act.review.text)}</div>",
        f"<h2>3. Когда, где и чем</h2><p>{_HOW}</p>",
        *(_capture(index, one, act.shown_as.get(one.digest, "")) for index, one in enumerate(act.captures, 1)),
        f"<h2>4. Независимое время</h2><p>{_independent_time(act.third_party_time)}</p>",
        f"<h2>5. Приложения</h2>{_exhibits(act)}",
        f"<h2>6. Чего нет</h2>{bullets((*act.missing, *_missing(act.captures)), 'Всё, что должно быть, на месте.')}",
        f"<h2>7. Чего акт не доказывает</h2>{bullets(DOES_NOT_PROVE, '')}",
        "<h2>8. Подписи</h2>",
        *(f"<p class=sign>{who}: должность, фамилия, подпись, дата</p>" for who in _SIGNERS),
        "<h2>Изображения</h2>",
        *_figures(act.captures, act.pictures),
    ]
    return page("Акт осмотра", "\n".join(parts))


_HOW = (
    "Страницы открыла и записала программа, а не человек; какая, в каком браузере и на каком компьютере, сказано у "
    "каждой записи. Составитель подписывает акт по этим записям, а не по страницам на площадке."
)
_SIGNERS = ("Акт составил", "Присутствовал (1)", "Присутствовал (2)")


def page(title: str, body: str) -> str:
    """Returns a whole page to print; it can run nothing and load nothing."""
    return (
        f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8">{POLICY}<title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _differences(differences: tuple[str, ...]) -> str:
    if not differences:
        return ""
    words = "Внимание: то, что хранится в базе данных сейчас, расходится с тем, что было скреплено при записи."
    return f"<p><b>{words}</b></p>{bullets(differences, '')}"


def _maker_table(act: Act) -> str:
    rows = (
        ("Фамилия, имя", shown(act.operator.name or act.operator.id)),
        ("Должность", shown(act.maker.position)),
        ("Организация", shown(act.maker.organisation)),
        ("ИНН", shown(act.maker.inn)),
    )
    simulated = "<p>условное лицо (показ)</p>" if act.operator.kind == "simulated" else ""
    return table(("Что", "Значение"), rows) + simulated


def _review_table(review: ReviewFacts, *, is_sealed: bool) -> str:
    rows = (
        ("Площадка", review.marketplace),
        ("Продавец, как показано в аккаунте", review.seller),
        ("Карточка товара, на которой показан отзыв", review.product),
        ("Товар этой карточки, о котором отзыв", review.item),
        ("Номер отзыва", review.review_id),
        ("Оценка", review.rating),
        ("Автор, как показано", review.author),
        ("Дата, как показано", review.published),
        ("Адрес для всех", review.public_url),
        ("Адрес в аккаунте", review.cabinet_url),
    )
    source = "Как прочла программа при записи" if is_sealed else "Как записано в базе данных программы"
    return table(("Что", source), ((escape(name), shown(value)) for name, value in rows if value))


def _capture(index: int, capture: CaptureManifest, shown_as: str) -> str:
    if capture.moment == "own_evidence":
        return _intake(index, capture)
    times, tool, view, machine = capture.times, capture.tool, capture.view, capture.machine
    proxy = "нет" if view.proxy == "none" else view.proxy
    facts = (
        ("Адрес", shown(capture.url)),
        ("Адрес, который ответил", shown(capture.final_url)),
        ("Начало", _moment(times.started, times)),
        ("Конец", _moment(times.finished, times)),
        ("Часы", _clock(times)),
        ("Вход в аккаунт", _signed_in(capture, shown_as)),
        ("Компьютер", shown(f"{machine.name}, {machine.system}, {machine.locale}")),
        ("Программа", shown(f"{_program(capture)}, Playwright {tool.playwright}")),
        ("Браузер", shown(f"{tool.browser} {tool.browser_version}; {view.user_agent}")),
        ("Окно", shown(f"{view.width} x {view.height}, масштаб {view.scale_percent} %, прокси: {proxy}")),
        ("Изменения страницы", shown(describe_alterations(capture.alterations))),
    )
    steps = (
        (
            str(step.number),
            _clock_time(step.at, times),
            shown(f"{STEP_WORDS.get(step.action, step.action)} {step.target if step.target != capture.url else ''}"),
            shown(describe_outcome(step.outcome)),
        )
        for step in capture.steps
    )
    return (
        f"<h3>3.{index}. {_heading(capture)}</h3>{table(('Что', 'Значение'), facts)}"
        f"<p class=lead>Ход осмотра:</p>{table(('№', 'Время', 'Действие', 'Итог'), steps, short={0, 1})}"
    )


def _signed_in(capture: CaptureManifest, shown_as: str) -> str:
    if not capture.is_signed_in:
        return "нет"
    name = f"площадка показывала имя «{shown(shown_as)}»"
    if not shown_as:
        name = "имя, которое показывала площадка, не записано"
    return f"да; {name} (в программе аккаунт назван «{shown(capture.account or '')}»)"


def _intake(index: int, capture: CaptureManifest) -> str:
    """Says when the seller's own files were taken in; no page was looked at, so there is nothing more to say."""
    times = capture.times
    facts = (
        ("Принято на хранение", _moment(times.finished, times)),
        ("Кем", _person(capture.operator)),
        ("Программа", shown(_program(capture))),
        ("Откуда файлы", "представлены продавцом; программа их не создавала и содержание не проверяла"),
    )
    return f"<h3>3.{index}. {_heading(capture)}</h3>{table(('Что', 'Значение'), facts)}"


def _exhibits(act: Act) -> str:
    numbered = list(_numbered(act.captures))
    rows = (
        (
            str(number),
            escape(sentence(f"{KIND_WORDS[artifact.kind]} ({MOMENT_WORDS[capture.moment]})")),
            _kind_of(artifact, act.left_out.get(artifact.digest, "")),
            str(artifact.size),
            f"<span class=digest>{artifact.digest.hex}</span>",
        )
        for number, (capture, artifact) in enumerate(numbered, 1)
    )
    count = sum(artifact.digest in act.left_out for _, artifact in numbered)
    words = f"С этим актом переданы не все приложения: {count} из {len(numbered)} не переданы, о каждом сказано почему."
    note = f"<p>{words}</p>" if count else ""
    return note + table(("№", "Что", "Вид", "Байт", "SHA-256"), rows, short=frozenset({0, 3}))


def _kind_of(artifact: Artifact, left_out: str) -> str:
    kind = "Изготовлено программой по подлиннику" if artifact.is_derived else "Подлинник"
    return escape(f"{kind}; не передан: {left_out}" if left_out else kind)


def _figures(captures: tuple[CaptureManifest, ...], pictures: Mapping[Digest, bytes]) -> Iterable[str]:
    printed: set[Digest] = set()
    for number, (capture, artifact) in enumerate(_numbered(captures), 1):
        data = pictures.get(artifact.digest)
        if data is None or artifact.digest in printed:
            continue
        printed.add(artifact.digest)
        words = f"Приложение {number}: {KIND_WORDS[artifact.kind]}, {MOMENT_WORDS[capture.moment]}"
        shape = ""
        if _is_tall(data):
            # The whole of a long page on one sheet could not be read.
            shape, words = " class=tall", f"{words} (напечатан верх, весь снимок приложен файлом)"
        image = f'<img{shape} alt="" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
        yield f"<figure>{image}<figcaption>{escape(words)}</figcaption></figure>"


def _is_tall(picture: bytes) -> bool:
    """Whether a PNG is too long for a sheet, by the size in its header."""
    if picture[12:16] != b"IHDR":
        return False
    width, height = (int.from_bytes(picture[place : place + 4], "big") for place in (16, 20))
    return height > 2 * width


def _numbered(captures: tuple[CaptureManifest, ...]) -> Iterable[tuple[CaptureManifest, Artifact]]:
    return ((capture, artifact) for capture in captures for artifact in capture.artifacts)


def _missing(captures: tuple[CaptureManifest, ...]) -> list[str]:
    return [
        f"{MOMENT_WORDS[capture.moment]}: {SHORTFALL_WORDS.get(reason, reason)}"
        for capture in captures
        for reason in (*capture.partial_reasons(), *capture.problems)
    ]


def _person(operator: Operator) -> str:
    kinds = {"person": "", "schedule": "по расписанию, без участия человека: ", "simulated": "условное лицо (показ): "}
    return escape(kinds[operator.kind]) + shown(", ".join(filter(None, (operator.name or operator.id, operator.role))))


def _moment(moment: datetime, times: CaptureTimes) -> str:
    local = moment.astimezone(timezone(timedelta(minutes=times.utc_offset_minutes)))
    return f"{_local(local)} ({shown(times.zone)}); {moment:%Y-%m-%d %H:%M:%S.%f} UTC"


def _clock_time(moment: datetime, times: CaptureTimes) -> str:
    local = moment.astimezone(timezone(timedelta(minutes=times.utc_offset_minutes)))
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d} {local:%z}"


def _heading(capture: CaptureManifest) -> str:
    words = MOMENT_WORDS[capture.moment]
    return escape(words[0].upper() + words[1:])


def _program(capture: CaptureManifest) -> str:
    return " ".join(filter(None, ("fairreview", capture.tool.version, capture.tool.commit)))


def _local(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M:%S} {moment:%z}"


def _clock(times: CaptureTimes) -> str:
    if times.clock_source == "none" or times.offset_ms is None:
        return "часы компьютера, ни с чем не сверены"
    names = {"server_date": "с заголовком Date сервера", "ntp": "с сервером точного времени"}
    return f"часы компьютера, сверены {names[times.clock_source]}: расхождение {times.offset_ms} мс"


def _independent_time(third_party_time: str) -> str:
    if third_party_time == "none":
        return "Независимой отметки времени нет."
    return f"Отметка времени третьей стороны: {shown(third_party_time)}."
