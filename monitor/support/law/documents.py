"""The papers of a pack for a lawyer: pages to print, drawn from what is known, with every blank named.

Each sentence of fact has its exhibit or entry of the log beside it; each rule its article and caveat. What nobody has
seen is listed as not established and never stated. The author is named as the site shows them; nothing of an order,
and nothing that a buyer wrote to the seller, comes in here: `Material` has no place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evidence_store.act import page
from evidence_store.markup import bullets, shown, table
from monitor.errors import LawUnknown
from monitor.support.law.fees import Court, Fee, Fees, Matter
from monitor.support.law.known import KnownLaw
from monitor.support.law.ladder import Advice, Fact
from monitor.support.law.parties import PLATFORM, Party
from monitor.support.law.rules import LawBook

_DRAFT = (
    "<p><b>Проект.</b> Его составила программа по материалам дела; юрист его не читал. Проверьте каждую норму по "
    "действующей редакции и заполните пустые места.</p>"
)
_COURTS = {Court.ARBITRAZH: "арбитражный суд", Court.GENERAL: "суд общей юрисдикции"}
_SUIT_RULES = {
    Court.ARBITRAZH: ("apk-27-6-7", "gk-152-1", "gk-152-11", "apk-125", "apk-126", "apk-4-5"),
    Court.GENERAL: ("gk-152-1", "gpk-131", "gpk-132"),
}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exhibit(_Data):
    """Something that shows a fact: a sealed capture, or a paper that a person adds.

    Attributes:
        what: What it is.
        at: When it was made; None for a paper that a person adds.
        digest: Of the capture's manifest; empty for a paper that a person adds.
        shows_review: The review can be seen on it.
    """

    what: str
    at: AwareDatetime | None = None
    digest: str = ""
    shows_review: bool = False


class Happening(_Data):
    """One line of the chronology, with its entry in the action log."""

    at: AwareDatetime
    what: str
    entry: int | None


class Material(_Data):
    """What the papers are drawn from.

    Attributes:
        author: As the site shows them.
        text: The review's words as they were read.
        facts: What a person stated and what holds, each with its words or exhibits.
        exhibits: In the order in which they are numbered from 1; the captures first.
        price: The price of the claim in roubles; None where none was named.
        day: The day of the papers in the installation's zone.
    """

    review_id: str
    product: str
    product_url: str
    author: str
    rating: int | None
    published: str
    text: str
    happenings: tuple[Happening, ...]
    exhibits: tuple[Exhibit, ...]
    facts: Mapping[Fact, str]
    plaintiff: Party
    court: Court
    price: Decimal | None
    day: date
    zone: str


class Paper(_Data):
    """One paper: a name for its files, a title, the page, and the blanks that have to be filled."""

    name: str
    title: str
    html: str
    blanks: tuple[str, ...]


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
        return f"(прил. {numbers[0]})" if numbers else ""


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
        _paper("04-hodataystvo", "Ходатайство об истребовании сведений об авторе", _motion, material),
        _paper("05-poshlina", "Расчёт государственной пошлины", lambda sheet: _fee(sheet, fees), material),
        _paper("06-isk", "Исковое заявление (заготовка)", lambda sheet: _suit(sheet, book), material),
        _paper("07-drugie-organy", "Что известно для других органов", lambda _: _others(advice), material),
    )
    contents = _paper("00-sostav", "Состав и пустые места", lambda sheet: _contents(sheet, drawn, book), material)
    return (contents, *drawn)


def _paper(name: str, title: str, write: Callable[[_Sheet], str], material: Material) -> Paper:
    sheet = _Sheet(material)
    body = f"{_DRAFT}\n<h1>{escape(title)}</h1>\n{write(sheet)}"
    return Paper(name=name, title=title, html=page(title, body), blanks=tuple(sheet.blanks))


def _contents(sheet: _Sheet, papers: tuple[Paper, ...], book: LawBook) -> str:
    unknown = [f"{rule.article or rule.title}: {rule.question}" for rule in book.rules if rule.question]
    rows = ((shown(one.title), f"{escape(one.name)}.docx", bullets(one.blanks, "пустых мест нет")) for one in papers)
    return f"""
