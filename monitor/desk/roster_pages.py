"""Products, accounts and the guide after the first run: everything that the settings hold and a person changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evidence_store.journal import Actor
from monitor.desk.calls import Calls
from monitor.desk.entering import Toast
from monitor.desk.refusals import tell_refusal, tell_unread, unread_text
from monitor.desk.rendering import Pages
from monitor.desk.roster_calls import HOURS, POLLS
from monitor.desk.routing import form_of, require_token, run, text_of, visitor_of
from monitor.errors import MonitorError, UsageError
from monitor.language import gettext
from monitor.use_cases.product_lists import text_of_file
from monitor.use_cases.signed_in import Held

_LARGEST_LIST = 4_000_000  # bytes
_TASKS = {
    "poll": "Чтение отзывов",
    "submit": "Отправка одобренного",
    "follow": "Вопросы площадке об обращениях",
    "digest": "Сводки командам",
}
WAYS = {"code": "по коду", "totp": "по коду из приложения", "hand_over": "в окне площадки", "restored": "раньше"}
"""How somebody signed in, in words."""


class RosterPages:
    """Pages of products and accounts.

    Args:
        calls: The use cases.
        pages: Renders.
    """

    def __init__(self, calls: Calls, pages: Pages) -> None:
        self._calls, self._pages = calls, pages

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/products", self.products),
            Route("/products/{account}/{sku}", self.product),
            Route("/products/{account}", self.add_products, methods=["POST"]),
            Route("/products/{account}/{sku}/{what}", self.change_product, methods=["POST"]),
            Route("/accounts", self.accounts),
            Route("/accounts", self.add_account, methods=["POST"]),
            Route("/accounts/{account}/schedule", self.schedule, methods=["POST"]),
            Route("/accounts/{account}/{what}", self.change_account, methods=["POST"]),
            Route("/messages", self.add_channel, methods=["POST"]),
            Route("/messages/test", self.test_channels, methods=["POST"]),
            Route("/start", self.start),
            Route("/setup", self.made),
            Route("/setup/{step:path}", self.made, methods=["GET", "POST"]),
        ]

    async def products(self, request: Request) -> Response:
        """All products."""
        return await run(self._render, request, "products.html", {})

    async def product(self, request: Request) -> Response:
        """One product over time."""
        account, sku = request.path_params["account"], request.path_params["sku"]
        return await run(self._product, request, account, sku)

    async def accounts(self, request: Request) -> Response:
        """All accounts."""
        return await run(lambda: self._render(request, "accounts.html", {"held": self._held(), "ways": WAYS}))

    async def start(self, request: Request) -> Response:
        """What is left to do after the first run."""
        return await run(self._render, request, "start.html", {})

    async def made(self, _: Request) -> Response:
        """Leads on from the first run's page, which may still be open: the installation is there."""
        return RedirectResponse("/start", 303)

    async def add_products(self, request: Request) -> Response:
        """Takes products from what was pasted and from a file."""
        form, account = await form_of(request), request.path_params["account"]
        require_token(request, form, "add-products", account)
        text, file = text_of(form, "products"), form.get("list")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else b""

        def do(by: Actor) -> Toast:
            told = text + ("\n" + text_of_file(content[:_LARGEST_LIST], where="list") if content else "")
            done, named = self._calls.add_products(account, told, by=by)
            visitor = visitor_of(request)
            visitor.refusal, visitor.typed = tell_unread(named), unread_text(named)
            known = f"Уже были: {done.known}." if done.known else ""
            return Toast(f"Добавлено товаров: {done.changed}", known)

        return await run(self._do, request, form, do, "/products", typed=text)

    async def change_product(self, request: Request) -> Response:
        """Pauses, takes up or removes one."""
        form, what = await form_of(request), request.path_params["what"]
        account, sku = request.path_params["account"], request.path_params["sku"]
        require_token(request, form, what, account, sku)

        def do(by: Actor) -> Toast:
            if what == "remove":
                _require_sure(form)
                self._calls.remove_product(account, sku, by=by)
                return Toast("Товар больше не читается", "Всё, что о нём сохранено, осталось.")
            self._calls.pause_product(account, sku, is_paused=what == "pause", by=by)
            return Toast("Товар отдыхает" if what == "pause" else "Товар снова читается")

        return await run(self._do, request, form, do, "/products")

    async def add_account(self, request: Request) -> Response:
        """Adds an account; said twice, because it will be visited."""
        form = await form_of(request)
        require_token(request, form, "add-account")

        def do(by: Actor) -> Toast:
            _require_sure(form)
            title, login, sign_in = (text_of(form, name)[:200] for name in ("title", "login", "sign_in"))
            name = self._calls.add_account(title, login, sign_in, by=by)
            return Toast(f"Аккаунт добавлен: {name}", "Теперь войдите и добавьте товары.")

        return await run(self._do, request, form, do, "/accounts", typed=text_of(form, "title"))

    async def change_account(self, request: Request) -> Response:
        """Pauses, takes up or removes one."""
        form, account, what = await form_of(request), request.path_params["account"], request.path_params["what"]
        require_token(request, form, what, account)

        def do(by: Actor) -> Toast:
            if what == "remove":
                _require_sure(form)
                self._calls.remove_account(account, by=by)
                return Toast("Аккаунт убран из настроек", "Отзывы, доказательства и журнал остались.")
            self._calls.pause_account(account, is_paused=what == "pause", by=by)
            return Toast("Аккаунт отдыхает" if what == "pause" else "Аккаунт снова работает")

        return await run(self._do, request, form, do, "/accounts")

    async def schedule(self, request: Request) -> Response:
        """Says how often an account is read."""
        form, account = await form_of(request), request.path_params["account"]
        require_token(request, form, "schedule", account)

        def do(by: Actor) -> Toast:
            self._calls.set_schedule(account, text_of(form, "poll"), text_of(form, "hours"), by=by)
            return Toast("Расписание записано")

        return await run(self._do, request, form, do, "/accounts")

    async def add_channel(self, request: Request) -> Response:
        """Begins to ask for a channel's address, at the terminal."""
        form = await form_of(request)
        require_token(request, form, "add-channel")

        def do(by: Actor) -> Toast | None:
            self._calls.add_channel(text_of(form, "name")[:60], by=by)
            return None

        return await run(self._do, request, form, do, "/start")

    async def test_channels(self, request: Request) -> Response:
        """Sends a trial message."""
        form = await form_of(request)
        require_token(request, form, "test-channels")

        def do(_: Actor) -> Toast | None:
            self._calls.test_channels()
            return None

        return await run(self._do, request, form, do, "/start")

    def _do(
        self, request: Request, form: FormData, do: Callable[[Actor], Toast | None], back: str, *, typed: str = ""
    ) -> Response:
        visitor = visitor_of(request)
        try:
            visitor.toast = do(self._calls.actor(visitor.person, "settings"))
        except MonitorError as refused:
            visitor.refusal, visitor.typed = tell_refusal(refused), typed
        return RedirectResponse("/start" if text_of(form, "back") == "/start" else back, 303)

    def _held(self) -> dict[tuple[str, str], Held]:
        return {
            (account, identity): held
            for account in self._calls.accounts
            for identity, held in self._calls.held(account).items()
        }

    def _runs(self) -> dict[str, list[tuple[str, datetime, str, str]]]:
        found: dict[str, list[tuple[str, datetime, str, str]]] = {}
        for one in self._calls.next_runs():
            told = (_TASKS[one.task], one.at.astimezone(one.timing.zone))
            found.setdefault(one.account, []).append((*told, one.timing.told, one.remark))
        return found

    def _product(self, request: Request, account: str, sku: str) -> Response:
        listed = (item for one in self._calls.accounts_set() if one.name == account for item in one.listed)
        found = next((item.known for item in listed if item.sku == sku), None)
        chart = Markup(self._calls.chart(account, sku)) if found else ""  # noqa: S704 - drawn by our own module, escaped
        values: dict[str, object] = {"one": found, "chart": chart}
        return self._render(request, "product.html", values, status=200 if found else 404)

    def _render(self, request: Request, page: str, values: dict[str, object], *, status: int = 200) -> Response:
        visitor = visitor_of(request)
        refused, typed = visitor.take_refusal()
        shared = {
            "found": self._calls.condition(),
            "sets": self._calls.accounts_set(),
            "channels": self._calls.channels_of_messages(),
            "polls": POLLS,
            "hours": HOURS,
            "runs": self._runs(),
            "refused": refused,
            "typed": typed,
        }
        return self._pages.render(request, visitor, page, {**shared, **values}, status=status)


def _require_sure(form: FormData) -> None:
    if text_of(form, "sure") != "yes":
        raise UsageError(gettext("the tick below the decision is missing"), field="sure")
