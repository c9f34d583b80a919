"""A site and an override for people: what decides where things are sent, and what differs from the package."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from flows.catalog.layers import Layered
from flows.catalog.models import Site
from flows.catalog.writing import literal
from monitor.cli import output
from monitor.doctor.checking import list_marks, tell_counts
from monitor.language import gettext
from monitor.language import gettext as _
from monitor.language.words import named
from monitor.use_cases.catalogs import Difference


def show_whole(site: Site) -> None:
    """Prints everything of a site that decides where an account signs in, what is sent and what passes the gate."""
    output.print_table((site.title, ""), _rows(site))


def show_diff(one: Layered) -> None:
    """Prints what the package says and what stands in its place."""
    placed = one.placed
    output.print_text(f"{placed.name} ({placed.layer}, {named(one.standing.value)})")
    _print_changes(one.package, placed.override.value, "package", str(placed.path))


def show_difference(one: Difference) -> None:
    """Prints what would stand in the place of what counts now, before anybody takes it."""
    output.print_text(one.name)
    _print_changes(one.now, one.proposed, gettext("now"), gettext("proposed"))


def _print_changes(before: object, after: object, was: str, becomes: str) -> None:
    changes = difflib.unified_diff(_lines(before), _lines(after), was, becomes, lineterm="", n=50)
    output.print_text("\n".join(changes) or gettext("  the same"))


def _rows(site: Site) -> Iterator[tuple[str, str]]:
    for name, origin in site.origins.items():
        yield _("origin {name}").format(name=name), origin
    for name, identity in site.identities.items():
        yield gettext("signs in as {name}").format(name=name), site.whole(site.urls[identity.sign_in])
        yield (
            gettext("  counts as signed in by ({name})").format(name=name),
            ", ".join(site.witnesses.account[name].css),
        )
    for name, spec in site.channels.items():
        disputed = ", " + _("disputed") if spec.disputed else ""
        yield _("channel {name}").format(name=name), f"{spec.title} ({named(spec.verified)}{disputed})"
        told = f"{spec.submit_method} {site.whole(spec.submit_url)} ({named(spec.request_verified)})"
        yield gettext("  files by"), told
        yield gettext("  the gate sees it"), _("yes") if spec.gate_sees_submit else gettext("nobody vouches for it")
        for word, address in ((gettext("answers by"), spec.reply_url), (gettext("uploads by"), spec.upload_url)):
            if address is not None:
                yield f"  {word}", site.whole(address)
    for one in site.needed:
        yield gettext("passes the gate"), f"{one.method} {site.whole(one.url)} ({one.source})"
    for address in site.acting_urls:
        yield gettext("guarded like a filing"), site.whole(address)
    table = site.model_dump(exclude_none=True)
    for word, key in (
        (gettext("marks of markup and facts"), "verified"),
        (gettext("marks of words"), "words_verified"),
    ):
        yield word, tell_counts(Counter(mark for _, mark in list_marks(table, key=key))) or _("none")


def _lines(value: object) -> list[str]:
    if not isinstance(value, dict):
        return [literal(value)] if value is not None else []
    lines = []
    for key, item in value.items():
        lines += f"{key} = {literal(item)}".splitlines()
    return lines
