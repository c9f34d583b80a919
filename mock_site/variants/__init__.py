"""Odd shapes of a listing page: what a reader must tell from an answer about reviews.

Each variant says whether the page still *is* an answer (a healthy listing, or a proven empty one). Everything else
must be read as broken, partial, a wall, signed out or gone: never as "no new reviews".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mock_site.host import Answer, App, Receive, Scope, Send
from mock_site.variants import answers, html_edits, json_edits, shapes

if TYPE_CHECKING:
    from mock_site.pages.stage import Stage

Medium = Literal["html", "json"]
HtmlEdit = Callable[[str], str]
RowEdit = Callable[[str, shapes.ItemPath], str]
JsonEdit = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One shape of a page.

    Attributes:
        name: Its name in ``Switches.variants``.
        is_answer: Whether the page may be read as an answer about reviews.
        html: Edit of a page; None leaves pages as they are.
        rows: Edit of a page that has to know of which item each of its reviews is.
        json: Edit of the page JSON; None leaves it as it is.
        instead: An answer sent in place of the page, to both.
        switches: Switches turned for this page.
    """

    name: str
    is_answer: bool
    html: HtmlEdit | None = None
    rows: RowEdit | None = None
    json: JsonEdit | None = None
    instead: Callable[[Medium], answers.Plain] | None = None
    switches: dict[str, object] = field(default_factory=dict)

    @property
    def media(self) -> tuple[Medium, ...]:
        """Where the variant differs from a plain page."""
        if self.instead is not None or (self.html and self.json):
            return ("html", "json")
        if self.json:
            return ("json",)
        return ("html",) if self.html or self.rows or self.switches else ("html", "json")


def _healthy() -> list[Variant]:
    return [
        Variant("plain", is_answer=True),
        Variant("layout_b", is_answer=True, switches={"layout": "B"}),
        Variant("layout_c", is_answer=True, switches={"layout": "C"}),
        Variant("no_state_a", is_answer=True, switches={"state_div": False}),
        Variant("no_state_b", is_answer=True, switches={"state_div": False, "layout": "B"}),
        Variant("no_state_c", is_answer=True, switches={"state_div": False, "layout": "C"}),
        Variant("new_class_names", is_answer=True, switches={"deploy": 9}),
        Variant("banner_at_once", is_answer=True, switches={"banner": "always"}),
        Variant("popup_over_it", is_answer=True, switches={"popup": True}),
        Variant("proven_empty", is_answer=True, html=html_edits.proven_empty, json=json_edits.proven_empty),
        Variant("single_review", is_answer=True, html=html_edits.single_review, json=json_edits.single_review),
        Variant("other_state_id", is_answer=True, html=html_edits.other_state_id, json=json_edits.other_state_id),
        Variant("unknown_widgets", is_answer=True, html=html_edits.unknown_widgets, json=json_edits.unknown_widgets),
        Variant("reordered_keys", is_answer=True, html=html_edits.reordered_keys, json=json_edits.reordered_keys),
    ]


def _shaped() -> list[Variant]:
    """Shapes that sources tell of, on pages without their state: what the cards show is all there is."""
    cards = {"state_div": False}
    edits = (
        shapes.stars_by_class,
        shapes.seller_answers,
        shapes.cut_texts,
        shapes.texts_stay_cut,
        shapes.asked_questions,
        shapes.dates_of_edits,
        shapes.review_tabs,
        shapes.portions,
        shapes.guest_wall,
    )
    return [
        *(Variant(edit.__name__, is_answer=True, html=edit, switches=dict(cards)) for edit in edits),
        Variant("variant_links", is_answer=True, rows=shapes.variant_links, switches=dict(cards)),
        Variant("coded_texts", is_answer=True, html=html_edits.coded_texts, json=json_edits.coded_texts),
    ]


def _instead() -> list[Variant]:
    return [Variant(name, is_answer=False, instead=make) for name, make in answers.INSTEAD.items()]


