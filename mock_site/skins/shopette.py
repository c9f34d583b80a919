"""Shopette: an invented small shop, as unlike the first site as its catalog in ``catalogs/shopette`` says.

English, one origin for everything, pages without scripts or state, reviews by the number of rows before them, a report
form on a page of its own. Of the switches it has those that are not about Ozon's own pages: README.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router

from mock_site.pages.filing import Outcome, in_place_of_answer, submit
from mock_site.pages.media import MediaPages
from mock_site.pages.stage import COOKIE, Stage
from mock_site.pages.stops import StopWords
from mock_site.skins.skin import Identity, SiteSkin
from mock_site.world.filings import Filing
from mock_site.world.models import Account, Product, Review

_HOST = "shop"
_PER_PAGE = 10
_ZONE = ZoneInfo("Europe/Berlin")
_REASONS = {"1": "Rude", "2": "Not about the item"}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip # noqa: E501
_NOTHING = "There is nothing here"
_REFUSALS: dict[Outcome, tuple[str, int]] = {
    "inline_error": ("We could not take this. Please look at what you wrote", 200),
    "stale_csrf": ("This page has grown old. Load it again", 403),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review as the pages show it."""

    uuid: str
    rating: int
    text: str
    by: str
    date: str
    is_flagged: bool


