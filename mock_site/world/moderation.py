"""The scripted moderator: decides after a delay, by the review's true kind or as told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_site.world.models import RULE_BREAKING, Appeal, Review

Decision = Literal["accepted", "rejected", "needs_information"]

ANSWERS: dict[Decision, str] = {
    "accepted": "Отзыв нарушает правила публикации и снят с сайта.",
    "rejected": "Нарушений правил публикации не найдено. Отзыв остаётся на сайте.",
    "needs_information": "Пришлите, пожалуйста, документы или снимки экрана, которые подтверждают ваши слова.",
}


class Moderation(BaseModel):
    """How the moderator works.

    Attributes:
        delay_s: Seconds from filing to decision; the status turns to «На рассмотрении» half way.
        rule: ``by_kind`` accepts rule breakers and rejects the rest; ``never`` leaves everything open.
        by_review: Decisions for single reviews, before the rule.
        asks_first: Ask for information once before every decision on an appeal (never on a public report).
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    delay_s: float = Field(default=2.0, ge=0)
    rule: Literal["by_kind", "accepted", "rejected", "needs_information", "never"] = "by_kind"
    by_review: dict[str, Decision] = Field(default_factory=dict)
    asks_first: bool = False

    def decide(self, appeal: Appeal, review: Review | None) -> Decision | None:
        """What the moderator says about an appeal; None says nothing yet."""
        if appeal.review_uuid in self.by_review:
            return self._unless_answered(self.by_review[appeal.review_uuid], appeal, review)
        if self.rule == "never":
            return None
        if self.asks_first and self._may_ask(appeal):
            return "needs_information"
        if self.rule == "by_kind":
            return _by_kind(review)
        return self._unless_answered(self.rule, appeal, review)

    def _unless_answered(self, decision: Decision, appeal: Appeal, review: Review | None) -> Decision:
        # A person who answered is not asked the same again.
        if decision == "needs_information" and not self._may_ask(appeal):
            return _by_kind(review)
        return decision

    def _may_ask(self, appeal: Appeal) -> bool:
        return not appeal.replies and appeal.channel != "public_report"


def _by_kind(review: Review | None) -> Decision:
    return "accepted" if review is not None and review.kind in RULE_BREAKING else "rejected"
