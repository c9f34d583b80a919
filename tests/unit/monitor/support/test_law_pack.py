"""The pack for a lawyer: every blank named, nothing unestablished stated, nothing of an order, nothing that runs."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document

from evidence_store.docx_page import write_docx
from monitor.cli import law_pack as command
from monitor.errors import PrintingFailed, SettingsError
from monitor.support.law.documents import draw
from monitor.support.law.fees import Court
from monitor.support.law.known import load_known_law
from monitor.support.law.ladder import Case, Fact, climb
from monitor.support.law.material import Exhibit, Happening, Material, Paper
from monitor.support.law.parties import Party, is_inn, is_ogrn
from tests.unit.monitor.case_world import REVIEW, make_world

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script><a href='https://evil.test'>x</a> \u202eтекст\x00"
FULL = Material(
    review_id="r1",
    product="Чайник «Волна»",
    product_url="https://www.ozon.ru/product/chaynik-1001/",
    author="Мария К.",
    rating=1,
    published="20 ноября 2026",
    text="Прислали чужой товар. Продавец мошенник.",
    happenings=(Happening(at=AT, what="Снимок страницы сохранён", entry=3),),
    exhibits=(
        Exhibit(what="отзыв без входа в аккаунт", at=AT, digest="ab" * 32, shows_review=True),
        Exhibit(what="накладная 12"),
    ),
    facts={
        Fact.FALSE_FACT: "Прислали чужой товар",
        Fact.PROOF_FALSE: "накладная 12",
        Fact.DAMAGE: "120 000 ₽, отчёт",
        Fact.CONTRACT_PARTY: "договор 7 от 01.02.2026",
        Fact.CLAIM_ADDRESS: "Москва, из договора",
        Fact.ABOUT_BUSINESS: "о магазине",
    },
    plaintiff=Party(name="ООО «Пример»", inn="9900000017", ogrn="1999900000010", address="г. Примерск"),
    court=Court.ARBITRAZH,
    price=Decimal(120000),
    day=date(2026, 11, 30),
    zone="Europe/Moscow",
    asked=("чат № 73712587, спросили 01.11.2026 12:00, ответа нет",),
)


def papers_of(material: Material) -> dict[str, Paper]:
    law = load_known_law()
    advice = climb(
        Case(facts=material.facts, review_text=material.text), ladder=law.ladder, book=law.book, day=material.day
    )
    return {paper.name: paper for paper in draw(material, law=law, advice=advice)}


def test_every_sentence_of_fact_has_its_exhibit() -> None:
    claim = papers_of(FULL)["03-pretenziya"].html
    assert "(прил. 1)" in claim
    assert "(прил. 2)" in claim  # the proof that the statement is false
    assert "запись 3" in papers_of(FULL)["01-hronologiya"].html
    assert "ab" * 32 in papers_of(FULL)["02-prilozheniya"].html


ARBITRAZH_LETTERS = {"03-pretenziya", "06-isk"}
MISSING: dict[str, tuple[dict[str, object], dict[str, set[str]]]] = {
    # what is missing: how, and by blank the papers that have to name it
    "product": ({"product": ""}, {"название товара": ARBITRAZH_LETTERS}),
    "product_url": ({"product_url": ""}, {"адрес товара": ARBITRAZH_LETTERS}),
    "author": ({"author": ""}, {"имя автора на странице": {*ARBITRAZH_LETTERS, "04-hodataystvo"}}),
    "rating": ({"rating": None}, {"оценка": ARBITRAZH_LETTERS}),
    "published": ({"published": ""}, {"дата отзыва": ARBITRAZH_LETTERS}),
    "text": ({"text": ""}, {"текст отзыва": ARBITRAZH_LETTERS}),
    "happenings": ({"happenings": ()}, {"события по журналу": {"01-hronologiya"}}),
    "captures": (
        {"exhibits": FULL.exhibits[1:]},
        {"снимки отзыва": {*ARBITRAZH_LETTERS, "04-hodataystvo"}},
    ),
    "exhibits": ({"exhibits": ()}, {"снимки и документы": {"02-prilozheniya"}}),
    "name": (
        {"plaintiff": FULL.plaintiff.model_copy(update={"name": ""})},
        {
            "название или имя (от кого)": {"03-pretenziya"},
            "название или имя (заявитель)": {"04-hodataystvo"},
            "название или имя (истец)": {"06-isk"},
        },
    ),
    "inn": (
        {"plaintiff": FULL.plaintiff.model_copy(update={"inn": ""})},
        {"ИНН (от кого)": {"03-pretenziya"}, "ИНН (заявитель)": {"04-hodataystvo"}, "ИНН (истец)": {"06-isk"}},
    ),
    "ogrn": (
        {"plaintiff": FULL.plaintiff.model_copy(update={"ogrn": ""})},
        {"ОГРН (от кого)": {"03-pretenziya"}, "ОГРН (заявитель)": {"04-hodataystvo"}, "ОГРН (истец)": {"06-isk"}},
    ),
    "address": (
        {"plaintiff": FULL.plaintiff.model_copy(update={"address": ""})},
        {"адрес (от кого)": {"03-pretenziya"}, "адрес (заявитель)": {"04-hodataystvo"}, "адрес (истец)": {"06-isk"}},
    ),
    "price": ({"price": None}, {"цена иска в рублях": {"05-poshlina", "06-isk"}}),
    "asked": ({"asked": ()}, {"обращение к площадке и её ответ, даты, приложения": {"04-hodataystvo"}}),
    **{
        f"fact {fact.value}": (
            {"facts": {one: words for one, words in FULL.facts.items() if one is not fact}},
            {blank: papers},
        )
        for fact, blank, papers in (
            (Fact.FALSE_FACT, "утверждение о факте, дословно", ARBITRAZH_LETTERS),
            (Fact.PROOF_FALSE, "доказательство, что утверждение неверно", ARBITRAZH_LETTERS),
            (Fact.DAMAGE, "убытки, сумма и документы", ARBITRAZH_LETTERS),
            (Fact.CONTRACT_PARTY, "номер и дата договора с площадкой", {"03-pretenziya"}),
            (Fact.CLAIM_ADDRESS, "полный адрес для претензий из вашего договора", {"03-pretenziya"}),
            (Fact.ABOUT_BUSINESS, "к кому или к чему относится утверждение", {"06-isk"}),
        )
    },
}


@pytest.mark.parametrize("missing", MISSING)
def test_each_single_thing_that_is_missing_is_a_named_blank_where_it_belongs(missing: str) -> None:
    change, blanks = MISSING[missing]
    papers, complete = papers_of(FULL.model_copy(update=change)), papers_of(FULL)
    for blank, names in blanks.items():
        assert {name for name, paper in papers.items() if blank in paper.blanks} == names
        assert not any(blank in paper.blanks for paper in complete.values())
        assert all(f"[заполнить: {blank}]" in papers[name].html for name in names)
        assert blank.lower() in papers["00-sostav"].html.lower()  # a list begins its items with a capital
    added = {blank for name, paper in papers.items() for blank in set(paper.blanks) - set(complete[name].blanks)}
    assert added >= set(blanks)
    for paper in papers.values():
        refuse_what_nobody_has_seen(paper)
    for name in set().union(*blanks.values()):
        refuse_what_runs(papers[name])


def test_nothing_of_the_material_can_be_missing_unseen() -> None:
    told = {"review_id", "day", "zone", "court", "pasted", "has_bundle"}  # always there, or never asked for
    walked = {name for change, _ in MISSING.values() for name in change}
    assert walked == set(Material.model_fields) - told
    assert {name for name in MISSING if name.startswith("fact ")} == {f"fact {fact.value}" for fact in FULL.facts}


def refuse_what_nobody_has_seen(paper: Paper) -> None:
    """A rule that nobody has seen stands only where it is said to be not established."""
    if paper.name in {"03-pretenziya", "04-hodataystvo", "05-poshlina", "06-isk"}:
        for rule in load_known_law().book.rules:
            assert not rule.question or rule.question not in paper.html
    assert "None" not in paper.html
    assert "«»" not in paper.html
    assert "()" not in paper.html


def refuse_what_runs(paper: Paper) -> None:
    """A Word file of ours has no field but the page's number, no link, no macro, and properties that name nobody."""
    packed = write_docx(paper.html, title=paper.title, made_at=AT)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any("vba" in name.lower() or "embed" in name.lower() for name in parts)
    for name, part in parts.items():
        if name.startswith("word/footer"):
            assert set(re.findall(rb'w:instr="([^"]*)"', part)) <= {b"PAGE", b"NUMPAGES"}
        else:
            assert b"<w:fldSimple" not in part
            assert b"<w:instrText" not in part
        assert b"<w:hyperlink" not in part
        assert b'TargetMode="External"' not in part
    properties = Document(io.BytesIO(packed)).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.created == properties.modified == AT.replace(tzinfo=properties.created.tzinfo)


