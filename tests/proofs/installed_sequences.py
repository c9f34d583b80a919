"""Random sequences of the installed command on the mock site: what a person types, answers that get lost, and kills.

Every command is a process of its own, every visit has real Chromium, and what reached the site is counted at the mock's
socket. ``python -m tests.proofs.installed_sequences --sequences 60`` prints ``injections / violations / seed``. The
person in it tells the truth about what the site has.
"""

from __future__ import annotations

import argparse
import random
import re
import shlex
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from mock_site.server import MockSite
from monitor.state.appeals import AppealRecord
from tests.e2e.installed import Done, Installed
from tests.filing_world import OPTIONS, FilingWorld, make_filing_world
from tests.proofs.counted import Counted
from tests.proofs.filing_checks import find_violations
from tests.proofs.filing_kills import MODES, OPEN_ENDED, RESENDING, role_of

LENGTH = 5
"""Steps of one sequence."""
_HINT = re.compile(r"`fairreview ([^`]+)`")
_AT_TERMINAL = frozenset({"release", "resolve"})
_BLOWS = (
    ("command", signal.SIGINT),
    ("command", signal.SIGKILL),
    ("visit", signal.SIGKILL),
    ("browser", signal.SIGKILL),
)


@dataclass
class TypedSequence:
    """One sequence in a home of its own, which begins with one approved appeal.

    Attributes:
        wrong: What broke a rule.
        resent: Reviews whose answer was lost, which the browser's network stack may send once more.
        said: What the last command left.
    """

    world: FilingWorld
    chance: random.Random
    wrong: list[str] = field(default_factory=list)
    resent: set[str] = field(default_factory=set)
    said: Done = field(default_factory=lambda: Done(0, "", ""))
    steps: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Makes the steps, then follows until nothing is open, and judges."""
        self.world.approve()
        actions: dict[str, Callable[[], object]] = {
            "submit": self.submit,
            "struck submit": self.submit_under_a_blow,
            "follow": lambda: self.type("follow"),
            "hint": self.do_as_the_hint_says,
            "approve": lambda: self.type("approve", self.newest().id, "--hash", self.newest().payload_hash),
            "revoke": lambda: self.type("revoke", self.newest().id),
            "release": lambda: self.type("release", self.newest().id),
            "resolve": self.resolve,
            "copy": self.submit_from_a_copy,
        }
        names = ["submit", "struck submit", "hint", *actions]
        for name in ["submit", *self.chance.choices(names, k=LENGTH - 1)]:
            self.steps[name] += 1
            actions[name]()
        for _ in range(4):
            self.type("follow")
            if not any(one.state in OPEN_ENDED for one in self.world.appeals()):
                break
        self.wrong += find_violations(self.world, resent=self.resent)

    def newest(self) -> AppealRecord:
        return max(self.world.appeals(), key=lambda one: one.generation)

    def type(self, *words: str) -> Done:
        """Types a command of appeals, at a terminal where it asks something; judges its exit code."""
        shop = Installed(self.world.installation.home.root, self.world.site)
        if words[0] in _AT_TERMINAL:
            done = shop.type("appeal", *words, prompt="[y/N]", answer=lambda: "y")
            self.said = Done(done.code, "", done.out)
        else:
            self.said = shop.run("appeal", *words)
        appeal = self.newest()
        is_filing = words[0] == "submit" and self.world.posts()[appeal.review_id] > 0
        if is_filing and self.said.code >= 0 and appeal.state in OPEN_ENDED and self.said.code != 8:
            self.wrong.append(f"{appeal.id} is {appeal.state} and {words} ends with {self.said.code}: {self.said.err}")
        if "Traceback" in self.said.err or self.said.code == 70:
            self.wrong.append(f"{words}: {self.said.err[-600:]}")
        return self.said

    def submit(self) -> None:
        """Files, and the site may take it and lose the answer."""
        mode = self.chance.choice(MODES)
        self.world.site.switches.submit, self.world.site.switches.submit_times = mode, 1
        if mode in RESENDING:
            self.resent.add(self.newest().review_id)
        self.type("submit")

    def submit_under_a_blow(self) -> None:
        """Files, and a process dies when the request arrives."""
        victim, what = self.chance.choice(_BLOWS)

        def strike() -> None:
            self.world.on_arrival = None
            for process in psutil.Process().children(recursive=True):
                if (role_of(process) or _is_command(process)) == victim:
                    with suppress(psutil.Error):
                        process.send_signal(what)

        self.world.on_arrival = strike
        self.submit()
        self.world.on_arrival = None

    def resolve(self) -> None:
        """Says of the appeal what is true."""
        appeal = self.newest()
        there = self.world.stored()[appeal.review_id]
        finding = ("not-there" if appeal.gesture_at else "draft") if not there else "there" if there == 1 else "twice"
        self.type("resolve", appeal.id, finding, "--note", "looked at the site")

    def do_as_the_hint_says(self) -> None:
        """Types the first command that the last one named; a hint that does not work is wrong."""
        found = _HINT.search(" ".join(self.said.err.split()))
        if found is None or not (words := shlex.split(found[1]))[1:] or words[0] != "appeal":
            return
        if words[1] == "resolve":
            self.resolve()
            return
        self.world.site.switches.submit = "ok"
        said = self.type(*words[1:])
        if said.code not in ({0, 1, 7, 8} if words[1] in {"submit", "follow"} else {0}):
            self.wrong.append(f"the hint `{found[1]}` ends with {said.code}: {said.err[-400:]}")

    def submit_from_a_copy(self) -> None:
        """A copied home sends nothing, whatever is approved in it."""
        before = sum(self.world.posts().values())
        copy = self.world.installation.home.root.parent / "copy" / "home"
        shutil.rmtree(copy.parent, ignore_errors=True)
        shutil.copytree(self.world.installation.home.root, copy)
        Installed(copy, self.world.site).run("appeal", "submit")
        if sum(self.world.posts().values()) != before:
            self.wrong.append("a copied home sent something")


def _is_command(process: psutil.Process) -> str:
    try:
        return "command" if any(part.endswith("/fairreview") for part in process.cmdline()[:2]) else ""
    except psutil.Error:
        return ""


def prove_typed_sequences(sequences: int, seed: int) -> Counted:
    """Runs so many sequences; number ``n`` has the seed ``seed + n``."""
    counted, steps = Counted("sequences of the installed command", seed), Counter[str]()
    with MockSite.start(OPTIONS) as site:
        for number in range(sequences):
            site.reset()
            with tempfile.TemporaryDirectory() as folder:
                one = TypedSequence(make_filing_world(Path(folder), site), random.Random(seed + number))
                one.run()
            counted.injections += 1
            counted.violations += [f"seed {seed + number}: {wrong}" for wrong in one.wrong]
            steps.update(one.steps)
    counted.notes.append(", ".join(f"{count} {name}" for name, count in sorted(steps.items())))
    return counted


def main(arguments: Sequence[str]) -> int:
    """Runs the proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args(arguments)
    return prove_typed_sequences(given.sequences, given.seed).report()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
