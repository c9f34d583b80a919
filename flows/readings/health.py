"""What kind of page was met: healthy, a wall, signed out, gone, another language, another account, or broken.

Signs that a reviewer could write into a review (plain text) count only where the page's own witness is missing; signs
that need the site's markup, title, address or status always count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.catalog.models import Site, StopMarker
from flows.readings.document import Document, is_hidden
from flows.readings.envelope import Envelope, read_envelope
from flows.readings.models import PageHealth
from flows.readings.witnesses import (
    AccountSeen,
    HasStates,
    find_locale_problem,
    read_account,
    read_account_states,
)

_TOO_MANY = 429  # RFC 6585 §4


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the reader asked for, to be compared with what came.

    Attributes:
        sku: The product.
        identity: The identity that must be signed in; None when the page is read as the public sees it.
        account_name: The name of the account that must be shown.
        account_id: The site's id of that account, where known.
    """

    sku: str = ""
    identity: str | None = None
    account_name: str = ""
    account_id: str = ""


@dataclass(frozen=True)
class Verdict:
    """A page that cannot be read as what was asked for, and why. ``kind`` names the wall."""

    health: PageHealth
    problem: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What a page and its answer show, before anything is read from it."""

    status_code: int | None
    url: str
    title: str = ""
    text: Callable[[], str]
    has_element: Callable[[str], bool]
    json_keys: frozenset[str] = frozenset()
    page_type: str = ""
    html_lang: str = ""
    states: HasStates
    account: Callable[[str], AccountSeen]


def signs_of_document(document: Document, site: Site, *, url: str, status_code: int | None) -> Signs:
    """Collects the signs of an HTML page."""

    def has_element(css: str) -> bool:
        return any(not is_hidden(node) for node in document.root.css(css))

    return Signs(
        status_code=status_code,
        url=url,
        title=document.title,
        text=lambda: document.text,
        has_element=has_element,
        html_lang=document.language,
        states=document,
        account=lambda identity: read_account(document, site, identity),
    )


def signs_of_envelope(envelope: Envelope, site: Site, *, url: str, status_code: int | None) -> Signs:
    """Collects the signs of a page JSON."""
    return Signs(
        status_code=status_code,
        url=url,
        text=lambda: "",
        has_element=lambda css: any(f"data-widget='{name}'" in css for name in envelope.components),
        json_keys=envelope.keys,
        page_type=envelope.page_type,
        states=envelope,
        account=lambda identity: read_account_states(envelope, site, identity),
    )


def find_stop(site: Site, *, status_code: int | None, body: bytes, has_witness: bool) -> Verdict | None:
    """Looks for a stop page in the answer to a single request, a page's or a script's.

    Of the statuses only 429 counts here: the others that the catalog names for pages are also a form's way to say no.

    Args:
        site: The site's catalog.
        status_code: The answer's.
        body: Its body.
        has_witness: The page shows what it shows after success: then plain text may be anybody's.

    Returns:
        The wall; None where there is none.
    """
    text = body.decode(errors="replace")
    envelope = read_envelope(text)
    code = status_code if status_code == _TOO_MANY else None
    if envelope is not None:
        signs = signs_of_envelope(envelope, site, url="", status_code=code)
    else:
        signs = signs_of_document(Document(text), site, url="", status_code=code)
    verdict = _stop_verdict(signs, site, has_witness=has_witness)
    if verdict is None and code is not None:
        return Verdict(PageHealth.WALL, f"rate_limited: status {code}", "rate_limited")
    return verdict if verdict is not None and verdict.health is PageHealth.WALL else None


def judge_page(signs: Signs, site: Site, expected: Expected, *, has_witness: bool) -> Verdict | None:
    """Decides whether a page may be read at all.

    Args:
        signs: What the page shows.
        site: The site's catalog.
        expected: What was asked for.
        has_witness: The page carries the sign by which its kind is known (for a listing: its list).

    Returns:
        None for a page that may be read; otherwise what it is instead.
    """
    return (
        _stop_verdict(signs, site, has_witness=has_witness)
        or _status_verdict(signs)
        or _address_verdict(signs, site, expected)
        or _sign_in_verdict(signs, site, has_witness=has_witness)
        or _account_verdict(signs, expected)
        or _locale_verdict(signs, site)
    )


def _stop_verdict(signs: Signs, site: Site, *, has_witness: bool) -> Verdict | None:
    if signs.page_type == "error":
        return Verdict(PageHealth.PRODUCT_GONE, "gone: the site calls this page an error page", "gone")
    for marker in site.stop:
        if marker.where == "text" and has_witness:
            continue
        if sign := _find_marker(marker, signs):
            return Verdict(_STOP_HEALTH.get(marker.kind, PageHealth.WALL), f"{marker.kind}: {sign}", marker.kind)
    return None


_STOP_HEALTH = {"maintenance": PageHealth.OFFLINE, "gone": PageHealth.PRODUCT_GONE}


def _find_marker(marker: StopMarker, signs: Signs) -> str | None:
    match marker.where:
        case "title":
            found = [sign for sign in marker.any if sign.lower() in signs.title.lower()]
        case "text":
            found = [sign for sign in marker.any if sign in signs.text()]
        case "element":
            found = [sign for sign in marker.any if signs.has_element(sign)]
        case "json_key":
            found = [sign for sign in marker.any if sign in signs.json_keys]
        case "url":
            found = [sign for sign in marker.any if sign in signs.url]
        case "status":
            found = [sign for sign in marker.any if sign == str(signs.status_code)]
    return f"{marker.where} {found[0]!r}" if found else None


def _status_verdict(signs: Signs) -> Verdict | None:
    code = signs.status_code
    if code is None:
        return Verdict(PageHealth.OFFLINE, "no answer")
    if code >= 500 or code == 408:
        return Verdict(PageHealth.OFFLINE, f"http_{code}")
    return None if 200 <= code < 300 else Verdict(PageHealth.BROKEN, f"http_{code}")


def _address_verdict(signs: Signs, site: Site, expected: Expected) -> Verdict | None:
    if not signs.url:
        return None
    parts = [part for identity in site.identities.values() for part in identity.signed_out_url_parts]
    if any(part in signs.url for part in parts):
        return Verdict(PageHealth.SIGNED_OUT, "redirected to the sign-in page")
    if not site.owns(signs.url):
        return Verdict(PageHealth.BROKEN, "redirected to a foreign address")
    if expected.sku and expected.sku not in urlsplit(signs.url).path + urlsplit(signs.url).query:
        return Verdict(PageHealth.BROKEN, "redirected to another page of the site")
    return None


def _sign_in_verdict(signs: Signs, site: Site, *, has_witness: bool) -> Verdict | None:
    if has_witness or not any(signs.has_element(css) for css in site.witnesses.sign_in_css):
        return None
    return Verdict(PageHealth.SIGNED_OUT, "a sign-in form in place of the page")


def _account_verdict(signs: Signs, expected: Expected) -> Verdict | None:
    if expected.identity is None:
        return None
    seen = signs.account(expected.identity)
    if seen.is_signed_in is None:
        return Verdict(PageHealth.BROKEN, "no account witness: the page does not say who is signed in")
    if not seen.is_signed_in:
        return Verdict(PageHealth.SIGNED_OUT, "signed out: the page says that nobody is signed in")
    wants_name = bool(expected.account_name or expected.account_id)
    if wants_name and not seen.is_account(name=expected.account_name, account_id=expected.account_id):
        return Verdict(PageHealth.BROKEN, "wrong account: somebody else is signed in")
    return None


def _locale_verdict(signs: Signs, site: Site) -> Verdict | None:
    problem = find_locale_problem(signs.states, site, html_lang=signs.html_lang)
    return Verdict(PageHealth.BROKEN, problem) if problem else None
