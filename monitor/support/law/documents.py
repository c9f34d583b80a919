"""The papers of a pack for a lawyer: pages to print, drawn from what is known, with every blank named.

Each sentence of fact has its exhibit or entry of the log beside it; each rule its article and caveat. What nobody has
seen is listed as not established and never stated. The author is named as the site shows them; nothing of an order,
and nothing that a buyer wrote to the seller, comes in here: `Material` has no place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from html import escape

from evidence_store.act import page
from evidence_store.markup import bullets, shown, table
from monitor.errors import LawUnknown
from monitor.support.law.fees import Court, Fee, Fees, Matter
from monitor.support.law.known import KnownLaw
from monitor.support.law.ladder import Advice, Fact
from monitor.support.law.material import Material, Paper
from monitor.support.law.parties import PLATFORM, Party
from monitor.support.law.rules import LawBook, Rule

_DRAFT = (
    "<p><b>Проект.</b> Составлен программой по материалам дела; юрист его не читал. Перед отправкой проверьте, "
    "заполните пустые места, уберите эту строку и раздел «Для юриста».</p>"
)
_INSIDE = "<p><b>Для юриста. Не отправлять и не подавать.</b> Здесь названы и слабые места дела.</p>"
_COURTS = {Court.ARBITRAZH: "арбитражный суд", Court.GENERAL: "суд общей юрисдикции"}
_CLAIM_RULES = ("gk-152-1", "gk-152-11", "only-facts", "gk-165-1", "claim-to-platform")
_SUIT_RULES = {
    Court.ARBITRAZH: (
        "apk-27-6-7",
        "gk-152-1",
        "gk-152-11",
        "only-facts",
        "apk-4-5",
        "apk-125",
        "apk-126",
    ),
    Court.GENERAL: ("gk-152-1", "only-facts", "gpk-131", "gpk-132"),
}
_MOTION = "Ходатайство об истребовании доказательств"
_MOTION_RULES = {Court.ARBITRAZH: ("apk-66-4",), Court.GENERAL: ("gpk-57",)}
_UNTOLD = "продажа товара, переписка, звонки"
_FIRM_DIGITS = 10
"""Digits of a firm's ИНН; a person's has twelve."""


class _Sheet:
    """A page under way; it notes each blank that it leaves."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.blanks: list[str] = []

    def given(self, text: str, name: str) -> str:
        """Returns a text as HTML, or a named blank where there is none."""
        if text.strip():
            return shown(text)
        if name not in self.blanks:
            self.blanks.append(name)
        return f"<b>[заполнить: {escape(name)}]</b>"

    def stated(self, fact: Fact, name: str) -> str:
        """Returns what a person stated of a fact, or a named blank."""
        return self.given(self.material.facts.get(fact, ""), name)

    def captures(self) -> str:
        """Names the exhibits on which the review is seen, or leaves a blank for them."""
        numbers = [str(n) for n, one in enumerate(self.material.exhibits, 1) if one.shows_review]
        return f"(прил. {', '.join(numbers)})" if numbers else f"({self.given('', 'снимки отзыва')})"

    def paper_exhibit(self, fact: Fact) -> str:
        """Names the exhibit that a person's statement of a fact is."""
        words = self.material.facts.get(fact, "")
        numbers = [n for n, one in enumerate(self.material.exhibits, 1) if not one.digest and one.what == words]
        return f" (прил. {numbers[0]})" if numbers else ""


def draw(material: Material, *, law: KnownLaw, advice: Advice) -> tuple[Paper, ...]:
    """Draws all papers of a pack; the first one lists the others with their blanks.

    Args:
        material: What they are drawn from.
        law: What is known of the law; rules count as they do on the material's day.
        advice: The steps of the case.
    """
    book, fees = law.book, law.fees
    drawn = (
        _paper("01-hronologiya", "Хронология", _chronology, material),
        _paper("02-prilozheniya", "Перечень приложений", _exhibits, material),
        _paper("03-pretenziya", "Претензия площадке", lambda sheet: _claim(sheet, book), material),
        _paper(
            "04-hodataystvo", "Ходатайство об истребовании доказательств", lambda sheet: _motion(sheet, book), material
        ),
        _paper("05-poshlina", "Расчёт государственной пошлины", lambda sheet: _fee(sheet, fees), material),
        _paper("06-isk", "Исковое заявление (заготовка)", lambda sheet: _suit(sheet, book), material),
        _paper("07-drugie-organy", "Что известно для других органов", lambda _: _others(advice), material, _INSIDE),
    )
    first = _paper(
        "00-sostav",
        "Состав и пустые места",
        lambda sheet: _contents(sheet, drawn, book, advice),
        material,
        _INSIDE,
    )
    return (first, *drawn)


