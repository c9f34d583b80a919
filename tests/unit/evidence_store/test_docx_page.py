"""What a lawyer edits says the same as what is printed, and nothing of the machine that made it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import docx
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from evidence_store.act import ReviewFacts, page
from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.docx_page import write_docx
from evidence_store.errors import ExportFailed
from evidence_store.markup import shown
from evidence_store.notary import render_notary_request
from tests.unit.evidence_store.samples import MOMENT
from tests.unit.evidence_store.test_act import FACTS, HOSTILE, act

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def made(html: str) -> bytes:
    return write_docx(html, title="акт осмотра", made_at=MOMENT)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(data: bytes) -> str:
    tree = ElementTree.fromstring(members(data)["word/document.xml"])
    return squeezed("".join(each.text or "" for each in tree.iter(f"{_W}t")))


def words_of_page(html: str) -> str:
    body = LexborHTMLParser(html).body
    assert body is not None
    return squeezed(body.text())


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def png(width: int, height: int) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(written, "PNG")
    return written.getvalue()


def illustrated(*sizes: tuple[int, int]) -> str:
    pictures = {Digest.of(data): data for data in (png(*size) for size in sizes)}
    artifacts = tuple(
        Artifact(kind=ArtifactKind.ELEMENT_PNG, media_type="image/png", digest=digest, size=len(data))
        for digest, data in pictures.items()
    )
    return act(artifacts=artifacts, pictures=pictures)


@pytest.mark.parametrize("facts", [FACTS, replace(FACTS, text=HOSTILE, author=HOSTILE)], ids=["plain", "hostile"])
def test_every_word_of_act_and_request_is_there_in_order_and_no_other(facts: ReviewFacts) -> None:
    request = render_notary_request(facts, applicant=facts.seller, steps=["Открыть", facts.text], reason="Срок")
    for html in (act(facts, pictures={Digest.of(b"x"): b"x"}), request):
        numbers = r"(?<=Какоткрыть)1\.|(?<=Открыть)2\."  # the page's own list counts without words
        assert re.sub(numbers, "", words_of(made(html))) == words_of_page(html)
    assert "юрист" in words_of(made(act(facts)))


def test_a_line_break_of_the_review_stays_and_one_of_our_own_source_does_not() -> None:
    document = docx.Document(BytesIO(made(act())))
    assert "Плохой чайник\nочень" in [each.text for each in document.paragraphs]
    request = docx.Document(BytesIO(made(render_notary_request(FACTS, applicant="А", steps=["Б"], reason="В"))))
    assert all("\n" not in each.text for each in request.paragraphs if "Плохой" not in each.text)
    assert "1. Б" in [each.text for each in request.paragraphs]


def test_what_xml_cannot_hold_is_made_visible() -> None:
    assert "a‹U+FFFE›b" in words_of(made(page("x", f"<p>{shown('a' + chr(0xFFFE) + 'b')}</p>")))


def test_the_same_page_gives_the_same_bytes_at_any_time_and_another_page_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = made(act())
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setenv("USER", "somebody")
    assert made(act()) == first
    assert made(act(replace(FACTS, rating="2 из 5"))) != first
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.create_system for member in archive.infolist()} == {0}


def test_its_properties_name_nobody_and_no_program() -> None:
    properties = docx.Document(BytesIO(made(act()))).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert (properties.title, properties.revision) == ("акт осмотра", 1)
    assert properties.created == properties.modified == MOMENT.replace(microsecond=0)
    everything = b"".join(members(made(act())).values())
    assert b"python-docx" not in everything
    assert b"<Application>" not in everything


def test_it_holds_no_macro_field_link_or_outside_relation_whatever_the_review_says() -> None:
    hostile = replace(FACTS, text=HOSTILE, public_url="https://example.test/r/1", author='{ INCLUDETEXT "c:/x" }')
    parts = members(made(act(hostile)))
    assert not [name for name in parts if re.search(r"vba|\.bin$|embeddings|customXml|thumbnail|app\.xml", name)]
    fields = re.findall(rb'<w:fldSimple w:instr="(\w+)"/>', parts["word/footer1.xml"])
    assert fields == [b"PAGE", b"NUMPAGES"], "the pages are numbered"
    joined = b"".join(parts.values()).replace(b"<w:fldSimple w:instr=", b"", 2)
    for unwanted in (b"fldChar", b"fldSimple", b"instrText", b"<w:hyperlink", b"attachedTemplate", b"altChunk"):
        assert unwanted not in joined
    relations = b"".join(data for name, data in parts.items() if name.endswith(".rels"))
    assert b"TargetMode" not in relations
    assert b"officeDocument" in relations  # what is looked through is really there


def test_pictures_are_in_it_whole_and_no_wider_or_longer_than_the_sheet() -> None:
    sizes = [(400, 200), (300, 550), (300, 2000)]
    data = made(illustrated(*sizes))
    stored = [value for name, value in members(data).items() if name.startswith("word/media/")]
    assert sorted(stored) == sorted(png(*size) for size in sizes)
    shapes = docx.Document(BytesIO(data)).inline_shapes
    shown_sizes = [(shape.width.mm, shape.height.mm) for shape in shapes]
    assert shown_sizes == [pytest.approx(size, abs=0.1) for size in [(170, 85), (120, 220), (170, 220)]]
    cuts = re.findall(rb'<a:srcRect b="(\d+)"/>', members(data)["word/document.xml"])
    assert [int(cut) / 1000 for cut in cuts] == [pytest.approx(100 - 100 * 220 / (170 * 2000 / 300), abs=0.1)]


@pytest.mark.parametrize("length", [0, 5, 16, 24, 30, 40, 60])
def test_a_picture_that_cannot_be_read_is_said_and_stops_nothing(length: int) -> None:
    broken = png(30, 30)[:length] or b"?"
    artifacts = (Artifact(kind=ArtifactKind.ELEMENT_PNG, media_type="image/png", digest=Digest.of(broken), size=1),)
    html = act(artifacts=artifacts, pictures={Digest.of(broken): broken})
    assert "изображениенечитается" in words_of(made(html))


@pytest.mark.parametrize("body", ["<p>a</p><form>b</form>", "<ul>a</ul>", "<p>a", "<p><a href=x>a</a></p>", "a</p>"])
def test_a_page_whose_words_would_be_lost_is_refused(body: str) -> None:
    with pytest.raises(ExportFailed):
        made(page("x", body))


def test_there_is_a_line_to_sign_on_for_each_who_signs() -> None:
    paragraphs = docx.Document(BytesIO(made(act()))).paragraphs
    lined = [each.text.partition(":")[0] for each in paragraphs if "<w:pBdr><w:top " in squeezed_xml(each._p.xml)]
    assert lined == ["Акт составил", "Присутствовал (1)", "Присутствовал (2)"]


def squeezed_xml(xml: str) -> str:
    return re.sub(r">\s+<", "><", xml)