def _edited() -> list[Variant]:
    both: dict[str, tuple[HtmlEdit, JsonEdit]] = {
        "cut_list": (html_edits.cut_list, json_edits.cut_list),
        "no_rows_but_a_total": (html_edits.no_rows, json_edits.no_rows),
        "empty_without_witness": (html_edits.empty_without_witness, json_edits.empty_without_witness),
        "total_zero_but_rows": (html_edits.total_zero_but_rows, json_edits.total_zero_but_rows),
        "renamed_rows_key": (html_edits.renamed_rows_key, json_edits.renamed_rows_key),
        "renamed_widget": (html_edits.renamed_widget, json_edits.renamed_widget),
        "no_list_at_all": (html_edits.no_list, json_edits.no_list),
        "state_not_json": (html_edits.state_not_json, json_edits.state_not_json),
        "reviews_null": (html_edits.reviews_null, json_edits.reviews_null),
        "rows_without_ids": (html_edits.rows_without_ids, json_edits.rows_without_ids),
        "same_row_thirty_times": (html_edits.same_row, json_edits.same_row),
        "another_product": (html_edits.another_product, json_edits.another_product),
        "english": (html_edits.english, json_edits.english),
    }
    html_only: dict[str, HtmlEdit] = {
        "half_rendered": html_edits.half_rendered,
        "skeleton": html_edits.skeleton,
        "cards_renamed_no_state": html_edits.cards_renamed_no_state,
        "empty_text_beside_rows": html_edits.empty_text_beside_rows,
        "cards_and_state_disagree": html_edits.cards_and_state_disagree,
    }
    json_only: dict[str, JsonEdit] = {
        "json_page_type_error": json_edits.page_type_error,
        "json_states_missing": json_edits.states_missing,
        "json_total_is_text": json_edits.total_is_text,
        "json_other_page": json_edits.other_page,
    }
    return [
        *(Variant(name, is_answer=False, html=html, json=edit) for name, (html, edit) in both.items()),
        *(Variant(name, is_answer=False, html=edit) for name, edit in html_only.items()),
        *(Variant(name, is_answer=False, json=edit) for name, edit in json_only.items()),
    ]


VARIANTS: dict[str, Variant] = {one.name: one for one in (*_healthy(), *_shaped(), *_instead(), *_edited())}


async def apply_variant(name: str, app: App, call: tuple[Scope, Receive, Send], stage: Stage) -> None:
    """Serves a page in an odd shape.

    Args:
        name: The variant's name.
        app: What would serve the page as it should be.
        call: Scope, receive and send of the request.
        stage: The running mock.

    Raises:
        LookupError: there is no such variant.
    """
    variant = VARIANTS.get(name)
    if variant is None:
        raise LookupError(f"no page variant is called {name!r}")
    scope, receive, send = call
    if variant.instead is not None:
        medium: Medium = "json" if str(scope["path"]).startswith("/api/") else "html"
        await answers.send_plain(variant.instead(medium), send)
        return
    answer = Answer()
    before = stage.switches
    stage.switches = before.model_copy(update=variant.switches)
    try:
        await app(scope, receive, answer.send)
    finally:
        stage.switches = before
    body = _edit(variant, answer, stage.world.item_path)
    kept = [(key, value) for key, value in answer.headers if key not in {b"content-length", b"etag"}]
    await answers.send_plain(answers.Plain(answer.status, body, kept), send)


def _edit(variant: Variant, answer: Answer, item_path: shapes.ItemPath) -> bytes:
    kind = dict(answer.headers).get(b"content-type", b"")
    text = bytes(answer.body)
    if answer.status != 200:
        return text
    if variant.rows is not None and kind.startswith(b"text/html"):
        return variant.rows(text.decode(), item_path).encode()
    if variant.html is not None and kind.startswith(b"text/html"):
        return variant.html(text.decode()).encode()
    if variant.json is not None and kind.startswith(b"application/json"):
        return json.dumps(variant.json(json.loads(text)), ensure_ascii=False).encode()
    return text
