"""A page to print as a ``.docx``, because lawyers edit what they sign.

The page that ``act.page`` made is the only source of its words: what stands there stands here, in the same order. The
file runs nothing, loads nothing and links nowhere, names no machine and no program's user, and the same page gives the
same bytes.
"""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from evidence_store.errors import ExportFailed

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.table import Table

_STYLES = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "li": "List Bullet", "figcaption": "Caption"}
_HOLDS_TEXT = frozenset({"h1", "h2", "h3", "p", "li", "td", "th", "div", "figcaption"})
_HOLDS_OTHERS = frozenset({"html", "body", "ul", "ol", "table", "tr", "figure", "bdi", "span", "b"})
_TABLES = frozenset({"Normal Table", "Table Grid"})
_SKIPPED = frozenset({"head", "title", "style"})
_EMPTY = frozenset({"meta", "img", "br"})
_SOURCE_BREAK = re.compile(r"\s*\n\s*")  # of our own templates; a foreign text's breaks are <br>
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PICTURE = "data:image/png;base64,"
_UNREADABLE = "[изображение не читается]"
_WIDTH, _HEIGHT = Mm(170), Mm(220)
_LETTER, _CELL_MARGINS, _LONGEST_WORD = Mm(2.2), Mm(5), 12  # a letter's room at most, at 11 points
_MEMBER_DATE = (1980, 1, 1, 0, 0, 0)


class _Size(NamedTuple):
    width: int
    height: int


def write_docx(html: str, *, title: str, made_at: datetime) -> bytes:
    """Returns a page of ours as a Word document.

    Args:
        html: As ``act.page`` makes it.
        title: Of the document's properties.
        made_at: Stands as the time of making in its properties; any zone.

    Raises:
        ExportFailed: the page holds an element that would be lost.
    """
    document = docx.Document()
    _prepare(document, title, made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0))
    walk = _Walk(document)
    walk.feed(html)
    walk.close()
    written = BytesIO()
    document.save(written)
    return _with_fixed_dates(written.getvalue())


class _Walk(HTMLParser):
    """Writes down every text of the page as it comes by."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._open: list[str] = []
        self._paragraph: Paragraph | None = None
        self._table: Table | None = None
        self._row: list[str] = []
        self._cells = 0
        self._item = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _HOLDS_TEXT | _HOLDS_OTHERS | _SKIPPED | _EMPTY:
            raise ExportFailed("the page holds an element that a .docx has no place for", where=tag[:100])
        if tag in _EMPTY:
            self._add_empty(tag, given)
            return
        self._open.append(tag)
        if tag in {"ul", "ol"}:
            self._item = 0
        elif tag == "table":
            self._table = None
        elif tag == "tr":
            self._cells = 0
            if self._table is not None:
                self._table.add_row()  # type: ignore[no-untyped-call]  # the library has no types there
        elif tag in _HOLDS_TEXT:
            self._paragraph = self._start(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        if not self._open or self._open.pop() != tag:
            raise ExportFailed("the page's elements do not close as they open", where=tag[:100])
        if tag in _HOLDS_TEXT:
            self._paragraph = None
        elif tag == "table" and self._table is not None:
            _share_width(self._table)

    def handle_data(self, data: str) -> None:
        if _SKIPPED & set(self._open):
            return
        text = _NO_XML.sub(lambda mark: f"‹U+{ord(mark[0]):04X}›", _SOURCE_BREAK.sub(" ", data))
        if self._paragraph is not None:
            if text:
                self._paragraph.add_run(text).bold = True if "b" in self._open or "th" in self._open else None
        elif text.strip():
            raise ExportFailed("a text of the page stands in no paragraph", where=text[:100])

    def _add_empty(self, tag: str, given: Mapping[str, str | None]) -> None:
        if tag == "br" and self._paragraph is not None:
            self._paragraph.add_run().add_break()
        elif tag == "img":
            self._add_picture(given)

    def _start(self, tag: str, given: Mapping[str, str | None]) -> Paragraph:
        if tag in {"td", "th"}:
            return self._cell()
        style = _STYLES.get(tag, "Quote" if given.get("class") == "quote" else "Normal")
        paragraph = self._document.add_paragraph(style=style)
        if given.get("class") == "sign":
            paragraph.paragraph_format.space_before = Pt(30)
            _draw_line_above(paragraph)
        if tag == "li" and self._open[-2] == "ol":
            # Written out: a numbered list of Word's goes on counting from the list before.
            self._item += 1
            paragraph.style = self._document.styles["List"]
            paragraph.add_run(f"{self._item}. ")
        return paragraph

    def _cell(self) -> Paragraph:
        if self._table is None:
            self._table = self._document.add_table(1, 1, "Table Grid")
        elif len(self._table.columns) <= self._cells:
            self._table.add_column(Mm(30))
        self._cells += 1
        paragraph: Paragraph = self._table.rows[-1].cells[self._cells - 1].paragraphs[0]
        return paragraph

    def _add_picture(self, given: Mapping[str, str | None]) -> None:
        source = given.get("src") or ""
        if not source.startswith(_PICTURE):
            raise ExportFailed("a picture of the page is not a PNG within it")
        data = base64.b64decode(source[len(_PICTURE) :])
        size = _size_of(data)
        if size is None:
            self._document.add_paragraph(_UNREADABLE)
            return
        height = _WIDTH * size.height // size.width
        shown = min(height, _HEIGHT)
        is_cut = given.get("class") == "tall"
        width = _WIDTH if is_cut or shown == height else _WIDTH * shown // height
        try:
            picture = self._document.add_picture(BytesIO(data), width, shown)
        except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError):
            self._document.add_paragraph(_UNREADABLE)
            return
        if is_cut and shown < height:
            # The whole picture is inside; what does not fit on the sheet is cut from view only.
            fill = picture._inline.graphic.graphicData.pic.blipFill  # noqa: SLF001 - python-docx has no cropping
            rectangle = fill.makeelement(qn("a:srcRect"), {"b": str(100_000 - 100_000 * shown // height)})
            fill.insert(1, rectangle)


def _draw_line_above(paragraph: Paragraph) -> None:
    """Draws the line to sign on, which the library has no word for."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")


