"""Asks the page whether a picture of an element shows what it should: images decoded, text whole, nothing over it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Error

from evidence_store.digests import Digest
from flows.pages.source import read_source

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from flows.capture.deadline import Deadline

IMAGES_SECONDS = 8.0

# Reads only. Boxes are in page coordinates, so that they fit the full-page picture.
_INSPECT = """
(element, [authorName, privateTexts]) => {
  const box = (rect) => ({x: rect.x + scrollX, y: rect.y + scrollY, width: rect.width, height: rect.height});
  const own = element.getBoundingClientRect();
  const names = [];
  const placesOf = (words) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), places = [];
    let first = null;
    while (words && walker.nextNode()) {
      const node = walker.currentNode;
      for (let at = node.data.indexOf(words); at >= 0; at = node.data.indexOf(words, at + words.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + words.length);
        first = first || node;
        places.push(...[...range.getClientRects()].map(box));
      }
    }
    return {first, places};
  };
  const author = placesOf(authorName), firstName = author.first;
  names.push(...author.places);
  const found = privateTexts.map((words) => placesOf(words).places);
  // One that was not found would stay readable: then none is named, and nobody takes the picture for masked.
  const secrets = found.every((places) => places.length) ? found.flat() : [];
  const images = [...element.querySelectorAll('img')].map((image) => ({
    src: image.currentSrc || image.src, decoded: image.complete && image.naturalWidth > 0,
    // A picture that stands before the author's name is the author's.
    isAuthor: !!firstName && !!(image.compareDocumentPosition(firstName) & Node.DOCUMENT_POSITION_FOLLOWING),
    box: box(image.getBoundingClientRect()),
  }));
  const clipped = [element, ...element.querySelectorAll('*')].some((node) => {
    if (!node.innerText || !node.innerText.trim()) return false;
    const style = getComputedStyle(node);
    const hides = ['hidden', 'clip', 'scroll', 'auto'];
    return (hides.includes(style.overflowY) && node.scrollHeight > node.clientHeight + 2)
        || (hides.includes(style.overflowX) && node.scrollWidth > node.clientWidth + 2);
  });
  let covered = 0;
  for (let row = 1; row < 8; row++) for (let column = 1; column < 8; column++) {
    const x = own.x + own.width * column / 8, y = own.y + own.height * row / 8;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
    const top = document.elementFromPoint(x, y);
    if (top && top !== element && !element.contains(top) && !top.contains(element)) covered += 1;
  }
  return JSON.stringify({
    text: element.innerText, html: element.outerHTML, box: box(own), images, names, secrets, clipped, covered,
  });
}
"""

_ALL_DECODED = "(element) => [...element.querySelectorAll('img')].every((i) => i.complete && i.naturalWidth > 0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A rectangle in page coordinates, CSS pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPlace:
    """Where personal data stands."""

    what: Literal["author_name", "author_picture", "review_photo", "other"]
    place: Rectangle


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementState:
    """What an element was when it was looked at."""

    text: str
    digest: Digest
    box: Rectangle
    images_total: int
    images_missing: tuple[str, ...]
    personal: tuple[PersonalPlace, ...]
    is_clipped: bool
    is_covered: bool


def await_images(element: Locator, deadline: Deadline) -> None:
    """Waits until the element's images are decoded, as long as the deadline allows; never fails."""
    try:
        handle = element.element_handle(timeout=deadline.milliseconds(at_most=IMAGES_SECONDS))
        element.page.wait_for_function(_ALL_DECODED, arg=handle, timeout=deadline.milliseconds(at_most=IMAGES_SECONDS))
    except Error:
        return


def inspect_element(element: Locator, *, author_name: str = "", private: Sequence[str] = ()) -> ElementState:
    """Reads the element's text, source digest, boxes and what hides it.

    Args:
        element: The element.
        author_name: Whose places are noted.
        private: Further words whose places are noted, all of them or none.
    """
    found = json.loads(element.evaluate(_INSPECT, [author_name, list(private)]))
    personal = [PersonalPlace(what="author_name", place=Rectangle(**name)) for name in found["names"]]
    personal += [PersonalPlace(what="other", place=Rectangle(**place)) for place in found["secrets"]]
    for image in found["images"]:
        what: Literal["author_picture", "review_photo"] = "author_picture" if image["isAuthor"] else "review_photo"
        personal.append(PersonalPlace(what=what, place=Rectangle(**image["box"])))
    return ElementState(
        text=found["text"],
        digest=Digest.of(found["html"].encode("utf-8", "surrogatepass")),
        box=Rectangle(**found["box"]),
        images_total=len(found["images"]),
        images_missing=tuple(image["src"] for image in found["images"] if not image["decoded"]),
        personal=tuple(personal),
        is_clipped=found["clipped"],
        is_covered=found["covered"] > 0,
    )


def page_digest(page: Page) -> Digest:
    """Returns the digest of the whole page's current source."""
    return Digest.of(read_source(page).encode("utf-8", "surrogatepass"))
