"""Overrides and adoptions as TOML, the way a person would write them. Nothing here touches a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flows.catalog.layers import Adoption
from flows.catalog.overrides import Override, Proposed

_WIDE = 100  # characters of a value on one line


def render_overrides(site: str, page: str, overrides: Iterable[Override | Proposed]) -> str:
    """Renders a file of overrides: those that were taken, or those that are proposed."""
    lines = [f"overlay = 1\nsite = {literal(site)}\npage = {literal(page)}"]
    for one in overrides:
        lines += ["", "[[override]]"]
        lines += [f"{name} = {literal(getattr(one, name))}" for name in type(one).model_fields if name != "value"]
        lines.append(f"value = {literal(one.value)}")
    return "\n".join(lines) + "\n"


def render_adoption(adoption: Adoption) -> str:
    """Renders the note that a person took a whole site as it was."""
    lines = (f"{name} = {literal(getattr(adoption, name))}" for name in type(adoption).model_fields)
    return "\n".join(lines) + "\n"


def literal(value: object) -> str:
    """Writes a value of a catalog as TOML; a list of tables gets a line each.

    Raises:
        TypeError: nothing that a catalog can hold.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for DEL, which no catalog may hold.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {literal(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        items = [literal(item) for item in value]
        is_long = len(items) > 1 and sum(map(len, items)) > _WIDE
        return "[\n  " + ",\n  ".join(items) + ",\n]" if is_long else f"[{', '.join(items)}]"
    raise TypeError(f"{type(value).__name__} has no place in a catalog")


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else json.dumps(name, ensure_ascii=False)
