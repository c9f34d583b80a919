"""The pages of the first run: one page, three forms; whatever was answered stays, also after a mistake or a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.desk.admitting import Entered, KeptFiles, broken, enter, nothing_here, wrong_token
from monitor.desk.entering import Door, Toast
from monitor.desk.guard import Guard, Limits
from monitor.desk.refusals import tell_refusal, tell_unread, unread_text
from monitor.desk.rendering import HERE, templates, theme_of
from monitor.desk.routing import WrongToken, form_of, require_token, run, text_of, visitor_of
from monitor.desk.setup import SIGN_INS, Setup
from monitor.errors import MonitorError
from monitor.use_cases.product_lists import NamedProducts, text_of_file

_PERSON = ("operator", "zone", "account", "login", "sign_in")
_FIELDS = (*_PERSON, "products")
_LARGEST_LIST = 4_000_000  # bytes


class Switch:
    """Lets one application take the place of another while the socket stays open."""

    def __init__(self, app: ASGIApp | None = None) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands on to the one of now."""
        assert self.app is not None  # noqa: S101 - set before the socket is served
        await self.app(scope, receive, send)


def build_setup_app(setup: Setup, door: Door, *, port: int, limits: Limits | None = None) -> ASGIApp:
    """Returns the desk of a home in which there is nothing yet."""
    pages = SetupPages(setup, door)
    app = Starlette(
        routes=[*pages.routes(), Mount("/static", KeptFiles(directory=HERE / "static", follow_symlink=False))],
        middleware=[Middleware(Entered, door=door)],
        exception_handlers={WrongToken: wrong_token, 404: nothing_here, Exception: broken},
    )
    return Guard(app, port=port, known=door, limits=limits or Limits())


class SetupPages:
    """Pages of the first run.

    Args:
        setup: What they ask for.
        door: Who has entered.
    """

    def __init__(self, setup: Setup, door: Door) -> None:
        self._setup, self._door = setup, door
        self._typed: Mapping[str, str] = {}  # what was refused, to be mended where it was typed; one person is there

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/enter", self.enter),
            Route("/", self.begin),
            Route("/inbox", self.begin),
            Route("/start", self.begin),
            Route("/setup", self.show),
            Route("/work", self.show),
            Route("/news", self.news),
            Route("/setup/person", self.keep_person, methods=["POST"]),
            Route("/setup/products", self.add_products, methods=["POST"]),
            Route("/setup/products/forget", self.drop_products, methods=["POST"]),
            Route("/setup/make", self.make, methods=["POST"]),
            Route("/work/{job}/{what}", self.close_work, methods=["POST"]),
        ]

    async def enter(self, request: Request) -> Response:
        """Takes a link from the terminal, once."""
        return enter(request, self._door)

    async def begin(self, _: Request) -> Response:
        """Leads to the one page there is."""
        return RedirectResponse("/setup", 303)

    async def news(self, _: Request) -> Response:
        """Nothing is written down yet."""
        return PlainTextResponse("0 0")

    async def show(self, request: Request) -> Response:
        """The three steps."""
        return await run(self._show, request)

    async def keep_person(self, request: Request) -> Response:
        """Keeps who is there and the account."""
        form = await form_of(request)
        require_token(request, form, "person")
        given = {name: text_of(form, name)[:300] for name in _PERSON}
        return await run(self._do, request, form, lambda: self._setup.keep_person(given), "Записано", given)

    async def add_products(self, request: Request) -> Response:
        """Takes products from what was pasted and from a file."""
        form = await form_of(request)
        require_token(request, form, "products")
        text, file = text_of(form, "products"), form.get("list")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else b""

        def do() -> NamedProducts:
            told = text + ("\n" + text_of_file(content[:_LARGEST_LIST], where="list") if content else "")
            return self._setup.add_products(told)

        return await run(self._do, request, form, do, "Товары записаны", {"products": text})

    async def drop_products(self, request: Request) -> Response:
        """Forgets the products."""
        form = await form_of(request)
        require_token(request, form, "forget-products")
        return await run(self._do, request, form, self._setup.drop_products, "Список пуст")

    async def make(self, request: Request) -> Response:
        """Makes the installation."""
        form = await form_of(request)
        require_token(request, form, "make")
        return await run(self._do, request, form, lambda: self._setup.make(text_of(form, "place")), "")

    async def close_work(self, request: Request) -> Response:
        """Stops work, or takes what is over off the page."""
        form, what, job = await form_of(request), request.path_params["what"], request.path_params["job"]
        require_token(request, form, what, job)
        self._setup.work.stop(job)
        self._setup.work.forget(job)
        return RedirectResponse("/setup", 303)

    def _do(
        self,
        request: Request,
        form: FormData,
        do: Callable[[], object],
        told: str,
        typed: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:
        visitor = visitor_of(request)
        # What was typed in the other steps and is not kept yet: it stands there again.
        self._typed = {name: text for name in _FIELDS if (text := text_of(form, f"also_{name}"))}
        try:
            done = do()
        except MonitorError as refused:
            kept = "Остальное записано" if "login" in typed else "Ничего не записано"
            visitor.refusal = replace(tell_refusal(refused), fact=f"Так не годится. {kept}.")
            self._typed |= typed
        else:
            visitor.toast = Toast(told) if told else None
            if isinstance(done, NamedProducts) and done.unread:
                visitor.refusal, self._typed = tell_unread(done), {**self._typed, "products": unread_text(done)}
        return RedirectResponse("/setup", 303)

    def _show(self, request: Request) -> Response:
        visitor = visitor_of(request)
        refused, typed, toast = None, self._typed, None
        if request.url.path != "/work":  # the page asks for that by itself, and shows nothing else of the answer
            (refused, _), toast, self._typed = visitor.take_refusal(), visitor.take_toast(), {}
        page = templates().get_template("setup.html")
        body = page.render(
            visitor=visitor,
            toast=toast,
            theme=theme_of(request),
            answers=self._setup.answers,
            defaults=self._setup.defaults,
            sign_ins=SIGN_INS,
            places=self._setup.places(),
            missing=self._setup.missing(),
            home=str(self._setup.home.root),
            work=self._setup.work.shown(),
            work_stamp=self._setup.work.stamp,
            back="/setup",
            refused=refused,
            typed=typed,
        )
        return Response(body, media_type="text/html")
