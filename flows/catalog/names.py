"""The names that flows ask for: addresses, pages, entries and fields. What is called otherwise, nobody looks for.

A site need not have all of them: what is not described is not done there. ``needed`` names those without which the page
itself is of no use.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flows.catalog.channel_kinds import ChannelKind
from flows.catalog.entries import PageCatalog
from flows.catalog.models import Site
from flows.errors import CatalogError

_MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class PageNames:
    """What flows look for on one page.

    Attributes:
        about: Which page it is.
        entries: Its controls and landmarks, for ``[entries.NAME]``.
        needed: Entries without which it is of no use.
        fields: Values of a row, for ``[reading.fields]``.
        page_fields: Values of the whole page, for ``[reading.page_fields]``.
        needed_fields: Values without which no row is kept, where the page's rows are read.
    """

    about: str
    entries: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    page_fields: tuple[str, ...] = ()
    needed_fields: tuple[str, ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FORM = (
    "heading form review quoted_text reason reason_options text files uploaded upload_rows required_fields send number "
    "success error"
)
_APPEAL = "review_id number channel status submitted decided answer reason"
_SENDING = ("required_fields", "text", "send")
_LIST = PageNames(
    "The account's own list of what was filed.",
    _names("heading counter next_page"),
    fields=_names(_APPEAL),
    page_fields=_names("heading total next_page"),
)

PAGES: Mapping[str, PageNames] = MappingProxyType(
    {
        "sign_in": PageNames(
            "All steps of signing in; which one is shown is asked each time.",
            _names(
                "heading phone use_email email submit code code_sent resend_wait error cabinet_enter company "
                "company_next"
            ),
            needed=("submit",),
        ),
        "header": PageNames("What every page has: nothing but its title is needed."),
        "dialogs": PageNames("What may lie over any page.", _names("cookie_banner cookie_accept")),
        "reviews": PageNames(
            "The public list of a product's reviews, and the single review.",
            _names(
                "list cards card card_menu card_report_button menu menu_report menu_copy_link reported_mark "
                "show_full_text tabs score"
            ),
            fields=_names(
                "review_id published published_unix published_iso status rating star text item_id variant_url variant "
                "author author_id author_url"
            ),
            page_fields=_names("total title last_page page_links"),
            needed_fields=("review_id",),
        ),
        "product": PageNames(
            "The product's own page.",
            _names("heading score price description reviews_shelf paginator"),
            page_fields=_names("title sku price score description characteristic_name characteristic_value"),
        ),
        "storefront": PageNames(
            "The shop window with counters.",
            _names("tiles next_page"),
            fields=_names("url title total rating"),
            page_fields=("next_page",),
        ),
        "author": PageNames(
            "The public profile of who wrote a review.",
            _names("heading reviews"),
            fields=_names("date_iso date rating star"),
            page_fields=_names("name total"),
        ),
        "orders": PageNames(
            "The account's orders.",
            _names("heading next_page"),
            fields=_names("order_number url ordered delivered"),
            page_fields=_names("heading total next_page"),
        ),
        "order_details": PageNames(
            "One order, with its review.",
            _names("heading review_block appeal appealed_mark"),
            fields=("review_id",),
            page_fields=_names("order_number ordered delivered title item_id item_text appeal"),
        ),
        "cabinet_reviews": PageNames(
            "The seller's own list of reviews.",
            _names("heading row open_review next_page"),
            fields=_names("review_id product rating star text published order work_status"),
            page_fields=_names("heading next_page last_page"),
            needed_fields=("review_id",),
        ),
        "cabinet_review": PageNames(
            "One review in the seller's cabinet, from which a complaint starts; leave it out where the list leads "
            "straight to the form.",
            _names("drawer review complain complained_mark chat_link"),
            needed=("drawer", "review", "complain"),
            fields=("review_id",),
        ),
        "appeals": _LIST,
        "appeal_details": PageNames(
            "One appeal of the account.", _names("heading accepted error"), page_fields=_names(_APPEAL)
        ),
        "appeal_reply": PageNames(
            "The form that answers the moderator's question.",
            _names("heading text files uploaded upload_rows required_fields send sent error"),
            needed=_SENDING,
            page_fields=("number", "review_id"),
        ),
        "chat": PageNames(
            "The chats with support.",
            _names("heading head text files previews own_messages open_chat send error"),
            needed=_names("open_chat text previews send error"),
            fields=("mine", "file"),
            page_fields=_names("head head_id open_id row row_id"),
        ),
    }
)
"""Pages whose names are fixed."""

FORMS: Mapping[ChannelKind, PageNames] = MappingProxyType(
    {
        ChannelKind.ORDER_FORM: PageNames("The form of an appeal.", _names(_FORM), _SENDING, ("review_id",)),
        ChannelKind.CABINET_FORM: PageNames("The form of a complaint.", _names(_FORM), _SENDING, ("review_id",)),
        ChannelKind.REPORT_DIALOG: PageNames(
            "The dialog or page of a report.",
            _names("dialog review quoted_text reasons reason required_fields comment send success error"),
            _names("review quoted_text reasons required_fields comment send success error"),
            ("review_id",),
        ),
        ChannelKind.SUPPORT_CHAT: PageNames(
            "The page on which a ticket is opened.", _names("help popup send head error"), ("help", "popup", "send")
        ),
        ChannelKind.LETTER: PageNames(
            "The form of a letter.",
            _names(
                "heading sender_name sender_email reason reason_options text files uploaded upload_rows "
                "required_fields send number success error"
            ),
            _SENDING,
        ),
    }
)
"""Pages that a channel names as its ``page``, by its kind: they may be called as one likes."""

ON_THE_WAY: Mapping[ChannelKind, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ChannelKind.ORDER_FORM: {"order_details": ("review_block", "appeal")},
        ChannelKind.CABINET_FORM: {"cabinet_reviews": ("row", "open_review")},  # the drawer's are needed by its page
        ChannelKind.REPORT_DIALOG: {"reviews": ("card",)},
    }
)
"""Entries that a channel of a kind needs on other pages than its form."""

ADDRESSES: Mapping[str, str] = MappingProxyType(
    {
        "home": "The first page: where the language and the session are looked at.",
        "product": "A product; its shape is how addresses are understood that people copy.",
        "reviews": "The first page of a product's reviews.",
        "reviews_page": "A further page of them, by `{page}` or `{offset}`.",
        "reviews_cursor_page": "A further page by `{page_key}`.",
        "review": "One review, by its id.",
        "page_json": "Any page as JSON, by `{path}`.",
        "storefront": "The shop window.",
        "author": "The profile of who wrote a review.",
        "orders": "The account's orders.",
        "orders_page": "A further page of them.",
        "order_details": "One order.",
        "order_appeal": "The form that starts at an order.",
        "cabinet_reviews": "The seller's own list of reviews.",
        "appeals": "The account's own appeals.",
        "appeals_page": "A further page of them (of another list: its page's name and `_page`).",
        "appeal_details": "One appeal (of another list: the name without its `s`, and `_details`).",
        "chats": "The chats with support.",
        "chat": "One chat.",
        "api_reviews": "The Seller API's list of reviews.",
        "api_chats": "The Seller API's list of chats.",
        "api_chat_history": "The Seller API's messages of a chat.",
    }
)
"""Addresses with fixed names. Besides: those that identities name, and one for the page of a channel that opens it."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "review_id": "the site's id of the review, as it stands; cut what surrounds it by `prefix` and `suffix`",
        "rating": "stars as a number",
        "star": "each single star, where they are drawn",
        "published": "the date in words; without it a date is looked for among the row's texts",
        "published_iso": "the moment as ISO 8601",
        "published_unix": "the moment in unix seconds",
        "author": "the name as shown",
        "author_id": "the site's id of the author",
        "author_url": "the address of the profile, which holds that id",
        "text": "the review's text; without it, the row's texts that are nothing else",
        "item_id": "the number of what was bought",
        "variant_url": "the address of what was bought",
        "total": "how many there are: what was read must agree with it",
        "page_links": "the addresses of further pages",
        "last_page": "what stands there on the last page only",
        "next_page": "what stands there while there is a further page",
        "number": "the number of what was filed",
        "channel": "which way it was filed, by the channels' titles",
        "status": "the site's own word; `wordings` says what it means",
        "submitted": "when it was filed",
        "decided": "when it was answered",
        "answer": "what was answered",
        "reason": "the reason that was chosen",
        "product": "the address of the product",
        "order": "the state of the order, by `wordings`",
        "work_status": "whether the seller has looked at it",
        "mine": "what marks a message as one's own",
        "file": "a file of a message",
    }
)
"""What the values are that do not explain themselves."""


