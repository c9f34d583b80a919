"""A site and an override for people: what decides where things are sent, and what differs from the package."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from flows.catalog.layers import Layered
from flows.catalog.models import Site
from flows.catalog.writing import literal
from monitor.cli import output
from monitor.doctor import list_marks, tell_counts


def show_whole(site: Site) -> None:
    """Prints everything of a site that decides where an account signs in, what is sent and what passes the gate."""
    output.print_table((site.title, ""), _rows(site))


def show_diff(one: Layered) -> None:
    """Prints what the package says and what stands in its place."""
    placed = one.placed
    before = _lines(one.package)
    after = _lines(placed.override.value)
    output.print_text(f"{placed.name} ({placed.layer}, {one.standing.value})")
    changes = difflib.unified_diff(before, after, "package", str(placed.path), lineterm="", n=50)
    output.print_text("\n".join(changes) or "  the same")


def _rows(site: Site) -> Iterator[tuple[str, str]]:
    for name, origin in site.origins.items():
        yield f"origin {name}", origin
    for name, identity in site.identities.items():
        yield f"signs in as {name}", site.whole(site.urls[identity.sign_in])
        yield f"  counts as signed in by ({name})", ", ".join(site.witnesses.account[name].css)
    for name, spec in site.channels.items():
        yield f"channel {name}", f"{spec.title} ({spec.verified}{', disputed' if spec.disputed else ''})"
        yield "  files by", f"{spec.submit_method} {site.whole(spec.submit_url)} ({spec.request_verified})"
        yield "  the gate sees it", "yes" if spec.gate_sees_submit else "nobody vouches for it"
        for word, address in (("answers by", spec.reply_url), ("uploads by", spec.upload_url)):
            if address is not None:
                yield f"  {word}", site.whole(address)
    for one in site.needed:
        yield "passes the gate", f"{one.method} {site.whole(one.url)} ({one.source})"
    for address in site.acting_urls:
        yield "guarded like a filing", site.whole(address)
    table = site.model_dump(exclude_none=True)
    for word, key in (("marks of markup and facts", "verified"), ("marks of words", "words_verified")):
        yield word, tell_counts(Counter(mark for _, mark in list_marks(table, key=key))) or "none"


def _lines(value: object) -> list[str]:
    if not isinstance(value, dict):
        return [literal(value)] if value is not None else []
    lines = []
    for key, item in value.items():
        lines += f"{key} = {literal(item)}".splitlines()
    return lines
