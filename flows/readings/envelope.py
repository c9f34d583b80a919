"""The site's own page JSON: a layout of components and, per component, a state that is itself a JSON string."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.readings.document import JsonTable, as_table, parse_json

_MAX_WIDGETS = 5_000


@dataclass(frozen=True)
class Envelope:
    """A parsed page JSON.

    Attributes:
        keys: Top-level keys, among which a challenge shows itself.
        raw_states: State strings by state id.
        components: Names of the components in the layout, in order.
        page_type: What the site calls this page; ``error`` for one that does not exist.
        sku: The product the site says this page is about.
        url: The page's address as the site understood it.
    """

    keys: frozenset[str]
    raw_states: Mapping[str, object] = field(default_factory=dict)
    components: tuple[str, ...] = ()
    page_type: str = ""
    sku: str = ""
    url: str = ""

    @property
    def is_page(self) -> bool:
        """Whether this is a page at all and not some other JSON."""
        return "widgetStates" in self.keys

    def states(self, prefixes: Sequence[str]) -> Iterator[tuple[str, object]]:
        """Returns id and parsed state (None when torn) of each state whose id starts with a prefix."""
        for state_id, raw in self.raw_states.items():
            if any(state_id.startswith(prefix) for prefix in prefixes):
                yield state_id, parse_json(raw) if isinstance(raw, str) else raw


def read_envelope(text: str) -> Envelope | None:
    """Parses a page JSON; None when it is not a JSON object."""
    parsed = parse_json(text)
    if not isinstance(parsed, dict):
        return None
    info = as_table(parsed.get("pageInfo"))
    return Envelope(
        keys=frozenset(parsed),
        raw_states=as_table(parsed.get("widgetStates")),
        components=tuple(_components(parsed.get("layout"))),
        page_type=_text(info, "pageType"),
        sku=_text(as_table(info.get("analyticsInfo")), "sku"),
        url=_text(info, "url"),
    )


def _text(table: JsonTable, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _components(layout: object) -> Iterator[str]:
    waiting: list[object] = [layout]
    for _ in range(_MAX_WIDGETS):
        if not waiting:
            return
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, dict):
            if isinstance(item.get("component"), str):
                yield item["component"]
            waiting[:0] = [item.get("placeholders"), item.get("widgets")]
