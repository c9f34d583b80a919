"""What verdicts and the outcomes of checks are called for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.closed_lists.states import Decision
from monitor.language.words import Tone, Words
from monitor.triage.models import Outcome

VERDICTS: Mapping[Decision, Words] = MappingProxyType(
    {
        Decision.FILE: Words("Подать", "Подать: отзыв нарушает правила публикации", Tone.GO),
        Decision.NEEDS_PERSON: Words("Решить", "Решить вам: автоматически нельзя", Tone.WAIT),
        Decision.DO_NOT_FILE: Words("Не подавать", "Не подавать: нарушения правил не видно"),
    }
)

NOT_JUDGED = Words("Не оценён", "Ещё не оценён")
"""There is no verdict yet."""

CHECKS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.SPEAKS_FOR: "за подачу",
        Outcome.SPEAKS_AGAINST: "против",
        Outcome.SEEN: "видно",
        Outcome.NOT_SEEN: "не видно",
    }
)


def verdict_words(kind: str) -> Words:
    """Returns the words of a verdict as it is stored; empty: there is none yet."""
    return VERDICTS[Decision(kind)] if kind else NOT_JUDGED
