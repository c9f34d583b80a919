"""Mutations of what the site sends: of a JSON value at every key path, and of an element at every place of a page.

Nothing here knows what the readers read. A mutation changes one thing, in one row or in all rows alike.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

Step = str | int
Path = tuple[Step, ...]
EVERY = "*"  # stands for every element of a list of rows at once
ROW = "row"  # what a mutation of a whole row is called
_MILLISECONDS = 1_000
_MOMENT = 1_000_000_000


@dataclass(frozen=True)
class Mutation:
    """One changed page: what was done to which path, and the page."""

    name: str
    pair: frozenset[str]
    source: str


def mutate_json(
    document: object, rows: Path | None, dump: Callable[[object], str], wanted: Callable[[], bool]
) -> Iterator[Mutation]:
    """Gives every mutation of a JSON document.

    Args:
        document: The intact document.
        rows: Where its list of rows is: every path below is mutated in each row by itself and in all of them at once.
            None: it is one row.
        dump: Writes a changed document as the site would send it.
        wanted: Chooses a share of them, before they are made.
    """
    written = json.dumps(document)
    for path in [*_paths(document), *(() if rows is None else _paths_of_every_row(document, rows))]:
        for name, change in _changes(document, path):
            if not wanted():
                continue
            changed = json.loads(written)
            done = [change(holder, step) for holder, step in _places(changed, path)]
            if any(done):
                key = ROW if path[:-1] == rows else str(path[-1])
                pair = frozenset({key, name.removeprefix("swap ")})
                yield Mutation(f"{_told(path)}: {name}", pair, dump(changed))


def _told(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _paths(value: object, above: Path = ()) -> Iterator[Path]:
    items: list[tuple[Step, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for step, inner in items:
        yield (*above, step)
        yield from _paths(inner, (*above, step))


def _paths_of_every_row(document: object, rows: Path) -> Iterator[Path]:
    listed = _at(document, rows)
    assert isinstance(listed, list)
    seen = dict.fromkeys(path for row in listed for path in _paths(row))
    return ((*rows, EVERY, *path) for path in seen)


def _at(document: object, path: Path) -> object:
    for step in path:
        document = document[step]  # type: ignore[index]
    return document


def _places(document: object, path: Path) -> list[tuple[dict[str, object] | list[object], Step]]:
    """Gives the objects or lists that hold the path's last step, with that step."""
    holders = [document]
    for step in path[:-1]:
        found: list[object] = []
        for holder in holders:
            if step == EVERY and isinstance(holder, list):
                found += holder
            elif (isinstance(holder, dict) and step in holder) or (
                isinstance(holder, list) and isinstance(step, int) and step < len(holder)
            ):
                found.append(holder[step])  # type: ignore[index]
        holders = found
    return [(holder, path[-1]) for holder in holders if _has(holder, path[-1])]  # type: ignore[misc]


def _has(holder: object, step: Step) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


Change = Callable[..., bool]


def _changes(document: object, path: Path) -> Iterator[tuple[str, Change]]:
    yield "drop", _drop
    yield "null", _put(lambda _: None)
    yield "empty", _put(_emptied)
    yield "rename", _rename
    yield "wrap in a list", _put(lambda value: [value])
    yield "wrap in an object", _put(lambda value: {"value": value})
    yield "retype", _put(_retyped)
    yield "seconds and milliseconds", _put(_rescaled)
    siblings = dict.fromkeys(
        key for holder, _ in _places(document, path) if isinstance(holder, dict) for key in holder if key != path[-1]
    )
    for sibling in siblings:
        if str(sibling) > str(path[-1]):  # each pair once
            yield f"swap {sibling}", _swap(sibling)


def _drop(holder: dict[str, object] | list[object], step: Step) -> bool:
    del holder[step]  # type: ignore[arg-type]
    return True


def _rename(holder: dict[str, object] | list[object], step: Step) -> bool:
    if not isinstance(holder, dict):
        return False
    changed = {f"{key}Renamed" if key == step else key: value for key, value in holder.items()}
    holder.clear()
    holder.update(changed)
    return True


def _put(change: Callable[[object], object]) -> Change:
    def put(holder: dict[str, object] | list[object], step: Step) -> bool:
        before = holder[step]  # type: ignore[index]
        after = change(copy.deepcopy(before))
        holder[step] = after  # type: ignore[index]
        return json.dumps(before) != json.dumps(after)

    return put


