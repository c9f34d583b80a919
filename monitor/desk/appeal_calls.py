"""Binds the use cases about appeals to one installation. Each call is one use case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evidence_store.journal import Actor
from monitor.cases.casework import take_files
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.cases.judging import NEGATIVE_UP_TO
from monitor.desk.calls_base import BaseCalls
from monitor.desk.entering import Visitor
from monitor.engine.planning import slots_of
from monitor.engine.visits import VisitDetails
from monitor.errors import DecidedElsewhere, UsageError
from monitor.language import gettext as _
from monitor.use_cases import answers, appeal_table, appeals, going, pictures
from monitor.use_cases.findings import Finding
from monitor.visit_protocol import VisitKind

if TYPE_CHECKING:
    from monitor.appeals.terms import ChannelTerms

OLD_AT_ONCE = 20
"""So many old reviews are looked into by one order: each is captured in a browser."""

_COUNTS_KNOWN_FOR = 60.0  # seconds, while nothing is written down
_PLANNED_KNOWN_FOR = 20.0
_VISITS: dict[str, tuple[str, tuple[VisitKind, ...]]] = {
    "read": ("Читаем отзывы", (VisitKind.POLL, VisitKind.CAPTURE)),
    "old": ("Снимаем и разбираем старые плохие отзывы", (VisitKind.CAPTURE,)),
    "follow": ("Спрашиваем площадку об обращениях", (VisitKind.FOLLOW,)),
    "session": ("Проверяем вход", (VisitKind.SESSION,)),
    "code": ("Вход по коду", (VisitKind.LOGIN,)),
    "window": ("Вход в окне площадки", (VisitKind.LOGIN,)),
    "form": ("Заполняем форму, ничего не отправляя", (VisitKind.PREVIEW,)),
    "send": ("Отправляем обращение", (VisitKind.SUBMIT,)),
    "answer": ("Отправляем ответ", (VisitKind.ANSWER,)),
}


class AppealCalls(BaseCalls):
    """What pages of appeals may ask for."""

    def list_appeals(self, stage: str, after: str) -> appeal_table.AppealPage:
        """A page of appeals."""
        state, titles = self._installation.state, self.all_titles()
        counts = self._keep(
            f"counts {self.as_of()}", _COUNTS_KNOWN_FOR, lambda: appeal_table.counts(state, self.accounts)
        )
        return appeal_table.list_page(
            state,
            self.accounts,
            stage,
            after=after,
            titles=titles,
            zone=self.zone,
            counts=counts,
            planned=self.planned(),
        )

    def planned(self) -> Mapping[str, datetime]:
        """When the schedule sends what is approved at the earliest, by appeal; only for accounts that are visited."""
        return self._keep(f"planned {self.waiting.as_of()}", _PLANNED_KNOWN_FOR, self._plan)

    def _plan(self) -> dict[str, datetime]:
        watched, zone = self.sending().watched, ZoneInfo(self.zone)
        slots = {run.account: slots_of(run) for run in self.next_runs() if run.task == "submit"}
        found = going.plan_sending(
            self._installation.state,
            {account: slots[account] for account in watched if account in slots},
            lambda one: self._terms_of(one.account_id, one.channel),
        )
        return {name: moment.astimezone(zone) for name, moment in found.items()}

    def find_waits(self) -> tuple[going.Waiting, ...]:
        """What approved appeals wait for, by account."""
        return going.find_waits(
            self._installation.state,
            self.accounts,
            lambda one: self._terms_of(one.account_id, one.channel),
            planned=self.planned(),
            zone=self.zone,
        )

    def show_appeal(self, appeal_id: str) -> appeal_table.AppealShown | None:
        """One appeal with its steps and the safe choices."""
        return appeal_table.show_one(
            self._installation.state, appeal_id, titles=self.all_titles(), zone=self.zone, planned=self.planned()
        )

    def say_found(
        self, shown: appeal_table.AppealShown, found: Finding, note: str, number: str, *, is_sure: bool, by: Actor
    ) -> None:
        """Stores what a person found on the site about an appeal."""
        has_list = self._terms(shown).has_list
        with self._writing:
            appeal_table.say_found(
                self._installation.state,
                shown.row.id,
                found,
                actor=by,
                note=note,
                number=number,
                has_list=has_list,
                is_sure=is_sure,
            )

    def drop(self, shown: appeal_table.AppealShown, *, by: Actor) -> None:
        """Ends an appeal that the site does not have."""
        with self._writing:
            appeals.drop(self._installation.state, shown.row.id, actor=by, why="dropped at the desk")

    def release(self, shown: appeal_table.AppealShown, digest: str, note: str, *, by: Actor) -> None:
        """Approves one more attempt of an appeal that the site provably does not have."""
        wait = self._terms(shown).change_of_mind
        with self._writing:
            appeals.release(self._installation.state, shown.row.id, digest, actor=by, note=note, wait=wait)

    def word_answer(
        self, shown: appeal_table.AppealShown, digest: str, text: str, files: Sequence[str], *, by: Actor
    ) -> None:
        """Words the answer to the site's question; what was approved of an earlier one falls away."""
        if not text.strip():
            raise UsageError("Напишите, о чём спрашивает площадка", field="text")
        section, installation = self._section(shown.row.account), self._installation
        spec = find_channel(installation.site_of(section), shown.channel_name)
        question = answers.require_shown(installation.state, shown.row.id, digest)
        with self._writing:
            paths = [Path(one) for one in files if one.startswith("artifact_")]
            kept = [one for one in answers.files_of(question) if f"sha256:{one.sha256}" in files]
            own = take_files(installation, section.name, paths, shown.channel_name, spec)
            wanted = [*kept, *own]
            if len(wanted) > spec.max_files:
                raise UsageError(_("the form takes {max_files} files").format(max_files=spec.max_files), field="files")
            answers.word_answer(installation.state, question.id, text, wanted, actor=by)

    def approve_answer(self, shown: appeal_table.AppealShown, digest: str, *, by: Actor) -> None:
        """Approves exactly the answer that was shown."""
        question = answers.require_shown(self._installation.state, shown.row.id, digest)
        with self._writing:
            answers.approve_answer(self._installation.state, question.id, digest, actor=by)

    def reopen_answer(self, shown: appeal_table.AppealShown, digest: str, note: str, *, by: Actor) -> None:
        """Stores that the site does not have an answer whose outcome was unknown."""
        if not note.strip():
            raise UsageError("Напишите, где вы смотрели и что увидели", field="note")
        question = answers.require_shown(self._installation.state, shown.row.id, digest)
        with self._writing:
            answers.reopen_answer(self._installation.state, question.id, actor=by, note=note.strip())

    def form_picture(self, appeal_id: str, *, width: int) -> bytes:
        """A copy of the picture of an appeal's filled form."""
        return pictures.show_form(self._installation.state, self._installation.artifacts, appeal_id, width=width)

    def visit(self, account: str, what: str, *, about: str, visitor: Visitor) -> bool:
        """Orders a visit: ``read``, ``old``, ``follow``, ``session``, or a sign-in by ``code`` or in a ``window``."""
        section = self._section(account)
        self.require_sound()
        self._require_unlocked()
        title, kinds = _VISITS[what]
        old = self._oldest_unseen(account) if what == "old" else ()
        details = VisitDetails(
            review_ids=old,
            is_headed=what == "window",
            identity=self._installation.identity_of(section, None) if what in {"code", "window"} else None,
        )
        who = visitor.person or self._operator()
        return self.orders.visit(section, kinds, details, title=f"{title}: {account}", about=about, person=who)

    def visit_appeal(self, appeal_id: str, what: str, *, word: str, about: str, visitor: Visitor) -> bool:
        """Orders a visit about an appeal in the state that was shown: fill its form, send it, its answer, or ask."""
        shown = self.show_appeal(appeal_id)
        if shown is None or shown.row.word != word:
            raise DecidedElsewhere("Обращение уже в другом состоянии. Ничего не начато.")
        if (what == "send" and not shown.may_send) or (what == "form" and not shown.may_fill):
            raise UsageError("Сейчас с этим обращением так сделать нельзя", where=appeal_id[:80])
        if what == "answer" and not (shown.question and shown.question.may_send):
            raise UsageError("Ответ ещё не одобрен", where=appeal_id[:80])
        self.require_sound()
        self._require_unlocked()
        title, kinds = _VISITS[what]
        details = VisitDetails(appeal_ids=() if what == "follow" else [appeal_id])
        section, who = self._section(shown.row.account), visitor.person or self._operator()
        return self.orders.visit(section, kinds, details, title=title, about=about, person=who)

    def _oldest_unseen(self, account: str) -> list[str]:
        """The next old reviews to look into.

        Raises:
            UsageError: there are none.
        """
        with self._installation.state.read() as tx:
            found = tx.waiting.old(account, stars_up_to=NEGATIVE_UP_TO, limit=OLD_AT_ONCE)
        if not found:
            raise UsageError("Старых плохих отзывов, которых никто не разбирал, нет", where=account)
        return found

    def _terms(self, shown: appeal_table.AppealShown) -> ChannelTerms:
        return self._terms_of(shown.row.account, shown.channel_name)

    def _terms_of(self, account: str, channel: str) -> ChannelTerms:
        section = self._section(account)
        site = self._installation.site_of(section)
        return terms_of(site, channel, settings=self._installation.settings, account=section)
