"""What takes long and is ordered at the desk: visits to the site, checks and exports. Each runs as a piece of work."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from monitor.bootstrap import Installation
from monitor.config.sections import AccountSection
from monitor.custody.checking import check_evidence
from monitor.custody.notes import require_case
from monitor.desk.entering import Person
from monitor.desk.refusals import Refusal
from monitor.desk.work import Job, Stopped, Work
from monitor.engine.supervisor import Listener
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.language.plain_text import show
from monitor.outgoing.bundle_exporting import export_case
from monitor.visit_protocol import LEFT, EndKind, Question, VisitEnd, VisitKind

Ask = Callable[[Question], str | None]
"""Asks the person at the terminal; None when nobody is there. Codes and passwords never pass a page."""

_MOST_TRIES, _BETWEEN_TRIES = 60, 5.0  # seconds between them
_ENDS = {
    EndKind.DONE: "Готово",
    EndKind.FINDINGS: "Сделано, но не всё так, как должно быть",
    EndKind.WALL: "Площадка просит человека: мы не решаем такое и не обходим",
    EndKind.SIGN_IN_REQUIRED: "Нужен вход",
    EndKind.BUSY: "Аккаунт занят другим посещением: повторите, когда оно кончится",
    EndKind.UNKNOWN_OUTCOME: "Неизвестно, дошло ли отправленное: само оно больше не уйдёт",
    EndKind.ENVIRONMENT: "Браузер или сеть на этой машине не работают",
    EndKind.SECRETS: "Хранилище секретов закрыто",
    EndKind.KILLED: "Остановлено",
}


class EitherEvent(threading.Event):
    """Is set when itself or another one is: a visit ends when a person stops it or everything ends."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        """Whether one of the two is set."""
        return super().is_set() or self._other.is_set()


@dataclass(frozen=True)
class Orders:
    """Begins long work.

    Attributes:
        installation: The installation.
        work: Keeps what runs.
        ask: How a visit asks for a code: at the terminal alone.
        after_visit: Called when what was ordered ended well.
    """

    installation: Installation
    work: Work
    ask: Ask
    after_visit: Callable[[], None]

    def visit(
        self,
        section: AccountSection,
        kinds: Sequence[VisitKind],
        details: VisitDetails,
        *,
        title: str,
        about: str,
        person: Person,
    ) -> bool:
        """Runs visits one after the other, as long as each ends well; tells whether that was begun."""

        def do(job: Job) -> Refusal:
            runner = VisitRunner(
                self.installation, listener_of(job, self.ask), operator=f"operator:{person.name}", stop=job.stop
            )
            end = VisitEnd(kind=EndKind.DONE)
            for kind in kinds:
                end = _run_to_the_end(job, partial(runner.run, section, kind, details))
                if end.kind is not EndKind.DONE:
                    break
            if end.kind is EndKind.DONE:
                self.after_visit()
            return conclude(job, end)

        return self.work.start(f"visit {section.name}", title, about, do)

    def verify(self, about: str, *, case_id: str | None) -> bool:
        """Checks the evidence of a case, or all of it."""

        def do(job: Job) -> Refusal:
            job.tell("Перечитываем снимки, описания и записи журнала")
            report = check_evidence(self.installation, case_id=case_id, tell=job.count)
            read = f"Перечитано: снимков {report.artifacts}, описаний {report.manifests}, записей {report.entries}."
            job.is_finding = bool(report.damage)
            if report.damage:
                told = "; ".join(f"{one.kind}: {one.item}, {one.detail}" for one in report.damage[:5])
                return Refusal(f"Найдено повреждений: {len(report.damage)}", show(told, one_line=True, limit=600))
            return Refusal(f"Всё цело. {read}")

        return self.work.start("verify", "Проверка доказательств", about, do)

    def export(self, about: str, case_id: str, *, is_shareable: bool) -> bool:
        """Writes a case's bundle, for taking away; the log says so before it is there."""
        case = require_case(self.installation.state, case_id)
        name = "для передачи, без личных данных" if is_shareable else "полный"

        def do(job: Job) -> Refusal:
            job.tell("Собираем пакет и подписываем его")
            target = self._target(case.id, is_shareable=is_shareable)
            done = export_case(self.installation, case, target, is_shareable=is_shareable)
            if job.stop.is_set():
                target.unlink(missing_ok=True)
                raise Stopped
            job.file = done.path
            missing = f" Чего в нём нет: {'; '.join(done.missing)}." if done.missing else ""
            told = [f"sha256 {done.digest.hex}."]
            if done.public_key:
                told.append(f"Ключ для проверки, его сообщают получателю другим путём: {done.public_key}")
            return Refusal(f"Пакет готов: файлов {done.files}.{missing}", " ".join(told))

        return self.work.start("export", f"Пакет доказательств, {name}", about, do)

    def _target(self, case_id: str, *, is_shareable: bool) -> Path:
        folder = self.installation.home.reports
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = "shareable" if is_shareable else "full"
        plain = re.sub(r"[^A-Za-z0-9_-]", "", case_id)[:60]
        moment = f"{self.installation.clock.now():%Y%m%dT%H%M%S}"
        return folder / f"{plain}-{kind}-{moment}.zip"


def _run_to_the_end(job: Job, visit: Callable[[], VisitEnd]) -> VisitEnd:
    """Runs a visit, and once more for what it had no time for, as long as that gets less."""
    end = _run(job, visit)
    while end.kind is EndKind.DONE and (left := int(end.fact(LEFT) or 0)) and not job.stop.is_set():
        job.tell(f"Ещё ждут: {left}")
        end = _run(job, visit)
        if int(end.fact(LEFT) or 0) >= left:
            break
    return end


def _run(job: Job, visit: Callable[[], VisitEnd]) -> VisitEnd:
    """Runs a visit; where the account is at work already, it waits for that to end instead of giving up."""
    for _ in range(_MOST_TRIES):
        end = visit()
        if end.kind is not EndKind.BUSY or job.stop.is_set():
            return end
        job.tell("Аккаунт занят другим посещением: ждём, пока оно кончится")
        job.stop.wait(_BETWEEN_TRIES)
    return end


def listener_of(job: Job, ask: Ask) -> Listener:
    """Shows a visit's progress as that of a piece of work; questions go to the terminal, and the page says so."""

    def asking(question: Question) -> str | None:
        job.ask(question.prompt)
        try:
            return ask(question)
        finally:
            job.ask("")

    return Listener(report=lambda one: job.tell(one.text, one.done, one.total), ask=asking)


def conclude(job: Job, end: VisitEnd) -> Refusal:
    """Says how a visit ended.

    Raises:
        Stopped: because a person stopped it, and nothing of it is unknown.
    """
    job.is_finding = end.kind is not EndKind.DONE or bool(end.unknown)
    if job.stop.is_set() and not end.unknown:
        raise Stopped
    fact = _ENDS[EndKind.UNKNOWN_OUTCOME] if end.unknown else _ENDS.get(end.kind, "Не получилось")
    told = ". ".join(part.rstrip(".") for part in (end.message, *end.problems[:5], end.hint) if part)
    return Refusal(fact, show(told, one_line=True, limit=600))


def no_terminal(_: Question) -> str | None:
    """Nobody can be asked."""
    return None
