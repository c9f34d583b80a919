"""Nothing found private, obscene or insulting stands open in a text that leaves the house, however it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.closed_lists.states import Decision
from monitor.triage import concealing as concealing_module
from monitor.triage.drafts import write_appeal
from monitor.triage.errors import DraftImpossible
from monitor.triage.letters import write_letter, write_reply
from monitor.triage.models import Signal, TriageInput, Verdict
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage
from tests.unit.triage.distortions import INSULTS, KINDS, OBSCENE, disguise
from tests.unit.triage.judging import NOW

RULES = load_rules()
CHANNELS = tuple(channel.id for channel in RULES.channels)
WORDINGS = 8
"""Reviews a secret is put into, so that each template's wordings come up."""
PRIVATE = (
    "8 903 123-45-67",
    "+7 903 123 45 67",
    "8-9-0-3-1-2-3-4-5-6-7",
    "petrova.primer@example.com",
    "primer собака example точка ru",
    "Примерова Анна Ивановна",
    "2202 2012 3456 7890",
    "ул. Примерная, д. 5, кв. 12",
    "@primer_pupkin77",
    "восемь девятьсот три сто двадцать три сорок пять шестьдесят семь",
    "паспорт 4510 123456",
)
SENTENCES = (
    "Курьер {secret}, вот так. Дадите скидку 500 рублей — удалю отзыв, {secret}. Ищите на авито, {secret}",
    "Продавец {secret}, звоните ему, ручка отвалилась {secret}",
)


def outgoing(review: TriageInput, verdict: Verdict) -> Iterator[str]:
    """Every text that any channel would carry, the letter and the reply."""
    for channel in CHANNELS:
        for ground in verdict.grounds or ("none",):
            with suppress(DraftImpossible):
                chosen = replace(verdict, ground=ground, decision=Decision.FILE)
                yield write_appeal(review, chosen, RULES, channel=channel).text
    with suppress(DraftImpossible):
        yield write_letter(review, verdict, RULES, what_happened=review.text)
    with suppress(DraftImpossible):
        yield write_reply(review, verdict).text


def open_secrets(secrets: list[str]) -> tuple[list[tuple[str, str]], int]:
    """Found secrets that stand open in some outgoing text, and how many texts were looked at."""
    leaked, looked = [], 0
    for number, secret in enumerate(secrets):
        text = SENTENCES[number % len(SENTENCES)].format(secret=secret)
        review = TriageInput(
            review_id=f"r-{number % WORDINGS}",
            text=text,
            rating=1,
            product_title="Сумка",
            published=NOW - timedelta(days=number % WORDINGS),
        )
        verdict = triage(review, RULES, now=NOW)
        spans = [span.text for signal in verdict.signals if _is_secret(signal) for span in signal.spans]
        for shown in outgoing(review, verdict):
            looked += 1
            leaked += [(span, shown) for span in spans if is_open(span, shown)]
    return leaked, looked


def _is_secret(signal: Signal) -> bool:
    return signal.kind in {"obscene", "insult", "personal_data"}


def is_open(secret: str, shown: str) -> bool:
    """Whether all letters and digits of a secret follow each other as a word: «п и з д е ц» however it is spaced."""
    letters = [char for char in secret.casefold() if char.isalnum()]
    pattern = r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, letters)) + r"(?![^\W_])"
    return re.search(pattern, shown.casefold()) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_disguised_word_stays_closed_in_every_text(kind: str) -> None:
    leaked, looked = open_secrets(disguise(kind, (*OBSCENE[::2], *INSULTS[::2]), each=1))
    assert looked > 40
    assert leaked == []


def test_private_data_stay_closed_in_every_text() -> None:
    leaked, looked = open_secrets([secret for secret in PRIVATE for _ in range(WORDINGS)])
    assert looked > 100
    assert leaked == []


@pytest.mark.parametrize("broken", ["quote", "apply"])
def test_a_text_that_is_left_unmasked_is_caught(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without one of the two maskings some template shows what it should hide."""
    if broken == "quote":
        monkeypatch.setattr(concealing_module.Concealer, "quote", lambda _self, span: span.text)
    monkeypatch.setattr(concealing_module.Concealer, "apply", lambda _self, text: text)
    leaked, _ = open_secrets(list(PRIVATE))
    assert leaked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Продавец — мошенник", "Продавец — м******к"),
        ("магазин: дебилы!", "магазин: д******"),
        ("продавец-дебил", "п*************"),
    ],
)
def test_of_whom_it_is_said_stays_readable_and_the_offence_does_not(text: str, shown: str) -> None:
    assert concealing_module.hide(text) == shown
