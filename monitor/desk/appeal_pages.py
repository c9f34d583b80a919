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
from monitor.language import gettext as _
from monitor.use_cases.appeal_table import AppealShown
from monitor.use_cases.findings import Finding

PAGE = "appeals"
_MOST_FILES = 40
_ON_BOARD = 12
"""Cards in a column; the rest stand in the table."""
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
            Route(f"{one}/answer", self.word_answer, methods=["POST"]),
            Route(f"{one}/answer/approve", self.approve_answer, methods=["POST"]),
            Route(f"{one}/answer/reopen", self.reopen_answer, methods=["POST"]),
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
            self._calls.say_found(shown, Finding(finding), note, number, is_sure=is_sure(form), by=by)
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

    async def word_answer(self, request: Request) -> Response:
        """Words the answer to the site's question, with files; new ones are taken into custody first."""
        form = await form_of(request)
        digest, text = text_of(form, "shown"), text_of(form, "text").replace("\r\n", "\n")
        require_token(request, form, "answer", request.path_params["appeal"], text_of(form, "word"), digest)
        files = [one for one in form.getlist("file") if isinstance(one, str)][:_MOST_FILES]

        def do(shown: AppealShown, by: Actor) -> Toast:
            self._calls.word_answer(shown, digest, text, files, by=by)
            return Toast("Ответ записан", "Ещё ничего не одобрено.")

        return await run(self._decide, request, text_of(form, "word"), do, typed=text)

    async def approve_answer(self, request: Request) -> Response:
        """Approves exactly the answer that the form showed."""
        form = await form_of(request)
        digest = text_of(form, "shown")
        require_token(request, form, "answer-approve", request.path_params["appeal"], text_of(form, "word"), digest)

        def do(shown: AppealShown, by: Actor) -> Toast:
            self._calls.approve_answer(shown, digest, by=by)
            return Toast("Ответ одобрен", "Он уйдёт, когда вы нажмёте «Отправить ответ».")

        return await run(self._decide, request, text_of(form, "word"), do)

    async def reopen_answer(self, request: Request) -> Response:
        """Stores that the site does not have an answer whose outcome was unknown."""
        form = await form_of(request)
        digest, note = text_of(form, "shown"), text_of(form, "note")[:2000]
        require_token(request, form, "answer-reopen", request.path_params["appeal"], text_of(form, "word"), digest)

        def do(shown: AppealShown, by: Actor) -> Toast:
            _require_sure(form)
            self._calls.reopen_answer(shown, digest, note, by=by)
            return Toast("Записано", "Ответ можно изменить и одобрить заново.")

        return await run(self._decide, request, text_of(form, "word"), do)

    def _decide(
        self, request: Request, word: str, do: Callable[[AppealShown, Actor], Toast], *, typed: str = ""
    ) -> Response:
        """Makes a decision about the state that the form showed; about another one it is refused, with what it is."""
        visitor, appeal_id = visitor_of(request), request.path_params["appeal"]
        try:
            visitor.toast = do(self._as_shown(appeal_id, word), self._calls.actor(visitor.person, PAGE))
        except MonitorError as refused:
            visitor.refusal, visitor.typed = tell_refusal(refused), typed
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
        if shown and (why := self._calls.why_needed(shown.row.id)):
            shown = shown.model_copy(update={"explained": why})
        stage = asked.get("stage", "")
        page = self._calls.list_appeals(stage if stage in STAGES else "you", asked.get("after", "")[:120])
        if stage not in STAGES:
            stage = next((one for one in ("you", "going", "site") if page.counts[one]), "you")
            page = page if stage == "you" else self._calls.list_appeals(stage, "")
        is_board = asked.get("look") == "board" and not appeal_id
        refused, typed = visitor_of(request).take_refusal()
        values = {
            "board": {one: self._calls.list_appeals(one, "").rows[:_ON_BOARD] for one in STAGES} if is_board else {},
            "page": page,
            "stage": stage,
            "stages": STAGES,
            "shown": shown,
            "waits": self._calls.find_waits() if stage == "going" else (),
            "refused": refused,
            "typed": typed,
        }
        status = 404 if appeal_id and shown is None else 200
        return self._pages.render(request, visitor_of(request), "appeals.html", values, status=status)


def is_sure(form: FormData) -> bool:
    """Whether the tick below a decision that nothing undoes is set."""
    return text_of(form, "sure") == "yes"


def _require_sure(form: FormData) -> None:
    """Refuses what cannot be undone while the tick below it is missing: a page without script may send it so."""
    if not is_sure(form):
        raise UsageError(_("the tick below the decision is missing"), field="sure")
