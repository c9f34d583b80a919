"""``install.ps1``: read by a grammar of PowerShell, for no PowerShell runs here. What it calls is what stands below.

Not run on Windows yet. Where a PowerShell is there, it parses the script itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from tests.meta.checkout import ROOT

SCRIPT = ROOT / "install.ps1"
TEXT = SCRIPT.read_text("utf-8-sig")
PARSER = Parser(Language(tree_sitter_powershell.language()))

CALLED = {
    "Copy-Item", "Get-Command", "Get-FileHash", "Get-UICulture", "Invoke-WebRequest", "Join-Path", "New-Item",
    "New-Object", "Out-Host", "Read-Host", "Remove-Item", "Select-Object", "Set-StrictMode", "Split-Path", "Test-Path",
    "Write-Host",
}  # fmt: skip
"""Every command of PowerShell that the script calls. None of them runs a text."""

PROGRAMS = {"$uv", "$program", "'winget.exe'"}
"""Every program that it starts, by ``Invoke-Program`` alone."""

RUNS_TEXT = re.compile(
    r"Invoke-Expression|\biex\b|ScriptBlock|EncodedCommand|DownloadString|Start-Process|Add-Type|\bRestMethod", re.I
)


def tree(text: str) -> Node:
    return PARSER.parse(text.encode()).root_node


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def faults(text: str) -> list[int]:
    return [node.start_point[0] + 1 for node in nodes(tree(text)) if node.type == "ERROR" or node.is_missing]


def commands(text: str) -> list[tuple[str, str]]:
    """Returns each command's name and its whole text."""
    found = []
    for node in nodes(tree(text)):
        if node.type == "command" and node.text is not None:
            name = next((each.text for each in node.children if each.type.startswith("command_name")), None)
            found.append(((name or b"").decode(), node.text.decode()))
    return found


def test_it_is_powershell() -> None:
    assert faults(TEXT) == []
    assert faults(TEXT.replace("try {", "try ", 1)) != []


def test_windows_powershell_reads_its_letters() -> None:
    """Without the mark at its beginning, 5.1 reads a script by the code page of the system."""
    assert SCRIPT.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r" not in SCRIPT.read_bytes()


def test_it_calls_these_commands_and_no_text_is_executed() -> None:
    own = set(re.findall(r"^function ([A-Za-z-]+)", TEXT, re.MULTILINE))
    assert {name for name, _text in commands(TEXT) if not name.startswith("$")} - own == CALLED
    assert RUNS_TEXT.search(TEXT) is None
    assert "Invoke-Expression" in {name for name, _text in commands("Invoke-Expression $page")}


def test_it_starts_programs_in_one_place_and_looks_how_they_ended() -> None:
    assert re.findall(r"&\s*[$'\"A-Za-z({]\w*", TEXT) == ["& $Path"]
    assert re.search(r"& \$Path @Arguments\n\s+if \(\$LASTEXITCODE -ne 0\) \{\n\s+throw", TEXT)
    started = [text.split()[1] for name, text in commands(TEXT) if name == "Invoke-Program"]
    assert set(started) == PROGRAMS


def test_what_was_fetched_is_used_only_after_its_digest_agreed() -> None:
    body = TEXT[TEXT.index("function Save-Wheel") : TEXT.index("function New-Shortcut")]
    fetched, hashed, compared, given = map(
        body.index, ("Invoke-WebRequest", "Get-FileHash -LiteralPath $copy", "-ne $Sha256", "return $copy")
    )
    assert fetched < hashed < compared < given
    assert body.count("return") == 1
    assert "throw" in body[compared:given]
    installing = TEXT[TEXT.index("function Install-Fairreview") :]
    assert installing.index("Save-Wheel") < installing.index("'tool', 'install'")
    assert TEXT.count("'tool', 'install'") == 1
    assert TEXT.count("$copy)") == 1  # what is installed is the copy that was looked at


def test_only_names_of_our_wheels_are_taken() -> None:
    pattern = re.search(r"\$WheelName = '(.+)'", TEXT)
    assert pattern is not None
    assert re.fullmatch(pattern[1], "fairreview-0.3.0-py3-none-any.whl")
    for name in ("fairreview-0.3.0.tar.gz", "other-1.0-py3-none-any.whl", "fairreview-1.0-py3-none-any.whl.exe", ""):
        assert not re.fullmatch(pattern[1], name)


def test_what_it_says_is_there_in_both_languages() -> None:
    said = [text for name, text in commands(TEXT) if name == "Get-Word"]
    assert len(said) > 5
    assert [text for text in said if re.search("[а-яё]", text) is None] == []


def test_the_pages_call_it_as_it_is() -> None:
    parameters = set(re.findall(r"^    \[\w+\] \$(\w+)", TEXT, re.MULTILINE))
    assert parameters == {"Wheel", "Sha256", "Uninstall"}
    page = (ROOT / "docs" / "windows.ru.md").read_text("utf-8")
    called = re.findall(r"-File install\.ps1(.*)", page)
    assert len(called) >= 2
    assert {word for line in called for word in re.findall(r" -([A-Z]\w+)", line)} == parameters


def test_powershell_itself_parses_it_where_there_is_one() -> None:
    script = (
        "$errors = $null; $null = [System.Management.Automation.Language.Parser]::ParseFile("
        f"'{SCRIPT}', [ref] $null, [ref] $errors); $errors.Count"
    )
    for program in filter(None, map(shutil.which, ("pwsh", "powershell"))):
        said = subprocess.run([program, "-NoProfile", "-Command", script], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == "0"
