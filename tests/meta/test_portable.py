"""What runs on a seller's Windows: no call, path or encoding that only a Linux has. mypy for win32 sees the rest.

Nothing here ran on Windows; what these rules cannot see stands in README as not run.
"""

from __future__ import annotations

import ast
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator

import pytest

from monitor.files.private import is_device_name
from tests.meta.checkout import ROOT, python_files

PRODUCT = ("monitor", "flows", "evidence_store", "mock_site", "qa")
LONGEST_PATH = 259  # characters with the drive, without the end mark: MAX_PATH of Windows, long paths not switched on
MANY = 100
LONGEST_HOME = "C:/Users/Пользователь с именем/AppData/Local/fairreview"

_ONLY_POSIX = {"fcntl", "pwd", "grp", "termios", "pty", "resource", "tty", "syslog"}
_TEXT_MODE = re.compile(r"[rwax]t?\+?")
_PLACES = re.compile(r"/(?:tmp|dev|proc|etc|var|usr|home|run|sys)(?:/|$)")
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_UNPADDED = re.compile(r"%-[a-zA-Z]")

LINUX_ALONE = {
    "monitor/doctor/checking.py": "a finding about a kind of file system of Linux; without the file nothing is said",
    "monitor/engine/visit_registry.py": "namespaces of processes; without them one empty name is like another",
    "monitor/doctor/machine.py": "a finding about the browser's shared memory on Linux",
    "monitor/secrets/kept.py": "sockets with a long path; there is no keeper on other systems",
    "monitor/state/life.py": "the machine's own number; without it the machine's name",
    "flows/browser.py": "where Debian has its browser; Windows' are asked for by channel",
    "flows/scratch.py": "sockets of the browser, which Windows has not",
}
"""Files that name places of Linux: why that does no harm elsewhere."""


RENAMED_AT_ONCE = {
    "evidence_store/private_dir.py": "the step itself, which its caller takes again",
    "monitor/state/even_clock.py": "a note that is written anew by the next look",
    "monitor/state/store.py": "a chain of the log, not a file",
}
"""Files with a step that is not taken again: why that does no harm."""


def text_without_encoding(tree: ast.AST) -> Iterator[int]:
    """Finds texts that are read or written in whatever encoding the system has (cp1251 on a Russian Windows)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and "encoding" not in {keyword.arg for keyword in node.keywords}:
            first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            match node.func:
                case ast.Name(id="open"):
                    mode = node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], ast.Constant) else "r"
                    is_text = "b" not in str(mode)
                case ast.Attribute(attr="open"):
                    is_text = isinstance(first, str) and _TEXT_MODE.fullmatch(first) is not None
                case ast.Attribute(attr="read_text"):
                    is_text = not node.args
                case ast.Attribute(attr="write_text", value=owner):
                    is_text = len(node.args) == 1 and getattr(owner, "id", "") != "page"  # a form of the site
                case _:
                    is_text = False
            if is_text:
                yield node.lineno


def posix_at_the_top(tree: ast.Module) -> Iterator[int]:
    """Finds modules that Windows does not have, imported where every start meets them."""
    for node in tree.body:
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if _ONLY_POSIX & set(names):
            yield node.lineno


def places_of_linux(tree: ast.AST) -> Iterator[int]:
    """Finds paths that only a POSIX system has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PLACES.match(node.value):
            yield node.lineno


