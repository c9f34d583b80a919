"""A rule-based machine over the commands of the program and the faults of site, processes and store.

Whatever a person types and whatever dies: at most one gesture for each word of a person, no second filing of a review
on the site, every filing that the site has accounted for in the ledger, exit code 8 whenever an outcome is not known,
and every hint a command that works. The person in it tells the truth: "not there" only of what the site does not have.
"""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from monitor.appeals import answers
from monitor.appeals import machine as arrows
from monitor.appeals.machine import AppealState
from monitor.closed_lists.states import AnswerState
from monitor.engine.interrupts import VisitInterrupted
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import TaskKind, VisitKind
from tests.command_world import ORDER, REPORT, CommandWorld, Said, forget_home, make_home, patched
from tests.proofs.ledger_answers import AnswerRules
from tests.proofs.ledger_faults import FaultRules
from tests.site_in_memory import DEATHS, MODES, Killed, SiteInMemory, new_site

_S = AppealState
_KNOWN = frozenset({_S.CONFIRMED, _S.ACKNOWLEDGED, _S.DUPLICATE_SEEN, _S.ALREADY_REPORTED, _S.UNKNOWN, _S.NEEDS_HUMAN})
_OPEN_ENDED = frozenset({_S.INTENT, _S.ARMED, _S.RELEASED, _S.UNKNOWN})
_REVIEWS = st.sampled_from(["r1", "r2"])
_MAYBE_DEATH = st.sampled_from(["", "", "", *DEATHS])
_HINT = re.compile(r"`fairreview ([^`]+)`")


@dataclass
class Count:
    """What was done in all sequences; ``answers`` are the gestures of answers."""

    sequences: int = 0
    commands: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    gestures: int = 0
    answers: int = 0

    def add(self, other: Count) -> None:
        self.sequences += other.sequences
        self.commands += other.commands
        self.faults += other.faults
        self.gestures += other.gestures
        self.answers += other.answers


@dataclass
class Stage:
    """What all sequences share: the home they begin with, and the count."""

    folder: Path
    template: Path
    count: Count = field(default_factory=Count)
    numbers: Iterator[int] = field(default_factory=itertools.count)


