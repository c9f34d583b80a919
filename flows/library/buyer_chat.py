"""The chat of a review with its buyer: where the site itself leads there, and a picture of it. Nothing is written.

The way in is signed by the site (public clients of the cabinet, September 2026), so it is taken as it stands: from the
answer that the cabinet's page loads when the review is opened, or from a link in its drawer. It is never asked for or
made by us. The chat is opened behind a closed gate: nothing that could change something leaves that page.

In a copy to hand on only the seller's own messages are to be seen, without names and numbers that stand in them: what
else a chat shows is the buyer's.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.manifest import Box
from flows.capture.deadline import Deadline
from flows.capture.pictures import take_element
from flows.capture.taking import CaptureNotes
from flows.capture.values import Capture, CapturedArtifact, CaptureOrder
from flows.contexts import submit_context
from flows.errors import CatalogError, FormMismatch
from flows.gate import NeededRequest, SubmitGate
from flows.library.answers import require_signed_in, rules_of
from flows.library.cabinet_form import open_drawer
from flows.library.capture_review import capture_tab
from flows.pages.banner import close_banners
from flows.pages.chat import ChatPage
from flows.pages.own_answers import OwnAnswers
from flows.pages.pressing import is_seen
from flows.readings.document import as_table, parse_json
from flows.readings.refusals import at_path
from flows.workbench import Tab, account_tab

if TYPE_CHECKING:
    from flows.catalog.channel_spec import ChannelSpec
    from flows.pages.cabinet import ReviewDrawer
    from flows.session import AccountWitness
    from flows.workbench import Workbench

_GLANCE_SECONDS, _GLANCES = 0.25, 20
_KEPT_PARAMETERS = frozenset({"channel", "context", "review_uuid", "sku", "group", "id"})
_HOW = {"answer": "из ответа, который страница кабинета загрузила сама", "page": "по ссылке в карточке отзыва"}
_SIGNATURE = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")
_WORD = re.compile(r"\w{3,}")
_PICTURE_SECONDS = 20.0
_PLACES = r"""
(messages, words) => {
  const box = (one) => ({x: one.x + scrollX, y: one.y + scrollY, width: one.width, height: one.height});
  const personal = /\S+@\S+|\+?\d[\d\s()-]{3,}\d/g;
  return JSON.stringify(messages.map((message) => {
    const hidden = [...message.querySelectorAll("img, video, canvas")].map((one) => box(one.getBoundingClientRect()));
    const walker = document.createTreeWalker(message, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data, low = text.toLowerCase(), found = [];
      for (const word of words)
        for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + 1)) found.push([at, at + word.length]);
      for (const match of text.matchAll(personal)) found.push([match.index, match.index + match[0].length]);
      for (const [start, end] of found) {
        const range = document.createRange();
        range.setStart(walker.currentNode, start);
        range.setEnd(walker.currentNode, end);
        hidden.push(...[...range.getClientRects()].map(box));
      }
    }
    return {own: box(message.getBoundingClientRect()), hidden};
  }));
}
"""
"""JavaScript: where the seller's messages stand on the page, and what in them is not to be seen."""


@dataclass(frozen=True, slots=True)
class ChatLink:
    """The site's own way into the chat; ``source`` says where it was: the page's own ``answer``, or the ``page``."""

    url: str
    source: Literal["answer", "page"]


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in whole pixels."""

    x: int
    y: int
    right: int
    bottom: int

    def within(self, other: Place) -> Place:
        """The part of it that lies in another one; empty where none does."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Place(x, y, max(x, min(self.right, other.right)), max(y, min(self.bottom, other.bottom)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is left."""
        return self.right <= self.x or self.bottom <= self.y