def unpadded_dates(tree: ast.AST) -> Iterator[int]:
    """Finds ``%-d`` and its like, which Windows' ``strftime`` does not know."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _UNPADDED.search(node.value):
            yield node.lineno


def unheld_names(tree: ast.AST) -> Iterator[int]:
    """Finds files that get another name at the first try: Windows refuses it while an antivirus looks at them."""
    held = {id(part) for node in ast.walk(tree) if _calls(node, "while_held") for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node) not in held:
            owner, is_one = ast.unparse(node.func.value), len(node.args) == 1 and not node.keywords
            if node.func.attr in {"replace", "rename"} and (owner == "os" or is_one) and owner != "dataclasses":
                yield node.lineno


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def found_by(rule: Callable[[ast.Module], Iterable[int]]) -> list[str]:
    return [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path in python_files(*PRODUCT)
        for line in rule(ast.parse(path.read_text("utf-8")))
    ]


def test_texts_name_their_encoding() -> None:
    assert found_by(text_without_encoding) == []


def test_no_start_needs_a_module_that_windows_lacks() -> None:
    assert found_by(posix_at_the_top) == []


def test_dates_are_written_as_every_system_can() -> None:
    assert found_by(unpadded_dates) == []


def test_a_place_of_linux_has_its_reason() -> None:
    assert {place.partition(":")[0] for place in found_by(places_of_linux)} == LINUX_ALONE.keys()


def test_whatever_gets_another_name_is_tried_again_while_it_is_held() -> None:
    places = {place.partition(":")[0] for place in found_by(unheld_names) if not place.startswith("mock_site/")}
    assert places == RENAMED_AT_ONCE.keys()


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        ("open('a')", text_without_encoding),
        ("path.read_text()", text_without_encoding),
        ("path.open('w')", text_without_encoding),
        ("path.write_text('x')", text_without_encoding),
        ("import fcntl", posix_at_the_top),
        ("from resource import setrlimit", posix_at_the_top),
        ("day.strftime('%-d.%m')", unpadded_dates),
        ("f'{day:%-d}'", unpadded_dates),
        ("Path('/tmp/x')", places_of_linux),
        ("draft.replace(path)", unheld_names),
        ("os.rename(draft, path)", unheld_names),
    ],
)
def test_each_rule_sees_what_it_forbids(bad: str, found: Callable[[ast.Module], Iterable[int]]) -> None:
    assert list(found(ast.parse(bad))) == [1]
    good = "open('a', 'rb'); path.read_text('utf-8'); path.open('w', encoding='utf-8'); path.write_text('x', 'utf-8')"
    good += "; while_held(lambda: draft.replace(path)); while_held(partial(draft.rename, path)); 'a'.replace('b', 'c')"
    assert list(found(ast.parse(good + "\ndef f():\n    import fcntl\n"))) == []


def names_of_a_home() -> list[str]:
    """What lies in an installation of 0.2 that did everything once, with its evidence and its bundles."""
    with tarfile.open(ROOT / "tests" / "frozen" / "v0_2.tar.xz") as archive:
        return [member.name for member in archive if member.isfile()]


def test_an_installation_fits_into_the_paths_of_windows() -> None:
    draft = f".{'0' * 16}.new."  # around the name of a file that is not whole yet
    lengths = [len(f"{LONGEST_HOME}/{name}{draft}") for name in names_of_a_home()]
    assert len(lengths) > MANY
    assert max(lengths) <= LONGEST_PATH


def test_no_file_of_an_installation_has_a_name_that_windows_refuses_or_takes_for_another() -> None:
    names = names_of_a_home()
    assert [part for name in names for part in name.split("/") if not is_fit(part)] == []
    assert len({name.casefold() for name in names}) == len(names)


def is_fit(part: str) -> bool:
    """Whether a file of Windows may be called so (learn.microsoft.com, "Naming Files, Paths, and Namespaces")."""
    return _REFUSED.search(part) is None and not part.endswith((".", " ")) and not is_device_name(part)


@pytest.mark.parametrize("name", ["a:b", "a.", "a ", "a?", "nul", "con.json", "a\\b", "a\tb"])
def test_names_that_windows_refuses_are_known(name: str) -> None:
    assert not is_fit(name)


@pytest.mark.parametrize("name", ["con", "NUL.txt", "aux ", "LPT1.tar.gz", "Com9"])
def test_devices_of_windows_are_known(name: str) -> None:
    assert is_device_name(name)
    assert not is_device_name(f"a{name}")
