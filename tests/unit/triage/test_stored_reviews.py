"""A stored review is compared with the account's other products; the command shows the drafts that were asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cases.judging import consider
from monitor.cli import app
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, make_world


def run_triage(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    app(["triage", *arguments, "--json"], standalone_mode=False)
    return dict(json.loads(capsys.readouterr().out.splitlines()[0]))


def test_other_reviews_of_the_account_are_neighbours(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    account = world.installation.settings.find_account(ACCOUNT)
    question = consider(world.installation, account, REVIEW).question
    assert [other.review_id for other in question.neighbours] == ["r2"]
    assert all(other.text for other in question.neighbours)


def test_the_own_product_is_known_by_the_name_its_neighbours_carry(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    question = consider(world.installation, world.installation.settings.find_account(ACCOUNT), REVIEW).question
    assert {other.product_id for other in question.neighbours} == {question.product_id}


def test_no_window_closes_while_one_channel_has_no_known_end(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    question = consider(world.installation, world.installation.settings.find_account(ACCOUNT), REVIEW).question
    assert question.window_closes_at is None


def test_a_fair_review_gets_a_reply_and_its_cause_but_no_letter(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run_triage(capsys, "--text", "Чайник течёт, ручка греется", "--stars", "1", "--reply", "--letter")
    assert isinstance(shown["reply"], dict)
    assert shown["reply"]["text"]
    assert shown["reply"]["cause"] == "goods"
    assert shown["letter"] is None
    assert shown["letter_refusal"]


def test_a_breach_gets_a_letter_but_no_reply(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run_triage(capsys, "--text", "Продавец идиот", "--stars", "1", "--reply", "--letter")
    assert shown["reply"] is None
    assert "Здравствуйте" in str(shown["letter"])


def test_drafts_are_shown_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run_triage(capsys, "--text", "Продавец идиот", "--stars", "1")
    assert {shown[name] for name in ("reply", "reply_refusal", "letter", "letter_refusal")} == {None}
