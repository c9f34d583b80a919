"""One stored HTML page, parsed once: states, hooks, visible texts. Knows HTML, but nothing about reviews.

Hidden elements do not count as visible text: a template of the empty state that sits hidden in a page must never be
read as "there are no reviews".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.catalog.entries import FieldHook
from flows.readings.text import normalise, one_line

MAX_HTML = 30_000_000  # characters; a page of 30 reviews has some 300,000
MAX_STATE = 20_000_000
MAX_ROWS = 2_000
_MANY_TAGS = 20_000
_MOST_COLUMNS = 200  # that one cell is said to span
_MAX_DEPTH = 4_000  # generous: optional end tags (p, li, td) make the count run ahead of the real depth
_TAG = re.compile(r"<(/?)([a-zA-Z]+)")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr", "path"})
_SILENT = frozenset({"script", "style", "template", "head", "title", "meta", "link", "svg", "option"})

JsonTable = Mapping[str, object]


def parse_json(text: str) -> object:
    """Parses JSON; None for anything that is not JSON (too deep, too long, torn) and for ``null``.

    NaN and Infinity, which are not JSON, come back as texts: one such value must not cost the page, and no number
    that compares oddly gets in.
    """
    if len(text) > MAX_STATE:
        return None
    try:
        parsed: object = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return parsed


def as_table(value: object) -> JsonTable:
    """Returns a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


