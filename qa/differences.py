"""In what a reading differs from the expected one: which review (order, appeal), which field, was and is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import JsonValue

from qa.results import Differs

MOST_DIFFERENCES = 50
_LONGEST_VALUE = 200  # characters
_IDS = ("review_id", "order_number", "number", "sku")
"""What a row of a list is called by, first of those that it has."""


def find_differences(expected: JsonValue, read: JsonValue) -> list[Differs]:
    """Compares two readings; rows of a list are matched by their ids, so that one row more is told as that row."""
    return [
        Differs(row=row, field=field, was=_brief(was), now=_brief(now))
        for row, field, was, now in _walk("", "", expected, read)
    ]


_Found = tuple[str, str, JsonValue, JsonValue]


def _walk(row: str, field: str, was: JsonValue, now: JsonValue) -> Iterator[_Found]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in {**was, **now}:
            yield from _walk(row, f"{field}.{key}".lstrip("."), was.get(key), now.get(key))
    elif isinstance(was, list) and isinstance(now, list) and (named := _by_id(was, now)) is not None:
        before, after = named
        for name in {**before, **after}:
            yield from _of_row(name, field, before.get(name), after.get(name))
        if before.keys() == after.keys() and list(before) != list(after):
            yield row, f"{field}: order", list(before), list(after)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _walk(row, f"{field}[{place}]", one, other)
    elif was != now:
        yield row, field, was, now


def _of_row(name: str, field: str, was: JsonValue, now: JsonValue) -> Iterator[_Found]:
    if was is None or now is None:
        yield name, field, was, now
    else:
        yield from _walk(name, "", was, now)


def _by_id(was: list[JsonValue], now: list[JsonValue]) -> tuple[dict[str, JsonValue], dict[str, JsonValue]] | None:
    """Returns the rows of both lists by id; None where they have none, or one stands twice."""
    before, after = {_id(one): one for one in was}, {_id(one): one for one in now}
    is_whole = len(before) == len(was) and len(after) == len(now) and "" not in {*before, *after}
    return (before, after) if is_whole and (before or after) else None


def _id(row: JsonValue) -> str:
    named = (str(row[key]) for key in _IDS if row.get(key)) if isinstance(row, dict) else iter(())
    inner = row.get("review") if isinstance(row, dict) else None  # a row of the cabinet's list holds its review
    return next(named, _id(inner) if isinstance(inner, dict) else "")


def _brief(value: JsonValue) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
