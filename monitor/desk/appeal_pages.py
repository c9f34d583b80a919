"""Appeals: where each stands, what is proven about it, and the choices that are safe."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evidence_store.journal import Actor
from monitor.desk.calls import Calls
from monitor.desk.entering import Toast
from monitor.desk.refusals import tell_refusal
from monitor.desk.rendering import Pages
from monitor.desk.routing import WrongToken, form_of, require_token, run, text_of, visitor_of
from monitor.errors import DecidedElsewhere, MonitorError, UsageError
from monitor.use_cases.appeal_table import AppealShown
from monitor.use_cases.findings import Finding

PAGE = "appeals"
STAGES = {
    "you": ("Ждут вас", "ничего не решается без вашего слова"),
    "going": ("Уходят", "до начала отправки можно вернуть"),
    "site": ("Ждём площадку", "программа спрашивает её сама"),
    "draft": ("Черновики", "решаются в разборе"),
    "done": ("Закончены", ""),
}


class AppealPages:
    """Pages of appeals.

    Args:
        calls: The use cases.
        pages: Renders.
    """

    def __init__(self, calls: Calls, pages: Pages) -> None:
        self._calls, self._pages = calls, pages

    def routes(self) -> list[Route]:
        """The addresses of appeals."""
        one = "/appeals/{appeal}"
        return [
            Route("/appeals", self.show_list),
            Route(one, self.show_one),
            Route(f"{one}/found", self.say_found, methods=["POST"]),
            Route(f"{one}/drop", self.drop, methods=["POST"]),
            Route(f"{one}/release", self.release, methods=["POST"]),
        ]

    async def show_list(self, request: Request) -> Response:
        """A stage's appeals; without a wish, those that wait for a person, else those on their way."""
        return await run(self._show, request, None)

    async def show_one(self, request: Request) -> Response:
        """One appeal."""
        return await run(self._show, request, request.path_params["appeal"])

    async def say_found(self, request: Request) -> Response:
        """Stores what a person found on the site."""
        form = await form_of(request)
        finding, note, number = (text_of(form, name)[:2000] for name in ("finding", "note", "number"))

        def do(shown: AppealShown, by: Actor) -> Toast:
            self._calls.say_found(shown, Finding(finding), note, number, by=by)
            return Toast("Записано", "Ничего не отправлено. Ваши слова стоят в журнале.")

        if finding not in set(Finding):
            raise WrongToken
        require_token(request, form, "found", request.path_params["appeal"], text_of(form, "word"))
        return await run(self._decide, request, text_of(form, "word"), do)

    async def drop(self, request: Request) -> Response:
        """Ends an appeal of which nothing is on the site."""
        form = await form_of(request)
        require_token(request, form, "drop", request.path_params["appeal"], text_of(form, "word"))

        def do(shown: AppealShown, by: Actor) -> Toast:
            _require_sure(form)
            self._calls.drop(shown, by=by)
            return Toast("Обращение закончено", "Ничего не отправлено.")

        return await run(self._decide, request, text_of(form, "word"), do)

    async def release(self, request: Request) -> Response:
        """Approves one more attempt of what the site provably does not have."""
        form = await form_of(request)
        shown_digest, note = text_of(form, "shown"), text_of(form, "note")[:2000]
        require_token(request, form, "release", request.path_params["appeal"], text_of(form, "word"), shown_digest)

        def do(shown: AppealShown, by: Actor) -> Toast:
            _require_sure(form)
            self._calls.release(shown, shown_digest, note, by=by)
            return Toast("Новая попытка одобрена", "До начала отправки её можно вернуть.")

        return await run(self._decide, request, text_of(form, "word"), do)

    def _decide(self, request: Request, word: str, do: Callable[[AppealShown, Actor], Toast]) -> Response:
        """Makes a decision about the state that the form showed; about another one it is refused, with what it is."""
        visitor, appeal_id = visitor_of(request), request.path_params["appeal"]
        try:
            visitor.toast = do(self._as_shown(appeal_id, word), self._calls.actor(visitor.person, PAGE))
        except MonitorError as refused:
            visitor.refusal = tell_refusal(refused)
        return RedirectResponse(f"/appeals/{appeal_id}", 303)

    def _as_shown(self, appeal_id: str, word: str) -> AppealShown:
        shown = self._calls.show_appeal(appeal_id)
        if shown is None or shown.row.word != word:
            now = f" Теперь: «{shown.row.word}»." if shown else ""
            raise DecidedElsewhere(f"Обращение уже в другом состоянии.{now} Ничего не записано.")
        return shown

    def _show(self, request: Request, appeal_id: str | None) -> Response:
        asked = request.query_params
        shown = self._calls.show_appeal(appeal_id[:80]) if appeal_id else None
        stage = asked.get("stage", "")
        page = self._calls.list_appeals(stage if stage in STAGES else "you", asked.get("after", "")[:120])
        if stage not in STAGES:
            stage = next((one for one in ("you", "going", "site") if page.counts[one]), "you")
            page = page if stage == "you" else self._calls.list_appeals(stage, "")
        refused, _ = visitor_of(request).take_refusal()
        values = {"page": page, "stage": stage, "stages": STAGES, "shown": shown, "refused": refused}
        status = 404 if appeal_id and shown is None else 200
        return self._pages.render(request, visitor_of(request), "appeals.html", values, status=status)


def _require_sure(form: FormData) -> None:
    """Refuses what cannot be undone while the tick below it is missing: a page without script may send it so."""
    if text_of(form, "sure") != "yes":
        raise UsageError("the tick below the decision is missing", field="sure")