def test_a_complete_claim_leaves_what_only_its_author_can_say() -> None:
    assert papers_of(FULL)["03-pretenziya"].blanks == (
        "чем подтверждается, что товар продаёте вы",
        "что именно видно из доказательства",
        "почему утверждение порочит",
        "связь убытков с утверждением, расчёт",
        "срок ответа по вашему договору",
        "дата и подпись",
    )


def test_rules_stand_apart_from_the_letter() -> None:
    letter, _, apart = papers_of(FULL)["03-pretenziya"].html.partition("Для юриста: проверить нормы")
    assert "проверьте" not in letter.replace("Перед отправкой проверьте, заполните", "")
    assert "по вторичному источнику, проверьте" in apart
    assert "срок по договору российского продавца не установлен" in apart


def test_the_motion_names_the_article_to_check_apart_from_what_is_filed() -> None:
    filed, _, apart = papers_of(FULL)["04-hodataystvo"].html.partition("Для юриста: проверить нормы")
    assert "АПК РФ, ст. 66 ч. 4, проверьте редакцию" in apart
    assert "АПК" not in filed
    general = papers_of(FULL.model_copy(update={"court": Court.GENERAL}))["04-hodataystvo"].html
    assert "ГПК РФ, ст. 57" in general
    assert "АПК" not in general


