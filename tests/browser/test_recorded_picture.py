"""The picture of a recorded page shows nothing that its source has cleaned."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from qa.cases import take_masked_picture
from qa.pseudonyms import Personal

if TYPE_CHECKING:
    from playwright.sync_api import Page

PERSONAL = Personal(names=("Пример П.",), identifiers=("49105412-0045",))


def is_readable(page: Page, text: str) -> bool:
    """Tells whether red text is left on a white page."""
    page.set_content(f"<body style='background: white'><p style='color: red'>{text}</p>")
    pixels = Image.open(io.BytesIO(take_masked_picture(page, PERSONAL))).convert("RGB").tobytes()
    return any(red > green + 50 for red, green in zip(pixels[::3], pixels[1::3], strict=True))


@pytest.mark.parametrize(
    "text", ["Пример П.", "Заказ № 49105412-0045", "пишите anna@example.com", "звоните +7 900 123-45-67"]
)
def test_a_personal_line_is_covered(page: Page, text: str) -> None:
    assert not is_readable(page, text)


def test_other_lines_are_left(page: Page) -> None:
    assert is_readable(page, "Оформлен 27 октября 2026")
