"""The sentences of drafts, read from the package's data, and the choice among them."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "words" / "appeals.toml"


@lru_cache(maxsize=1)
def load_wordings() -> dict[str, dict[str, Any]]:
    """All wordings by section and slot."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def choose(wordings: list[str], *seed: object) -> str:
    """One of the wordings; the same seed always gives the same one."""
    digest = hashlib.sha256("\x1f".join(map(str, seed)).encode("utf-8", "surrogatepass")).digest()
    return wordings[int.from_bytes(digest[:4], "big") % len(wordings)]


def wording_of(ground: str, text: str) -> int | None:
    """Which of a ground's sentences about the breach a text was written with.

    Returns:
        Its place in the list, from 1; None where it is a person's own words, or nothing is left of the text.
    """
    for number, wording in enumerate(load_wordings()["breach"].get(ground, ()), start=1):
        before, _, after = wording.partition("{quote}")
        if before in text and after in text:
            return number
    return None
