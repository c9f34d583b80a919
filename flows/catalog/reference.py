"""Writes the reference of the catalogs' vocabulary from the models, and what each site's steps rest on.

``python3 run.py docs`` writes it to ``docs/catalog-reference.md``; a test compares the two.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from flows.catalog import answers, channel_spec, entries, models, overrides, seller_api, wording
from flows.catalog.loader import load_site, site_names
from flows.catalog.names import ADDRESSES, FIELDS, FORMS, PAGES, PageNames, names_of_page
from flows.catalog.vocabulary import PLACEHOLDERS, CatalogValue

_MODULES = (models, channel_spec, entries, answers, wording, seller_api, overrides)
_OF_THE_LOADER = frozenset({"pages", "is_overlaid", "is_own"})
_ATTRIBUTE = re.compile(r"^(\w+): (.*)$")
_STEPS: Mapping[str, tuple[str, ...]] = {
    "signing in": ("sign_in", "header"),
    "products": ("product", "storefront"),
    "reviews": ("reviews",),
    "authors": ("author",),
    "orders": ("orders", "order_details"),
    "the seller's own list of reviews": ("cabinet_reviews", "cabinet_review"),
    "own appeals and questions": ("appeals", "appeal_details", "appeal_reply", "complaints", "complaint_details"),
}
_HEAD = """\
# Catalogs: every key, and what each site rests on

Written by `python3 run.py docs` from the models and the catalogs themselves; do not edit by hand. How to use them:
[catalogs.md](catalogs.md).

A key is required unless a default stands behind it. `verified` says where a fact is known from: `guess`, `article`,
`test`, `code` or `capture` with a day, or `seen … by this account`.
"""


def render_reference(folders: Sequence[Path] = ()) -> str:
    """Renders the table of sites and steps and every table of keys.

    Args:
        folders: Folders of further sites, beside the package's.
    """
    lines = [_HEAD, *_render_sites(folders), *_render_names(), "## Placeholders", ""]
    lines += ["In braces, only these: " + ", ".join(f"`{{{name}}}`" for name in sorted(PLACEHOLDERS)) + ".", ""]
    for model in catalog_models():
        lines += _render_model(model)
    return "\n".join(lines).rstrip() + "\n"


def catalog_models() -> Iterator[type[CatalogValue]]:
    """Yields every table that a catalog's file may hold, in the order of the source."""
    for module in _MODULES:
        for value in vars(module).values():
            is_table = isinstance(value, type) and issubclass(value, CatalogValue) and value is not CatalogValue
            if is_table and value.__module__ == module.__name__ and not value.__name__.startswith("_"):
                yield value


def _render_names() -> Iterator[str]:
    yield from ("## Names", "")
    yield (
        "Of these, describe what your site has. A name that is not here is one that nobody looks for: it is refused, "
        "but for entries that are `required` (a landmark) or in which others lie (`within`, `frame`)."
    )
    yield from ("", "### Addresses", "")
    yield "In `[urls]`, each as `ORIGIN:/path`, where `ORIGIN` is one of `[origins]`. Besides these, the addresses that"
    yield "identities name (`sign_in`, `home`), and one called like the page of a `letter` or `support_chat`."
    yield ""
    yield from (f"- `{name}`: {about}" for name, about in ADDRESSES.items())
    for name, page in PAGES.items():
        yield from _render_page(f"`{name}.toml`", page)
    for kind, page in FORMS.items():
        yield from _render_page(f"The `page` of a channel of the kind `{kind.value}`", page)
    yield ""


def _render_page(title: str, page: PageNames) -> Iterator[str]:
    yield from ("", f"### {title}", "", page.about, "")
    for name in page.entries:
        needed = " Needed." if name in page.needed else ""
        yield f"- `[entries.{name}]`: {_reasons().get((page.about, name), '')}{needed}".rstrip(": ")
    for table, names in (("fields", page.fields), ("page_fields", page.page_fields)):
        for name in names:
            needed = "; needed where rows are read" if name in page.needed_fields else ""
            yield f"- `[reading.{table}] {name}`: {FIELDS.get(name, '')}{needed}".rstrip(": ")


@cache
def _reasons() -> Mapping[tuple[str, str], str]:
    """What each entry of each page is for, in the words of the package's own catalogs."""
    told: dict[tuple[str, str], str] = {}
    for site in map(load_site, site_names()):
        for name, page in site.pages.items():
            known = names_of_page(site, name)
            for entry, spec in page.entries.items():
                told.setdefault((known.about if known is not None else name, entry), spec.why)
    return told