@dataclass(frozen=True, slots=True)
class NameProblem:
    """A name that nobody looks for, or one that is needed and not there."""

    where: str
    problem: str
    hint: str


def find_name_problems(site: Site) -> Iterator[NameProblem]:
    """Compares a site's names with those that flows ask for."""
    yield from _addresses(site)
    for name, page in site.pages.items():
        known = names_of_page(site, name)
        if known is None:
            hint = _near(name, [*PAGES], "A page is one of these, or one that a channel names: ")
            yield NameProblem(f"{name}.toml", f"no flow opens a page that is called {name!r}", hint)
            continue
        yield from _entries(page, known)
        yield from _missing(page, known.needed)
        yield from _fields(page, known)
    yield from _on_the_way(site)


def require_known_names(site: Site) -> None:
    """Refuses a catalog that is being written and says what nobody reads, or not what is needed.

    Raises:
        CatalogError: the first of the problems; its hint tells of the others.
    """
    found = list(find_name_problems(site))
    if found:
        more = [f"{one.where}: {one.problem}" for one in found[1 : _MOST_TOLD + 1]]
        also = f" Also: {'; '.join(more)}." if more else ""
        raise CatalogError(found[0].problem, where=f"{site.name}/{found[0].where}", hint=f"{found[0].hint}{also}")


