"""The control API on the second port: what a test or a person in another process may do to the mock.

Loopback only. A request with an ``Origin`` header is refused: no page in a browser may turn these switches.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route, Router

from mock_site.control_inputs import (
    AddedReview,
    Advanced,
    Decided,
    EditedReview,
    HiddenReview,
    OfLogin,
    OfProduct,
    Page,
    RefusedInput,
    TurnedSwitches,
    is_tellable,
    read_body,
    read_query,
    refusal_of,
)
from mock_site.host import Receive, Scope, Send
from mock_site.switches import Switches
from mock_site.variants import VARIANTS
from mock_site.world.models import Review

if TYPE_CHECKING:
    from mock_site.server import MockSite


class ControlApp:
    """Answers the control port.

    Args:
        site: The mock to control.
    """

    def __init__(self, site: MockSite) -> None:
        self._site = site
        self.port = 0
        self._router = Router(
            [
                Route("/health", self.health),
                Route("/ledger", self.ledger),
                Route("/ledger", self.clear_ledger, methods=["DELETE"]),
                Route("/reset", self.reset, methods=["POST"]),
                Route("/switches", self.read_switches, methods=["GET"]),
                Route("/switches", self.turn_switches, methods=["PATCH"]),
                Route("/codes", self.code),
                Route("/products", self.products),
                Route("/reviews", self.reviews, methods=["GET"]),
                Route("/reviews", self.add_review, methods=["POST"]),
                Route("/reviews/{uuid}", self.edit_review, methods=["PATCH"]),
                Route("/reviews/{uuid}", self.delete_review, methods=["DELETE"]),
                Route("/reviews/{uuid}/hide", self.hide_review, methods=["POST"]),
                Route("/reviews/{uuid}/restore", self.restore_review, methods=["POST"]),
                Route("/appeals", self.appeals),
                Route("/appeals/{number}/decision", self.decide, methods=["POST"]),
                Route("/clock/advance", self.advance, methods=["POST"]),
                Route("/sessions", self.kill_sessions, methods=["DELETE"]),
            ],
            redirect_slashes=False,
        )

    def allows_host(self, host: str) -> bool:
        """Loopback names with this port."""
        return host in {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if Request(scope).headers.get("origin") is not None:
            await JSONResponse({"error": "no browser page may use the control API"}, 403)(scope, receive, send)
            return
        try:
            await self._router({**scope, "app": self}, receive, send)  # with "app" the router raises what it refuses
        except RefusedInput as refused:
            await JSONResponse({"error": str(refused), "fields": refused.fields}, 422)(scope, receive, send)
        except HTTPException as error:
            await self._refusal(scope, error)(scope, receive, send)
        except LookupError as error:
            await JSONResponse({"error": str(error)}, 404)(scope, receive, send)

    def _refusal(self, scope: Scope, error: HTTPException) -> Response:
        """A path or a method that is not there, with what is."""
        routes = [route for route in self._router.routes if isinstance(route, Route)]
        if error.status_code == 405:
            paths = {route.path for route in routes if route.matches(scope)[0] is not Match.NONE}
            routes = [route for route in routes if route.path in paths]
        there = [f"{method} {one.path}" for one in routes for method in sorted((one.methods or set()) - {"HEAD"})]
        told = f"{scope['method']} {scope['path']} is not of the control API; there are: {', '.join(there)}"
        return JSONResponse({"error": told}, error.status_code, headers=error.headers)

    async def health(self, _: Request) -> Response:
        """Where the site is and what it was made from."""
        site = self._site
        world = site.world
        return JSONResponse(
            {
                "site": site.skin.name,
                "origins": site.origins,
                "port": site.port,
                "seed": world.options.seed,
                "epoch": world.clock.epoch.isoformat(),
                "products": world.options.products,
                "reviews_per_product": world.options.reviews_per_product,
                "pending_changes": world.pending_changes(),
                "errors": [repr(error) for error in site.errors],
            }
        )

    async def ledger(self, _: Request) -> Response:
        """The count of requests at the socket."""
        ledger = self._site.ledger
        return JSONResponse(
            {
                "total": len(ledger.entries),
                "gets": len(ledger.gets),
                "posts": [entry.to_json() for entry in ledger.posts],
                "submits": [entry.to_json() for entry in ledger.submits],
                "uploads": [entry.to_json() for entry in ledger.uploads],
                "hosts": dict(ledger.hosts),
            }
        )

    async def clear_ledger(self, _: Request) -> Response:
        """Starts counting anew."""
        self._site.ledger.clear()
        return Response(status_code=204)

    async def reset(self, _: Request) -> Response:
        """A new world from the same options."""
        self._site.reset()
        return Response(status_code=204)

    async def read_switches(self, _: Request) -> Response:
        """All switches."""
        return _json(self._site.switches.model_dump_json())

    async def turn_switches(self, request: Request) -> Response:
        """Turns the switches named in the body, all or none; one that counts its hits counts from here on."""
        named = (await read_body(request, TurnedSwitches)).root
        now = self._site.switches.model_dump()
        if isinstance(moderator := named.get("moderator"), dict):  # what is not named of it stays, too
            now["moderator"].update(moderator)
            named["moderator"] = now["moderator"]
        try:
            wanted = Switches.model_validate_json(json.dumps({**now, **named}), strict=True)
        except ValidationError as error:
            raise refusal_of(error) from error
        self._require_known(wanted)
        self._site.turn(wanted, named)
        return _json(wanted.model_dump_json())

    async def code(self, request: Request) -> Response:
        """The code for ``?login=``."""
        login = read_query(request, OfLogin).login
        return JSONResponse({"login": login, "code": self._site.code_for(login)})

    async def products(self, request: Request) -> Response:
        """Products from ``?start=`` on, at most 100."""
        start = read_query(request, Page).start
        world = self._site.world
        rows = []
        for product in world.products(start, start + 100):
            counters = world.counters(product)
            rows.append(
                {
                    "index": product.index,
                    "sku": product.sku,
                    "title": product.title,
                    "path": self._site.skin.product_path(product),
                    "reviews": counters.total,
                    "score": counters.score,
                }
            )
        return JSONResponse({"products": rows})

    async def reviews(self, request: Request) -> Response:
        """The truth about all reviews of ``?sku=``, removed ones included."""
        product = self._site.world.product(read_query(request, OfProduct).sku)
        if product is None:
            raise LookupError("no such product")
        return JSONResponse({"reviews": [self._review(one) for one in self._site.world.reviews(product)]})

    async def add_review(self, request: Request) -> Response:
        """Publishes a review: ``{product, kind, rating, text, …}``; what is left out is composed."""
        wanted, world = await read_body(request, AddedReview), self._site.world
        if wanted.product >= world.options.products:
            raise RefusedInput({"product": f"the shop has {world.options.products} products, from 0 on"})
        card = world.product_at(wanted.product)
        items = [item.item_id for item in (*card.items, *card.strangers)]
        if wanted.item_id is not None and wanted.item_id not in items:
            raise RefusedInput({"item_id": f"the card has the items {', '.join(items)}"})
        if wanted.uuid is not None and world.review(wanted.uuid) is not None:
            raise RefusedInput({"uuid": "a review has this id already"})
        return JSONResponse(self._review(world.add_review(wanted.product, wanted.to_new_review())), 201)

    async def edit_review(self, request: Request) -> Response:
        """Edits a review: ``{text, rating}``."""
        edit = await read_body(request, EditedReview)
        review = self._site.world.edit_review(request.path_params["uuid"], text=edit.text, rating=edit.rating)
        return JSONResponse(self._review(review))

    async def delete_review(self, request: Request) -> Response:
        """Lets the author delete a review."""
        self._site.world.delete_review(request.path_params["uuid"])
        return Response(status_code=204)

    async def hide_review(self, request: Request) -> Response:
        """Takes a review out of sources: ``{"from": ["public", "cabinet", "api"]}``; an empty list puts it back."""
        hidden = await read_body(request, HiddenReview)
        self._site.world.hide_review(request.path_params["uuid"], *hidden.sources)
        return Response(status_code=204)

    async def restore_review(self, request: Request) -> Response:
        """Puts a review back."""
        self._site.world.restore_review(request.path_params["uuid"])
        return Response(status_code=204)

    async def appeals(self, _: Request) -> Response:
        """Everything stored, and how many a review has."""
        world = self._site.world
        stored = [{**asdict(one), "submitted_at": str(one.submitted_at)} for one in world.stored_appeals]
        return _json(json.dumps({"appeals": stored, "per_review": world.filings.per_review()}, default=str))

    async def decide(self, request: Request) -> Response:
        """Plays the moderator: ``{decision, answer}``."""
        said = await read_body(request, Decided)
        self._site.world.decide(request.path_params["number"], said.decision, said.answer)
        return Response(status_code=204)

    async def advance(self, request: Request) -> Response:
        """Moves the world's clock: ``{seconds}``."""
        seconds, clock = (await read_body(request, Advanced)).seconds, self._site.world.clock
        if not is_tellable(clock.unix() + seconds):
            raise RefusedInput({"seconds": "the clock would leave the years that pages can tell"})
        clock.advance(seconds)
        self._site.world.tick()
        return JSONResponse({"now": clock.now().isoformat()})

    async def kill_sessions(self, _: Request) -> Response:
        """Ends all sessions."""
        return JSONResponse({"killed": self._site.world.sign_ins.kill_all()})

    def _require_known(self, wanted: Switches) -> None:
        for place, variant in enumerate(wanted.variants):
            if variant.name not in VARIANTS:
                known = ", ".join(VARIANTS)
                why = f"no page variant is called {variant.name!r}; there are: {known}"
                raise RefusedInput({f"variants.{place}.name": why})
        if wanted.serve_as is not None and self._site.world.sign_ins.account_of(wanted.serve_as) is None:
            raise RefusedInput({"serve_as": f"no account has the login {wanted.serve_as!r}"})

    def _review(self, review: Review) -> dict[str, Any]:
        return {**asdict(review), "is_reported": any(u == review.uuid for _, u in self._site.world.filings.reported)}


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
