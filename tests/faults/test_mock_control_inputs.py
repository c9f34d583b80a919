"""Whatever the control API accepts, every page can show; whatever it refuses, it names, and nothing has changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from mock_site.control_inputs import AddedReview, Advanced, Decided, EditedReview, HiddenReview
from mock_site.server import MockSite
from mock_site.switches import Switches
from mock_site.world import NewReview, WorldOptions
from mock_site.world.filings import Filing
from mock_site.world.models import Author
from tests.faults.from_schema import objects_for

EPOCH = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
SMALL = WorldOptions(products=2, reviews_per_product=4, orders=2, epoch=EPOCH, frozen_clock=True)
EXAMPLES = 40
AT_ONCE: dict[str, object] = {
    "latency": [],
    "photo_hold": False,
    "font_hold": False,
    "script_hold": False,
    "upload_delay_ms": 0,
}
WELL: dict[str, object] = {"walls": [], "variants": []}


@dataclass(frozen=True)
class Small:
    """A mock of this module's own, small enough to be made anew for each input."""

    site: MockSite
    client: httpx.Client

    def anew(self) -> None:
        self.site.reset()
        review = self.site.world.add_review(0)
        self.site.world.file(self.site.world.accounts[0], Filing("order_appeal", review.uuid, "Другое", "Текст"))

    @property
    def review(self) -> str:
        return self.site.world.stored_appeals[0].review_uuid

    def tell(self, method: str, path: str, body: str) -> httpx.Response:
        return self.client.request(method, self.site.control_url + path, content=body.encode("utf-8", "surrogatepass"))

    def control(self) -> list[Any]:
        """Everything the control API knows; the bodies of a page's answers are in it, too."""
        world = self.site.world
        skus = [product.sku for product in world.products()]
        paths = ("/switches", "/products", "/appeals", "/health", *(f"/reviews?sku={sku}" for sku in skus))
        return [self.client.get(self.site.control_url + path).json() for path in paths]

    def require_answers(self) -> None:
        """Answers of every page that shows what can be told here: none breaks; without odd shapes all are there."""
        for switches in (AT_ONCE, WELL):
            assert self.tell("PATCH", "/switches", json.dumps(switches)).is_success
            self._require_pages(is_well=switches is WELL)

    def _require_pages(self, *, is_well: bool) -> None:
        for product in self.site.world.products():
            for path in (product.path, f"{product.path}reviews/"):
                status = self._get("www", path).status_code
                assert status == 200 or not is_well, path
            for author in {one.author.guid for one in self.site.world.listing(product)} - {""}:
                self._get("www", f"/user/{author}/reviews/")
        for host, path in (("www", "/my/appeals"), ("www", "/my/orderlist"), ("seller", "/app/reviews")):
            assert self._get(host, path).status_code < 500 or not is_well, path
        assert self.site.errors == []

    def _get(self, host: str, path: str) -> httpx.Response:
        cookie = f"sid={self.site.session_cookie(site=host)['value']}"
        headers = {"host": f"{host}.localhost:{self.site.port}", "cookie": cookie}
        return self.client.get(f"http://127.0.0.1:{self.site.port}{path}", headers=headers)


@pytest.fixture(scope="module")
def small() -> Iterator[Small]:
    with MockSite.start(SMALL) as site, httpx.Client(timeout=10) as client:
        yield Small(site, client)