def _paper(name: str, title: str, write: Callable[[_Sheet], str], material: Material, head: str = _DRAFT) -> Paper:
    sheet = _Sheet(material)
    body = f"{head}\n<h1>{escape(title)}</h1>\n{write(sheet)}"
    return Paper(name=name, title=title, html=page(title, body), blanks=tuple(sheet.blanks))


def _contents(sheet: _Sheet, papers: tuple[Paper, ...], book: LawBook, advice: Advice) -> str:
    unknown = [f"{rule.article or rule.title}: {rule.question}" for rule in book.rules if rule.question]
    doubts = [f"{rule.article or rule.title}: {rule.doubt}" for rule in book.rules if rule.doubt]
    listed = "".join(
        f"<h3>{shown(one.title)}, {escape(one.name)}.docx</h3>{bullets(one.blanks, 'пустых мест нет')}"
        for one in papers
    )
    return f"""
<p>Отзыв № {shown(sheet.material.review_id)}, {shown(sheet.material.product)}. Составлено {sheet.material.day:%d.%m.%Y},
время везде по зоне {escape(sheet.material.zone)}.</p>
<p><b>{shown(advice.sentence)}</b> Заготовки лежат здесь и тогда, когда подавать их рано или незачем.</p>
<h2>Что заполнить</h2>
{listed}
<h2>Проверьте до отправки</h2>
<ul><li>{_numbers(sheet)}</li>{_price_and_damage(sheet)}
<li>Реквизиты площадки взяты со старой её страницы: сверьте с реестром в день отправки.</li>
<li>Отзыв может исчезнуть, как только о нём напишут: решите до претензии, нужен ли протокол нотариуса.</li>
<li>SHA-256 в перечне приложений – это число описания снимка; {
        "само описание и снимок лежат в пакете"
        if sheet.material.has_bundle
        else "сам пакет доказательств не выдан: `fairreview evidence export`"
    }.</li></ul>
{_pasted(sheet, "Тексты, которые внесены вами", book.rules)}
<h2>Не установлено</h2>
<p>О следующем в документах ничего не утверждается, спросите юриста:</p>
{bullets([*unknown, *doubts], "")}
<p>Программа никому ничего не отправляет.</p>"""


def _price_and_damage(sheet: _Sheet) -> str:
    material = sheet.material
    damage = material.facts.get(Fact.DAMAGE, "")
    if material.price is None or not damage:
        return ""
    return f"<li>Цена иска {_roubles(material.price)}, а убытки названы так: «{shown(damage)}». Сходятся ли они?</li>"


def _numbers(sheet: _Sheet) -> str:
    party = sheet.material.plaintiff
    checked = [name for name, given in (("ИНН", party.inn), ("ОГРН", party.ogrn)) if given]
    if not checked:
        return "Ни ИНН, ни ОГРН не названы."
    right = "Контрольное число верно" if len(checked) == 1 else "Контрольные числа верны"
    return f"{right}: {' и '.join(checked)}; кому принадлежат номера, программа не проверяла."


def _chronology(sheet: _Sheet) -> str:
    rows = (
        (_moment(one.at), shown(one.what), f"запись {one.entry}" if one.entry is not None else "нет")
        for one in sheet.material.happenings
    )
    return f"""
<p>Время по зоне {escape(sheet.material.zone)}. Строки с номером записи стоят в журнале действий; журнал с контрольной
точкой {
        "лежит в пакете доказательств" if sheet.material.has_bundle else "выдаётся пакетом доказательств, здесь его нет"
    }.</p>
{table(("Когда", "Что", "Журнал"), rows, short=(0, 2)) if sheet.material.happenings else _no_events(sheet)}
<p>Чего журнал не знает: {sheet.given("", "продажа товара" if sheet.material.asked else _UNTOLD)}.</p>"""


