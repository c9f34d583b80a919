"""The table of commands says what the commands say, and what is not named is not loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup

from monitor.cli import command_tree
from monitor.cli.command_table import ENTRIES, PANELS
from tests.start_costs import make_home

HEAVY = ("sqlalchemy", "pydantic", "playwright", "pymorphy3", "starlette", "flows")


def loaded_by(*words: str) -> set[str]:
    """Returns the packages that a command line has loaded when it ends."""
    code = (
        "import sys, json\n"
        f"sys.argv = {['fairreview', *words]!r}\n"
        "from monitor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n' + json.dumps(sorted(sys.modules)))\n"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(made.stdout.splitlines()[-1]))


def module_of(command: object) -> set[str]:
    if isinstance(command, TyperGroup):
        return set().union(*map(module_of, command.commands.values()))
    callback = getattr(command, "callback", None)
    return {getattr(callback, "__wrapped__", callback).__module__}


def test_every_command_stands_in_the_table() -> None:
    assert command_tree().commands.keys() == ENTRIES.keys()


@pytest.mark.parametrize("name", ENTRIES)
def test_the_table_says_what_the_command_says(name: str) -> None:
    command = command_tree([name]).commands[name]
    said = (command.help or "").replace("\b", "").strip().split("\n\n")[0]
    assert ENTRIES[name].line == " ".join(said.split())
    assert module_of(command) == {f"monitor.cli.{module}" for module in ENTRIES[name].modules}


def test_no_command_stands_twice() -> None:
    assert sum(map(len, PANELS.values())) == len(ENTRIES)


def test_help_loads_no_command() -> None:
    loaded = loaded_by("--help")
    assert not loaded.intersection(HEAVY)
    assert {name for name in loaded if name.startswith("evidence_store.")} <= {"evidence_store.sentences"}
    assert "monitor.cli.reviews" not in loaded


def test_a_group_of_which_a_part_is_loaded_already_is_whole() -> None:
    code = "import sys, monitor.cli.evidence; from monitor.cli import main; sys.argv[1:] = sys.argv[2:]; main()"
    made = subprocess.run(
        [sys.executable, "-c", code, "", "evidence", "continue", "--help"], capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr


def test_a_list_loads_no_browser_and_no_judging() -> None:
    loaded = loaded_by("reviews", "list", "--help")
    assert "monitor.cli.reviews" in loaded
    assert not loaded.intersection({"playwright", "pymorphy3", "monitor.triage.signals", "monitor.cli.appeals"})
    assert not loaded.intersection({"keyring", "xlsxwriter"})


DIALECT = frozenset({"sqlalchemy.dialects.postgresql"})
NOT_FOR_REVIEWS = DIALECT | {
    "cryptography",
    "flows.catalog.models",
    "flows.catalog.vocabulary",
    "monitor.cli.exports",
    "monitor.insight",
    "monitor.secrets.stores",
    "monitor.state.letters",
    "monitor.triage.rules",
    "monitor.watching.detect",
    "selectolax",
}
NOT_FOR = {"reviews list": NOT_FOR_REVIEWS, "reviews show 1": NOT_FOR_REVIEWS} | dict.fromkeys(
    ("account list", "appeal status", "case list", "plan", "product list"), DIALECT
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("lists"))


@pytest.mark.parametrize(("words", "absent"), NOT_FOR.items())
def test_a_list_loads_only_what_it_reads(words: str, absent: frozenset[str], home: Path) -> None:
    loaded = loaded_by("--home", str(home), *words.split())
    assert "monitor.state.store" in loaded
    assert not loaded & absent


def test_a_command_loads_what_it_works_with() -> None:
    """The negative control of the two above: what they look for is found where it is loaded."""
    assert "monitor.triage.signals" in loaded_by("triage", "--help")