def _share_width(table: Table) -> None:
    """Gives each column room for its longest word, within bounds, and a share of the rest by its longest text."""
    columns = [list(column.cells) for column in table.columns]
    words = [max((len(word) for cell in cells for word in cell.text.split()), default=1) for cells in columns]
    least = [_CELL_MARGINS + min(longest, _LONGEST_WORD) * _LETTER for longest in words]
    rest = max(0, _WIDTH - sum(least))
    weights = [min(max(1, *(len(cell.text) for cell in cells)), 40) for cells in columns]
    for column, cells, room, weight in zip(table.columns, columns, least, weights, strict=True):
        column.width = room + rest * weight // sum(weights)
        for cell in cells:
            cell.width = column.width


def _size_of(picture: bytes) -> _Size | None:
    if not picture.startswith(b"\x89PNG\r\n\x1a\n") or picture[12:16] != b"IHDR":
        return None
    size = _Size(*(int.from_bytes(picture[place : place + 4], "big") for place in (16, 20)))
    return size if size.width and size.height else None


def _prepare(document: Document, title: str, made_at: datetime) -> None:
    """Returns sheet, fonts and properties; takes out what the library's template brings along."""
    properties = document.core_properties
    properties.title, properties.language, properties.revision = title, "ru-RU", 1
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = made_at
    for holder, unwanted in (
        (document.part.package.rels, "/thumbnail"),
        (document.part.package.rels, "/extended-properties"),  # names another program as its maker
        (document.part.rels, "/customXml"),
        (document.part.rels, "/stylesWithEffects"),  # the styles once more, for a program of 2010
    ):
        for name in [name for name, relation in holder.items() if relation.reltype.endswith(unwanted)]:
            del holder[name]
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    _number_pages(section.footer.paragraphs[0])
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.PARAGRAPH:
            _set_font(style)
        elif style.type == WD_STYLE_TYPE.TABLE and style.name not in _TABLES:
            style.delete()  # some hundred kilobytes that no paper uses
    for size, name in ((11, "Normal"), (16, "Title"), (13, "Heading 1"), (12, "Heading 2"), (9, "Caption")):
        document.styles[name].font.size = Pt(size)
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:val"), "ru-RU")


def _number_pages(line: Paragraph) -> None:
    """Writes «стр. N из M» as fields that the office program fills in."""
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for word, name in (("стр. ", "PAGE"), (" из ", "NUMPAGES")):
        line.add_run(word)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        line._p.append(field)  # noqa: SLF001


def _set_font(style: ParagraphStyle) -> None:
    style.font.name = "Times New Roman"
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if str(name).endswith("Theme")]:
        del fonts.attrib[name]  # a theme's font goes before the named one
    for script in ("w:cs", "w:eastAsia"):
        fonts.set(qn(script), "Times New Roman")


def _with_fixed_dates(packed: bytes) -> bytes:
    """Packs anew without the clock and without a compressor's version; the pictures are packed already."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _MEMBER_DATE)
            member.create_system = 0
            target.writestr(member, source.read(name), zipfile.ZIP_STORED)
    return written.getvalue()
