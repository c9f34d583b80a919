"""The rules are data: complete for every channel, checked on load, and replaceable by another site's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.triage.errors import RulesInvalid
from monitor.triage.lexicon import Lexicon
from monitor.triage.rows import FILE_LABELS
from monitor.triage.rules import find_rules, load_rules

GOOD = find_rules("ozon").read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_file_ground_has_a_reason_on_the_known_channel_and_says_where_it_is_from() -> None:
    rules = load_rules()
    for label in FILE_LABELS:
        ground = rules.ground(label)
        assert ground is not None
        assert ground.reasons["public_report"] in {"Неприемлемое содержание", "Спам или реклама"}
        assert ground.source
        assert ground.verified


def test_grounds_known_from_articles_about_things_outside_the_text_never_file_by_themselves() -> None:
    for name in ("off_topic", "untrue", "copied", "media", "competitor"):
        ground = load_rules().ground(name)
        assert ground is not None
        assert ground.decision == "needs_person"


def test_another_site_is_another_file(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path, GOOD.replace('site = "ozon"', 'site = "bazaar"')))
    assert rules.site == "bazaar"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("format_version = 1", "format_version = 2", "format_version"),
        ("file_at = 0.7\n", "file_at = 0.1\n", "grounds"),
        ('decision = "file"', 'decision = "always"', "decision"),
        ('site = "ozon"', 'site = "ozon"\nsecret = 1', "secret"),
        ("[[grounds]]", '[[channels]]\nid = "form"\n[[grounds]]', "channels"),
        ('evidence = ["quote"]', 'evidence = ["rumour"]', "evidence"),
        ("[[grounds]]", "[[grounds", ""),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, where: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(RulesInvalid) as caught:
        load_rules(path)
    assert str(path) in str(caught.value)
    assert where in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("site", ["nowhere", "../ozon", "", "ozon/..", "озон"])
def test_a_site_without_rules_is_named(site: str) -> None:
    with pytest.raises(RulesInvalid):
        load_rules(site=site)


def test_a_word_class_with_an_open_repetition_is_refused() -> None:
    masked: dict[str, list[str]] = {"forms": [], "insults": [], "cut": [], "cut_ends": [], "cut_starred": []}
    with pytest.raises(RulesInvalid, match=r"плох\+"):
        Lexicon({"masked_forms": masked, "bad": {"plain": ["плох+"]}})  # type: ignore[dict-item]
