"""Draws the sheet: a derived picture that carries, above the original, what a reader must know about it."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

# Pillow's own font has no Cyrillic letters; one of these is on every desktop system.
FONT_FILES = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf", "segoeui.ttf", "Helvetica.ttc")
FONT_PIXELS = 15
MARGIN = 12
LINE = 21
NARROWEST = 900
LARGEST_PIXELS = 80_000_000


def draw_sheet(original_png: bytes, lines: Sequence[str]) -> bytes:
    """Returns a PNG with the lines above the original picture, which is copied pixel by pixel.

    Args:
        original_png: The untouched picture.
        lines: One statement a line; long ones are wrapped.

    Raises:
        ValueError: the original is no picture, or larger than any page we capture.
    """
    with Image.open(io.BytesIO(original_png)) as original:
        if original.width * original.height > LARGEST_PIXELS:
            raise ValueError(f"a picture of {original.width}x{original.height} px is not drawn again")
        width = max(original.width, NARROWEST)
        font, is_cyrillic = _load_font()
        wrapped = [part for line in lines for part in _wrap(_printable(line, is_cyrillic), font, width - 2 * MARGIN)]
        header = 2 * MARGIN + LINE * len(wrapped)
        sheet = Image.new("RGB", (width, header + original.height), "white")
        pen = ImageDraw.Draw(sheet)
        for i, line in enumerate(wrapped):
            pen.text((MARGIN, MARGIN + i * LINE), line, font=font, fill="black")
        pen.line([(0, header - 4), (width, header - 4)], fill="#888888")
        sheet.paste(original.convert("RGB"), (0, header))
    out = io.BytesIO()
    sheet.save(out, format="PNG")
    return out.getvalue()


def _load_font() -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]:
    for name in FONT_FILES:
        try:
            return ImageFont.truetype(name, FONT_PIXELS), True
        except OSError:
            continue
    return ImageFont.load_default(FONT_PIXELS), False


def _printable(line: str, is_cyrillic: bool) -> str:
    """Control and bidi characters of a page must not re-arrange the header."""
    clean = "".join(char if char.isprintable() else " " for char in line)
    return clean if is_cyrillic else clean.encode("ascii", "backslashreplace").decode()


def _wrap(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """Breaks anywhere: addresses have no spaces."""
    parts, rest = [], line
    while rest:
        size = len(rest)
        while size > 1 and font.getlength(rest[:size]) > width:
            size -= max(1, size // 10)
        parts.append(rest[:size])
        rest = rest[size:]
    return parts or [""]
