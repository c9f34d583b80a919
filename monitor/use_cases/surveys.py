"""What a survey of the site's pages saw: the record that stays here, and the report that may leave by an allow-list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evidence_store.journal import Actor
from flows.catalog.entries import AriaRole
from flows.catalog.layers import Layers
from flows.catalog.models import Site
from flows.catalog.seen import SEEN, SeenEntry, digest_of_origins, read_seen, render_seen
from monitor.errors import SettingsError
from monitor.files.private import make_private_directory, write_private
from monitor.language import gettext as _
from monitor.software import own_version
from monitor.state import Action, State, subject

RESULT = "survey.json"
EntryState = Literal["found", "found_by_a_later_way", "ambiguous", "not_seen", "no_value", "not_reached"]
STATE_WORDS: dict[EntryState, str] = {
    "found": "found",
    "found_by_a_later_way": "found, but not by its first way",
    "ambiguous": "found more than once, so it would not be pressed",
    "not_seen": "not on the page as it was; a message after sending shows only then",
    "no_value": "cannot be asked for without a value that is not known before sending",
    "not_reached": "its page could not be looked at",
}
_TAG = re.compile(r"[a-z][a-z0-9-]{0,30}")
_ATTRIBUTE = re.compile(r"[a-z][a-z-]{0,40}")
_ROLES = frozenset(get_args(AriaRole))
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outlined(_Value):
    """One element by what may be told of it; ``word`` is one that the catalog knows already."""

    tag: str
    role: str = ""
    attributes: tuple[str, ...] = ()
    component: str = ""
    word: str = ""


class SurveyedEntry(_Value):
    """One entry of the catalog; ``way`` is the kind of candidate that found it, ``base`` the digest of what it says."""

    page: str
    entry: str
    state: EntryState
    way: str = ""
    look: Outlined | None = None
    base: str


class SurveyedPage(_Value):
    """One page: ``why`` it was not looked at; what it sent or tried to send by itself; its controls in outline."""

    page: str
    why: str = ""
    requests: tuple[str, ...] = ()
    outline: tuple[Outlined, ...] = ()


class Survey(_Value):
    """One survey of one account; ``stopped`` is what the closed gate kept back, method and address."""

    format: Literal[1] = 1
    site: str
    account: str
    at: AwareDatetime
    origins: str
    pages: tuple[SurveyedPage, ...]
    entries: tuple[SurveyedEntry, ...]


class AllowList:
    """Lets through what may be told of a page: nothing that a person wrote can be among it.

    Args:
        site: The catalog; its words, components and steps of addresses are known to everybody.
    """

    def __init__(self, site: Site) -> None:
        self._origins = {origin: name for name, origin in site.origins.items()}
        self._words = frozenset(_known_words(site))
        self._components = frozenset(_components(site))
        self._steps = frozenset(_steps(site))

    def outline(
        self, *, tag: str, role: str, attributes: Iterable[str], component: str, texts: Sequence[str]
    ) -> Outlined:
        """Tells an element by its tag, a known role, names of attributes, a known component, a known word."""
        return Outlined(
            tag=tag if _TAG.fullmatch(tag) else "other",
            role=role if role in _ROLES else "",
            attributes=tuple(sorted(name for name in attributes if _ATTRIBUTE.fullmatch(name))),
            component=component if component in self._components else "",
            word=next((text for text in texts if text in self._words), ""),
        )

    def request(self, method: str, url: str) -> str:
        """Tells a request by its method, its origin's name, and of its path the steps that are known."""
        parts = url.partition("?")[0].split("/")
        name = self._origins.get("/".join(parts[:3]), "elsewhere")
        told = "/".join(step if step in self._steps or not step else "*" for step in parts[3:])
        return f"{method if method in _METHODS else 'other'} {name}:/{told}"


def _known_words(site: Site) -> Iterator[str]:
    yield from (*site.wordings.appeal_statuses, *site.wordings.order_statuses)
    for spec in site.channels.values():
        yield from spec.reasons
    for page in site.pages.values():
        yield from (*page.reading.ignore_texts, *page.reading.empty_texts)
        for entry in page.entries.values():
            texts = (text for candidate in entry.candidates for text in candidate.templates)
            yield from (text for text in texts if "{" not in text)