def test_a_firm_does_not_sue_for_a_persons_honour() -> None:
    papers = papers_of(FULL.model_copy(update={"court": Court.GENERAL}))
    assert "название или имя (истец, гражданин)" in papers["06-isk"].blanks
    assert "ООО «Пример»" not in papers["06-isk"].html
    assert "гражданин: 3 000 ₽" in papers["05-poshlina"].html
    person = Party(name="Анна Примерова", inn="500100732259")
    own = papers_of(FULL.model_copy(update={"court": Court.GENERAL, "plaintiff": person}))
    assert "Анна Примерова" in own["06-isk"].html


def test_the_first_paper_says_when_to_stop_and_is_for_the_lawyer_alone() -> None:
    first = papers_of(FULL.model_copy(update={"facts": {}}))["00-sostav"].html
    assert "Не отправлять и не подавать" in first
    assert "Остановитесь" in first


def test_in_the_word_file_each_blank_stands_under_its_paper() -> None:
    first = papers_of(FULL)["00-sostav"]
    word = Document(io.BytesIO(write_docx(first.html, title=first.title, made_at=AT)))
    lines = [paragraph.text for paragraph in word.paragraphs]
    claim, motion = (next(n for n, line in enumerate(lines) if name in line) for name in ("03-pret", "04-hodat"))

    assert "Срок ответа по вашему договору" in lines[claim:motion]
    assert "Номер дела" in lines[motion:]
    assert "Номер дела" not in lines[:motion]


