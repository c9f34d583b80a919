"""The shape of the project: rooms, sizes, names and habits that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

import pytest

from tests.meta.checkout import PACKAGES, ROOT, TOP_LEVEL, python_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_TEST = 30
LONGEST_README = 120
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools", "stuff", "manager"}

READS_ENVIRONMENT = {
    "monitor/config/settings.py",
    "monitor/config/finding.py",  # where the home lies: the light part of the settings
    "monitor/language/__init__.py",  # before anything else is loaded
    "flows/browser.py",  # sets the driver's environment while it starts, and puts it back
}
CATCHES_EVERYTHING = ("monitor/cli/", "monitor/visiting/")  # the ends of the program

Function = ast.FunctionDef | ast.AsyncFunctionDef
Sources = dict[str, str]


def read(*folders: str) -> Sources:
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in python_files(*folders)}


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read(*PACKAGES)


@pytest.fixture(scope="module")
def tests() -> Sources:
    return read("tests")


def find(sources: Sources, is_wrong: Callable[[ast.AST], bool], *, skip: Iterable[str] = ()) -> list[str]:
    """Lists the places of the nodes that are wrong, leaving out some files or folders."""
    return [
        f"{name}:{getattr(node, 'lineno', 1)}"
        for name, source in sources.items()
        if not name.startswith(tuple(skip))
        for node in ast.walk(ast.parse(source))
        if is_wrong(node)
    ]


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_long_function(node: ast.AST) -> bool:
    return isinstance(node, Function) and length(node) > LONGEST_FUNCTION


def is_long_test(node: ast.AST) -> bool:
    return isinstance(node, Function) and node.name.startswith("test_") and length(node) > LONGEST_TEST


def reads_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}


def sleeps(node: ast.AST) -> bool:
    names = (".wait_for_timeout", "time.sleep", "asyncio.sleep")
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(names)


def forces(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "force"


def catches_everything(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "Exception")


def is_module_without_purpose(node: ast.AST) -> bool:
    return isinstance(node, ast.Module) and not ast.get_docstring(node)


def test_the_root_holds_only_the_known_folders() -> None:
    with_code = {path.name for path in ROOT.iterdir() if path.is_dir() and any(python_files(path.name))}

    assert with_code - TOP_LEVEL == set()


def test_selectors_are_data_only() -> None:
    """A module of that name in the root would take the place of the standard library's and break asyncio."""
    assert list((ROOT / "selectors").rglob("*.py*")) == []
    assert not (ROOT / "selectors.py").exists()


def test_every_folder_of_tests_is_a_package_all_the_way_up() -> None:
    """Else tests/unit/monitor would become the top-level package "monitor" and hide the real one."""
    folders = {folder for path in python_files("tests") for folder in (path.parent, *path.parent.parents)}
    inside = [folder for folder in folders if folder.is_relative_to(ROOT / "tests")]

    assert [folder for folder in inside if not (folder / "__init__.py").exists()] == []


def test_every_folder_of_the_packages_is_a_package() -> None:
    """Apart from the migrations, which Alembic loads by their path."""
    folders = {path.parent for path in python_files(*PACKAGES) if "migrations" not in path.parts}

    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_files_stay_short(sources: Sources) -> None:
    everything = {**sources, **read("tests", "benchmarks"), "run.py": (ROOT / "run.py").read_text("utf-8")}

    assert {name: text.count("\n") for name, text in everything.items() if text.count("\n") > LONGEST_FILE} == {}


def test_functions_stay_short(sources: Sources) -> None:
    assert find(sources, is_long_function) == []


def test_tests_stay_short(tests: Sources) -> None:
    assert find(tests, is_long_test) == []


def test_modules_are_named_for_one_thing(sources: Sources) -> None:
    assert [name for name in sources if VAGUE_NAMES & set(name.removesuffix(".py").split("/"))] == []


def test_the_environment_is_read_in_one_place(sources: Sources) -> None:
    assert find(sources, reads_environment, skip=READS_ENVIRONMENT) == []


def test_flows_and_tests_wait_for_a_witness_and_not_for_time(sources: Sources, tests: Sources) -> None:
    waiting = {name: source for name, source in sources.items() if name.startswith(("flows/", "qa/"))}

    assert find({**waiting, **tests}, sleeps) == []


def test_flows_never_force_a_click(sources: Sources) -> None:
    assert find({name: source for name, source in sources.items() if name.startswith("flows/")}, forces) == []


def test_only_the_ends_of_the_program_catch_everything(sources: Sources) -> None:
    assert find(sources, catches_everything, skip=CATCHES_EVERYTHING) == []


def test_every_module_says_what_it_is_for(sources: Sources) -> None:
    assert find(sources, is_module_without_purpose) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_errors_of_a_package_have_one_base_and_a_meaning_each(sources: Sources, package: str) -> None:
    tree = ast.parse(sources.get(f"{package}/errors.py", "class Base(Exception): 'none yet'"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]

    assert len([node for node in classes if [ast.unparse(base) for base in node.bases] == ["Exception"]]) == 1
    assert [node.name for node in classes if not ast.get_docstring(node)] == []


def test_the_readme_is_short() -> None:
    assert (ROOT / "README.md").read_text("utf-8").count("\n") <= LONGEST_README


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("def f():\n" + "    x = 1\n" * 60, is_long_function),
        ("def test_f():\n" + "    x = 1\n" * 30, is_long_test),
        ("x = os.environ['A']", reads_environment),
        ("page.wait_for_timeout(1)", sleeps),
        ("button.click(force=True)", forces),
        ("try:\n    f()\nexcept Exception:\n    pass", catches_everything),
        ("try:\n    f()\nexcept:\n    pass", catches_everything),
        ("x = 1", is_module_without_purpose),
    ],
)
def test_each_search_finds_what_it_looks_for(source: str, check: Callable[[ast.AST], bool]) -> None:
    assert find({"x.py": source}, check)
    assert find({"x.py": '"""Says what it is for."""\n'}, check) == []