def find_chat_link(
    bench: Workbench, review_id: str, *, identity: str, state: bytes, expected: AccountWitness
) -> ChatLink | None:
    """Opens the review in the cabinet and returns where the site leads to its chat; None where it does not say.

    Raises:
        flows.errors.FormMismatch: the cabinet's list does not show the review, or its link leads elsewhere.
        flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as their names say.
    """
    hooks = bench.site.page("cabinet_review").reading.chat_link
    with account_tab(bench, state) as tab:
        answers = None if hooks is None else OwnAnswers(tab.page, bench.site.whole(hooks.url), hooks)
        drawer = open_drawer(tab, review_id, identity=identity, expected=expected)
        if drawer.review_id() != review_id:
            raise FormMismatch("another review is open", where="cabinet_review", hint="look at the cabinet by hand")
        _await_either(drawer, answers)
        told = [] if answers is None or hooks is None else [_link_in(body, hooks.path) for body in answers.bodies()]
        named = next((one for one in reversed(told) if one), "")
        link = ChatLink(named, "answer") if named else ChatLink(drawer.chat_link(), "page")
        if not link.url:
            return None
        whole = urljoin(tab.page.url, link.url)
    require_right_link(bench, whole, review_id)
    return replace(link, url=whole)


def require_right_link(bench: Workbench, url: str, review_id: str) -> None:
    """Refuses a link that does not lead to the cabinet's messages about this review.

    Raises:
        flows.errors.FormMismatch: with what is wrong.
    """
    parts, wanted = urlsplit(url), urlsplit(bench.site.url("support_chat"))
    is_here = bench.site.owns(url) and (parts.scheme, parts.netloc) == (wanted.scheme, wanted.netloc)
    is_messages = parts.path.rstrip("/") == wanted.path.rstrip("/")
    if not (is_here and is_messages and review_id in dict(parse_qsl(parts.query)).values()):
        raise FormMismatch(
            "the link to the buyer's chat leads elsewhere", where="cabinet_review.chat_link", hint="look by hand"
        )


def capture_buyer_chat(
    bench: Workbench,
    link: ChatLink,
    order: CaptureOrder,
    *,
    spec: ChannelSpec,
    state: bytes,
    expected: AccountWitness,
    needed: Sequence[NeededRequest] = (),
) -> Capture:
    """Opens the chat behind a closed gate and captures it.

    Args:
        bench: Browser, site and budget.
        link: Where the site leads.
        order: What the capture is for; its author's name is hidden in copies.
        spec: The channel of the cabinet's chats: who is signed in, and what the gate guards.
        state: That identity's session.
        expected: The account that must be signed in.
        needed: What the page of chats needs to work, as a person confirmed it.

    Raises:
        flows.errors.FlowError: the page cannot be opened or captured.
    """
    if spec.reply_url is None:
        raise CatalogError("nobody knows what the gate of this chat guards", where=f"channels.{spec.title}")
    gate = SubmitGate(rules_of(bench.site, spec, spec.reply_url, needed=needed))
    with submit_context(bench.browser, bench.terms, state=state, gate=gate) as guarded:
        tab = Tab(page=guarded.open_page(), guarded=guarded, bench=bench)
        page = ChatPage(tab.page, tab.site)
        notes = CaptureNotes(now_started=bench.now(), form_tokens=_signatures(link.url))
        with tab.turn(link.url):
            page.go(link.url)
        notes.step(bench.now(), "open", target=_unsigned(link.url), outcome=f"адрес взят {_HOW[link.source]}")
        require_signed_in(tab, spec.identity, expected)
        close_banners(tab.page, bench.site)
        capture = capture_tab(tab, replace(order, tell_address=_unsigned), notes=notes)
        picture, boxes = _picture(page, order.author_name)
    shot = CapturedArtifact(
        kind=ArtifactKind.ELEMENT_PNG,
        media_type="image/png",
        data=picture,
        note=f"чат с покупателем; адрес взят {_HOW[link.source]}",
    )
    return replace(
        capture,
        boxes=(*capture.boxes, *boxes),
        artifacts=((shot,) if picture else ()) + capture.artifacts,
        missing=capture.missing if picture else (*capture.missing, f"{ArtifactKind.ELEMENT_PNG}: no chat is shown"),
    )


