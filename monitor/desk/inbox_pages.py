"""The inbox's pages: the list with one review beside it, and the decisions. Forms and links work without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evidence_store.errors import IntakeRefused
from evidence_store.journal import Actor
from monitor.cases.casework import Wishes
from monitor.desk.appeal_calls import OLD_AT_ONCE
from monitor.desk.calls import Calls
from monitor.desk.entering import Toast
from monitor.desk.refusals import tell_refusal
from monitor.desk.rendering import Pages, compare, tell_clock, tell_moment
from monitor.desk.routing import WrongToken, form_of, require_token, run, text_of, visitor_of
from monitor.desk.views import COOKIE, SavedView, make_view, read_views, write_views
from monitor.errors import MonitorError, UsageError
from monitor.language import gettext
from monitor.use_cases.deciding import Looked
from monitor.use_cases.inbox import VIEWS, Wanted
from monitor.use_cases.inbox_models import Pane

PAGE = "inbox"
_MOST_AT_ONCE = 100
_YEAR = 365 * 24 * 3600
_DAYS = {"1": "завтра", "3": "на три дня", "7": "на неделю"}


class InboxPages:
    """Pages and decisions of the inbox.

    Args:
        calls: The use cases.
        pages: Renders.
    """

    def __init__(self, calls: Calls, pages: Pages) -> None:
        self._calls, self._pages = calls, pages

    def routes(self) -> list[Route]:
        """The addresses of the inbox."""
        one = "/inbox/{account}/{review}"
        return [
            Route("/inbox", self.show_list),
            Route("/inbox/decided", self.show_decided),
            Route("/inbox/leave-many", self.leave_many, methods=["POST"]),
            Route("/inbox/later-many", self.later_many, methods=["POST"]),
            Route("/inbox/views", self.keep_view, methods=["POST"]),
            Route("/inbox/views/forget", self.forget_view, methods=["POST"]),
            Route("/inbox/undo", self.undo, methods=["POST"]),
            Route(one, self.show_one),
            Route(f"{one}/approve", self.approve, methods=["POST"]),
            Route(f"{one}/word", self.word, methods=["POST"]),
            Route(f"{one}/leave", self.leave, methods=["POST"]),
            Route(f"{one}/later", self.later, methods=["POST"]),
            Route(f"{one}/ask", self.ask, methods=["POST"]),
            Route(f"{one}/files", self.take_files, methods=["POST"]),
        ]

    async def show_list(self, request: Request) -> Response:
        """The list, with its first review beside it."""
        wanted = self._wanted(request)
        self._calls.begin_watching()
        return await run(self._show, request, wanted, "")

    async def show_one(self, request: Request) -> Response:
        """The list, with the review of the address beside it."""
        key = f"{request.path_params['account']}/{request.path_params['review']}"
        return await run(self._show, request, self._wanted(request), key)

    async def show_decided(self, request: Request) -> Response:
        """What was decided lately, each with the way to take it back."""
        return await run(
            lambda: self._pages.render(request, visitor_of(request), "decided.html", self._decided_values(request))
        )

    async def approve(self, request: Request) -> Response:
        """Approves exactly what the form showed."""
        form = await form_of(request)
        appeal, shown = text_of(form, "appeal"), text_of(form, "shown")
        looked = self._looked(request, form, "approve", appeal, shown)

        def do() -> Toast:
            until = self._calls.approve(looked, appeal, shown, by=self._actor(request))
            tell = tell_clock if until and until.date() == self._calls.now().date() else tell_moment
            moment = f"Уйдёт не раньше {tell(until)}. До этого всё можно вернуть." if until else ""
            return Toast(f"Одобрено: {self._name(looked)}", moment, f"appeal:{appeal}", f"/appeals/{quote(appeal)}")

        return await run(self._decide, request, looked, do)

    async def leave(self, request: Request) -> Response:
        """Decides that nothing is sent."""
        looked = self._looked(request, await form_of(request), "leave")

        def do() -> Toast:
            undo = self._calls.leave([looked], by=self._actor(request))
            return Toast(f"Не подаём: {self._name(looked)}", "Ничего не отправлено. Решение записано в журнал.", undo)

        return await run(self._decide, request, looked, do)

    async def later(self, request: Request) -> Response:
        """Puts it off."""
        form = await form_of(request)
        looked, days = self._looked(request, form, "later"), text_of(form, "days")

        def do() -> Toast:
            if days not in _DAYS:
                raise UsageError("Отложить можно на день, три дня или неделю.")
            undo, until = self._calls.put_off([looked], int(days), by=self._actor(request))
            return Toast(f"Отложен до {until:%d.%m, %H:%M}", "Вернётся в список сам.", undo)

        return await run(self._decide, request, looked, do)

    async def ask(self, request: Request) -> Response:
        """Keeps a question to a colleague."""
        form = await form_of(request)
        looked, note = self._looked(request, form, "ask"), text_of(form, "note")

        def do() -> Toast:
            undo = self._calls.ask(looked, note, by=self._actor(request))
            return Toast("Спрошен", "Вопрос записан при отзыве. Отзыв ждёт в «Решено и отложено».", undo)

        return await run(self._decide, request, looked, do, typed=note)

    async def word(self, request: Request) -> Response:
        """Keeps another wording, ground or channel; what was approved of an earlier one falls away."""
        form = await form_of(request)
        looked, shown = self._looked(request, form, "word", text_of(form, "shown")), text_of(form, "shown")
        text = text_of(form, "text").replace("\r\n", "\n")
        named = [one for one in form.getlist("file") if isinstance(one, str)][:_MOST_AT_ONCE]
        wishes = Wishes(
            ground=text_of(form, "ground") or None,
            channel=text_of(form, "channel") or None,
            text=text or None,
            files=tuple(Path(one) for one in named if one.startswith("artifact_")),
            is_other_item_meant=text_of(form, "other_item") == "yes",
        )
        kept = [one.removeprefix("sha256:") for one in named if one.startswith("sha256:")]

        def do() -> Toast:
            self._calls.word(looked, shown, wishes, kept=kept, by=self._actor(request))
            return Toast("Текст записан", "Ещё ничего не одобрено.")

        return await run(self._decide, request, looked, do, typed=text, stays=True)

    async def take_files(self, request: Request) -> Response:
        """Takes a person's own files into custody, as strictly as the command line does: all of them, or none."""
        form = await form_of(request)
        looked, note = self._looked(request, form, "files"), text_of(form, "note")[:2000]
        given = [
            (one.filename or "file", await one.read()) for one in form.getlist("own") if isinstance(one, UploadFile)
        ]
        chosen = [(name, data) for name, data in given if name != "file" or data]

        def do() -> Toast:
            if not chosen:
                raise UsageError(gettext("no file was chosen"), field="own")
            facts = text_of(form, "facts") == "yes"
            count = self._calls.take_files(looked, chosen, note=note, facts=facts, by=self._actor(request))
            return Toast(f"Взято на хранение: {count}", "Отпечатки записаны в журнал. К обращению ничего не приложено.")

        back = text_of(form, "back")
        answer = await run(self._decide, request, looked, do, stays=True)
        return RedirectResponse(back, 303) if re.fullmatch(r"/appeals/[\w-]{1,80}", back) else answer

    async def leave_many(self, request: Request) -> Response:
        """Leaves all the reviews that the list showed in a group; one undo takes them all back."""
        told = "Ничего не отправлено. Каждый отзыв записан в журнал отдельно."
        return await self._many(
            request,
            "leave-many",
            lambda looked, by: (self._calls.leave(looked, by=by), f"Не подаём: {len(looked)}", told),
        )

    async def later_many(self, request: Request) -> Response:
        """Puts off till tomorrow all the reviews that the list showed in a group."""

        def do(looked: list[Looked], by: Actor) -> tuple[str, str, str]:
            undo, until = self._calls.put_off(looked, 1, by=by)
            return undo, f"Отложены до {until:%d.%m, %H:%M}: {len(looked)}", "Вернутся в список сами."

        return await self._many(request, "later-many", do)

    async def _many(
        self, request: Request, action: str, decide: Callable[[list[Looked], Actor], tuple[str, str, str]]
    ) -> Response:
        form = await form_of(request)
        named = [str(one) for one in form.getlist("one")][:_MOST_AT_ONCE]
        require_token(request, form, action, *named)

        def do() -> Response:
            undo, title, text = decide([_parse(one, self._calls.zone) for one in named], self._actor(request))
            visitor = visitor_of(request)
            visitor.done.append(undo)
            visitor.toast = Toast(title, text, undo)
            return RedirectResponse(self._address("", request), 303)

        return await run(self._told, request, do, "")

    async def keep_view(self, request: Request) -> Response:
        """Keeps what the list shows now under a name, in this browser."""
        form = await form_of(request)
        require_token(request, form, "views")
        wanted = self._wanted(request)
        made = make_view(text_of(form, "name"), wanted.view, wanted.words, wanted.account, self._calls.accounts)
        views = [one for one in self._views(request) if made is None or one.name != made.name]
        return self._with_views(request, [*views, made] if made else views)

    async def forget_view(self, request: Request) -> Response:
        """Forgets a view."""
        form = await form_of(request)
        require_token(request, form, "views")
        name = text_of(form, "name")
        return self._with_views(request, [one for one in self._views(request) if one.name != name])

    def _with_views(self, request: Request, views: list[SavedView]) -> Response:
        answer = RedirectResponse(self._address("", request), 303)
        if (told := write_views(views)) is not None:
            answer.set_cookie(COOKIE, told, max_age=_YEAR, httponly=True, samesite="strict")
        return answer

    def _views(self, request: Request) -> tuple[SavedView, ...]:
        return read_views(request.cookies.get(COOKIE, ""), self._calls.accounts)

    async def undo(self, request: Request) -> Response:
        """Takes a decision back, while nothing was tried."""
        form = await form_of(request)
        what = text_of(form, "what")
        visitor = visitor_of(request)
        require_token(request, form, "undo", what)

        def do() -> Response:
            back = self._calls.undo(what, by=self._actor(request))
            visitor.done = [one for one in visitor.done if one != what]
            told = ("Решение возвращено", "Отзыв снова ждёт вас.")
            visitor.toast = Toast(*told) if len(back) < 2 else Toast(f"Вернулись: {len(back)}", "Снова ждут вас.")
            return RedirectResponse(self._address("/".join(back[0]) if back else "", request), 303)

        # What could not be taken back is shown as it stands, and never another review with its keys.
        kind, _, name = what.partition(":")
        here = f"/appeals/{quote(name, safe='')}" if kind == "appeal" else "/inbox/decided"
        return await run(self._told, request, do, here)

    def _decided_values(self, request: Request) -> dict[str, object]:
        refused, _ = visitor_of(request).take_refusal()
        return {"decided": self._calls.decided(), "refused": refused, "planned": self._calls.planned()}

    def _decide(
        self, request: Request, looked: Looked, do: Callable[[], Toast], *, typed: str = "", stays: bool = False
    ) -> Response:
        """Makes a decision and goes on to the next review; where it is refused, the review is shown again, with why."""
        visitor, wanted = visitor_of(request), self._wanted(request)
        here = f"{looked.account}/{looked.review_id}"
        _, following = self._calls.waiting.beside(wanted, looked.account, looked.review_id)
        try:
            toast = do()
        except (MonitorError, IntakeRefused) as refused:
            visitor.refusal, visitor.typed = tell_refusal(refused), typed
            return RedirectResponse(self._address(here, request), 303)
        visitor.toast = toast
        if toast.undo:
            visitor.done.append(toast.undo)
        return RedirectResponse(self._address(here if stays else following, request), 303)

    def _told(self, request: Request, do: Callable[[], Response], back: str) -> Response:
        try:
            return do()
        except MonitorError as refused:
            visitor_of(request).refusal = tell_refusal(refused)
            return RedirectResponse(back or self._address("", request), 303)

    def _show(self, request: Request, wanted: Wanted, key: str) -> Response:
        listed = self._calls.list_waiting(wanted)
        chosen = key or (listed.rows[0].key if listed.rows else "")
        account, _, review_id = chosen.partition("/")
        found = self._calls.show(account, review_id) if chosen else None
        before, behind = self._calls.waiting.beside(wanted, account, review_id) if found else ("", "")
        refused, typed = visitor_of(request).take_refusal()
        values = {
            "listed": listed,
            "pane": found,
            "wanted": wanted,
            "is_chosen": bool(key),
            "before": self._address(before, request) if before else "",
            "behind": self._address(behind, request) if behind else "",
            "query": _query(wanted),
            "refused": refused,
            "typed": typed,
            "reading": self._calls.reading(),
            "troubles": self._calls.troubles(),
            "next_read": None if listed.rows else self._calls.next_read(),
            "old": {} if listed.rows or wanted.words else self._calls.count_old(),
            "old_at_once": OLD_AT_ONCE,
            "days": _DAYS,
            "views": self._views(request),
            "planned": self._calls.planned(),
            "accounts": self._calls.accounts,
            **self._edits(request, found),
        }
        status = 404 if key and found is None else 200
        return self._pages.render(request, visitor_of(request), "inbox.html", values, status=status)

    def _edits(self, request: Request, found: Pane | None) -> dict[str, object]:
        if found is None:
            return {"grounds": {}, "channels": {}, "changes": None}
        changes = None
        if request.query_params.get("show") == "changes" and found.draft is not None:
            wishes = Wishes(ground=found.draft.ground, channel=found.draft.channel, is_other_item_meant=True)
            try:
                changes = compare(self._calls.proposed(found.account, found.review_id, wishes), found.draft.text)
            except MonitorError:
                changes = None  # the program itself would write none: there is nothing to compare with
        return {
            "grounds": self._calls.grounds(found.account),
            "channels": self._calls.channels(found.account),
            "changes": changes,
        }

    def _wanted(self, request: Request) -> Wanted:
        asked = request.query_params
        view, account = asked.get("view", ""), asked.get("account", "")
        return Wanted(
            accounts=(account,) if account in self._calls.accounts else self._calls.accounts,
            account=account if account in self._calls.accounts else "",
            view=view if view in VIEWS else "",
            words=asked.get("q", "")[:100],
            after=asked.get("after", "")[:300],
        )

    def _address(self, key: str, request: Request) -> str:
        query = _query(self._wanted(request))
        account, _, review_id = key.partition("/")
        path = f"/inbox/{quote(account, safe='')}/{quote(review_id, safe='')}" if key else "/inbox"
        return f"{path}?{query}" if query else path

    def _looked(self, request: Request, form: FormData, action: str, *parts: str) -> Looked:
        named = (request.path_params["account"], request.path_params["review"], text_of(form, "version"))
        require_token(request, form, action, *named, *parts)
        return _parse("/".join(named), self._calls.zone)

    def _actor(self, request: Request) -> Actor:
        return self._calls.actor(visitor_of(request).person, PAGE)

    def _name(self, looked: Looked) -> str:
        found = self._calls.show(looked.account, looked.review_id)
        return found.product if found else looked.review_id[:8]


def _parse(one: str, zone: str) -> Looked:
    account, _, rest = one.partition("/")
    review_id, _, version = rest.rpartition("/")
    if not (version.isdecimal() and len(version) < 10 and review_id):
        raise WrongToken
    return Looked(account, review_id, int(version), zone)


def _query(wanted: Wanted) -> str:
    told = {"view": wanted.view, "q": wanted.words, "after": wanted.after, "account": wanted.account}
    return urlencode({name: value for name, value in told.items() if value})