def test_words_that_a_person_pasted_are_cited_with_their_name_and_nowhere_else() -> None:
    own = {
        "contract": "12.3. Претензия… (текст внесён: Анна Примерова, 30.11.2026; источник: договор)",
        "gk-152-5": f"5. Если… {HOSTILE} (текст внесён: Анна Примерова, 30.11.2026; источник: редакция)",
    }
    papers, without = papers_of(FULL.model_copy(update={"pasted": own})), papers_of(FULL)
    letter, _, for_lawyer = papers["03-pretenziya"].html.partition("Для юриста: проверить нормы")

    assert "12.3. Претензия… (текст внесён: Анна Примерова, 30.11.2026" in for_lawyer
    assert "текст внесён" not in letter
    assert "5. Если…" in papers["06-isk"].html
    assert "<script>" not in papers["06-isk"].html
    assert all(words in papers["00-sostav"].html for words in ("12.3. Претензия", "5. Если"))
    assert "содержание п. 5 и 10 по действующей редакции" in papers["00-sostav"].html  # it lifts no doubt
    assert not any("текст внес" in paper.html for paper in without.values())


def test_nothing_that_nobody_has_seen_is_stated() -> None:
    law = load_known_law()
    papers = papers_of(FULL)
    for rule in law.book.rules:
        if rule.question:
            assert rule.question.lower() in papers["00-sostav"].html.lower()
            for name in ("03-pretenziya", "04-hodataystvo", "05-poshlina", "06-isk"):
                assert rule.question not in papers[name].html


def test_the_fee_is_counted_or_said_to_be_unknown() -> None:
    arbitrazh = papers_of(FULL)["05-poshlina"].html
    assert "цена иска 120 000 ₽: 10 000 ₽ + 5 % от суммы свыше 100 000 ₽ = 11 000 ₽" in arbitrazh
    assert "50 000 ₽ (по вторичному источнику, проверьте)" in arbitrazh
    high = papers_of(FULL.model_copy(update={"price": Decimal(20_000_000)}))["05-poshlina"]
    assert "уточните пошлину" in high.html
    assert "пошлина за требование о деньгах" in high.blanks
    general = papers_of(FULL.model_copy(update={"court": Court.GENERAL, "price": None}))["05-poshlina"]
    assert "гражданин: 3 000 ₽" in general.html
    assert "цена иска в рублях" in general.blanks


def test_police_and_court_begin_with_the_warning() -> None:
    assert papers_of(FULL)["06-isk"].html.index("УК РФ, ст. 306") < papers_of(FULL)["06-isk"].html.index(
        "АПК РФ, ст. 27"
    )
    others = papers_of(FULL)["07-drugie-organy"].html
    assert others.index("Сначала прочтите") < others.index("УПК РФ")


def test_foreign_words_are_no_markup_and_the_word_file_runs_and_links_nothing() -> None:
    hostile = FULL.model_copy(
        update={
            "text": HOSTILE,
            "author": HOSTILE,
            "product": HOSTILE,
            "product_url": HOSTILE,
            "facts": dict.fromkeys(Fact, HOSTILE),
        }
    )
    for paper in papers_of(hostile).values():
        assert "<script" not in paper.html
        assert "<a " not in paper.html
        assert "\u202e" not in paper.html
        refuse_what_runs(paper)


def test_there_is_no_place_for_an_order() -> None:
    assert not any("order" in name or "buyer" in name or "phone" in name for name in Material.model_fields)


@pytest.mark.parametrize("inn", ["9900000017", "500100732259"])
def test_right_numbers(inn: str) -> None:
    assert is_inn(inn)
    assert is_ogrn("1027739244741")
    assert is_ogrn("304500116000157")


@pytest.mark.parametrize("inn", ["9900000018", "990000001", "500100732250", "99000000170", "99O0000017", ""])
def test_wrong_numbers(inn: str) -> None:
    assert not is_inn(inn)
    assert not is_ogrn("1027739244742")
    assert not is_ogrn("304500116000158")
    with pytest.raises(ValueError, match="check digit"):
        Party(ogrn="1027739244742")


