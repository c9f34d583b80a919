"""What an element looks like, in words that survive a release of the site; and which element resembles a lost one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_MOST = 600
_LIKELY, _MARGIN = 0.55, 0.08

# Roles and names as far as a proposal needs them; whether it really finds the element is tried afterwards.
_DESCRIBE = """
(elements, most) => {
  const roles = {A: 'link', BUTTON: 'button', SELECT: 'combobox', TEXTAREA: 'textbox', H1: 'heading', H2: 'heading',
    H3: 'heading', DIALOG: 'dialog', ARTICLE: 'article', TABLE: 'table', TR: 'row', LI: 'listitem', NAV: 'navigation'};
  const inputs = {radio: 'radio', checkbox: 'checkbox', submit: 'button', button: 'button'};
  const plain = (text) => (text || '').replace(/\\s+/g, ' ').trim().slice(0, 80);
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const labelled = (e) => (e.getAttribute('aria-labelledby') || '').split(/\\s+/).filter(Boolean)
    .map((id) => (document.getElementById(id) || {}).innerText || '').join(' ');
  const name = (e, role) => plain(e.getAttribute('aria-label') || labelled(e)
    || (e.labels && e.labels.length ? e.labels[0].innerText : '') || e.placeholder
    || (role && !['dialog', 'article', 'table', 'row', 'navigation', 'combobox', 'textbox'].includes(role)
      ? e.innerText : ''));
  return JSON.stringify(elements.slice(0, most).map((e) => {
    const role = e.getAttribute('role')
      || (e.tagName === 'INPUT' ? inputs[e.type] || 'textbox' : roles[e.tagName] || '');
    const kept = [...e.attributes].filter((a) => /^(id|name|type|href|title|autocomplete|data-[a-z-]+)$/.test(a.name)
      && a.name !== 'data-state' && a.value.length <= 200);
    return {tag: e.tagName.toLowerCase(), role, name: name(e, role), text: own(e) ? plain(e.innerText) : '',
      attributes: Object.fromEntries(kept.map((a) => [a.name, a.value])),
      around: e.parentElement ? e.parentElement.tagName.toLowerCase() : '',
      holder: (e.parentElement && e.parentElement.closest('[data-widget]') || {dataset: {}}).dataset.widget || ''};
  }));
}
"""
# What can be an entry at all: controls, landmarks, and whatever carries an attribute of the site's own.
CANDIDATES = (
    "a, button, input, select, textarea, h1, h2, h3, [role], [data-widget], [data-review-uuid], [data-uuid], "
    "[aria-label], article, blockquote, dialog, p, div[id], section"
)


class Look(BaseModel):
    """One element as it was seen; ``holder`` is the site's component that it lies in, ``around`` its parent's tag."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str
    role: str = ""
    name: str = ""
    text: str = ""
    attributes: dict[str, str] = {}
    around: str = ""
    holder: str = ""


def look_at(elements: Locator) -> tuple[Look, ...]:
    """Describes the elements of a locator."""
    return tuple(Look.model_validate(item) for item in json.loads(elements.evaluate_all(_DESCRIBE, _MOST)))


def find_lost(page: Page, lost: Look) -> Look | None:
    """Finds the one element that resembles a lost one clearly more than any other; None when that cannot be said."""
    seen = look_at(page.locator(CANDIDATES))
    ranked = sorted(((likeness(lost, look), i) for i, look in enumerate(seen)), reverse=True)
    if not ranked or ranked[0][0] < _LIKELY:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _MARGIN:
        return None
    return seen[ranked[0][1]]


def likeness(lost: Look, look: Look) -> float:
    """Says how much two elements have in common, 0 to 1."""
    same_attributes = _shared(lost.attributes, look.attributes)
    words = max(_alike(lost.name, look.name), _alike(lost.text, look.text))
    return (
        0.2 * (lost.tag == look.tag)
        + 0.2 * (lost.role == look.role)
        + 0.1 * (lost.around == look.around)
        + 0.2 * same_attributes
        + 0.3 * words
    )


def proposals(look: Look, values: Mapping[str, str], *, has_own_words: bool = True) -> Sequence[str]:
    """Writes candidates for an element as TOML, best first: role and name, what the site's own markup says, its text.

    Args:
        look: The element.
        values: Values of placeholders; where one stands in the element, the placeholder is written.
        has_own_words: Its words are the site's. Those of a heading that shows a product's title are not: they would
            find this one product only.
    """
    found = []
    if look.role and look.name and has_own_words:
        found.append(f'{{ by = "role", role = {_quote(look.role)}, name = {_template(look.name, values)} }}')
    if widget := look.attributes.get("data-widget"):
        found.append(f'{{ by = "widget", widget = {_quote(widget)} }}')
    for name, value in look.attributes.items():
        if name.startswith("data-") and name != "data-widget" and value:
            found.append(f'{{ by = "attribute", attribute = {_quote(name)}, value = {_template(value, values)} }}')
    if look.holder:
        selector = f"[data-widget='{look.holder}'] {look.tag}"
        found.append(f'{{ by = "css", css = {_quote(selector)} }}')
    if look.text and len(look.text) <= 60 and has_own_words:
        found.append(f'{{ by = "text", text = {_template(look.text, values)} }}')
    return found


def _shared(a: Mapping[str, str], b: Mapping[str, str]) -> float:
    if not a and not b:
        return 0.5
    pairs = sum(0.5 + 0.5 * (a[name] == b[name]) for name in a.keys() & b.keys())
    return pairs / len(a.keys() | b.keys())


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a.casefold(), b.casefold()).ratio() if a and b else 0.0


def _template(text: str, values: Mapping[str, str]) -> str:
    escaped = text.replace("{", "{{").replace("}", "}}")
    for name, value in values.items():
        if value:
            escaped = escaped.replace(value, f"{{{name}}}")
    return _quote(escaped)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