<p>Отзыв № {shown(sheet.material.review_id)}, {shown(sheet.material.product)}. Составлено {sheet.material.day:%d.%m.%Y},
время указано по зоне {escape(sheet.material.zone)}.</p>
{table(("Документ", "Файл", "Что заполнить"), rows)}
<h2>Не установлено</h2>
<p>О следующем в документах ничего не утверждается, спросите юриста:</p>
{bullets(unknown, "")}
<p>Программа никому ничего не отправляет.</p>"""


def _chronology(sheet: _Sheet) -> str:
    rows = (
        (_moment(one.at), shown(one.what), f"запись {one.entry}" if one.entry is not None else "нет")
        for one in sheet.material.happenings
    )
    return (
        "<p>Каждая строка стоит в журнале действий; журнал с контрольной точкой лежит в пакете доказательств.</p>"
        + table(("Когда", "Что", "Журнал"), rows, short=(0, 2))
    )


def _exhibits(sheet: _Sheet) -> str:
    rows = (
        (
            str(number),
            shown(one.what),
            _moment(one.at) if one.at else "приложить",
            shown(one.digest or "нет: документ прилагает заявитель"),
        )
        for number, one in enumerate(sheet.material.exhibits, 1)
    )
    return (
        "<p>Снимки лежат в пакете доказательств; число справа, SHA-256 описания снимка, стоит и в журнале.</p>"
        + table(("№", "Что", "Когда сделано", "SHA-256"), rows, short=(0,))
    )


def _review(sheet: _Sheet) -> str:
    material = sheet.material
    rating = str(material.rating) if material.rating is not None else ""
    return f"""<p>На странице {sheet.given(material.product_url, "адрес товара")} опубликован отзыв
№ {shown(material.review_id)} о товаре {sheet.given(material.product, "название товара")}: оценка
{sheet.given(rating, "оценка")}, автор, как показано: {sheet.given(material.author, "автор, как показано")}, дата:
{sheet.given(material.published, "дата отзыва")} {sheet.captures()}.</p>
<p>Текст отзыва: {shown(material.text)} {sheet.captures()}</p>"""


def _statement(sheet: _Sheet) -> str:
    return f"""<p>Не соответствует действительности утверждение:
«{sheet.stated(Fact.FALSE_FACT, "утверждение о факте, дословно")}» {sheet.captures()}.
Это подтверждают: {sheet.stated(Fact.PROOF_FALSE, "доказательство, что утверждение неверно")}
{sheet.paper_exhibit(Fact.PROOF_FALSE)}.</p>
<p>Убытки: {sheet.stated(Fact.DAMAGE, "убытки, сумма и документы")} {sheet.paper_exhibit(Fact.DAMAGE)}.</p>"""


def _claim(sheet: _Sheet, book: LawBook) -> str:
    return f"""
{_party(sheet, "Кому", PLATFORM, sheet.stated(Fact.CLAIM_ADDRESS, "адрес для претензий из вашего договора"))}
<p>Реквизиты площадки взяты со старой страницы; проверьте их в реестре в день отправки.</p>
{_party(sheet, "От кого", sheet.material.plaintiff, "")}
<p>Договор: {sheet.stated(Fact.CONTRACT_PARTY, "номер и дата договора с площадкой")}.</p>
<h2>Что произошло</h2>
{_review(sheet)}
{_statement(sheet)}
<h2>Чего прошу</h2>
<ol><li>удалить отзыв или опровергнуть названное утверждение;</li><li>сообщить, кто автор отзыва, или в чём отказ;</li>
<li>ответить письменно.</li></ol>
<h2>Основание</h2>
{_citations(sheet, book, ("claim-to-platform", "gk-165-1", "gk-152-1"))}
<p>Отправьте на бумаге с описью и уведомлением: срок считают со дня получения. Приложения: по перечню.</p>
{_signature(sheet)}"""


def _motion(sheet: _Sheet) -> str:
    return f"""
