"""Long work begun at the desk or by its engine: each runs beside the pages, says how far it is, and can be stopped.

Nothing of this outlives the process; what the work itself stores does. Pages show it from here, also without script.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from evidence_store.errors import EvidenceError
from monitor.desk.refusals import Refusal, tell_refusal
from monitor.errors import MonitorError
from monitor.language.plain_text import show

Standing = Literal["running", "done", "failed", "stopped"]
_MOST_KEPT = 12


class Stopped(Exception):
    """A person stopped the work, and it ended at a place where nothing is left half done."""


@dataclass
class Job:
    """One piece of work.

    Attributes:
        kind: What is done; with ``about`` it is begun only once at a time.
        title: In words.
        about: The page on which it was begun.
        line: What it does just now; ``done`` of ``total`` where it counts.
        asks: What a person is asked for at the terminal.
        outcome: What came of it, once it is over; ``is_finding``: something is not as it should be.
        file: What it made, for taking away.
        onward: The page to go on with once it is done.
        stop: Set when a person stops it.
    """

    id: str
    kind: str
    title: str
    about: str
    began: datetime
    may_stop: bool = True
    standing: Standing = "running"
    line: str = ""
    done: int | None = None
    total: int | None = None
    asks: str = ""
    outcome: Refusal = field(default_factory=lambda: Refusal(""))
    is_finding: bool = False
    file: Path | None = None
    onward: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    changed: Callable[[], None] = lambda: None

    def tell(self, line: str, done: int | None = None, total: int | None = None) -> None:
        """Says what is done just now."""
        self.line, self.done, self.total = show(line, one_line=True, limit=200), done, total
        self.changed()

    def ask(self, prompt: str) -> None:
        """Says what a person is asked for at the terminal; empty: nothing any more."""
        self.asks = show(prompt, one_line=True, limit=200)
        self.changed()

    def count(self, done: int, total: int) -> None:
        """Counts, and ends where a person stopped it.

        Raises:
            Stopped: they did.
        """
        if self.stop.is_set():
            raise Stopped
        if done == total or done % 25 == 0:
            self.tell(self.line, done, total)


class Work:
    """What runs now and what ended lately.

    Args:
        now: The moment, in the installation's zone.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._stamp = 0
        self.is_closed = False

    @property
    def stamp(self) -> int:
        """A number that grows whenever anything of this changed."""
        return self._stamp

    def begin(self, kind: str, title: str, about: str, *, may_stop: bool = True) -> Job | None:
        """Notes that something begins; None where the same runs already."""
        with self._lock:
            if any(one.standing == "running" and (one.kind, one.about) == (kind, about) for one in self._jobs.values()):
                return None
            over = [name for name, one in self._jobs.items() if one.standing != "running"]
            again = [name for name in over if (self._jobs[name].kind, self._jobs[name].about) == (kind, about)]
            for name in {*again, *over[: max(len(self._jobs) + 1 - _MOST_KEPT, 0)]}:
                del self._jobs[name]
            job = Job(secrets.token_urlsafe(9), kind, title, about, self._now(), may_stop, changed=self._change)
            self._jobs[job.id] = job
        self._change()
        return job

    def start(self, kind: str, title: str, about: str, do: Callable[[Job], Refusal], *, may_stop: bool = True) -> bool:
        """Runs something beside the pages; tells whether it was begun: the same may run already."""
        job = self.begin(kind, title, about, may_stop=may_stop)
        if job is not None:
            threading.Thread(target=self.run, args=(job, do), name=f"desk-{kind}", daemon=True).start()
        return job is not None

    def run(self, job: Job, do: Callable[[Job], Refusal]) -> None:
        """Does it here and keeps what came of it, whatever that is."""
        try:
            self.end(job, "done", do(job))
        except Stopped:
            self.end(job, "stopped", Refusal("Остановлено. Ничего не осталось наполовину."))
        except MonitorError as refused:
            self.end(job, "failed", tell_refusal(refused))
        except (EvidenceError, OSError) as error:
            self.end(job, "failed", Refusal("Не получилось", show(str(error), one_line=True, limit=300)))
        except BaseException:  # a mistake of ours: the page must not say that it runs; raised on for the log
            self.end(job, "failed", Refusal("Не получилось: в программе ошибка, она записана в её журнал"))
            raise

    def end(self, job: Job, standing: Standing, outcome: Refusal) -> None:
        """Notes how it ended."""
        job.outcome, job.asks, job.standing = outcome, "", standing
        self._change()

    def stop(self, name: str) -> bool:
        """Stops one; tells whether it ran."""
        job = self._jobs.get(name)
        if job is None or job.standing != "running" or not job.may_stop:
            return False
        job.stop.set()
        # Who is asked at the terminal answers there before anything goes on: a page cannot end that question.
        job.tell("Останавливаем: нажмите Enter в терминале, там ждут ответа" if job.asks else "Останавливаем")
        return True

    def forget(self, name: str) -> None:
        """Takes one that is over off the pages."""
        with self._lock:
            if name in self._jobs and self._jobs[name].standing != "running":
                del self._jobs[name]
        self._change()

    def find(self, name: str) -> Job | None:
        """Returns one by its id."""
        return self._jobs.get(name)

    def shown(self) -> list[Job]:
        """Returns all of them, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def close(self) -> None:
        """Ends the streams of open pages: the desk closes."""
        self.is_closed = True

    def stop_all(self) -> None:
        """Stops what runs: the desk closes."""
        for job in self.shown():
            job.stop.set()

    def _change(self) -> None:
        self._stamp += 1
