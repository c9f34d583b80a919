"""Rules as data: nothing is printed that nobody has seen, and nothing is read that says more than was seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.errors import LawUnknown
from monitor.support.law.marks import CAVEATS, PRINTED, Mark, Printing
from monitor.support.law.rules import BODIES, EVENTS, STAGES, Body, Event, Stage, load_law, read_law

DAY = date(2026, 11, 30)
RULE = """seen_on = 2026-11-29
[[rule]]
id = "one"
title = "Правило"
content = "Содержание."
applies_to = ["general"]
mark = "V"
source = "сайт"
"""


def read(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    read_law(tmp_path / "rules.toml")


def test_every_closed_list_has_its_words() -> None:
    assert set(BODIES) == set(Body)
    assert set(STAGES) == set(Stage)
    assert set(EVENTS) == set(Event)
    assert set(PRINTED) == set(CAVEATS) == set(Mark)


def test_no_rule_that_nobody_has_seen_is_ever_cited() -> None:
    unseen = [rule for rule in load_law().rules if rule.mark is Mark.UNSEEN]
    assert len(unseen) >= 8
    for rule in unseen:
        with pytest.raises(LawUnknown, match="не установлено"):
            rule.cite(DAY)


def test_every_other_rule_is_cited_with_its_article_and_caveat() -> None:
    for rule in load_law().rules:
        if rule.prints is not Printing.NEVER:
            told = rule.cite(max(DAY, rule.valid_from or DAY))
            assert rule.article in told
            assert rule.caveat in told
    assert load_law().rule("apk-276").cite(DAY).endswith("(АПК РФ, ст. 276, проверьте редакцию).")
    secondary = [rule for rule in load_law().rules if rule.mark.value == "S" and not rule.doubt]
    assert secondary
    assert all(
        rule.cite(max(DAY, rule.valid_from or DAY)).endswith("по вторичному источнику, проверьте).")
        for rule in secondary
    )
    assert "срок по договору российского продавца не установлен" in load_law().rule("claim-to-platform").cite(DAY)
    assert load_law().rule("gk-193").cite(DAY).endswith("(ГК РФ, ст. 193).")


def test_a_rule_out_of_its_time_is_not_used() -> None:
    with pytest.raises(LawUnknown, match="does not count on 2026-09-30"):
        load_law().rule("fz-289").cite(date(2026, 9, 30))
    assert "1 октября 2026" in load_law().rule("fz-289").cite(date(2026, 10, 1))


def test_an_unknown_rule_names_the_next_step() -> None:
    with pytest.raises(LawUnknown) as caught:
        load_law().rule("gk-999")
    assert "law list" in caught.value.hint


def test_the_sample_is_read(tmp_path: Path) -> None:
    read(tmp_path, RULE)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('mark = "V"', 'mark = "?"'), "neither content nor term"),
        (('mark = "V"', 'mark = "?"\nquestion = "что"'), "neither content nor term"),
        (('source = "сайт"', ""), "has content and source"),
        (('content = "Содержание."', ""), "has content and source"),
        (('source = "сайт"', 'source = "сайт"\nquestion = "что"'), "no question"),
        (('content = "Содержание."', 'content = "Содержание"'), "is a sentence"),
        (('mark = "V"', 'mark = "X"'), "mark"),
        (('mark = "V"', 'mark = "V"\nvalid_from = 2026-02-01\nvalid_until = 2026-01-01'), "ends before it begins"),
        (('mark = "V"', 'mark = "V"\nsurprise = 1'), "surprise"),
        (("[[rule]]", "[[rules]]"), "no \\[\\[rule\\]\\]"),
        (('applies_to = ["general"]', "applies_to = []"), "applies_to"),
    ],
)
def test_a_rule_that_says_more_than_was_seen_is_refused(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    assert change[0] in RULE
    with pytest.raises(ValueError, match=words):
        read(tmp_path, RULE.replace(*change))


def test_a_rule_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stand twice: one"):
        read(tmp_path, RULE + RULE.partition("\n")[2])