@pytest.mark.parametrize(
    ("method", "path", "model"),
    [
        ("POST", "/reviews", AddedReview),
        ("PATCH", "/reviews/{review}", EditedReview),
        ("POST", "/reviews/{review}/hide", HiddenReview),
        ("POST", "/appeals/{number}/decision", Decided),
        ("POST", "/clock/advance", Advanced),
        ("PATCH", "/switches", Switches),
    ],
)
def test_what_is_accepted_can_be_shown_and_what_is_not_is_named(
    small: Small, method: str, path: str, model: type[BaseModel]
) -> None:
    seen: Counter[bool] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(body=objects_for(model))
    def tell(body: dict[str, Any]) -> None:
        small.anew()
        number = small.site.world.stored_appeals[0].number
        before = small.control()
        answer = small.tell(method, path.format(review=small.review, number=number), json.dumps(body))
        seen[answer.is_success] += 1
        if answer.is_success:
            small.require_answers()
            return
        assert answer.status_code == 422, answer.text
        told = answer.json()
        assert told["fields"], told
        assert all(name.split(".")[0] in {*body, "body", *model.model_fields} for name in told["fields"]), told
        assert small.control() == before
        assert small.site.errors == []

    tell()
    assert seen[True], "nothing was accepted"
    assert seen[False], "nothing was refused"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/reviews", {"author": "fresh"}, "author"),
        ("POST", "/reviews", {"author": {"guid": "a", "name": "А", "profile": "new"}}, "author.profile"),
        ("POST", "/reviews", {"rating": "1"}, "rating"),
        ("POST", "/reviews", {"rating": 6}, "rating"),
        ("POST", "/reviews", {"product": 2}, "product"),
        ("POST", "/reviews", {"product": -1}, "product"),
        ("POST", "/reviews", {"kind": "rude"}, "kind"),
        ("POST", "/reviews", {"photos": 10**9}, "photos"),
        ("POST", "/reviews", {"published_at": 10**15}, "published_at"),
        ("POST", "/reviews", {"item_id": "first"}, "item_id"),
        ("POST", "/reviews", {"item_id": "1"}, "item_id"),
        ("POST", "/reviews", {"text": "до\x00после"}, "text"),
        ("PATCH", "/reviews/{review}", {"text": "\x00"}, "text"),
        ("PATCH", "/switches", {"session_life_s": -1}, "session_life_s"),
        ("POST", "/reviews", {"hidden_from": "public"}, "hidden_from"),
        ("POST", "/reviews", {"stars": 1}, "stars"),
        ("POST", "/reviews", {"uuid": "{review}"}, "uuid"),
        ("PATCH", "/reviews/{review}", {"rating": "good"}, "rating"),
        ("PATCH", "/reviews/{review}", {"text": ["a"]}, "text"),
        ("POST", "/reviews/{review}/hide", {"from": ["shop"]}, "from.0"),
        ("POST", "/reviews/{review}/hide", {"sources": ["public"]}, "sources"),
        ("POST", "/appeals/{number}/decision", {"decision": "maybe"}, "decision"),
        ("POST", "/appeals/{number}/decision", {"decision": "accepted", "answer": 1}, "answer"),
        ("POST", "/clock/advance", {}, "seconds"),
        ("POST", "/clock/advance", {"seconds": 1e300}, "seconds"),
        ("PATCH", "/reviews/{review}", {}, "body"),
        ("PATCH", "/reviews/{review}", {"text": None, "rating": None}, "body"),
        ("PATCH", "/switches", {"submit": "maybe"}, "submit"),
        ("PATCH", "/switches", {"capped_leads_on": "yes"}, "capped_leads_on"),
        ("PATCH", "/switches", {"capped_leads_on": 1}, "capped_leads_on"),
        ("PATCH", "/switches", {"listing_max_pages": "3"}, "listing_max_pages"),
        ("PATCH", "/switches", {"moderator": {"asks_first": "no"}}, "moderator.asks_first"),
        ("PATCH", "/switches", {"moderator": "never"}, "moderator"),
        ("PATCH", "/switches", {"moderator": {"rule": "maybe"}}, "moderator.rule"),
        ("PATCH", "/switches", {"walls": [{"kind": "moat"}]}, "walls.0.kind"),
        ("PATCH", "/switches", {"variants": [{"name": "none such"}]}, "variants.0.name"),
        ("PATCH", "/switches", {"serve_as": "nobody@example.com"}, "serve_as"),
        ("PATCH", "/switches", {"renames": {"": "x"}}, "renames..[key]"),
        ("GET", "/products?start=first", None, "start"),
        ("GET", "/reviews", None, "sku"),
        ("GET", "/codes", None, "login"),
    ],
)
def test_a_refusal_names_the_field(small: Small, method: str, path: str, body: Any, field: str) -> None:
    small.anew()
    known = {"review": small.review, "number": small.site.world.stored_appeals[0].number}
    sent = "" if body is None else json.dumps(body).replace("{review}", small.review)
    answer = small.tell(method, path.format(**known), sent)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), answer.text
    assert field in answer.json()["error"]
    small.require_answers()