def test_the_command_writes_the_pack_and_logs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "print_pages", _refuse)
    world = make_world(tmp_path)
    capsys.readouterr()
    out = tmp_path / "pack"
    code = world.run("law", "pack", REVIEW, "--out", out, "--inn", "9900000017", "--no-bundle", "--json")
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    names = {path.name for path in out.iterdir()}
    assert {f"{paper['name']}.docx" for paper in told["papers"]} <= names
    assert told["unprinted"] == [paper["name"] for paper in told["papers"]]
    assert "law.pack" in world.actions()
    assert "Анна" not in (out / "03-pretenziya.html").read_text(encoding="utf-8")  # the organisation complains


def test_a_statement_that_is_no_quotation_does_not_come_into_a_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "print_pages", _refuse)
    world = make_world(tmp_path)
    world.run("law", "facts", REVIEW, "--set", "false_fact=КАНАРЕЙКА", "--set", "proof_false=накладная 12")
    capsys.readouterr()
    world.run("law", "pack", REVIEW, "--out", tmp_path / "pack", "--inn", "9900000017", "--no-bundle", "--json")
    told = {paper["name"]: paper["blanks"] for paper in json.loads(capsys.readouterr().out)["papers"]}
    assert "утверждение о факте, дословно" in told["03-pretenziya"]
    claim = (tmp_path / "pack/03-pretenziya.html").read_text(encoding="utf-8")
    assert "КАНАРЕЙКА" not in claim
    assert "накладная 12" in claim


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("--inn", "9900000018"), "--inn"),
        (("--inn", "9900000017", "--ogrn", "1"), "--ogrn"),
        ((), "[operator] inn"),
        (("--inn", "9900000017", "--price", "дорого"), "--price"),
    ],
)
def test_a_wrong_number_names_its_place_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], where: str
) -> None:
    world = make_world(tmp_path)
    with pytest.raises(SettingsError) as caught:
        world.run("law", "pack", REVIEW, "--out", tmp_path / "pack", "--no-bundle", *arguments)
    assert caught.value.where == where
    assert not (tmp_path / "pack").exists()


def _refuse(*_: object) -> bytes:
    raise PrintingFailed("no browser")


def test_papers_speak_of_the_bundle_only_where_it_is_handed_out() -> None:
    beside, alone = papers_of(FULL), papers_of(FULL.model_copy(update={"has_bundle": False}))
    for name in ("01-hronologiya", "02-prilozheniya"):
        assert "в пакете доказательств" in beside[name].html, name
        assert "пакетом доказательств, здесь его нет" in alone[name].html, name
    assert "сам пакет доказательств не выдан" in alone["00-sostav"].html


def test_price_and_damage_stand_side_by_side_to_be_compared() -> None:
    told = papers_of(FULL)["00-sostav"].html
    assert "Цена иска 120 000 ₽, а убытки названы так" in told
    assert f"<bdi>{FULL.facts[Fact.DAMAGE]}</bdi>" in told
    alone = papers_of(FULL.model_copy(update={"price": None}))["00-sostav"].html
    assert "убытки названы так" not in alone


def test_only_numbers_that_are_there_are_called_right() -> None:
    given = papers_of(FULL)["00-sostav"].html
    alone = papers_of(FULL.model_copy(update={"plaintiff": FULL.plaintiff.model_copy(update={"ogrn": ""})}))
    none = FULL.plaintiff.model_copy(update={"ogrn": "", "inn": ""})
    assert "Контрольные числа верны: ИНН и ОГРН;" in given
    assert "Контрольное число верно: ИНН;" in alone["00-sostav"].html
    assert "Ни ИНН, ни ОГРН не названы" in papers_of(FULL.model_copy(update={"plaintiff": none}))["00-sostav"].html