def _steps(site: Site) -> Iterator[str]:
    addresses = [*site.urls.values(), *(one.submit_url for one in site.channels.values())]
    addresses += [page.reading.answers.url for page in site.pages.values() if page.reading.answers is not None]
    for address in addresses:
        yield from (step.strip("*") for step in re.split(r"[/?]", address) if "{" not in step)


def _components(site: Site) -> Iterator[str]:
    for page in site.pages.values():
        yield from (text.rstrip("-") for text in page.reading.states)
        for entry in page.entries.values():
            yield from (one.widget for one in entry.candidates if one.by == "widget")


def report_of(survey: Survey) -> str:
    """Renders what may be given to the maintainers: no account, no day, no address, no text but known words."""
    entries = [one.model_dump(mode="json", exclude={"base"}, exclude_defaults=True) for one in survey.entries]
    pages = [
        {**page.model_dump(mode="json", exclude={"why"}, exclude_defaults=True), "is_looked_at": bool(page.outline)}
        for page in survey.pages
    ]
    whole = _Report(program=own_version(), site=survey.site, month=f"{survey.at:%Y-%m}", pages=pages, entries=entries)
    return whole.model_dump_json(indent=1) + "\n"


class _Report(_Value):
    format: Literal[1] = 1
    program: str
    site: str
    month: str
    pages: list[dict[str, object]]
    entries: list[dict[str, object]]


def folder_of(reports: Path, account: str) -> Path:
    """Where the surveys of an account lie."""
    return reports / "surveys" / account


def newest_survey(reports: Path, account: str) -> tuple[Survey, Path]:
    """Returns the newest survey of an account and its folder.

    Raises:
        SettingsError: there is none, or it cannot be read.
    """
    folders = sorted(path.parent for path in folder_of(reports, account).glob(f"*/{RESULT}"))
    if not folders:
        raise SettingsError(
            _("nothing was surveyed yet"),
            where=account,
            hint=_("`fairreview survey run --account {account}` looks.").format(account=account),
        )
    path = folders[-1] / RESULT
    try:
        return Survey.model_validate_json(path.read_bytes()), folders[-1]
    except (ValueError, OSError) as error:
        raise SettingsError(_("is no survey"), where=str(path), hint=_("Remove the folder and look again.")) from error


def marks_of(survey: Survey) -> list[SeenEntry]:
    """Returns the marks that a survey gives: of what was found as the catalog says."""
    mark = f"seen {survey.at:%Y-%m} by this account"
    return [
        SeenEntry(page=one.page, entry=one.entry, base=one.base, mark=mark)
        for one in survey.entries
        if one.state == "found"
    ]


def keep_marks(layers: Layers, site: Site, marks: Sequence[SeenEntry]) -> None:
    """Writes an account's marks anew; those of other pages and entries, on the same origins, stay."""
    before = read_seen(layers, site.name)
    origins = digest_of_origins(site)
    kept = before.entry if before is not None and before.origins == origins else ()
    fresh = {(one.page, one.entry) for one in marks}
    entries = [*(one for one in kept if (one.page, one.entry) not in fresh), *marks]
    folder = layers.folder / site.name / SEEN
    for path in (layers.folder, folder.parent, folder):
        make_private_directory(path)
    text = render_seen(site.name, layers.account, origins, entries)
    write_private(folder / f"{layers.account}.toml", text.encode())


def forget_marks(state: State, layers: Layers, site: str, *, actor: Actor, why: str) -> int:
    """Takes an account's marks back, with an entry in the log; returns how many there were.

    Raises:
        SettingsError: there are none.
    """
    path = layers.folder / site / SEEN / f"{layers.account}.toml"
    if not path.is_file():
        raise SettingsError(
            _("there are no marks of this account"), where=str(path), hint=_("`fairreview survey run` makes them.")
        )
    count = path.read_text(encoding="utf-8", errors="replace").count("[[entry]]")
    with state.transaction() as tx:
        action = Action(
            "survey.forget",
            actor=actor,
            subjects=[subject("other", f"{site}.seen")],
            outputs={"reason": why, "marks": count},
        )
        tx.journal.record(layers.account, action)
        path.unlink()
    return count