class Document:
    """A parsed page.

    Args:
        html: The page's source, as text.
    """

    def __init__(self, html: str) -> None:
        clean = normalise(html[:MAX_HTML])
        is_too_deep = _nests_deeper_than_any_browser(clean.text)
        self.flags = (*clean.flags, "too_deep") if is_too_deep else clean.flags
        self.root = LexborHTMLParser("" if is_too_deep else clean.text)

    @cached_property
    def title(self) -> str:
        """The page's title."""
        return one_line(self._text_of(self.root.css_first("title")))

    @cached_property
    def language(self) -> str:
        """The language the page states for itself, in lower case, or an empty string."""
        html = self.root.css_first("html")
        return ((html.attributes.get("lang") if html else None) or "").strip().lower()

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The visible texts of the whole page, in order."""
        body = self.root.body
        return tuple(visible_texts(body)) if body else ()

    @cached_property
    def text(self) -> str:
        """The visible text of the whole page, one line."""
        return " ".join(self.texts)

    @staticmethod
    def texts_of(node: LexborNode) -> Iterator[str]:
        """Returns the visible texts of one element, in order."""
        return visible_texts(node)

    def texts_outside(self, selectors: Sequence[str]) -> Iterator[str]:
        """Returns the visible texts of the page but those inside what the selectors match."""
        skip = frozenset(node.mem_id for css in selectors for node in self.root.css(css))
        for raw in raw_texts(self.root.body, skip) if self.root.body else ():
            if text := one_line(raw):
                yield text

    def has(self, css: str) -> bool:
        """Whether anything matches."""
        return self.root.css_first(css) is not None

    def has_any(self, selectors: Sequence[str]) -> bool:
        """Whether anything matches one of several selectors."""
        return any(self.has(css) for css in selectors)

    def rows(self, selectors: Sequence[str]) -> list[LexborNode]:
        """Returns the rows of the first layout that matches at all."""
        for css in selectors:
            if found := self.root.css(css):
                return found[:MAX_ROWS]
        return []

    def states(self, prefixes: Sequence[str]) -> Iterator[tuple[str, object]]:
        """Returns id and parsed JSON (None when torn) of each hydration element whose id starts with a prefix."""
        for node in self.root.css("[id^='state-'][data-state]"):
            state_id = (node.attributes.get("id") or "").removeprefix("state-")
            if any(state_id.startswith(prefix) for prefix in prefixes):
                yield state_id, parse_json(node.attributes.get("data-state") or "")

    def field(self, hooks: Sequence[FieldHook]) -> str:
        """Reads a value of the page as a whole."""
        body = self.root.body
        return read_field(body, hooks) if body else ""

    def fields(self, hooks: Sequence[FieldHook]) -> tuple[str, ...]:
        """Reads every value of one kind (all terms of a list), by the first hook that finds any."""
        body = self.root.body
        for hook in hooks:
            if body and (found := tuple(_values(body, hook))):
                return found
        return ()

    @staticmethod
    def _text_of(node: LexborNode | None) -> str:
        return node.text(deep=True) if node else ""


def _nests_deeper_than_any_browser(html: str) -> bool:
    """Chromium stops at a depth of 512; the parser needs quadratic time for pages made to be deep."""
    if html.count("<") < _MANY_TAGS:
        return False
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        depth += -1 if tag[1] else 0 if tag[2].lower() in _VOID else 1
        deepest = max(deepest, depth)
    return deepest > _MAX_DEPTH


def is_hidden(node: LexborNode) -> bool:
    """Whether an element hides itself by attribute or inline style."""
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def visible_texts(root: LexborNode) -> Iterator[str]:
    """Returns each visible piece of text in order, white space joined."""
    for raw in raw_texts(root):
        if text := one_line(raw):
            yield text


def raw_texts(root: LexborNode, skip: frozenset[int] = frozenset()) -> Iterator[str]:
    """Returns each visible text as it is, but for those of elements to skip."""
    for node in text_nodes(root, skip):
        yield node.text(deep=False) or ""


def text_nodes(root: LexborNode, skip: frozenset[int] = frozenset()) -> Iterator[LexborNode]:
    """Returns each visible text node, but for elements to skip. Iterative: pages nest as deep as they like."""
    node: LexborNode | None = root
    while node is not None:
        if node.is_text_node:
            yield node
        elif node.first_child and node.mem_id not in skip and _is_shown(node):
            node = node.first_child
            continue
        node = _following(node, root)


def _is_shown(node: LexborNode) -> bool:
    return node.tag not in _SILENT and not (node.is_element_node and is_hidden(node))


def _following(node: LexborNode, root: LexborNode) -> LexborNode | None:
    current: LexborNode | None = node
    while current is not None and current.mem_id != root.mem_id:
        if current.next is not None:
            return current.next
        current = current.parent
    return None


def read_field(node: LexborNode, hooks: Sequence[FieldHook]) -> str:
    """Reads one value by the first hook that finds something; an empty string when none does."""
    for hook in hooks:
        for value in _values(node, hook):
            return value
    return ""


def read_known(node: LexborNode, hooks: Sequence[FieldHook], known: Mapping[str, object]) -> str:
    """Reads one value where several stand side by side (chips): the one that the catalog knows.

    Args:
        node: Where to look.
        hooks: How; the first that finds anything counts.
        known: The words that mean something here, with their meaning; empty: the first value counts.

    Returns:
        The first value that is known; all of them, divided by ``;``, where none is or where two contradict each other.
    """
    values = next((found for hook in hooks if (found := list(_values(node, hook)))), [])
    if not values or not known:
        return values[0] if values else ""
    meant = [value for value in values if value in known]
    is_clear = len({repr(known[value]) if known[value] is not None else value for value in meant}) == 1
    return meant[0] if is_clear else "; ".join(dict.fromkeys(values))


def _values(node: LexborNode, hook: FieldHook) -> Iterator[str]:
    for raw in _raw_values(node, hook):
        text = one_line(raw)
        if hook.contains is not None and hook.contains not in text:
            continue
        if hook.prefix is not None:
            if not text.startswith(hook.prefix.strip()):
                continue
            text = text.removeprefix(hook.prefix.strip()).strip()
        if hook.suffix is not None:
            text = text.removesuffix(hook.suffix.strip()).strip()
        if text:
            yield text


def _raw_values(node: LexborNode, hook: FieldHook) -> Iterator[str]:
    places = _places(node, hook)
    if places is None and hook.attribute is None:
        yield from visible_texts(node)
        return
    for found in [node] if places is None else places:
        if hook.attribute is not None:
            yield found.attributes.get(hook.attribute) or ""
        elif not is_hidden(found):
            yield " ".join(visible_texts(found))


def _places(node: LexborNode, hook: FieldHook) -> list[LexborNode] | None:
    if hook.css is not None:
        return node.css(hook.css)
    if hook.column is not None:
        return _cells_under(node, hook.column)
    if hook.term is not None:
        return _values_of_term(node, hook.term)
    return None


def _cells_under(row: LexborNode, heading: str) -> list[LexborNode]:
    """Finds the cell under a heading, whether the row's cells are ``td`` or ``th``, wide ones counted as such."""
    table: LexborNode | None = row
    while table is not None and table.tag != "table":
        table = table.parent
    header = next((one for one in table.css("tr") if one.css("th")), None) if table else None
    if header is None or header.mem_id == row.mem_id:
        return []
    headings = [" ".join(visible_texts(cell)) for cell in _cells(header)]
    cells = _cells(row)
    at = headings.index(heading) if heading in headings else len(cells)
    return [cells[at]] if at < len(cells) else []


def _cells(row: LexborNode) -> list[LexborNode]:
    """Returns the cells of a row by column: one that spans several is there as often."""
    found: list[LexborNode] = []
    cell = row.child
    while cell is not None:
        if cell.tag in {"td", "th"}:
            span = cell.attributes.get("colspan") or ""
            found += [cell] * (
                min(int(span), _MOST_COLUMNS) if span.isascii() and span.isdecimal() and span != "0" else 1
            )
        cell = cell.next
    return found


def _values_of_term(node: LexborNode, term: str) -> list[LexborNode]:
    found = []
    for name in node.css("dt"):
        if " ".join(visible_texts(name)) != term:
            continue
        value = name.next
        while value is not None and value.tag not in {"dd", "dt"}:
            value = value.next
        if value is not None and value.tag == "dd":
            found.append(value)
    return found