<p>В суд: {sheet.given("", "суд")}</p>
<p>Дело: {sheet.given("", "номер дела")}</p>
{_party(sheet, "Заявитель", sheet.material.plaintiff, "")}
<p>Автор отзыва назван на странице только так: {sheet.given(sheet.material.author, "автор, как показано")}
{sheet.captures()}. Имя и адрес автора заявителю неизвестны.</p>
<p>Прошу истребовать у {shown(PLATFORM.name)} сведения, которые позволяют установить автора отзыва
№ {shown(sheet.material.review_id)}: {sheet.given("", "какие именно сведения")}.</p>
<p>Норма, по которой подают такое ходатайство: {sheet.given("", "статья кодекса об истребовании доказательств")}.</p>
{_signature(sheet)}"""


def _fee(sheet: _Sheet, fees: Fees) -> str:
    material = sheet.material
    price, lines = material.price, []
    if price is not None:
        lines.append(("требование о деньгах", _told_fee(lambda: fees.for_price(material.court, price))))
    is_organisation = len(material.plaintiff.inn) != 12
    fixed = _told_fee(lambda: fees.without_price(material.court, Matter.NON_PROPERTY, is_organisation=is_organisation))
    lines.append(("требование об опровержении, без цены", fixed))
    rows = ((shown(what), told) for what, told in lines)
    told = "" if price is None else f"{price:f}"
    return f"""
<p>Суд: {escape(_COURTS[material.court])}. Цена иска: {sheet.given(told, "цена иска в рублях")}. Требования оплачивают
отдельно (по вторичному источнику, проверьте). Ставки для исков с {fees.valid_from:%d.%m.%Y}.</p>
{table(("За что", "Сколько"), rows)}"""


def _told_fee(count: Callable[[], Fee]) -> str:
    try:
        fee = count()
    except LawUnknown:
        return "уточните пошлину: новая ставка не установлена"
    return escape(f"{fee.calculation} ({fee.caveat})")


def _suit(sheet: _Sheet, book: LawBook) -> str:
    material = sheet.material
    whose = Fact.ABOUT_BUSINESS if material.court is Court.ARBITRAZH else Fact.ABOUT_PERSON
    price = "" if material.price is None else f"{material.price:f} ₽"
    return f"""
<p>В {escape(_COURTS[material.court])}: {sheet.given("", "название и адрес суда")}</p>
{_party(sheet, "Истец", material.plaintiff, "")}
<p>Ответчик: {sheet.given("", "ответчик: автор отзыва или площадка, с адресом")}</p>
<p>Цена иска: {sheet.given(price, "цена иска в рублях")}. Пошлина: по расчёту.</p>
<h2>Обстоятельства</h2>
{_review(sheet)}
{_statement(sheet)}
<p>О ком или о чём утверждение: {sheet.stated(whose, "о ком или о чём утверждение")}.</p>
<p>Досудебный порядок: {sheet.given("", "когда отправлена и получена претензия, ответ")}.</p>
<h2>Требования</h2>
<ol><li>признать утверждение не соответствующим действительности и порочащим;</li>
<li>обязать опровергнуть его: {sheet.given("", "как опровергнуть")};</li>
<li>взыскать убытки: {sheet.stated(Fact.DAMAGE, "убытки, сумма и документы")}.</li></ol>
<h2>Нормы</h2>
{_citations(sheet, book, _SUIT_RULES[material.court])}
<h2>Приложения</h2>
<p>По перечню; подтверждение отправки копий: {sheet.given("", "квитанции об отправке копий")}; документ о пошлине:
{sheet.given("", "платёжное поручение")}; полномочия: {sheet.given("", "доверенность, диплом представителя")}.</p>
{_signature(sheet)}"""


def _others(advice: Advice) -> str:
    parts = []
    for rung in advice.rungs:
        if rung.id not in {"competition", "regulator", "police", "operator_complaint"}:
            continue
        head = f"<h2>{escape(rung.title)}</h2>"
        warning = f"<p><b>Сначала прочтите:</b> {shown(rung.warning)}</p>" if rung.warning else ""
        lacks = f"<p>Чего нет в деле:</p>{bullets(rung.lacks, '')}" if rung.lacks else ""
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


def _citations(sheet: _Sheet, book: LawBook, names: tuple[str, ...]) -> str:
    day = sheet.material.day
    return bullets((book.rule(name).cite(day) for name in names if book.rule(name).is_valid_on(day)), "")


def _signature(sheet: _Sheet) -> str:
    return f"<p class=sign>Дата, подпись: {sheet.given('', 'дата и подпись')}</p>"


def _moment(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M}"
