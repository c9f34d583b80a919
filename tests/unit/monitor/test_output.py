"""How commands print what they found."""

from __future__ import annotations

import pytest

from monitor.cli import output
from monitor.cli.visiting import terminal_listener
from monitor.visit_protocol import Progress


def test_of_many_findings_of_a_kind_the_first_hundred_are_shown_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [("damage", "log-line", f"line {number}", "no entry") for number in range(20_000)]
    output.print_findings(("level", "code", "item", "text"), [*rows, ("note", "limit", "what", "once")])
    told = capsys.readouterr().out
    assert ("line 99 " in told, "line 100 " in told, "and 19,900 more" in told, "once" in told) == (
        True,
        False,
        True,
        True,
    )


def test_a_next_step_told_by_a_running_visit_is_whole_and_reaches_the_given_home(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.speak(output.Manner(home="/shop"))
    try:
        text = "appeal_1 went out and its outcome is not known. " * 6 + "`fairreview appeal follow` asks the site."
        terminal_listener().report(Progress(step="left", text=text))
    finally:
        output.speak(output.Manner())
    assert "`fairreview --home /shop appeal follow` asks the site." in capsys.readouterr().err