def _render_model(model: type[CatalogValue]) -> Iterator[str]:
    about, told = _explain(model)
    yield f"## {model.__name__}"
    yield ""
    if about:
        yield from (about, "")
    for name, spec in model.model_fields.items():
        if name in _OF_THE_LOADER:
            continue
        notes = [told.get(name, ""), f"Default: `{_shown(spec.default)}`." if not spec.is_required() else ""]
        yield f"- `{spec.alias or name}` ({_kind(spec)}): {' '.join(filter(None, notes))}".rstrip(": ")
    yield ""


def _explain(model: type[CatalogValue]) -> tuple[str, dict[str, str]]:
    """Returns what a model's docstring says of it, and of its fields."""
    text, _, attributes = (inspect.getdoc(model) or "").partition("\nAttributes:\n")
    told: dict[str, str] = {}
    name = ""
    for line in attributes.splitlines():
        found = _ATTRIBUTE.match(line.strip()) if not line.startswith("        ") else None
        if found is not None and found[1] in model.model_fields:
            name = found[1]
            told[name] = found[2]
        elif name and line.strip():
            told[name] += f" {line.strip()}"
    for base in model.__bases__:
        if issubclass(base, CatalogValue) and base is not CatalogValue:
            told = {**_explain(base)[1], **told}
    return " ".join(text.split()).replace("``", "`"), {key: value.replace("``", "`") for key, value in told.items()}


def _kind(spec: FieldInfo) -> str:
    return _kind_of(spec.annotation)


def _kind_of(annotation: object) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(f"`{one}`" for one in inner)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_kind_of(one) for one in inner if one is not type(None)))
    if origin is tuple:
        return f"list of {_kind_of(inner[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"table of {_kind_of(inner[1])}"
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _kind_of(inner[0])
    if isinstance(annotation, type):
        return _named(annotation)
    return "value"


def _named(kind: type) -> str:
    plain = {str: "text", bool: "true or false", int: "whole number", float: "number", object: "value"}
    if issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{one.value}`" for one in kind)
    link = f"[{kind.__name__}](#{kind.__name__.lower()})"
    return plain.get(kind) or (link if issubclass(kind, CatalogValue) else "value")


def _shown(value: object) -> str:
    if value is None or value in ((), {}):
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _render_sites(folders: Sequence[Path]) -> Iterator[str]:
    yield from ("## What each site rests on", "")
    yield (
        "Each step with the marks of its entries: markup, and words where they are known from elsewhere. Of a way to "
        "appeal also the mark of the request that files. A step that is not in a site's catalog is not done there."
    )
    yield from ("", "| site | step | marks |", "|---|---|---|")
    for folder in (None, *folders):
        for name in site_names(folder):
            yield from (f"| {name} | {step} | {marks} |" for step, marks in tell_steps(load_site(name, folder=folder)))
    yield ""


def tell_steps(site: models.Site) -> Iterator[tuple[str, str]]:
    """Tells each step of a site with the marks that it rests on."""
    for step, names in _STEPS.items():
        pages = [site.pages[name] for name in names if name in site.pages]
        yield step, _marks(pages) or "not described"
        if any(page.reading.answers is not None for page in pages):
            answer = next(page.reading.answers for page in pages if page.reading.answers is not None)
            yield f"{step}, by the page's own answers", answer.verified
    if site.seller_api is not None:
        yield "the seller's API", site.seller_api.verified
    for name in site.channels_by_rank():
        spec = site.channels[name]
        marks = _marks([site.pages[spec.page]])
        disputed = "; disputed: off until a person has confirmed it" if spec.disputed else ""
        yield f"filing by {name}", f"{marks}; the request: {spec.request_verified}{disputed}"


def _marks(pages: Sequence[entries.PageCatalog]) -> str:
    found = [entry for page in pages for entry in page.entries.values()]
    markup, words = Counter(one.verified for one in found), Counter(one.words_verified for one in found)
    told = ", ".join(f"{count} {mark}" for mark, count in sorted(markup.items()))
    elsewhere = ", ".join(f"{count} {mark}" for mark, count in sorted((m, c) for m, c in words.items() if m))
    return f"{told}; words: {elsewhere}" if elsewhere else told


if __name__ == "__main__":
    sys.stdout.buffer.write(render_reference([Path(one) for one in sys.argv[1:]]).encode())
