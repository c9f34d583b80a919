"""A case as a colleague may see it on paper: nobody else's name, number or address, and no picture of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import AwareDatetime

from monitor.language.words import Tone
from monitor.triage.private_words import conceal_private
from monitor.use_cases.inbox_models import Check, Pane
from monitor.use_cases.models import Value
from monitor.use_cases.timeline import LogRow

BUYER = "покупатель"
_SHORTEST_NAME = 3
_MOST_OF_AN_ENDING = 3  # letters: «Светлану» is Светлана's name too


class StepCopy(Value):
    """One step of the case."""

    seq: int
    at: AwareDatetime
    title: str
    tone: Tone
    detail: str


class CaseCopy(Value):
    """What the paper shows; every text of others is concealed."""

    account: str
    review_id: str
    product: str
    stars: int | None
    published: str
    version: int
    text: str
    verdict: str
    tone: Tone
    ground: str
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]
    draft: str
    steps: tuple[StepCopy, ...]


def copy_for_colleague(pane: Pane, steps: Sequence[LogRow]) -> CaseCopy:
    """Returns a case without what tells who the buyer and other people are."""

    def told(text: str) -> str:
        return conceal(text, pane.author)

    return CaseCopy(
        account=pane.account,
        review_id=pane.review_id,
        product=told(pane.product),
        stars=pane.stars,
        published=pane.published,
        version=pane.version,
        text=told("".join(one.text for one in pane.pieces)),
        verdict=pane.verdict,
        tone=pane.tone,
        ground=pane.ground,
        reasons=tuple(told(one) for one in pane.reasons),
        checks=tuple(one.model_copy(update={"text": told(one.text)}) for one in pane.checks),
        draft=told(pane.draft.text) if pane.draft else "",
        steps=tuple(
            StepCopy(seq=one.seq, at=one.at, title=one.title, tone=one.tone, detail=told(one.detail)) for one in steps
        ),
    )


def conceal(text: str, author: str) -> str:
    """Hides what tells who somebody is, and the author's name."""
    text = conceal_private(text)
    for name in re.findall(r"[^\W\d_]+", author):
        if len(name) >= _SHORTEST_NAME:
            stem = name[: max(len(name) - 1, _SHORTEST_NAME)]
            ending = rf"[^\W\d_]{{0,{_MOST_OF_AN_ENDING}}}"
            text = re.sub(rf"(?<![^\W_]){re.escape(stem)}{ending}(?![^\W_])", BUYER, text, flags=re.IGNORECASE)
    return text