def names_of_page(site: Site, name: str) -> PageNames | None:
    """Returns what is looked for on a page, by its name, or by the channel that names it."""
    channels = site.channels.values()
    form = next((FORMS[spec.kind] for spec in channels if spec.page == name), None)
    if form is not None or name in PAGES:
        return form or PAGES[name]
    if any(spec.details_page == name for spec in channels):
        return PAGES["appeal_details"]
    return _LIST if any(spec.list_page == name for spec in channels) else None


def _addresses(site: Site) -> Iterator[NameProblem]:
    named = {address for one in site.identities.values() for address in (one.sign_in, one.home)}
    lists = {spec.list_page for spec in site.channels.values() if spec.list_page}
    named |= {f"{one}{end}" for one in lists for end in ("", "_page")}
    named |= {name for one in site.channels.values() for name in (one.page, one.details_page) if name}
    for name in site.urls:
        if name not in ADDRESSES and name not in named:
            hint = _near(name, [*ADDRESSES], "There are: ")
            yield NameProblem(f"site.toml: urls.{name}", "no flow opens this address, and no identity names it", hint)


def _entries(page: PageCatalog, known: PageNames) -> Iterator[NameProblem]:
    around = {page.frame, *(one.within for one in page.entries.values())}
    for name, entry in page.entries.items():
        if name not in known.entries and name not in around and not entry.required:
            hint = _near(name, known.entries, "It may have: ")
            yield NameProblem(f"{page.page}.toml: entries.{name}", "no flow looks for this entry", hint)


def _missing(page: PageCatalog, needed: Iterable[str], needed_by: str = "flows") -> Iterator[NameProblem]:
    missing = [name for name in needed if name not in page.entries]
    if missing:
        problem = f"{needed_by} need what is not described here: {', '.join(missing)}"
        hint = "Describe each: " + ", ".join(f"[entries.{name}]" for name in missing) + "."
        yield NameProblem(f"{page.page}.toml", problem, hint)


def _on_the_way(site: Site) -> Iterator[NameProblem]:
    for channel, spec in site.channels.items():
        for name, needed in ON_THE_WAY.get(spec.kind, {}).items():
            yield from _missing(site.pages[name], needed, f"channels.{channel}: its flows")
        if spec.kind in ON_THE_WAY and not any(one.required for one in site.pages[spec.page].entries.values()):
            problem = "nothing here is required = true, so no flow could tell that the form is open"
            yield NameProblem(f"{spec.page}.toml", problem, "Mark what the form always shows, such as its heading.")


def _fields(page: PageCatalog, known: PageNames) -> Iterator[NameProblem]:
    reading = page.reading
    for table, given, names in (
        ("fields", reading.fields, known.fields),
        ("page_fields", reading.page_fields, known.page_fields),
    ):
        for name in given:
            if name not in names:
                key = f"{page.page}.toml: reading.{table}.{name}"
                yield NameProblem(key, "no reading takes this value", _near(name, names, "There are: "))
    if reading.rows:
        for name in known.needed_fields:
            if name not in reading.fields:
                where = f"{page.page}.toml: reading.fields"
                hint = f"Say where it stands: [reading.fields] {name} = [{{ … }}]"
                yield NameProblem(where, f"a row without {name!r} is never kept", hint)


def _near(name: str, known: Collection[str], otherwise: str) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"{otherwise}{', '.join(known) or 'nothing'}"
