"""What a team does about a complaint, as data: ``words/advice.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from monitor.insight.words_file import Team

_FILE = Path(__file__).parent / "words" / "advice.toml"
_OTHER = "other"

TEAMS: dict[Team, str] = {
    "packing": "Упаковка и сборка",
    "cards": "Карточки товаров",
    "purchasing": "Закупка",
    "supplier": "Работа с поставщиками",
    "support": "Поддержка покупателей",
}
"""Each team by its title."""


@lru_cache(maxsize=1)
def _advice() -> dict[str, tuple[str, ...]]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {code: tuple(entry["do"]) for code, entry in found.items()}


def advice_for(aspect: str) -> tuple[str, ...]:
    """The next steps about a complaint, in order; general ones for an aspect of the seller's own."""
    return _advice().get(aspect) or _advice()[_OTHER]