def _no_events(sheet: _Sheet) -> str:
    return f"<p>{sheet.given('', 'события по журналу')}</p>"


def _exhibits(sheet: _Sheet) -> str:
    rows = (
        (
            str(number),
            shown(one.what),
            _moment(one.at) if one.at else sheet.given("", f"приложить: {one.what}"),
            shown(one.digest) if one.digest else "документ заявителя",
        )
        for number, one in enumerate(sheet.material.exhibits, 1)
    )
    listed = table(("№", "Что", "Когда сделано", "SHA-256"), list(rows), short=(0,))
    return f"""
<p>Снимки {
        "лежат в пакете доказательств" if sheet.material.has_bundle else "выдаются пакетом доказательств, здесь его нет"
    }; число справа, SHA-256 описания снимка, стоит и в журнале. Время по зоне
{escape(sheet.material.zone)}.</p>
{listed if sheet.material.exhibits else f"<p>{sheet.given('', 'снимки и документы')}</p>"}"""


def _review(sheet: _Sheet) -> str:
    material = sheet.material
    rating = f"{material.rating} из 5" if material.rating is not None else ""
    return f"""<p>На странице {sheet.given(material.product_url, "адрес товара")} опубликован отзыв
№ {shown(material.review_id)} о товаре {sheet.given(material.product, "название товара")}. Оценка:
{sheet.given(rating, "оценка")}. Имя автора на странице: {sheet.given(material.author, "имя автора на странице")}. Дата:
{sheet.given(material.published, "дата отзыва")} {sheet.captures()}.</p>
<p>Текст отзыва: {sheet.given(material.text, "текст отзыва")} {sheet.captures()}</p>
<p>Товар на этой странице продаёт заявитель: {sheet.given("", "чем подтверждается, что товар продаёте вы")}.</p>"""


def _statement(sheet: _Sheet) -> str:
    quoted = sheet.stated(Fact.FALSE_FACT, "утверждение о факте, дословно")
    proof = sheet.stated(Fact.PROOF_FALSE, "доказательство, что утверждение неверно")
    damage = sheet.stated(Fact.DAMAGE, "убытки, сумма и документы")
    return f"""<p>По мнению заявителя, не соответствует действительности утверждение «{quoted}» {sheet.captures()}.</p>
<p>В подтверждение: {proof}{sheet.paper_exhibit(Fact.PROOF_FALSE)}. Из этого видно:
{sheet.given("", "что именно видно из доказательства")}.</p>
<p>Почему утверждение порочит: {sheet.given("", "почему утверждение порочит")}.</p>
<p>Убытки: {damage}{sheet.paper_exhibit(Fact.DAMAGE)}. Как они вызваны утверждением:
{sheet.given("", "связь убытков с утверждением, расчёт")}.</p>"""


def _claim(sheet: _Sheet, book: LawBook) -> str:
    return f"""
{_party(sheet, "Кому", PLATFORM, sheet.stated(Fact.CLAIM_ADDRESS, "полный адрес для претензий из вашего договора"))}
{_party(sheet, "От кого", _plaintiff(sheet.material), "")}
<p>Договор с площадкой: {sheet.stated(Fact.CONTRACT_PARTY, "номер и дата договора с площадкой")}{
        sheet.paper_exhibit(Fact.CONTRACT_PARTY)
    }.</p>
<h2>Что произошло</h2>
{_review(sheet)}
{_statement(sheet)}
<h2>Чего просит заявитель</h2>
<ol><li>удалить отзыв или опровергнуть названное утверждение;</li>
<li>сохранить до разрешения спора сведения об авторе отзыва;</li>
<li>сообщить, передаст ли площадка эти сведения, а при отказе назвать основание;</li>
<li>ответить письменно в срок: {sheet.given("", "срок ответа по вашему договору")}.</li></ol>
<p>Приложения: по перечню.</p>
{_signature(sheet)}
{_for_lawyer(sheet, book, _CLAIM_RULES)}"""


