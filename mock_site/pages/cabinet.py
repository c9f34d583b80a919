"""The cabinet's reviews: list with a cursor, drawer, complaint form, the list of complaints.

That a complaint can be made here is told by articles only and disputed; addresses, the drawer's title and labels and
the names of the statuses are from public code of 2025. All other markup, texts, reasons and limits are guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages import cabinet_answers
from mock_site.pages.appeal_list import listed_rows, page_of, rows_per_page, visible_appeals
from mock_site.pages.cards import CardView, card_view
from mock_site.pages.dates import day_of_unix
from mock_site.pages.filing import (
    Refusal,
    answer_in_place,
    form_fields,
    in_place_of_answer,
    is_scripted,
    refusal_of,
    submit,
)
from mock_site.pages.messenger import buyer_link
from mock_site.pages.stage import Stage
from mock_site.pages.uploads import MAX_FILES, files_of, take_upload
from mock_site.world.filings import Filing
from mock_site.world.models import STATUS_TEXTS, Account, Appeal, Product, Review

CREATE = "/api/review/complaint"
_CHANNEL: Literal["cabinet_complaint"] = "cabinet_complaint"
_SIGN_IN = "/app/registration/signin"
_ROWS = 10
_MAX_TEXT = 1_000
REASONS = (
    "Нецензурная лексика или оскорбления",
    "Не ваш товар",
    "Недостоверная информация",
    "Нарушены правила публикации",
)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review as the cabinet shows it."""

    card: CardView
    product: Product
    order_number: str
    published: str
    product_path: str
    order_word: str
    is_complained: bool