def test_a_page_that_breaks_would_be_seen(small: Small) -> None:
    small.anew()
    small.site.world.add_review(0, NewReview(author=cast("Author", "fresh")))
    with pytest.raises((httpx.HTTPError, AssertionError)):
        small.require_answers()
    small.anew()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"text": "\\ud800"}', "\x00", '"text"'])
@pytest.mark.parametrize(("method", "path"), [("PATCH", "/switches"), ("POST", "/clock/advance"), ("POST", "/reviews")])
def test_what_is_no_json_object_is_refused(small: Small, method: str, path: str, body: str) -> None:
    small.anew()
    answer = small.tell(method, path, body)
    assert answer.status_code == 422 or (body == "" and answer.is_success)
    small.require_answers()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/reviews/none"),
        ("DELETE", "/reviews/none"),
        ("POST", "/reviews/none/hide"),
        ("POST", "/reviews/none/restore"),
        ("POST", "/appeals/A-0/decision"),
        ("GET", "/reviews?sku=none"),
        ("GET", "/codes?login=nobody@example.com"),
        ("GET", "/nothing"),
        ("POST", "/reviews/"),
    ],
)
def test_what_is_not_there_is_404_and_told(small: Small, method: str, path: str) -> None:
    small.anew()
    bodies = {"decision": '{"decision": "accepted"}', "none": '{"rating": 1}'}
    answer = small.tell(method, path, bodies.get(path.rpartition("/")[2], ""))
    assert (answer.status_code, list(answer.json())) == (404, ["error"])


def test_a_method_that_a_path_does_not_take_is_told_with_those_it_takes(small: Small) -> None:
    small.anew()
    answer = small.tell("PUT", "/switches", "{}")
    assert answer.status_code == 405
    told = "PUT /switches is not of the control API; there are: GET /switches, PATCH /switches"
    assert answer.json() == {"error": told}


def test_what_is_not_named_of_the_moderator_stays(small: Small) -> None:
    small.anew()
    for named in ({"rule": "rejected", "asks_first": True}, {"delay_s": 9.5}):
        assert small.tell("PATCH", "/switches", json.dumps({"moderator": named})).is_success
    moderator = small.client.get(small.site.control_url + "/switches").json()["moderator"]
    assert moderator == {"delay_s": 9.5, "rule": "rejected", "by_review": {}, "asks_first": True}


@settings(max_examples=40, deadline=None, database=None, derandomize=True)
@given(query=st.dictionaries(st.sampled_from(["start", "sku", "login", "x"]), st.text(max_size=20), max_size=2))
def _ask(small: Small, query: dict[str, str]) -> None:
    for path in ("/products", "/reviews", "/codes"):
        answer = small.client.get(small.site.control_url + path, params=query)
        assert answer.status_code in {200, 404, 422}
    assert small.site.errors == []


def test_any_query_has_an_answer(small: Small) -> None:
    small.anew()
    _ask(small)


def test_the_same_switch_turned_once_more_is_armed_once_more(small: Small) -> None:
    small.anew()
    armed = '{"walls": [{"kind": "captcha", "times": 1}]}'
    product = small.site.world.product_at(0)
    seen = []
    for _ in range(2):
        assert small.tell("PATCH", "/switches", armed).is_success
        seen += [small._get("www", product.path).status_code for _ in range(2)]
    assert seen == [403, 200, 403, 200]


def test_the_same_submit_mode_hits_again_and_another_switch_does_not_arm_it(small: Small) -> None:
    small.anew()
    site = small.site
    session = site.world.sign_ins.open_session(site.world.accounts[0], "www")
    order = site.world.orders.listed()[0]
    form = {"order": order.number, "review": order.review_uuid, "reason": "Реклама или спам", "text": "Описание"}

    def submit() -> int:
        headers = {"host": f"www.localhost:{site.port}", "cookie": f"sid={session.sid}"}
        url = f"http://127.0.0.1:{site.port}/my/appeals/create"
        return small.client.post(url, headers=headers, data={"csrf": session.csrf, **form}).status_code

    seen = []
    for body in ('{"submit": "500_before"}', '{"layout": "B"}', '{"submit": "500_before"}'):
        small.tell("PATCH", "/switches", body)
        seen.append([submit(), submit()])
    assert [statuses[0] for statuses in seen] == [500, seen[0][1], 500]
    assert {statuses[1] for statuses in seen} == {seen[0][1]}
    assert seen[0][1] != 500