def _motion(sheet: _Sheet, book: LawBook) -> str:
    return f"""
<p>В суд: {sheet.given("", "суд")}</p>
<p>Дело: {sheet.given("", "номер дела")}</p>
{_party(sheet, "Заявитель", _plaintiff(sheet.material), "")}
<p>Имя автора на странице: {sheet.given(sheet.material.author, "имя автора на странице")} {sheet.captures()}. Заказ
и автор заявителю: {sheet.given("", "известны или неизвестны: подтвердите")}. Обращение к площадке и её ответ:
{_asked(sheet)}.</p>
<p>Заявитель просит истребовать у {shown(PLATFORM.name)}, ОГРН {shown(PLATFORM.ogrn)},
{sheet.given("", "адрес площадки по реестру")}, сведения об авторе отзыва № {shown(sheet.material.review_id)}:
{sheet.given("", "какие именно сведения")}.</p>
<p>Они подтвердят: {sheet.given("", "какие обстоятельства подтвердят сведения")}. Самому получить их нельзя:
{sheet.given("", "почему их нельзя получить самому")}.</p>
<p>Норма: {sheet.given("", "статья кодекса об истребовании доказательств")}.</p>
{_signature(sheet)}
{_for_lawyer(sheet, book, _MOTION_RULES[sheet.material.court])}"""


def _asked(sheet: _Sheet) -> str:
    """Returns what came of asking the platform: every contact stands in the dialogue's paper of the bundle."""
    told = sheet.given("; ".join(sheet.material.asked), "обращение к площадке и её ответ, даты, приложения")
    return f"{told} (лист переписки в пакете доказательств)" if sheet.material.asked else told


def _fee(sheet: _Sheet, fees: Fees) -> str:
    material, plaintiff = sheet.material, _plaintiff(sheet.material)
    price, rows = material.price, []
    if price is not None:
        told = _told_fee(sheet, "пошлина за требование о деньгах", lambda: fees.for_price(material.court, price))
        rows.append(("требование о деньгах", told))
    is_organisation = len(plaintiff.inn) == _FIRM_DIGITS
    told = _told_fee(
        sheet,
        "пошлина за требование без цены",
        lambda: fees.without_price(material.court, Matter.NON_PROPERTY, is_organisation=is_organisation),
    )
    rows.append(("требование об опровержении, без цены", told))
    return f"""
<p>Суд: {escape(_COURTS[material.court])}. Цена иска: {sheet.given(_roubles(price), "цена иска в рублях")}. Требования
оплачивают отдельно (по вторичному источнику, проверьте). Ставки для исков с {fees.valid_from:%d.%m.%Y}.</p>
{table(("За что", "Сколько"), rows)}
<p>Итого: {sheet.given("", "пошлина всего")}.</p>"""


def _told_fee(sheet: _Sheet, name: str, count: Callable[[], Fee]) -> str:
    try:
        fee = count()
    except LawUnknown:
        return f"ставка есть, программой не проверена, уточните пошлину: {sheet.given('', name)}"
    return escape(f"{fee.calculation} ({fee.caveat})")


def _suit(sheet: _Sheet, book: LawBook) -> str:
    material, plaintiff = sheet.material, _plaintiff(sheet.material)
    whose = Fact.ABOUT_BUSINESS if material.court is Court.ARBITRAZH else Fact.ABOUT_PERSON
    role = "Истец" if material.court is Court.ARBITRAZH else "Истец, гражданин"
    quoted = sheet.stated(Fact.FALSE_FACT, "утверждение о факте, дословно")
    return f"""
<p><b>Сначала прочтите и уберите:</b> {shown(book.rule("uk-306").cite(material.day))}</p>
<p>В {escape(_COURTS[material.court])}: {sheet.given("", "название и адрес суда")}</p>
{_party(sheet, role, plaintiff, "")}
<p>Ответчик: {sheet.given("", "решение юриста: площадка, автор или заявление при неизвестном авторе")}</p>
<p>Цена иска: {sheet.given(_roubles(material.price), "цена иска в рублях")}. Пошлина: по расчёту.</p>
<h2>Обстоятельства</h2>
{_review(sheet)}
{_statement(sheet)}
<p>К кому или к чему относится утверждение: {sheet.stated(whose, "к кому или к чему относится утверждение")}.</p>
<p>Досудебный порядок: {sheet.given("", "нужен ли он, когда отправлена и получена претензия, ответ")}.</p>
<h2>Истец просит</h2>
<ol><li>признать не соответствующим действительности и порочащим утверждение «{quoted}», размещённое на странице
{sheet.given(material.product_url, "адрес товара")} в отзыве № {shown(material.review_id)};</li>
<li>обязать {sheet.given("", "кого обязать опровергнуть")} опровергнуть его:
{sheet.given("", "как и в какой срок опровергнуть")};</li>
<li>взыскать с {sheet.given("", "с кого взыскать убытки")} убытки:
{sheet.given(_roubles(material.price), "цена иска в рублях")};</li>
<li>взыскать расходы на пошлину.</li></ol>
<h2>Приложения</h2>
<p>По перечню; подтверждение отправки копий: {sheet.given("", "квитанции об отправке копий")}; документ о пошлине:
{sheet.given("", "платёжное поручение")}; расчёт: {sheet.given("", "подписанный расчёт")}; полномочия:
{sheet.given("", "кто подписывает и чем подтверждены полномочия")}.</p>
{_signature(sheet)}
{_for_lawyer(sheet, book, _SUIT_RULES[material.court])}"""


