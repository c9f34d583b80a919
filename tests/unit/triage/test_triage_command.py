"""The command refuses what contradicts itself, names what it knows, and always says why a draft is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli import app
from monitor.cli.exits import ExitCode
from monitor.errors import SettingsError

FAIR = {"text": "Ткань тонкая, нитки торчат", "rating": 1, "want": "do_not_file"}
MISSED = {"text": "Ткань тонкая", "rating": 1, "want": "file", "ground": "obscene"}


def run(*arguments: str) -> object:
    return app(["triage", *arguments], standalone_mode=False)


def labelled(folder: Path, *rows: dict[str, object]) -> str:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "strange"),
    [
        (("eval", "rows.jsonl", "--text", "a"), "--text"),
        (("eval", "rows.jsonl", "--all"), "--all"),
        (("eval", "rows.jsonl", "--reply"), "--reply"),
        (("eval", "rows.jsonl", "--account", "shop"), "--account"),
        (("--text", "a", "--all"), "--all"),
        (("--text", "a", "--past"), "--past"),
        (("--text", "a", "foo"), "foo"),
        (("--text", "a", "--all", "foo"), "--all, foo"),
        (("--text", "a", "--account", "shop"), "--account"),
        (("--text", "a", "--first-sight"), "--first-sight"),
        (("--past", "--all"), "--all"),
        (("--past", "--letter"), "--letter"),
        (("--past", "r1"), "r1"),
        (("--all", "r1"), "r1"),
        (("r1", "--stars", "1"), "--stars"),
        (("r1", "--first-sight"), "--first-sight"),
    ],
)
def test_options_that_cannot_go_together_are_refused(arguments: tuple[str, ...], strange: str) -> None:
    with pytest.raises(SettingsError, match=f"{strange} cannot go with") as refused:
        run(*arguments)
    assert refused.value.hint


@pytest.mark.parametrize("arguments", [("--text", "a"), ("eval", "rows.jsonl")])
def test_a_site_without_rules_is_refused_with_the_sites_there_are(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match="wb") as refused:
        run(*arguments, "--site", "wb")
    assert (refused.value.where, refused.value.hint) == ("--site", "Known sites: ozon.")


def test_the_score_is_also_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("eval", labelled(tmp_path, FAIR, MISSED), "--json") == ExitCode.FINDINGS
    (scores,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (scores["kind"], scores["total"], scores["cases"]["right"], scores["holds"]) == ("cases", 2, 1, False)
    assert scores["bars"][0] | {"low": 0, "high": 0} == {
        "name": "cases right", "needed": ">= 0.95", "holds": False, "value": 0.5, "low": 0, "high": 0,
    }  # fmt: skip
    assert len(scores["wrong"]) == 1


def test_a_file_on_which_nothing_can_be_measured_is_no_success(tmp_path: Path) -> None:
    row: dict[str, object] = {"text": "Ткань тонкая", "rating": 1, "labels": ["none"], "part": "stress_flip"}
    with pytest.raises(SettingsError, match="no bar could be measured"):
        run("eval", labelled(tmp_path, row))
    run("eval", labelled(tmp_path, row | {"part": "natural"}))


def test_a_broken_row_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        run("eval", labelled(tmp_path, FAIR, FAIR | {"want": "zzz"}))
    assert f"{refused.value.where}: {refused.value}".count("rows.jsonl") == 1
    assert "it may be file, do_not_file, needs_person" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"), [("Продавец идиот", "to file"), ("Найду ваш склад и сожгу вместе с вами", "needs a person")]
)
def test_a_reply_that_is_not_written_is_explained(text: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("--text", text, "--stars", "1", "--reply")
    assert f"no reply: the verdict {'is ' if why == 'to file' else ''}{why}" in capsys.readouterr().out
    run("--text", text, "--stars", "1", "--reply", "--json")
    assert why in json.loads(capsys.readouterr().out)["reply_refusal"]