class LedgerSequence(FaultRules, AnswerRules, RuleBasedStateMachine):
    """One sequence, in a home of its own."""

    stage: Stage

    @initialize(
        first=st.sampled_from(["", "draft", "approve", "approve", "asked"]),
        second=st.sampled_from(["", "approve", "unknown"]),
    )
    def begin(self, first: str, second: str) -> None:
        self.site: SiteInMemory = new_site()
        self.patches = patched(self.site)
        self.patches.__enter__()
        self.stage.count.sequences += 1
        self.homes: list[Path] = []
        self.world = CommandWorld(self.stage.template, self.site).twin(self.new_home())
        self.older: CommandWorld | None = None
        self.kept_copy: Path | None = None
        self.words: Counter[str] = Counter()
        self.answer_words: Counter[str] = Counter()
        self.said = Said(0, "", "")
        self.is_fresh = False
        self.failed_commands = 0
        for review, how, start in (("r1", ORDER, first), ("r2", REPORT, second)):
            if start:
                self.draft(review, how)
            if start in {"approve", "unknown", "asked"}:
                self.approve(review)
            if start == "unknown":
                self.site.mode = "hang"
                self.submit(review)
                self.site.mode = "ok"
            if start == "asked":
                self.submit(review)
                self.moderator_asks()

    def new_home(self) -> Path:
        home = self.stage.folder / f"s{next(self.stage.numbers)}" / "home"
        self.homes.append(home)
        return home

    def type(self, *arguments: str, says: str = "y") -> Said:
        self.stage.count.commands[" ".join(arguments[:2])] += 1
        self.failed_commands += self.site.is_store_full
        if self.failed_commands > 1:
            self.heal()
        before, answered = Counter(self.site.gestures), Counter(self.site.questions.gestures)
        self.said = self.world.run(*arguments, says=says)
        self.is_fresh = not (self.site.is_store_full or self.site.is_store_shut)
        assert self.said.code != 70, self.said.err
        assert "Traceback" not in self.said.err, self.said.err
        if made := Counter(self.site.gestures) - before:
            self._check_exit(list(made))
        if made := Counter(self.site.questions.gestures) - answered:
            self.check_answer_exit(made, self.said)
        self.site.death, self.site.kills_parent, self.site.is_interrupted = "", False, False
        return self.said

    def _check_exit(self, appeal_ids: list[str]) -> None:
        known = {appeal.id: appeal for appeal in self.world.appeals()}
        unknown = [one for one in appeal_ids if known[one].state in _OPEN_ENDED]
        if unknown and self.said.code is not None:
            assert self.said.code == 8, f"{unknown} unknown and exit code {self.said.code}: {self.said.err}"
            assert all(one in self.said.err for one in unknown), self.said.err

    def newest(self, review: str) -> AppealRecord | None:
        found = [one for one in self.world.appeals() if one.review_id == review]
        return max(found, key=lambda one: one.generation) if found else None

    # What a person types.

    @rule(review=_REVIEWS, how=st.sampled_from([ORDER, REPORT]))
    def draft(self, review: str, how: tuple[str, ...]) -> None:
        self.type("appeal", "draft", review, *how)

    @rule(review=_REVIEWS)
    def approve(self, review: str) -> None:
        if (appeal := self.newest(review)) is not None:
            said = self.type("appeal", "approve", appeal.id, "--hash", appeal.payload_hash)
            self.words[appeal.id] += said.code == 0

    @rule(review=_REVIEWS, how=st.sampled_from([ORDER, REPORT]))
    def draft_and_approve(self, review: str, how: tuple[str, ...]) -> None:
        self.draft(review, how)
        self.approve(review)

    @rule(review=_REVIEWS, how=st.sampled_from([ORDER, REPORT]), mode=st.sampled_from(MODES), death=_MAYBE_DEATH)
    def file(self, review: str, how: tuple[str, ...], mode: str, death: str) -> None:
        self.draft_and_approve(review, how)
        self.site.mode = mode
        if death:
            self.die_in_the_next_filing(death, with_parent=False, by_person=False)
        self.submit(review)

    @rule(review=_REVIEWS, command=st.sampled_from(["revoke", "drop", "preview", "status"]))
    def type_about(self, review: str, command: str) -> None:
        if (appeal := self.newest(review)) is not None:
            self.type("appeal", command, appeal.id)

    @rule(review=_REVIEWS)
    def submit(self, review: str) -> None:
        if (appeal := self.newest(review)) is not None:
            self.type("appeal", "submit", appeal.id)

    @rule()
    def submit_all(self) -> None:
        self.type("appeal", "submit")

    @rule(review=_REVIEWS)
    def release(self, review: str) -> None:
        if (appeal := self.newest(review)) is not None:
            said = self.type("appeal", "release", appeal.id)
            if said.code == 0 and (fresh := self.newest(review)) is not None:
                self.words[fresh.id] += 1

    @rule(review=_REVIEWS, gives_up=st.booleans())
    def resolve(self, review: str, gives_up: bool) -> None:
        appeal = self.newest(review)
        if appeal is None:
            return
        finding = "over" if gives_up else self._truth(appeal)
        self.type("appeal", "resolve", appeal.id, finding, "--note", "looked at the site")

    def _truth(self, appeal: AppealRecord) -> str:
        there = sum(kept == appeal.review_id for _, kept, _ in self.site.kept)
        if there:
            return "there" if there == 1 else "twice"
        return "not-there" if appeal.gesture_at else "draft"

    @rule(waits=st.integers(0, 2))
    def follow(self, waits: int) -> None:
        self.wait(7 * waits)
        self.type("appeal", "follow")

    @rule()
    def watch(self) -> None:
        self.stage.count.commands["watch"] += 1
        before = Counter(self.site.gestures)
        if not (self.site.is_store_full or self.site.is_store_shut):
            with suppress(Killed, VisitInterrupted):
                self.world.visit(VisitKind.DUE, TaskKind.SUBMIT, TaskKind.FOLLOW)
        for appeal_id in Counter(self.site.gestures) - before:
            (appeal,) = [one for one in self.world.appeals() if one.id == appeal_id]
            assert self.site.clock.now() >= appeal.created_at + timedelta(minutes=10), "no time to change one's mind"
        self.site.death, self.site.kills_parent, self.site.is_interrupted, self.is_fresh = "", False, False, False

    @precondition(lambda self: self.is_fresh and _HINT.search(self.said.err) is not None)
    @rule(which=st.integers(0, 3))
    def do_as_the_hint_says(self, which: int) -> None:
        hints = _HINT.findall(self.said.err.replace("\n", " "))
        command = hints[which % len(hints)]
        mode, self.site.mode = self.site.mode, "ok"
        self.site.death, self.site.kills_parent, self.site.is_interrupted = "", False, False  # it is let live
        words = shlex.split(command)
        if words[0] == "login":
            self.sign_in_again()  # no window opens here
            self.site.mode = mode
            return
        if words[:2] == ["appeal", "resolve"]:
            words = [*words[:3], self._truthful(words[2], words[3]), "--note", "looked at the site"]
        if words[:3] == ["appeal", "answer", "reopen"] and not self._is_still_asked(words[3]):
            self.site.mode = mode
            return
        said = self.type(*words)
        self.site.mode = mode
        self._note_words(words, said)
        # A filing may find the site before it, a cap or a wall; any other hint must do what it says.
        visits = {"submit", "follow"} & set(words[1:3]) or words[0] == "capture"
        allowed = {0, 1, 7, 8} if visits else {0}
        assert said.code in allowed, f"the hint `{command}` ends with {said.code}: {said.err}"

    def _note_words(self, words: list[str], said: Said) -> None:
        """Counts what a typed hint says in a person's name."""
        if words[:2] == ["appeal", "approve"]:
            self.words[words[2]] += said.code == 0
        elif words[:3] == ["appeal", "answer", "approve"]:
            self._note_answer_word(next(one for one in self.world.appeals() if one.id == words[3]), said)
        elif words[:2] == ["appeal", "release"] and said.code == 0:
            fresh = max(self.world.appeals(), key=lambda one: (one.created_at, one.generation))
            self.words[fresh.id] += 1

    def _is_still_asked(self, appeal_id: str) -> bool:
        number = next(one.number for one in self.world.appeals() if one.id == appeal_id)
        return number in self.site.questions.open

    def _truthful(self, appeal_id: str, finding: str) -> str:
        appeal = next(one for one in self.world.appeals() if one.id == appeal_id)
        return finding if finding == "over" else self._truth(appeal)

    # What must hold.

    @invariant()
    def one_gesture_a_word(self) -> None:
        site = getattr(self, "site", None)
        if site is None:
            return
        for appeal_id, made in site.gestures.items():
            assert made <= self.words[appeal_id], f"{made} gestures, {self.words[appeal_id]} words for {appeal_id}"
        assert all(count <= 1 for count in site.filings.values()), f"filed twice: {site.filings}"

    def teardown(self) -> None:
        if not hasattr(self, "site"):
            return
        try:
            self._account_for_everything()
        finally:
            self.stage.count.gestures += self.site.gestures.total()
            self.stage.count.answers += self.site.questions.gestures.total()
            self.patches.__exit__(None, None, None)
            for home in self.homes:
                forget_home(home)
                shutil.rmtree(home.parent, ignore_errors=True)

    def _account_for_everything(self) -> None:
        self.one_gesture_a_word()
        if not (self.site.gestures or self.site.kept):
            return
        self.sign_in_again()
        self.site.mode, self.site.death, self.site.list_delay = "ok", "", timedelta(0)
        self.type("home", "claim")
        for _ in range(4):
            self.site.clock.advance(timedelta(hours=3))
            self.type("appeal", "follow")
            if not any(one.state in _OPEN_ENDED for one in self.world.appeals()) and not self._find_untold():
                break
        self.one_gesture_a_word()
        self.one_gesture_an_answer()
        self.account_for_answers()
        assert not (untold := self._find_untold()), untold

    def _find_untold(self) -> str:
        """Names a filing that the site has and the ledger does not tell of, unless it could never have known."""
        appeals = self.world.appeals()
        for _, review, _ in self.site.kept:
            about = [one for one in appeals if one.review_id == review]
            is_listed = any(
                appeal in self.site.listed for appeal in self.site.by_appeal if self.site.review_of[appeal] == review
            )
            is_told = any(one.state in _KNOWN or one.state == _S.MOOT for one in about)
            if not is_told and (about or is_listed):
                return f"{review} is on the site: {[one.state for one in about]}"
        return ""


