"""Reads form fields back from a live form, and finds required ones that the catalog does not know."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator

    from flows.catalog import FieldHook

# One string for all fields: a round trip a field would let the form change between them.
_READ = """
(elements) => JSON.stringify(elements.map((e) => ({
  name: e.getAttribute('name') || e.id || '',
  label: (e.tagName === 'OPTION' ? e.label : e.labels && e.labels.length ? e.labels[0].innerText
    : e.getAttribute('aria-label') || e.placeholder || '').trim(),
  value: e.tagName === 'SELECT' ? (e.selectedOptions.length ? e.selectedOptions[0].label : '') : (e.value || ''),
  checked: e.checked === true || e.selected === true || e.getAttribute('aria-checked') === 'true',
})))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One control of a form as it stands: its name, the label people see, its value, and whether it is ticked."""

    name: str
    label: str
    value: str
    is_checked: bool

    @property
    def key(self) -> tuple[str, str]:
        """Tells fields apart."""
        return (self.name, self.label)


def read_fields(fields: Locator) -> tuple[Field, ...]:
    """Reads all fields of a locator at once."""
    found = json.loads(fields.evaluate_all(_READ))
    return tuple(
        Field(name=item["name"], label=item["label"], value=item["value"], is_checked=item["checked"]) for item in found
    )


def read_attribute(element: Locator, hooks: Sequence[FieldHook]) -> str | None:
    """Reads one fact off an element by the attribute that the catalog names; None unless there is exactly one."""
    if element.count() != 1:
        return None
    for hook in hooks:
        value = element.get_attribute(hook.attribute) if hook.attribute else None
        if value is not None and value.startswith(hook.prefix or ""):
            return value.removeprefix(hook.prefix or "").removesuffix(hook.suffix or "")
    return None


def unknown_fields(required: Locator, *known: Locator) -> tuple[str, ...]:
    """Names the required fields that are none of the known ones: a form that grew is not filled by guess."""
    expected = {field.key for locator in known for field in read_fields(locator)}
    return tuple(field.label or field.name for field in read_fields(required) if field.key not in expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a form itself says of text and files; None and empty where it says nothing."""

    text_max: int | None = None
    takes_files: bool = False
    takes_many_files: bool = False
    file_types: tuple[str, ...] = ()


def read_limits(text: Locator, files: Locator | None) -> Limits:
    """Reads the limits that stand in a form's own markup."""
    most = text.get_attribute("maxlength") if text.count() == 1 else None
    number = int(most) if most and most.isdecimal() and len(most) < 8 else None
    if files is None or not files.count():
        return Limits(text_max=number)
    accept = (files.first.get_attribute("accept") or "").split(",")
    return Limits(
        text_max=number,
        takes_files=True,
        takes_many_files=files.first.get_attribute("multiple") is not None,
        file_types=tuple(part.strip() for part in accept if part.strip()),
    )
