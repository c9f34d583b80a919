"""The part of the ledger's rule-based machine that answers the site's questions, as guarded as a filing is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from monitor.closed_lists.states import AnswerState
from monitor.state.appeals import AppealRecord
from tests.site_in_memory import DEATHS, MODES

if TYPE_CHECKING:
    from tests.command_world import CommandWorld, Said
    from tests.site_in_memory import SiteInMemory

_OPEN_ENDED = frozenset({AnswerState.INTENT, AnswerState.RELEASED, AnswerState.UNKNOWN})
_TEXTS = st.sampled_from(["Фото приложено.", "Номер заказа 77-1."])


class AnswerRules:
    """Rules and invariants about answers; ``LedgerSequence`` takes them in.

    Attributes:
        answer_words: How often a person approved an answer, by the site's number of the appeal.
    """

    site: SiteInMemory
    world: CommandWorld
    answer_words: Counter[str]

    def type(self, *arguments: str, says: str = "y") -> Said:
        raise NotImplementedError

    def _asked(self) -> AppealRecord | None:
        """Returns the newest appeal that has a number the site knows, and a question if there is one with any."""
        numbered = [one for one in self.world.appeals() if one.number is not None and one.is_open]
        return max(numbered, key=lambda one: (self.world.question(one) is not None, one.created_at), default=None)

    @rule()
    def moderator_asks(self) -> None:
        """The moderator asks about what the site lists, and the person looks."""
        for number in sorted(self.site.numbers_listed):
            self.site.questions.ask(number, self.site.clock.now())
        if self.site.questions.asked:
            self.type("appeal", "follow")

    @rule(text=_TEXTS)
    def draft_answer(self, text: str) -> None:
        if (appeal := self._asked()) is not None:
            self.type("appeal", "answer", "draft", appeal.id, "--text", text)

    @rule()
    def approve_answer(self) -> None:
        if (appeal := self._asked()) is not None:
            question = self.world.question(appeal)
            digest = question.answer_hash if question is not None else "none"
            self._note_answer_word(appeal, self.type("appeal", "answer", "approve", appeal.id, "--hash", digest))

    def _note_answer_word(self, appeal: AppealRecord, said: Said) -> None:
        self.answer_words[appeal.number or ""] += said.code == 0

    @rule()
    def submit_answer(self) -> None:
        if (appeal := self._asked()) is not None:
            self.type("appeal", "answer", "submit", appeal.id)

    @rule(text=_TEXTS, mode=st.sampled_from(MODES), death=st.sampled_from(["", "", *DEATHS]))
    def answer(self, text: str, mode: str, death: str) -> None:
        self.moderator_asks()
        self.draft_answer(text)
        self.approve_answer()
        self.site.mode, self.site.death = mode, death
        self.submit_answer()

    @rule()
    def reopen_answer(self) -> None:
        """The person looked, and knows that the site does not have the answer."""
        appeal = self._asked()
        if appeal is not None and appeal.number in self.site.questions.open:
            self.type("appeal", "answer", "reopen", appeal.id, "--note", "the form is still empty")

    def check_answer_exit(self, made: Counter[str], said: Said) -> None:
        """A command that answered ends with 8, and names the appeal, whenever the answer's outcome is not known."""
        for appeal in self.world.appeals():
            question = self.world.question(appeal) if appeal.number in made else None
            if question is not None and question.state in _OPEN_ENDED and said.code is not None:
                assert said.code == 8, f"answer to {appeal.id} is {question.state}, exit code {said.code}: {said.err}"
                assert appeal.id in said.err, said.err

    @invariant()
    def one_gesture_an_answer(self) -> None:
        site = getattr(self, "site", None)
        if site is None:
            return
        for number, made in site.questions.gestures.items():
            words = self.answer_words[number]
            assert made <= words, f"{made} gestures, {words} words for the answer about {number}"
        assert all(count <= 1 for count in site.questions.answers.values()), f"answered twice: {site.questions.answers}"

    def account_for_answers(self) -> None:
        """At the end: an answer that the site has is not taken for one that waits to be sent."""
        kept = {number for number, _ in self.site.questions.answers} - self.site.questions.open
        for appeal in self.world.appeals():
            question = self.world.question(appeal) if appeal.number in kept and appeal.is_open else None
            assert question is None or question.state in _OPEN_ENDED | {AnswerState.SENT}, (
                f"the site has the answer about {appeal.number}, the ledger says {question.state}"
            )
