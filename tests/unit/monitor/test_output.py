"""How commands print what they found."""

from __future__ import annotations

import pytest

from monitor.cli import output


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