def _plaintiff(material: Material) -> Party:
    """Returns who claims and sues: a person's honour is the person's own, so a firm leaves a blank there."""
    is_firm = len(material.plaintiff.inn) == _FIRM_DIGITS
    return Party() if material.court is Court.GENERAL and is_firm else material.plaintiff


def _roubles(price: Decimal | None) -> str:
    return "" if price is None else f"{price:,.2f}".replace(",", " ").replace(".", ",").removesuffix(",00") + " ₽"


def _others(advice: Advice) -> str:
    parts = []
    for rung in advice.rungs:
        if rung.id not in {"competition", "regulator", "police", "operator_complaint"}:
            continue
        head = f"<h2>{escape(rung.title)}</h2>"
        warning = f"<p><b>Сначала прочтите:</b> {shown(rung.warning)}</p>" if rung.warning else ""
        lacks = f"<p>В деле не указано:</p>{bullets(rung.lacks, '')}" if rung.lacks else ""
        basis = bullets(rung.basis, "Норм, которые кто-нибудь прочёл, нет.")
        unknown = bullets(rung.unknown, "") if rung.unknown else ""
        parts.append(head + warning + lacks + basis + unknown)
    return f"<p>{shown(advice.sentence)}</p>" + "".join(parts)


def _party(sheet: _Sheet, role: str, party: Party, address: str) -> str:
    where = address or sheet.given(party.address, f"адрес ({role.lower()})")
    inn = "" if party is PLATFORM else f", ИНН {sheet.given(party.inn, f'ИНН ({role.lower()})')}"
    return (
        f"<p>{escape(role)}: {sheet.given(party.name, f'название или имя ({role.lower()})')}{inn}, ОГРН "
        f"{sheet.given(party.ogrn, f'ОГРН ({role.lower()})')}, {where}</p>"
    )


def _for_lawyer(sheet: _Sheet, book: LawBook, names: tuple[str, ...]) -> str:
    """Returns the rules to check, apart from the letter: their caveats are for the one who edits it."""
    day = sheet.material.day
    bodies = {body for name in names for body in book.rule(name).applies_to}
    own = _pasted(sheet, "Тексты, внесённые заявителем", (r for r in book.rules if bodies & set(r.applies_to)))
    told = bullets((book.rule(name).cite(day) for name in names if book.rule(name).is_valid_on(day)), "")
    return f"<h2>Для юриста: проверить нормы и убрать этот раздел перед отправкой</h2>{told}{own}"


def _pasted(sheet: _Sheet, heading: str, rules: Iterable[Rule]) -> str:
    """Returns the words that a person pasted for some rules, each with who answers for it; they lift no doubt."""
    pasted = sheet.material.pasted
    told = [f"{rule.article or rule.title}: {pasted[rule.id]}" for rule in rules if rule.id in pasted]
    return f"<h3>{escape(heading)}</h3>{bullets(told, '')}" if told else ""


def _signature(sheet: _Sheet) -> str:
    return f"<p class=sign>Дата, подпись: {sheet.given('', 'дата и подпись')}</p>"


def _moment(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M}"
