"""The sites that the mock can show. Naming them loads no web server; ``find_skin`` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_site.skins.skin import SiteSkin

CATALOGS = Path(__file__).parent / "catalogs"
"""Catalogs of the sites that exist on the mock only."""

OZON = "ozon"


def _ozon() -> SiteSkin:
    from mock_site.skins.ozon import SKIN  # noqa: PLC0415 - a web server, which naming the sites does not need

    return SKIN


def _shopette() -> SiteSkin:
    from mock_site.skins.shopette import SKIN  # noqa: PLC0415

    return SKIN


_SKINS: dict[str, Callable[[], SiteSkin]] = {OZON: _ozon, "shopette": _shopette}
SKIN_NAMES = tuple(_SKINS)


def find_skin(name: str) -> SiteSkin:
    """The skin of a site.

    Raises:
        LookupError: the mock does not show this site.
    """
    if name not in _SKINS:
        raise LookupError(f"the mock does not show {name!r}; it shows {', '.join(SKIN_NAMES)}")
    return _SKINS[name]()
