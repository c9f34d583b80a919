"""A visit ends by its deadline, leaves nothing behind, and speaks only through its protocol."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from monitor.clock import SystemClock
from monitor.config.home import Home
from monitor.engine.process_tree import ProcessMark, kill_tree
from monitor.engine.supervisor import Listener, run_visit
from monitor.engine.visit_registry import VisitRecord, reap
from monitor.visit_protocol import EndKind, Progress, Question, VisitEnd, VisitKind, VisitOrder

SAY_DONE = """
import sys
sys.stdin.readline()
print('{"type":"progress","step":"a","text":"reading"}', flush=True)
print('{"type":"end","kind":"done","message":"fine"}', flush=True)
"""
ASK = """
import sys, json
sys.stdin.readline()
print('{"type":"question","what":"code","prompt":"Code?"}', flush=True)
answer = json.loads(sys.stdin.readline())["value"]
print(json.dumps({"type":"end","kind":"done","message":str(answer)}), flush=True)
"""
HANG_WITH_A_GRANDCHILD = """
import subprocess, sys
sys.stdin.readline()
grandchild = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
print('{"type":"progress","step":"pid","text":"%d"}' % grandchild.pid, flush=True)
while True:
    pass
"""


class Ears:
    """Hears a visit and answers with a fixed word."""

    def __init__(self, answer: str | None = None) -> None:
        self.heard: list[Progress] = []
        self._answer = answer

    def listener(self) -> Listener:
        return Listener(report=self.heard.append, ask=self._answer_question)

    def _answer_question(self, question: Question) -> str | None:
        assert question.what == "code"
        return self._answer


def visit(home: Path, script: str, ears: Ears, *, deadline: float = 30.0) -> VisitEnd:
    order = VisitOrder(
        visit_id="v1", account="shop", kind=VisitKind.POLL, home=home, deadline_seconds=deadline, operator="test"
    )
    command = (sys.executable, "-c", script)
    return run_visit(
        order, clock=SystemClock(), listener=ears.listener(), environment=dict(os.environ), command=command
    )


def test_progress_and_the_last_word_reach_the_parent(tmp_path: Path) -> None:
    ears = Ears()

    end = visit(tmp_path, SAY_DONE, ears)

    assert (end.kind, end.message) == (EndKind.DONE, "fine")
    assert [heard.text for heard in ears.heard] == ["reading"]


@pytest.mark.parametrize("answer", ["123456", None])
def test_a_question_is_answered_through_the_pipe(tmp_path: Path, answer: str | None) -> None:
    assert visit(tmp_path, ASK, Ears(answer)).message == str(answer)


def test_a_deadline_kills_the_child_and_what_it_started(tmp_path: Path) -> None:
    ears = Ears()

    end = visit(tmp_path, HANG_WITH_A_GRANDCHILD, ears, deadline=3.0)

    assert end.kind is EndKind.KILLED
    grandchild = int(ears.heard[0].text)
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE
    assert list(Home(tmp_path).runs.iterdir()) == []


def test_a_child_that_dies_without_a_last_word_counts_as_killed(tmp_path: Path) -> None:
    assert visit(tmp_path, "import os; os._exit(3)", Ears()).kind is EndKind.KILLED


def test_stray_output_is_told_as_noise_and_never_taken_for_an_event(tmp_path: Path) -> None:
    ears = Ears()

    end = visit(tmp_path, "print('hello', flush=True)" + SAY_DONE, ears)

    assert end.kind is EndKind.DONE
    assert (ears.heard[0].step, ears.heard[0].text) == ("noise", "hello")


def test_the_next_start_reaps_a_visit_whose_parent_died(tmp_path: Path) -> None:
    left_behind = psutil.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    mark = ProcessMark(left_behind.pid, left_behind.create_time())
    folder = tmp_path / "temporary"
    folder.mkdir()
    dead_owner = ProcessMark(os.getpid(), 1.0)  # our pid, another start time: a reused pid
    VisitRecord(tmp_path / "v9.json", dead_owner, folder, frozenset({mark})).write()

    assert reap(tmp_path) == ["v9"]

    assert left_behind.wait(timeout=30) != 0, "killed"
    assert not folder.exists()


def test_a_record_that_another_program_holds_is_no_dead_visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    VisitRecord(tmp_path / "v9.json", ProcessMark(os.getpid(), 1.0), tmp_path / "temporary").write()
    (tmp_path / "v8.json").write_text("[", "utf-8")

    def held(path: Path, *_: object, **__: object) -> bytes:
        raise PermissionError(errno.EACCES, "Access is denied", str(path))

    with monkeypatch.context() as windows:
        windows.setattr(Path, "read_bytes", held)
        windows.setattr(Path, "unlink", held)
        assert reap(tmp_path) == []
    assert reap(tmp_path) == ["v9"], "the next command sees to it"
    assert list(tmp_path.glob("*.json")) == [], "what is no record is removed"


def test_a_stranger_with_a_reused_pid_is_never_killed() -> None:
    own = psutil.Process()
    stranger = ProcessMark(own.pid, own.create_time() - 1000)

    assert kill_tree(frozenset({stranger})) == frozenset()


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no zombies")
@pytest.mark.timeout(60)
def test_a_dead_process_that_nobody_collects_is_not_waited_for() -> None:
    script = "import os, sys\npid = os.fork()\nif pid: print(pid, flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as neglectful:
        assert neglectful.stdout is not None
        zombie = psutil.Process(int(neglectful.stdout.readline()))

        assert kill_tree(frozenset({ProcessMark(zombie.pid, zombie.create_time())}), wait_seconds=3600) == frozenset()

        assert zombie.status() == psutil.STATUS_ZOMBIE
        assert neglectful.poll() is None