def hide_all_but(whole: Place, shown: Sequence[Place], hidden: Sequence[Place]) -> list[Place]:
    """Returns what to black out so that nothing of a picture is left but some places, without others in them. Pure."""
    found, upper = list[Place](), whole.y
    for one in sorted((one.within(whole) for one in shown), key=lambda place: (place.y, place.x)):
        place = one.within(Place(whole.x, upper, whole.right, whole.bottom))
        if place.is_empty:
            continue
        found += [
            Place(whole.x, upper, whole.right, place.y),
            Place(whole.x, place.y, place.x, place.bottom),
            Place(place.right, place.y, whole.right, place.bottom),
        ]
        upper = place.bottom
    found += [Place(whole.x, upper, whole.right, whole.bottom), *(one.within(whole) for one in hidden)]
    return [one for one in found if not one.is_empty]


def _picture(page: ChatPage, author_name: str) -> tuple[bytes, list[Box]]:
    chat = page.entry("open_chat")
    if chat.count() != 1:
        return b"", []
    names = f"{author_name}\n{page.head_text()}".lower()
    words = sorted({*_WORD.findall(names), *filter(_WORD.search, map(str.strip, names.splitlines()))})
    taken = take_element(chat.first, deadline=Deadline(_PICTURE_SECONDS))
    places = json.loads(page.entry("own_messages").evaluate_all(_PLACES, words))
    around = json.loads(chat.first.evaluate(_OWN_BOX))
    if not taken.data:
        return b"", []
    width, height = struct.unpack(">II", taken.data[16:24])
    whole = Place(0, 0, width, height)
    corner = floor(around["x"]), floor(around["y"])  # a picture of an element is cut at whole pixels round it
    right, bottom = ceil(around["x"] + around["width"]), ceil(around["y"] + around["height"])
    is_same_scale = (width, height) == (right - corner[0], bottom - corner[1])
    shown = [_place(one["own"], corner, is_shown=True) for one in places] if is_same_scale else []
    hidden = [_place(one, corner, is_shown=False) for message in places for one in message["hidden"]]
    boxes = [
        Box(
            what="other",
            picture=Digest.of(taken.data),
            x=one.x,
            y=one.y,
            width=one.right - one.x,
            height=one.bottom - one.y,
        )
        for one in hide_all_but(whole, shown, hidden)
    ]
    return taken.data, boxes


_OWN_BOX = """
(one) => { const box = one.getBoundingClientRect();
  return JSON.stringify({x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}); }
"""


def _place(box: dict[str, float], corner: tuple[int, int], *, is_shown: bool) -> Place:
    """Whole pixels of the picture: what is shown is rounded inwards, what is hidden outwards."""
    x, y = box["x"] - corner[0], box["y"] - corner[1]
    right, bottom = x + box["width"], y + box["height"]
    first, last = (ceil, floor) if is_shown else (floor, ceil)
    return Place(first(x), first(y), last(right), last(bottom))


def _await_either(drawer: ReviewDrawer, answers: OwnAnswers | None) -> None:
    for _ in range(_GLANCES):
        if (answers is not None and answers.has_any) or is_seen(drawer.entry("chat_link"), _GLANCE_SECONDS):
            return


def _link_in(body: str, path: str) -> str:
    found = at_path(as_table(parse_json(body)), path, "")
    return found if isinstance(found, str) else ""


def _signatures(url: str) -> set[str]:
    """The values by which the site knows its own link, whatever they are called; words are none."""
    pairs = parse_qsl(urlsplit(url).query)
    return {value for name, value in pairs if name not in _KEPT_PARAMETERS and _SIGNATURE.fullmatch(value)}


def _unsigned(url: str) -> str:
    """The address without its signature and without words that it would write for us."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] in _KEPT_PARAMETERS]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))
