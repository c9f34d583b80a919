"""A printed page as PDF/A-2b (ISO 19005-2), the form in which courts and archives keep papers.

A browser prints embedded fonts and plain colours; what it leaves out is added here: what the file says of itself (XMP),
which colours are meant (an output intent) and an identifier. What cannot be mended is named: then the print stays as it
is and says nothing of PDF/A. No validator is part of this program; `docs/law.md` says with which one it was looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, PdfError, String

from evidence_store.errors import ExportFailed
from evidence_store.sentences import sentence

_DATE = "D:%Y%m%d%H%M%S"
_CONDITION = "sRGB IEC61966-2.1"
_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<pdf:Producer>fairreview</pdf:Producer>
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_RUNS = ("/AA", "/OpenAction", "/Names", "/AcroForm")
_SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})


def as_pdf_a(printed: bytes) -> bytes:
    """Returns a browser's print as PDF/A-2b, without the browser's name and the machine's.

    Args:
        printed: As Chromium prints it.

    Raises:
        ExportFailed: something in it cannot be in a PDF/A; the print itself is still good.
    """
    try:
        with Pdf.open(BytesIO(printed)) as pdf:
            _refuse_unfit(pdf)
            _say_what_it_is(pdf)
            profile = pdf.make_stream(srgb_profile(), N=3)
            pdf.Root.OutputIntents = Array(
                [
                    Dictionary(
                        Type=Name.OutputIntent,
                        S=Name.GTS_PDFA1,  # the same name in every part of the standard
                        OutputConditionIdentifier=String(_CONDITION),
                        Info=String(_CONDITION),
                        DestOutputProfile=profile,
                    )
                ]
            )
            written = BytesIO()
            pdf.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except (PdfError, ValueError) as error:
        raise ExportFailed("the print is no PDF that can be read", where=str(error)[:100]) from error
    return written.getvalue()


def _say_what_it_is(pdf: Pdf) -> None:
    """Puts title and day into the metadata, and takes out what names browser and machine."""
    words = _METADATA.format(
        title=escape(str(pdf.docinfo.get("/Title", ""))), made=_made_at(str(pdf.docinfo.get("/CreationDate", "")))
    )
    del pdf.docinfo
    pdf.Root.Metadata = pdf.make_stream(words.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Lang = String("ru-RU")


def _made_at(text: str) -> str:
    """Returns the day of a PDF as the metadata writes it; Chromium writes it in UTC."""
    return datetime.strptime(text[: len("D:20260101000000")], _DATE).replace(tzinfo=UTC).isoformat()


def _refuse_unfit(pdf: Pdf) -> None:
    if pdf.is_encrypted or any(key in pdf.Root for key in _RUNS):
        raise ExportFailed("the print is locked, or something in it runs")
    for number, page in enumerate(pdf.pages, 1):
        if "/Annots" in page.obj:
            raise ExportFailed("the print holds links or notes", where=f"page {number}")
        for font in _fonts(page.obj.get("/Resources")):
            _refuse_unfit_font(font, number)
        if _shows_a_missing_letter(page):
            raise ExportFailed("no font of this machine has one of the signs", where=f"page {number}")


def _fonts(resources: Object | None) -> Iterator[Object]:
    """Yields the fonts of a page and of what is drawn on it."""
    if resources is None:
        return
    yield from resources.get("/Font", Dictionary()).as_dict().values()
    for drawn in resources.get("/XObject", Dictionary()).as_dict().values():
        if drawn.get("/Subtype") == "/Form":
            yield from _fonts(drawn.get("/Resources"))


def _refuse_unfit_font(font: Object, page: int) -> None:
    if font.get("/Subtype") == "/Type3":
        return  # its shapes stand in the file
    described = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor", Dictionary())
    if not any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        raise ExportFailed(
            sentence("the font {font} is not in the print", font=font.get("/BaseFont")), where=f"page {page}"
        )


def _shows_a_missing_letter(page: Page) -> bool:
    """Whether glyph 0 is shown: the empty box for a sign that the font does not have."""
    fonts = page.obj.get("/Resources", Dictionary()).get("/Font", Dictionary())
    wide = False
    for step in pikepdf.parse_content_stream(page):
        if str(step.operator) == "Tf":
            font = fonts.get(str(step.operands[0]), Dictionary())
            wide = font.get("/Subtype") == "/Type0"
        elif wide and str(step.operator) in _SHOWS_TEXT:
            shown = step.operands[-1]
            for text in shown if isinstance(shown, Array) else [shown]:
                codes = bytes(text) if isinstance(text, String) else b""
                if any(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2)):
                    return True
    return False


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Returns the colour profile of sRGB (IEC 61966-2-1) as an ICC profile of version 2.1.

    The primaries are those of the standard, adapted to the profile's white (D50) by Bradford's method.
    """
    described = _CONDITION.encode()
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(described) + 1) + described + bytes(1 + 4 + 4 + 2 + 1 + 67),
        b"cprt": b"text" + bytes(4) + b"No copyright, use freely\0",
        b"wtpt": _xyz(0.96420, 1.0, 0.82491),
        b"rXYZ": _xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": _xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": _xyz(0.14307, 0.06061, 0.71410),
        b"rTRC": (curve := _curve()),
        b"gTRC": curve,
        b"bTRC": curve,
    }
    place = 128 + 4 + 12 * len(tags)
    listed, body, written = b"", b"", dict[bytes, int]()
    for name, data in tags.items():
        if data not in written:
            written[data] = place + len(body)
            body += data + bytes(-len(data) % 4)
        listed += name + struct.pack(">II", written[data], len(data))
    head = struct.pack(">I4sI4s4s4s", place + len(body), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(0.96420, 1.0, 0.82491)[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + listed + body


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(one * 65536) for one in values))


def _curve() -> bytes:
    points = [n / 1023 for n in range(1024)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in points]
    return b"curv" + bytes(4) + struct.pack(">I1024H", 1024, *(round(one * 65535) for one in linear))
