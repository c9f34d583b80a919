"""Generated Russian texts: our own templates, no text of any real person. Data lies in the TOML files beside."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"^[а-яё]|(?<=[.!?] )[а-яё]")


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of goods: what it is called, what is good and what breaks."""

    name: str
    titles: tuple[str, ...]
    brands: tuple[str, ...]
    price: tuple[int, int]
    variant: str
    values: tuple[str, ...]
    description: str
    characteristics: tuple[tuple[str, str], ...]
    merits: tuple[str, ...]
    defects: tuple[str, ...]
    questions: tuple[str, ...]


@cache
def categories() -> tuple[Category, ...]:
    """All kinds of goods, in the order of the file."""
    return tuple(_category(row) for row in _load("products.toml")["category"])


def _category(row: dict[str, Any]) -> Category:
    return Category(
        name=row["name"],
        titles=tuple(row["titles"]),
        brands=tuple(row["brands"]),
        price=(row["price"][0], row["price"][1]),
        variant=row["variant"],
        values=tuple(row["values"]),
        description=row["description"],
        characteristics=tuple((pair[0], pair[1]) for pair in row["characteristics"]),
        merits=tuple(row["merits"]),
        defects=tuple(row["defects"]),
        questions=tuple(row["questions"]),
    )


@cache
def phrases(group: str) -> tuple[str, ...]:
    """The templates of one group in ``reviews.toml``."""
    return tuple(_load("reviews.toml")[group]["texts"])


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


@cache
def english() -> dict[str, str]:
    """The site's own words in English, for the switch ``locale``."""
    return dict(_load("english.toml")["words"])


def compose(kind: str, category: Category, rng: random.Random) -> str:
    """Writes one review of a kind about goods of a category.

    Args:
        kind: A group of ``reviews.toml``, for example ``fair_negative`` or ``advert``.
        category: Gives the concrete merits and defects.
        rng: Decides everything that is not fixed.
    """
    text = _fill(rng.choice(phrases(kind)), category, rng)
    if rng.random() < 0.35 and kind in {"positive", "mixed", "fair_negative"}:
        text += rng.choice((" ", "\n\n", "\n")) + _fill(rng.choice(phrases(f"{kind}_more")), category, rng)
    return text


def _fill(template: str, category: Category, rng: random.Random) -> str:
    def slot(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in {"merit", "merit2"}:
            return rng.choice(category.merits)
        if name in {"defect", "defect2"}:
            return rng.choice(category.defects)
        return _value(name, rng)

    return _SENTENCE.sub(lambda match: match.group().upper(), _SLOT.sub(slot, template))


def _value(name: str, rng: random.Random) -> str:
    # Phone numbers, handles and addresses are made up: reserved-looking digits, example domains.
    if name == "phone":
        return f"+7 900 000-{rng.randrange(10, 100)}-{rng.randrange(10, 100)}"
    if name == "days":
        return str(rng.randrange(2, 30))
    if name == "number":
        return str(rng.randrange(2, 9))
    return rng.choice(phrases(f"slot_{name}"))


def author_name(rng: random.Random) -> str:
    """A made-up first name with the initial of a surname, as the site shows authors."""
    return f"{rng.choice(phrases('first_names'))} {rng.choice('АБВГДЕЖЗИКЛМНОПРСТФХШЯ')}."


def hostile(place: int) -> str:
    """A text that tries to break what reads it; the corpus begins anew when it is used up."""
    corpus = _load("hostile.toml")["texts"]
    text: str = corpus[place % len(corpus)]
    return text