class CabinetPages:
    """Everything under ``/app/reviews``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of the seller host."""
        return [
            Route("/app/reviews", self.listed),
            Route("/app/reviews/drawer", self.drawer),
            Route("/app/reviews/complaint", self.form),
            Route("/app/reviews/complaints", self.complaints),
            Route("/app/reviews/complaints/{number}", self.details),
            Route("/app/reviews/upload", self.upload, methods=["POST"]),
            Route(CREATE, self.create, methods=["POST"]),
            Route(cabinet_answers.PATH, self.answers, methods=["POST"]),
            Route(cabinet_answers.DETAIL, self.detail, methods=["POST"]),
        ]

    async def listed(self, request: Request) -> Response:
        """Ten reviews from the cursor on, newest first."""
        account = self._inside(request)
        if account is None:
            return RedirectResponse(_SIGN_IN, 302)
        found = self._reviews()
        asked = request.query_params.get("cursor", "")
        start = _start_after([review for _, review in found], asked)
        shown = found[start : start + _ROWS]
        is_more = start + _ROWS < len(found)
        cursor = f"{shown[-1][1].published_at}_{shown[-1][1].uuid}" if shown and is_more else ""
        rows = [self._row(account, review, product) for product, review in shown]
        context: dict[str, object] = {
            "company": account.company,
            "rows": rows,
            "cursor": cursor,
            "after": asked.partition("_")[2],
        }
        return self._stage.page(request, "seller_reviews.html", context)

    async def answers(self, request: Request) -> Response:
        """The list as the page loads it for itself."""
        return await cabinet_answers.answer_list(self._stage, request, is_inside=self._inside(request) is not None)

    async def detail(self, request: Request) -> Response:
        """One review as the page loads it for itself when it is opened."""
        return await cabinet_answers.answer_detail(self._stage, request, is_inside=self._inside(request) is not None)

    async def drawer(self, request: Request) -> Response:
        """One review, as a part that the script puts beside the list."""
        return self._part(request, "seller_drawer.html")

    async def form(self, request: Request) -> Response:
        """The complaint form, as a part or (in a frame) as a document of its own."""
        return self._part(request, "seller_complaint.html")

    async def upload(self, request: Request) -> Response:
        """Takes one attachment."""
        return await take_upload(self._stage, request)

    async def create(self, request: Request) -> Response:
        """Takes the filled form."""
        session, account = self._stage.session(request), self._inside(request)
        if session is None or account is None:
            return answer_in_place(Refusal("Войдите в кабинет", 401))
        form = await form_fields(request)
        if form.get("csrf") != session.csrf:
            return self._refuse(request, form, refusal_of("stale_csrf"))
        problem = self._problem(form)
        if problem:
            return self._refuse(request, form, Refusal(problem))
        files = files_of(self._stage, form)
        filing = Filing(_CHANNEL, str(form["review"]), str(form["reason"]), str(form["text"]), files)
        result = submit(self._stage, lambda: self._stage.world.file(account, filing))
        other = in_place_of_answer(self._stage, result, is_api=is_scripted(request))
        if other is not None:
            return other
        if result.outcome != "ok":
            return self._refuse(request, form, refusal_of(result.outcome, result.status))
        number = result.appeal.number if result.appeal else "C-000999"
        if is_scripted(request):
            return answer_in_place(number)
        return RedirectResponse(f"/app/reviews/complaints/{number}?created=1", 303)

    async def complaints(self, request: Request) -> Response:
        """The account's own complaints with their statuses."""
        account = self._inside(request)
        if account is None:
            return RedirectResponse(_SIGN_IN, 302)
        if self._stage.switches.list_mode == "none":
            return self._stage.page(request, "gone.html", {"company": account.company}, 404)
        own = visible_appeals(self._stage, account.guid, _CHANNEL)
        rows, size = listed_rows(self._stage, own), rows_per_page(self._stage)
        page = page_of(request)
        context: dict[str, object] = {
            "company": account.company,
            "rows": rows[(page - 1) * size : page * size],
            "total": len(own),
            "page": page,
            "pages": max(1, -(-len(own) // size)),
            "statuses": STATUS_TEXTS,
        }
        return self._stage.page(request, "seller_complaints.html", context)

    async def details(self, request: Request) -> Response:
        """One complaint."""
        account = self._inside(request)
        if account is None:
            return RedirectResponse(_SIGN_IN, 302)
        appeal = self._own(account, request.path_params["number"])
        if appeal is None:
            return self._stage.page(request, "gone.html", {}, 404)
        context: dict[str, object] = {
            "company": account.company,
            "appeal": appeal,
            "statuses": STATUS_TEXTS,
            "is_new": "created" in request.query_params,
        }
        return self._stage.page(request, "seller_complaint_details.html", context)

    def _part(self, request: Request, template: str) -> Response:
        account = self._inside(request)
        if account is None:
            return RedirectResponse(_SIGN_IN, 302)
        row = self._find_row(account, request.query_params.get("review", ""))
        if row is None:
            return self._stage.page(request, "gone.html", {}, 404)
        return self._stage.page(request, template, self._form_context(account, row, request))

    def _form_context(self, account: Account, row: ReviewRow, request: Request) -> dict[str, object]:
        switches = self._stage.switches
        return {
            "company": account.company,
            "row": row,
            "reasons": REASONS,
            "max_files": MAX_FILES,
            "max_mb": self._stage.switches.max_file_mb,
            "max_text": _MAX_TEXT,
            "is_document": "frame" in request.query_params,
            "error": "",
            "has_detail": switches.cabinet_answers != "none" or switches.chat.buyer not in {"none", "page"},
            "chat_link": self._chat_link(row) if self._stage.switches.chat.buyer == "page" else "",
        }

    def _chat_link(self, row: ReviewRow) -> str:
        review = self._stage.world.review(row.card.uuid)
        return buyer_link(self._stage, review) if review is not None else ""

    def _refuse(self, request: Request, form: FormData, refusal: Refusal) -> Response:
        account, row = self._inside(request), None
        if account is not None:
            row = self._find_row(account, str(form.get("review", "")))
        if is_scripted(request) or account is None or row is None:
            return answer_in_place(refusal)
        context = {**self._form_context(account, row, request), "error": refusal.error, "is_document": True}
        return self._stage.page(request, "seller_complaint.html", context, refusal.status)

    def _problem(self, form: FormData) -> str:
        review = self._stage.world.review(str(form.get("review", "")))
        if review is None or review.state != "published":
            return "Отзыв не найден"
        if form.get("reason") not in REASONS:
            return "Выберите причину"
        if len(str(form.get("text", ""))) > _MAX_TEXT:
            return f"Комментарий длиннее {_MAX_TEXT} знаков"
        return f"Не больше {MAX_FILES} файлов" if len(files_of(self._stage, form)) > MAX_FILES else ""

    def _reviews(self) -> list[tuple[Product, Review]]:
        return self._stage.world.listed("cabinet")

    def _find_row(self, account: Account, uuid: str) -> ReviewRow | None:
        review = self._stage.world.review(uuid)
        product = self._stage.world.product(review.sku) if review is not None else None
        if review is None or product is None or not review.is_listed("cabinet"):
            return None
        return self._row(account, review, product)

    def _row(self, account: Account, review: Review, product: Product) -> ReviewRow:
        order = self._stage.world.order_of(review.uuid)
        stored = self._stage.world.stored_appeals
        mine = [one for one in stored if one.channel == _CHANNEL and one.review_uuid == review.uuid]
        return ReviewRow(
            card=card_view(review, product),
            product=product,
            order_number=order.number if order else "—",
            published=day_of_unix(review.published_at),
            product_path=f"/product/{product.slug}-{review.item_id}/",
            order_word="Товар отменён" if review.is_order_cancelled else "Доставлен",
            is_complained=any(one.account == account.guid for one in mine),
        )

    def _own(self, account: Account, number: str) -> Appeal | None:
        appeal = self._stage.world.filings.find(number)
        is_own = appeal is not None and appeal.account == account.guid and appeal.channel == _CHANNEL
        return appeal if is_own else None

    def _inside(self, request: Request) -> Account | None:
        session = self._stage.session(request)
        return self._stage.account(request) if session is not None and session.company_chosen else None


def _start_after(reviews: list[Review], cursor: str) -> int:
    """Where the page after a cursor (time and id of the last review shown) begins; a strange cursor is the first."""
    at, _, uuid = cursor.partition("_")
    if not at.isdecimal():
        return 0
    place = (-int(at), uuid)
    return sum((-review.published_at, review.uuid) <= place for review in reviews)