def _emptied(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return False
    return type(value)()  # "", 0, 0.0, [], {}


def _retyped(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    if isinstance(value, list):
        return {str(place): item for place, item in enumerate(value)}
    if isinstance(value, dict):
        return list(value.values())
    return value


def _rescaled(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value >= _MOMENT:
        return value // _MILLISECONDS if value >= _MOMENT * _MILLISECONDS else value * _MILLISECONDS
    return value


def _swap(sibling: str) -> Change:
    def swap(holder: dict[str, object] | list[object], step: Step) -> bool:
        if not isinstance(holder, dict) or sibling not in holder or not isinstance(step, str):
            return False
        is_other = json.dumps(holder[step]) != json.dumps(holder[sibling])
        holder[step], holder[sibling] = holder[sibling], holder[step]
        return is_other

    return swap


def mutate_elements(markup: str, cards: str) -> Iterator[Mutation]:
    """Gives every mutation of a page.

    Args:
        markup: The intact page, well-formed.
        cards: The attribute that marks a row: what is moved goes into the last row as well.
    """
    count = sum(1 for _ in ET.fromstring(markup).iter())
    for place in range(1, count):
        tree = ET.fromstring(markup)
        attributes = list(list(tree.iter())[place].attrib)
        told = _element_name(list(tree.iter())[place], place)
        for name, change in _element_changes(attributes, cards):
            changed = ET.fromstring(markup)
            parents = {child: parent for parent in changed.iter() for child in parent}
            element = list(changed.iter())[place]
            if change(element, parents, changed):
                pair = frozenset({ROW if cards in attributes else element.tag, name})
                yield Mutation(f"{told}: {name}", pair, ET.tostring(changed, encoding="unicode", method="html"))


def _element_name(element: ET.Element, place: int) -> str:
    words = " ".join((element.text or "").split())[:20]
    return f"#{place} <{element.tag}{''.join(f' {name}' for name in element.attrib)}>{words}"


ElementChange = Callable[[ET.Element, dict[ET.Element, ET.Element], ET.Element], bool]


def _element_changes(attributes: list[str], cards: str) -> Iterator[tuple[str, ElementChange]]:
    yield "drop", _drop_element
    yield "wrap", _wrap_element
    yield "duplicate", _duplicate_element
    yield "move to the end", _move_to_end
    yield "move into the last row", _move_to_last_row(cards)
    for attribute in attributes:
        yield f"rename {attribute}", _rename_attribute(attribute)
    if "class" in attributes:
        yield "other class", _other_class


def _take_out(element: ET.Element, parent: ET.Element) -> int:
    """Takes an element out of its parent; the text after it stays."""
    place = list(parent).index(element)
    tail, element.tail = element.tail or "", None
    parent.remove(element)
    if place:
        before = list(parent)[place - 1]
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    return place


def _drop_element(element: ET.Element, parents: dict[ET.Element, ET.Element], _: ET.Element) -> bool:
    _take_out(element, parents[element])
    return True


def _wrap_element(element: ET.Element, parents: dict[ET.Element, ET.Element], _: ET.Element) -> bool:
    parent = parents[element]
    wrapper = ET.Element("div", {"class": "wr4p_77"})
    wrapper.tail, element.tail = element.tail, None
    parent.insert(list(parent).index(element), wrapper)
    parent.remove(element)
    wrapper.append(element)
    return True


def _duplicate_element(element: ET.Element, parents: dict[ET.Element, ET.Element], _: ET.Element) -> bool:
    parent = parents[element]
    double = copy.deepcopy(element)
    element.tail = None
    parent.insert(list(parent).index(element) + 1, double)
    return True


def _move_to_end(element: ET.Element, parents: dict[ET.Element, ET.Element], _: ET.Element) -> bool:
    parent = parents[element]
    if list(parent)[-1] is element:
        return False
    _take_out(element, parent)
    parent.append(element)
    return True


def _move_to_last_row(cards: str) -> ElementChange:
    def move(element: ET.Element, parents: dict[ET.Element, ET.Element], root: ET.Element) -> bool:
        last = [node for node in root.iter() if cards in node.attrib][-1]
        if any(node is last for node in element.iter()) or parents[element] is last:
            return False
        _take_out(element, parents[element])
        last.append(element)
        return True

    return move


def _rename_attribute(attribute: str) -> ElementChange:
    def rename(element: ET.Element, _: dict[ET.Element, ET.Element], __: ET.Element) -> bool:
        element.attrib[f"{attribute}-renamed"] = element.attrib.pop(attribute)
        return True

    return rename


def _other_class(element: ET.Element, _: dict[ET.Element, ET.Element], __: ET.Element) -> bool:
    element.attrib["class"] = "n3w_41 z9_b"
    return True
