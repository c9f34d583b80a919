"""A print becomes PDF/A-2b: what the standard asks for is there, and what it forbids is named.

What is asked for is ISO 19005-2 by the checks of Apache PDFBox Preflight 2.0.27 (of part 1, which knows no other): on
prints of a real pack it finds nothing but what part 2 leaves free (a set of the glyphs of each font).
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, String
from PIL import Image, ImageCms

from evidence_store.errors import ExportFailed
from evidence_store.pdf_a import as_pdf_a, srgb_profile

TITLE = "Претензия <площадке> & другим"


def printed(change: Callable[[Pdf], None] = lambda _: None, **saved: object) -> bytes:
    """Returns a print as Chromium makes them: one page, an embedded font, the browser's name in its properties."""
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=font(pdf)))
        show(pdf, "0024")
        pdf.docinfo[Name.Title] = String(TITLE)
        pdf.docinfo[Name.Creator] = "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0.0.0"
        pdf.docinfo[Name.CreationDate] = "D:20261130075943+00'00'"
        change(pdf)
        written = BytesIO()
        pdf.save(written, static_id=True, **saved)  # type: ignore[arg-type]
    return written.getvalue()


def font(pdf: Pdf, *, file: str = "FontFile2") -> Dictionary:
    described = Dictionary(Type=Name.FontDescriptor, FontName=Name("/AAAAAA+Serif"))
    described[f"/{file}"] = pdf.make_stream(b"a font")
    inner = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, FontDescriptor=described)
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/AAAAAA+Serif"), DescendantFonts=Array([inner])
    )


def show(pdf: Pdf, codes: str) -> None:
    pdf.pages[0].obj.Contents = pdf.make_stream(f"BT /F1 12 Tf [<0025> 3 <{codes}>] TJ ET".encode())


def test_what_the_standard_asks_for_is_there_and_nobody_is_named() -> None:
    made = as_pdf_a(printed())
    with Pdf.open(BytesIO(made)) as pdf:
        words = pdf.Root.Metadata.read_bytes().decode()
        (intent,) = list(pdf.Root.OutputIntents)
        assert "/ID" in pdf.trailer
        assert "/Info" not in pdf.trailer
        assert "/Filter" not in pdf.Root.Metadata
        assert str(intent.S) == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes() == srgb_profile()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in words
    assert "Претензия &lt;площадке&gt; &amp; другим" in words
    assert "<xmp:CreateDate>2026-11-30T07:59:43+00:00</xmp:CreateDate>" in words
    assert b"HeadlessChrome" not in made
    assert as_pdf_a(printed()) == made


def test_the_profile_is_that_of_srgb() -> None:
    own = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    colours = Image.frombytes("RGB", (256, 1), bytes(n * k % 256 for n in range(256) for k in (1, 7, 255)))
    turned = ImageCms.profileToProfile(colours, own, ImageCms.createProfile("sRGB"))
    assert turned is not None
    assert max(abs(a - b) for a, b in zip(colours.tobytes(), turned.tobytes(), strict=True)) <= 1


def not_embedded(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.Font.F1 = font(pdf, file="Nothing")


def not_embedded_in_a_drawing(pdf: Pdf) -> None:
    drawing = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form)
    drawing.Resources = Dictionary(Font=Dictionary(F1=font(pdf, file="Nothing")))
    pdf.pages[0].obj.Resources.XObject = Dictionary(X1=drawing)


def linked(pdf: Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])])


def running(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def without_day(pdf: Pdf) -> None:
    del pdf.docinfo[Name.CreationDate]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (not_embedded, "is not in the print"),
        (not_embedded_in_a_drawing, "is not in the print"),
        (linked, "links or notes"),
        (running, "runs"),
        (lambda pdf: show(pdf, "00240000"), "no font of this machine has one of the signs"),
        (without_day, "no PDF that can be read"),
    ],
)
def test_what_cannot_be_in_a_pdf_a_is_named(change: Callable[[Pdf], None], words: str) -> None:
    with pytest.raises(ExportFailed, match=words):
        as_pdf_a(printed(change))


def test_a_glyph_whose_second_byte_is_nought_is_no_missing_one() -> None:
    as_pdf_a(printed(lambda pdf: show(pdf, "01000001")))


def test_a_locked_print_and_one_that_is_none_are_refused() -> None:
    with pytest.raises(ExportFailed, match="locked"):
        as_pdf_a(printed(encryption=Encryption(owner="a", user="")))
    with pytest.raises(ExportFailed, match="no PDF"):
        as_pdf_a(b"%PDF-1.4 and no more")