@contextmanager
def stage() -> Iterator[Stage]:
    """Makes the home that all sequences begin with."""
    base = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="ledger", dir=base))
    try:
        made = Stage(folder, folder / "template" / "home")
        with patched(new_site()):
            made.template.parent.mkdir()
            make_home(made.template, new_site().clock)
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def answers_as_drafts() -> Iterator[None]:
    """The negative control of answers: one whose outcome is not known may be worded and approved anew."""
    with patch("monitor.appeals.answers._EDITABLE", frozenset({*answers._EDITABLE, AnswerState.UNKNOWN})):
        yield


@contextmanager
def approve_as_it_was() -> Iterator[None]:
    """The negative control: an arrow is anybody's, as before each had an owner."""

    def may_take(_: object, current: AppealState, wanted: AppealState) -> bool:
        return wanted in arrows.MAY_FOLLOW[current]

    with patch("monitor.appeals.machine.may_take", may_take):
        yield


def run_sequences(count: int, *, seed_value: int, steps: int = 14) -> tuple[Count, str]:
    """Runs so many sequences; returns what was done, and the first violation or nothing."""
    with stage() as made:

        class Sequence(LedgerSequence):
            stage = made

        found, begun = "", 0
        while made.count.sequences < count and not found:
            configured = settings(
                max_examples=count - made.count.sequences,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
            )
            try:
                run_state_machine_as_test(seed(seed_value + begun)(Sequence), settings=configured)
            except FlakyStrategyDefinition:
                begun += 1_000_000  # ids are random, so the order of two appeals is: the rest begins with a seed anew
            except Exception as violation:  # noqa: BLE001 - whatever a command lets out is a violation too
                found = f"{type(violation).__name__}: {violation}"
        return made.count, found