class ShopettePages:
    """All pages of the shop."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of its one host."""
        return [
            Route("/", self.home),
            Route("/item/{sku}", self.item),
            Route("/item/{sku}/opinions/from/{offset:int}", self.opinions),
            Route("/item/{sku}/opinions/one/{uuid}", self.opinion),
            Route("/people/{guid}", self.people),
            Route("/account/sign-in", self.sign_in, methods=["GET"]),
            Route("/account/sign-in", self.take_step, methods=["POST"]),
            Route("/account/orders", self.orders),
            Route("/flags/new", self.flag),
            Route("/flags", self.take_flag, methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        """What the shop sells."""
        return self._stage.page(request, "shopette/home.html", {"products": self._stage.world.products(0, 20)})

    async def item(self, request: Request) -> Response:
        """One product."""
        product = self._stage.world.product(request.path_params["sku"])
        if product is None:
            return self._say(request, _NOTHING, 404)
        context = {"product": product, "total": self._stage.world.counters(product).total}
        return self._stage.page(request, "shopette/item.html", context)

    async def opinions(self, request: Request) -> Response:
        """Opinions of a product, the newest first, from a row on."""
        product = self._stage.world.product(request.path_params["sku"])
        if product is None:
            return self._say(request, _NOTHING, 404)
        self._stage.world.emit("listing_read", product)
        listing, first = self._stage.world.listing(product, "published_at_desc"), request.path_params["offset"]
        following = first + _PER_PAGE
        older = f"/item/{product.sku}/opinions/from/{following}" if following < len(listing) else ""
        return self._listing(request, product, listing[first:following], older)

    async def opinion(self, request: Request) -> Response:
        """One opinion by its number."""
        review = self._stage.world.review(request.path_params["uuid"])
        product = self._stage.world.product(request.path_params["sku"])
        if product is None or review is None or not review.is_listed("public"):
            return self._say(request, _NOTHING, 404)
        return self._listing(request, product, [review], "")

    async def people(self, request: Request) -> Response:
        """Who wrote an opinion."""
        reviews = self._stage.world.reviews_by(request.path_params["guid"])
        if not reviews:
            return self._say(request, _NOTHING, 404)
        context = {"name": reviews[0].author.name, "count": len(reviews)}
        return self._stage.page(request, "shopette/people.html", context)

    async def orders(self, request: Request) -> Response:
        """The account's orders."""
        if self._stage.account(request) is None:
            return RedirectResponse("/account/sign-in", 302)
        return self._stage.page(request, "shopette/orders.html", {"orders": self._stage.world.orders.listed()})

    async def sign_in(self, request: Request) -> Response:
        """Asks for the e-mail."""
        return self._step(request)

    async def take_step(self, request: Request) -> Response:
        """Takes the e-mail, or the code."""
        form = await request.form()
        sign_ins = self._stage.world.sign_ins
        if "mail" in form:
            login = str(form["mail"])
            account = sign_ins.account_of(login)
            if account is None:
                return self._step(request, problem="We do not know this e-mail")
            return self._step(request, attempt=sign_ins.begin(account, login, "").attempt_id)
        attempt = sign_ins.attempt(str(form.get("attempt", "")))
        if attempt is None:
            return self._step(request)
        if not sign_ins.check_code(attempt, str(form.get("code", ""))):
            worn_out = sign_ins.is_exhausted(attempt)
            problem = "Too many tries. Come back later" if worn_out else "That is not the code"
            return self._step(request, problem=problem, attempt=attempt.attempt_id)
        session = sign_ins.redeem(sign_ins.issue_ticket(attempt), _HOST)
        assert session is not None  # noqa: S101 - the ticket was issued just now
        answer = RedirectResponse("/account/orders", 303)
        answer.set_cookie(COOKIE, session.sid, httponly=True, samesite="lax", path="/")
        self._stage.world.emit("signed_in")
        return answer

    async def flag(self, request: Request) -> Response:
        """The form that flags an opinion."""
        if self._stage.account(request) is None:
            return RedirectResponse("/account/sign-in", 302)
        return self._form(request, request.query_params.get("opinion", ""))

    async def take_flag(self, request: Request) -> Response:
        """Takes a flag."""
        form = await request.form()
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None:
            return RedirectResponse("/account/sign-in", 302)
        number = str(form.get("opinion", "")).removeprefix("op-")
        if form.get("csrf") != session.csrf:
            return self._form(request, number, *_REFUSALS["stale_csrf"])
        return self._store(request, account, number, form)

    def _store(self, request: Request, account: Account, number: str, form: FormData) -> Response:
        world = self._stage.world
        review, reason = world.review(number), _REASONS.get(str(form.get("why", "")))
        if review is None or review.state != "published":
            return self._say(request, _NOTHING, 404)
        if reason is None:
            return self._form(request, number, "Choose a reason")
        filing = Filing("public_report", review.uuid, reason, str(form.get("words", "")))
        result = submit(self._stage, lambda: world.file(account, filing))
        other = in_place_of_answer(self._stage, result, is_api=False)
        if other is not None:
            return other
        if result.outcome == "ok":
            return self._say(request, "Thank you. We will look at it.")
        if result.outcome in _REFUSALS:
            return self._form(request, number, *_REFUSALS[result.outcome])
        return self._say(request, "Something went wrong here", result.status)

    def _listing(self, request: Request, product: Product, rows: list[Review], older: str) -> Response:
        account = self._stage.account(request)
        context = {
            "product": product,
            "rows": [self._opinion(one, account) for one in rows],
            "total": self._stage.world.counters(product).total,
            "older": older,
        }
        return self._stage.page(request, "shopette/opinions.html", context)

    def _opinion(self, review: Review, account: Account | None) -> Opinion:
        return Opinion(
            uuid=review.uuid,
            rating=review.rating,
            text="\n".join(part for part in (review.positive, review.negative, review.text) if part),
            by="A customer" if review.author.is_anonymous else review.author.name,
            date=_date(review),
            is_flagged=self._stage.world.is_reported(account, review),
        )

    def _form(self, request: Request, number: str, problem: str = "", status: int = 200) -> Response:
        review = self._stage.world.review(number)
        if review is None or review.state != "published":
            return self._say(request, _NOTHING, 404)
        context = {"review": self._opinion(review, None), "reasons": _REASONS, "problem": problem}
        return self._stage.page(request, "shopette/flag.html", context, status)

    def _step(self, request: Request, *, problem: str = "", attempt: str = "") -> Response:
        return self._stage.page(request, "shopette/sign_in.html", {"problem": problem, "attempt": attempt})

    def _say(self, request: Request, said: str, status: int = 200) -> Response:
        return self._stage.page(request, "shopette/said.html", {"said": said}, status)


def _date(review: Review) -> str:
    day = datetime.fromtimestamp(review.published_at, UTC).astimezone(_ZONE)
    month = _MONTHS[day.month - 1]
    return f"edited {day.day} {month[:3]} {day.year}" if review.is_edited else f"{month} {day.day}, {day.year}"


def _routers(stage: Stage) -> Mapping[str, Router]:
    return {_HOST: Router([*ShopettePages(stage).routes(), *MediaPages(stage).routes()], redirect_slashes=False)}


SKIN = SiteSkin(
    name="shopette",
    hosts=(_HOST,),
    identities={"buyer": Identity(_HOST)},
    routers=_routers,
    product_path=lambda product: f"/item/{product.sku}",
    stops=StopWords(
        "en",
        {
            "challenge": (403, "One moment", ("We are looking at your browser",)),
            "challenge_200": (200, "One moment", ("We are looking at your browser",)),
            "captcha": (403, "Are you human?", ("Type what you see in the picture",)),
            "blocked": (403, "You cannot come in", ("Write to us if you think that this is a mistake",)),
            "rate_limited": (429, "Slow down, please", ("You ask too often",)),
            "adult_gate": (200, "How old are you?", ("This part of the shop is for grown-ups",)),
        },
    ),
    submits=("/flags",),
    detours={"sign_in": "/account/sign-in", "success": "/account/orders"},
)
